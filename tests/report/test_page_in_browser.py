"""The page in a real Chromium: filters work, nothing is requested, nothing in a cell runs, everybody can read it."""

import io
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from browsing import Page as Opened
from msgspec import structs
from report_cases import BARE, CHECK_DIGIT, HOSTILE, LONG_TITLE, hostile

from listingkit.finding import Fix, Safety
from listingkit.report.formats import write
from listingkit.report.report import ChangeCount, Input, Product, Report, RuleCard, Run

pytestmark = pytest.mark.slow


class Page(Opened):
    """One report, open in the browser."""

    def __init__(self, browser: Any, folder: Path, report: Report, *, dark: bool = False) -> None:
        file = folder / "report.html"
        stream = io.StringIO(newline="")
        write(report, "html", stream)
        file.write_text(stream.getvalue(), "utf-8")
        super().__init__(browser, file, dark=dark)

    @property
    def shown(self) -> str:
        return str(self.run("return document.getElementById('shown').textContent"))

    @property
    def codes(self) -> list[str]:
        found: list[str] = self.run("return [...document.querySelectorAll('#rows tr[data-line] td:nth-child(2)')].map(n => n.textContent)")
        return found


def full() -> Report:
    rules = {
        "GTN001": RuleCard("GTN001", "gtin-check-digit", "The check digit holds.", "Amazon refuses it.", "GS1", "gtin"),
        "TTL001": RuleCard("TTL001", "title-too-long", "A title has a limit.", "It is cut.", "Seller Central", "title"),
    }
    other = replace(
        CHECK_DIGIT, row=18, cell="F18", sku="AB-2", marketplace="US", value="4006381333932", fix=Fix("4006381333931", Safety.ASK)
    )
    title = "Stoneware Mug with a very long name that no telephone shows to its end, because it is too long"
    return Report(
        [CHECK_DIGIT, LONG_TITLE, other, BARE],
        rows=40,
        held=2,
        shipped={"DE": 38, "US": 39},
        inputs=[Input("master.xlsx", "Products", 40)],
        marketplaces=["DE", "US"],
        as_of=date(2026, 11, 1),
        version="1.0",
        unmapped=["Pallet"],
        rules=rules,
        products=[
            Product("P-1", "A family"),
            Product("AB-1", title, "https://img.example.com/1.jpg", "P-1", {"DE": "Becher"}, "Nordlicht", "12.90"),
            Product("AB-2", None, "javascript:alert(1)", "P-1"),
            Product("AB-3", "Fine"),
        ],
        changes=[ChangeCount("DE", 1, 2, 3, 4, 5, page="DE/changes.html")],
        trend=[Run("2026-09-01", 20, 4), Run("2026-10-01", 12, 3, {"GTN001": 9, "SKU001": 3})],
    )


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Page:
    return Page(browser, tmp_path, full())


def test_filters_and_search(page: Page) -> None:
    assert page.shown == "4 findings in 4 lines"
    page.choose("by-severity", "error")
    assert page.codes == ["GTN001", "GTN001"]
    page.choose("by-store", "US")
    assert page.shown == "1 findings in 1 lines"
    page.click("#clear")
    assert page.shown == "4 findings in 4 lines"
    page.choose("search", "ab-1 characters")
    assert page.codes == ["TTL001"]
    page.choose("search", "f18")
    assert page.codes == ["GTN001"]
    page.choose("search", "no such thing")
    assert page.codes == []
    assert page.shown == "No finding matches these filters."
    page.click("#clear")
    page.choose("by-fix", "fix_ask")
    assert page.codes == ["GTN001", "GTN001"]
    page.click(".chart button[data-value='TTL001']")
    assert page.codes == ["TTL001"]
    page.click(".chart button[data-value='gtin']")
    assert page.codes == ["GTN001", "GTN001"]
    assert page.complaints() == []


def test_a_line_opens_its_details(page: Page) -> None:
    page.click("#rows button")
    facts = page.run("return document.getElementById('facts').textContent")
    for part in ("Amazon refuses it.", "036000291452", "master.xlsx · Products · F17", "GS1"):
        assert part in facts
    page.click("#close")
    assert page.run("return document.getElementById('details').open") is False


def test_titles_are_cut_where_a_phone_cuts_them_and_families_are_trees(page: Page) -> None:
    kept = page.run("return document.querySelector('.card[data-sku=\"AB-1\"] .title').firstChild.textContent")
    assert len(kept) == 75
    assert page.run("return document.querySelector('.family li .card').dataset.sku") == "AB-1"
    assert page.run("return document.querySelectorAll('.card[data-sku=\"AB-3\"]').length") == 0
    page.click("#flawed")
    assert page.run("return document.querySelectorAll('.card[data-sku=\"AB-3\"]').length") == 1
    assert page.run("return document.querySelectorAll('a[href^=\"javascript\"]').length") == 0
    page.click('.card[data-sku="AB-2"] .badge')
    assert page.codes == ["GTN001"]


@pytest.mark.parametrize(("code", "word"), [("de", "Was zuerst zu korrigieren ist"), ("zh", "先改什么")])
def test_it_speaks_other_languages(page: Page, code: str, word: str) -> None:
    page.choose("language", code)
    assert page.run("return document.documentElement.lang") == code
    assert page.run("return document.getElementById('first-title').textContent") == word
    assert "40" in page.run("return document.querySelector('.lead').textContent")
    assert page.complaints() == []


