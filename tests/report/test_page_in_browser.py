"""The page in a real Chromium: filters work, nothing is requested, nothing in a cell runs, everybody can read it."""

import io
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from report_cases import BARE, CHECK_DIGIT, HOSTILE, LONG_TITLE, hostile, node_modules

from listingkit.finding import Fix, Safety
from listingkit.report.formats import write
from listingkit.report.report import ChangeCount, Input, Product, Report, RuleCard, Run

pytestmark = pytest.mark.slow
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--window-size=1300,1000"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield started
    started.quit()


class Page:
    """One report, open in the browser."""

    def __init__(self, browser: Any, folder: Path, report: Report, *, dark: bool = False) -> None:
        self.browser = browser
        file = folder / "report.html"
        stream = io.StringIO(newline="")
        write(report, "html", stream)
        file.write_text(stream.getvalue(), "utf-8")
        for kind in ("browser", "performance"):
            browser.get_log(kind)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        browser.get(file.as_uri())
        end = time.monotonic() + 20
        while not self.run("return document.documentElement.dataset.ready"):
            assert time.monotonic() < end, "the page did not get ready"
            time.sleep(0.02)

    def run(self, script: str, *arguments: object) -> Any:
        return self.browser.execute_script(script, *arguments)

    def choose(self, name: str, value: str) -> None:
        self.run(
            "const node = document.getElementById(arguments[0]); node.value = arguments[1];"
            "node.dispatchEvent(new Event(arguments[2], {bubbles: true}))",
            name,
            value,
            "change" if name == "language" else "input",
        )

    def click(self, selector: str) -> None:
        self.run("document.querySelector(arguments[0]).click()", selector)

    @property
    def shown(self) -> str:
        return str(self.run("return document.getElementById('shown').textContent"))

    @property
    def codes(self) -> list[str]:
        found: list[str] = self.run("return [...document.querySelectorAll('#rows tr[data-line] td:nth-child(2)')].map(n => n.textContent)")
        return found

    def complaints(self) -> list[Any]:
        return [entry["message"] for entry in self.browser.get_log("browser")]

    def requests(self) -> list[str]:
        events = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        urls = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
        return [url for url in urls if not url.startswith("file:///")]

    def violations(self) -> list[str]:
        self.run((node_modules("axe-core") / "axe.min.js").read_text("utf-8"))
        result = self.browser.execute_async_script("const done = arguments[0]; axe.run(document).then(done)")
        return [f"{one['id']}: {node['html'][:200]} {node['failureSummary']}" for one in result["violations"] for node in one["nodes"]]


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
        changes=[ChangeCount("DE", 1, 2, 3, 4, 5)],
        trend=[Run("2026-10-01", 12, 3)],
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
    report = replace(hostile(value), products=[Product(value, value, value, None, {"DE": value}, value, value)])
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
