"""The page of changes in a real Chromium: filters, languages, axe, and nothing in a cell runs."""

import io
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from browsing import Page
from report_cases import HOSTILE

from listingkit.diff.changes import Changes
from listingkit.diff.compare import compare
from listingkit.fields import path
from listingkit.inventory.builtin import template
from listingkit.inventory.upload import Upload
from listingkit.marketplace import marketplace
from listingkit.report import changes_page

pytestmark = pytest.mark.slow
CHILD = {"parentage_level": "child", "parent_sku": "P"}


def upload(*rows: dict[str, str]) -> Upload:
    store = marketplace("DE")
    names = dict.fromkeys(name for row in rows for name in row)
    frame = pl.DataFrame({path(name, store): [row.get(name) for row in rows] for name in names}, schema_overrides={})
    return Upload(template("unified_full", store), frame.cast(pl.String), "DE")


def changes() -> Changes:
    old = upload(
        {"sku": "A", **CHILD, "item_name": "Becher blau, 350 ml", "price": "5", "brand": "X"},
        {"sku": "B", **CHILD, "item_name": "Tasse", "product_description": "Zeile eins\nZeile zwei", "brand": "X"},
        {"sku": "gone", "item_name": "Teller", "brand": "X"},
    )
    new = upload(
        {"sku": "A", **CHILD, "item_name": "Becher rot, 350 ml", "price": "50", "brand": "X"},
        {"sku": "B", **CHILD, "item_name": "Tasse", "brand": "X"},
        {"sku": "fresh", "item_name": "Schale", "brand": "X"},
    )
    return compare(old, new)


def opened(browser: Any, folder: Path, found: Changes, *, dark: bool = False, language: str = "en") -> Page:
    file = folder / "changes.html"
    stream = io.StringIO(newline="")
    changes_page.write(found, stream, language=language)
    file.write_text(stream.getvalue(), "utf-8")
    return Page(browser, file, dark=dark)


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Page:
    return opened(browser, tmp_path, changes())


def rows(page: Page) -> list[str]:
    script = """return [...document.querySelectorAll("tr.change")].filter((row) => row.getClientRects().length)
        .map((row) => row.dataset.sku + " " + row.dataset.field)"""
    found: list[str] = page.run(script)
    return found


def heads(page: Page) -> list[str]:
    script = """return [...document.querySelectorAll("tr.family")].filter((row) => row.getClientRects().length)
        .map((row) => row.textContent.trim())"""
    found: list[str] = page.run(script)
    return found


def choose(page: Page, name: str, value: str) -> None:
    page.run(
        "const node = document.getElementById('filters').elements[arguments[0]]; node.value = arguments[1];"
        "node.dispatchEvent(new Event('input', {bubbles: true}))",
        name,
        value,
    )


def told(page: Page) -> str:
    return str(page.run("return document.querySelector('output').textContent"))


def test_filters_by_risk_sku_family_and_field(page: Page) -> None:
    everything = ["a item_name", "a price", "b product_description", "fresh added", "gone vanished"]
    assert sorted(rows(page)) == everything
    assert heads(page) == ["P", "fresh", "gone"]
    choose(page, "risk", "dangerous")
    assert sorted(rows(page)) == ["a price", "b product_description"]
    assert told(page) == "2 of 5 changes"
    choose(page, "field", "price")
    assert rows(page) == ["a price"]
    page.click("#clear")
    choose(page, "sku", "p")
    assert heads(page) == ["P"]
    assert len(rows(page)) == 3
    choose(page, "sku", "FRESH")
    assert rows(page) == ["fresh added"]
    choose(page, "sku", "no such SKU")
    assert (rows(page), heads(page)) == ([], [])
    page.click("button[data-risk='OPS003']")
    assert rows(page) == ["gone vanished"]
    page.click("#clear")
    assert sorted(rows(page)) == everything
    assert page.complaints() == []
    assert page.requests() == []


def test_old_and_new_stand_side_by_side_with_their_words_marked(page: Page) -> None:
    cells = "return [...document.querySelectorAll('tr[data-sku=\"a\"][data-field=item_name] td.value')]"
    assert page.run(f"{cells}.map((cell) => cell.innerHTML)") == ["Becher <del>blau</del>, 350 ml", "Becher <ins>rot</ins>, 350 ml"]
    left, right = page.run(f"{cells}.map((cell) => [cell.getBoundingClientRect().left, cell.getBoundingClientRect().top])")
    assert left[0] < right[0]
    assert left[1] == right[1]
    lines = page.run("return document.querySelector('tr[data-sku=b] del').getClientRects().length")
    assert lines == 2


@pytest.mark.parametrize(("code", "word"), [("de", "Was der Upload ändern würde"), ("zh", "本次上传会改变什么")])
def test_it_speaks_other_languages(page: Page, code: str, word: str) -> None:
    page.choose("language", code)
    assert page.run("return document.querySelector('h1').textContent") == word
    assert page.run("return document.documentElement.lang") == code
    assert page.complaints() == []


def test_it_opens_in_another_language(browser: Any, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, changes(), language="de")
    assert told(page) == "5 von 5 Änderungen"


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(browser: Any, tmp_path: Path, dark: bool) -> None:
    assert opened(browser, tmp_path, changes(), dark=dark).violations() == []


def test_a_telephone_shows_it_without_scrolling_sideways(browser: Any, tmp_path: Path) -> None:
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        page = opened(browser, tmp_path, changes())
        assert page.run("return document.documentElement.scrollWidth") <= 390
        assert page.violations() == []
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_nothing_in_a_cell_runs(browser: Any, tmp_path: Path, value: str) -> None:
    value = value.replace("\ud800", "")
    evil = [{"sku": f"S{value}", **CHILD, "parent_sku": value, "item_name": text} for text in (value, f"{value} x")]
    page = opened(browser, tmp_path, compare(upload(evil[0]), upload(evil[1])))
    choose(page, "sku", value[:50])
    assert page.run("return document.querySelectorAll('script').length") == 2
    assert page.run("return document.querySelectorAll('img, iframe, object').length") == 0
    assert page.run("return document.documentElement.scrollWidth <= innerWidth + 1")
    assert page.complaints() == []
    assert page.requests() == []


def test_nothing_changes(browser: Any, tmp_path: Path) -> None:
    same = upload({"sku": "A", "item_name": "Tasse"})
    page = opened(browser, tmp_path, compare(same, same))
    assert page.run("return document.querySelectorAll('table').length") == 0
    assert page.complaints() == []
    assert page.violations() == []


def test_a_full_page_filters_at_once_and_shows_more_on_demand(browser: Any, tmp_path: Path) -> None:
    def state(word: str, price: int) -> Upload:
        return upload(*({"sku": f"S{n:05}", "item_name": f"Becher {n} {word}", "price": f"{n + price}"} for n in range(2_500)))

    page = opened(browser, tmp_path, compare(state("blau", 1), state("rot", 2)))
    script = """const node = document.getElementById("filters").elements.sku, before = performance.now(); node.value = arguments[0];
        node.dispatchEvent(new Event("input", {bubbles: true})); document.body.offsetHeight; return performance.now() - before"""
    assert told(page) == "5,000 of 5,000 changes"
    assert len(rows(page)) == 500
    page.click("#more")
    assert len(rows(page)) == 1_000
    spent = [page.run(script, term) for term in ("s00077", "", "s02")]
    assert max(spent) < 1_000, spent  # 200 ms on a machine that does nothing else
    assert rows(page)[0] == "s02000 item_name"