def test_rules_are_told_in_chinese_and_in_english_again(page: Page) -> None:
    asked = 'return document.querySelector(\'[data-rule="GTN001"][data-part="0"]\').textContent'
    page.choose("language", "zh")
    assert page.run(asked) == "GTIN 的最后一位是前面各位算出的校验位。"
    page.choose("language", "en")
    assert page.run(asked) == "The check digit holds."
    assert page.complaints() == []


@pytest.fixture
def german(browser: Any) -> Iterator[Any]:
    """The browser of a German reader."""
    agent = browser.execute_script("return navigator.userAgent")
    browser.execute_cdp_cmd("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": "de-AT"})
    yield browser
    browser.execute_cdp_cmd("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": "en-US"})


def test_it_opens_in_the_readers_language_unless_one_was_chosen(german: Any, tmp_path: Path) -> None:
    page = Page(german, tmp_path, full())
    assert page.run("return [document.documentElement.lang, document.title]") == ["de", "Prüfung der Angebote"]
    assert page.run("return document.getElementById('language').value") == "de"
    assert page.shown == "4 Befunde in 4 Zeilen"
    stream = io.StringIO(newline="")
    write(full(), "html", stream, language="zh")
    (tmp_path / "chosen.html").write_text(stream.getvalue(), "utf-8")
    assert Opened(german, tmp_path / "chosen.html").run("return document.documentElement.lang") == "zh"


def test_the_trend_says_then_and_now(page: Page) -> None:
    rows = page.run("return [...document.querySelectorAll('.movers tbody tr')].map(n => [...n.children].map(c => c.textContent).join(' '))")
    assert rows == ["GTN001 9 2 7", "SKU001 3 0 3", "MAP001 0 1 1", "TTL001 0 1 1"]
    assert "Compared with the run of 2026-10-01: 10 errors fewer and 2 warnings fewer." in page.run("return document.body.textContent")
    page.click(".movers button[data-value='TTL001']")
    assert page.codes == ["TTL001"]


def test_the_page_of_changes_is_a_click_away(page: Page) -> None:
    assert page.run("return document.querySelector('#changes-title ~ div a').getAttribute('href')") == "DE/changes.html"


def test_the_worst_stand_first(page: Page) -> None:
    shown = page.run("return [...document.querySelectorAll('#rows .severity')].map(n => n.textContent)")
    assert shown == ["error", "error", "warning", "note"]


def test_a_telephone_shows_what_is_wrong_without_scrolling_sideways(browser: Any, tmp_path: Path) -> None:
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        page = Page(browser, tmp_path, full())
        list_ = "document.getElementById('list')"
        wide = page.run(
            f"return [{list_}.scrollWidth - {list_}.clientWidth, ...[...{list_}.querySelectorAll('th')].map(n => n.offsetWidth)]"
        )
        assert wide[0] <= 0, wide
        assert page.run("return document.documentElement.scrollWidth") <= 390
        assert page.violations() == []
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_nothing_is_requested(page: Page) -> None:
    page.click("#flawed")
    page.choose("search", "x")
    assert page.requests() == []
    assert page.complaints() == []


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(browser: Any, tmp_path: Path, dark: bool) -> None:
    page = Page(browser, tmp_path, full(), dark=dark)
    assert page.violations() == []
    page.click("#rows button")
    assert page.violations() == []


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_nothing_in_a_cell_runs(browser: Any, tmp_path: Path, value: str) -> None:
    report = structs.replace(hostile(value), products=[Product(value, value, value, None, {"DE": value}, value, value)])
    page = Page(browser, tmp_path, report)
    page.click("#rows button")
    assert page.run("return document.querySelectorAll('script').length") == 3
    assert page.run("return document.querySelectorAll('img, iframe, object').length") == 0
    assert page.complaints() == []
    assert page.requests() == []
    assert page.run("return document.documentElement.scrollWidth <= innerWidth + 1")


def test_many_findings_scroll_without_many_rows(browser: Any, tmp_path: Path) -> None:
    found = [replace(CHECK_DIGIT, row=row, cell=f"F{row}", sku=f"S-{row}") for row in range(2, 5_002)]
    page = Page(browser, tmp_path, Report(found))
    count = "return document.querySelectorAll('#rows tr').length"
    assert page.run(count) < 120
    page.run("document.getElementById('list').scrollTop = 1e9")
    time.sleep(0.3)
    assert page.run("return [...document.querySelectorAll('#rows tr[data-line]')].at(-1).children[2].textContent") == "S-5001"
    assert page.run(count) < 120
    page.run("dispatchEvent(new Event('beforeprint'))")
    assert page.run(count) == 500
    assert page.run("return document.getElementById('printed').hidden") is False
    page.run("dispatchEvent(new Event('afterprint'))")
    assert page.run(count) < 120


def test_a_clean_report_has_no_list(browser: Any, tmp_path: Path) -> None:
    page = Page(browser, tmp_path, Report([], rows=3, products=[Product("A", "Mug")]))
    assert "Nothing to fix in 3 rows." in page.run("return document.body.textContent")
    assert page.run("return document.querySelectorAll('.card').length") == 1
    assert page.complaints() == []
