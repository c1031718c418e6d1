"""What reports cost: `python tests/benchmarks/bench_report.py`. CPU seconds of this process, milliseconds in Chromium.

Bounds of the project: 100,000 findings as report.html in 2 s, first paint in 2 s, a filter in 200 ms, 10,000 findings under 1 MB;
review.xlsx of 10,000 x 40 cells with 3,000 comments in 15 s.
"""

import io
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from listingkit.finding import Finding, Fix, Safety, Severity
from listingkit.master.read import read_all
from listingkit.report import review
from listingkit.report.formats import FORMATS, write
from listingkit.report.report import Product, Report

RULES = [
    ("GTN001", "gtin-check-digit", Severity.ERROR, "product_id", "B"),
    ("TTL001", "title-too-long", Severity.WARNING, "item_name", "C"),
    ("REQ001", "required", Severity.ERROR, "brand", "D"),
    ("IMG002", "image-share-link", Severity.WARNING, "main_product_image_locator", "E"),
    ("OFR003", "quantity-not-whole", Severity.ERROR, "quantity", "F"),
]
WORDS = ("stoneware", "mug", "handle", "glaze", "speckled", "large", "blue", "set", "of", "four", "gift", "box")


def findings(count: int, rows: int, file: str = "master.csv", sheet: str | None = None) -> Iterator[Finding]:
    """Findings like those of a check, the same every time."""
    chance = random.Random(1)
    for number in range(count):
        code, name, severity, field, letter = chance.choice(RULES)
        row = 2 + number * rows // count
        value = " ".join(chance.choices(WORDS, k=12))
        fix = Fix(value[:40], Safety.ASK) if code == "GTN001" else None
        message = f"{len(value)} characters in {chance.choice(WORDS)}, {chance.randrange(200)} are allowed"
        cell = f"{letter}{row}"
        yield Finding(code, name, severity, message, file, sheet, row, field.title(), cell, field, f"SKU-{row:06}", None, value, fix)


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds, and what came out."""
    before = time.process_time()
    out = work()
    return time.process_time() - before, out


def written(report: Report, name: str) -> str:
    stream = io.StringIO()
    write(report, name, stream)
    return stream.getvalue()


def formats() -> str:
    """Every text format with 100,000 findings; returns the page."""
    found = list(findings(100_000, 40_000))
    products = [Product(f"SKU-{row:06}", "Stoneware Mug " * 8, f"https://img.example.com/{row}.jpg") for row in range(2, 2_002)]
    report = Report(found, rows=40_000, products=products)
    page = ""
    for name, style in FORMATS.items():
        if style.binary:
            continue
        seconds, text = cpu(partial(written, report, name))
        print(f"{name:8} 100,000 findings  {seconds:5.2f} s  {len(text) / 1e6:6.2f} MB")
        page = text if name == "html" else page
    small = written(Report(found[:10_000], rows=4_000), "html")
    print(f"html      10,000 findings           {len(small) / 1e6:6.2f} MB")
    return page


def reviews(folder: Path) -> None:
    """Workbooks of 10,000 and 100,000 rows."""
    file = folder / "master.xlsx"
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Products")
    sheet.append([f"Header {number}" for number in range(40)])
    for row in range(10_000):
        sheet.append([f"SKU-{row:06}", *(f"value {row * number}" for number in range(39))])
    book.save(file)
    for rows, name in ((10_000, "master.xlsx"), (10_000, "small.csv"), (100_000, "large.csv")):
        path = folder / name
        if name.endswith("csv"):
            lines = (",".join([f"SKU-{row:06}", *(f"value {row * number}" for number in range(39))]) for row in range(rows))
            path.write_text("\n".join([",".join(f"Header {number}" for number in range(40)), *lines]), "utf-8")
        masters = read_all(path)
        report = Report(list(findings(3_000, rows, masters[0].file, masters[0].sheet)), rows=rows)
        out = io.BytesIO()
        seconds, _ = cpu(partial(review.write, report, out, masters))
        print(f"xlsx     {rows:,} x 40 of {path.suffix}, 3,000 comments  {seconds:5.2f} s  {len(out.getvalue()) / 1e6:6.2f} MB")


def browser(page: str, folder: Path) -> None:
    """First paint, readiness and filters in Chromium."""
    from selenium import webdriver

    file = folder / "report.html"
    file.write_text(page, "utf-8")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    flags = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
    for flag in (*flags.split(), "--disable-component-update", f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.get(file.as_uri())
    while not driver.execute_script("return document.documentElement.dataset.ready"):
        time.sleep(0.01)
    paint = driver.execute_script("return performance.getEntriesByName('first-contentful-paint')[0].startTime")
    ready = driver.execute_script("return performance.now()")
    print(f"chromium first paint {paint:.0f} ms, list ready within {ready:.0f} ms")
    script = """const node = document.getElementById(arguments[0]); node.value = arguments[1]; const before = performance.now();
        node.dispatchEvent(new Event("input", {bubbles: true})); document.body.offsetHeight;
        return [performance.now() - before, document.getElementById("shown").textContent]"""
    for control, value in (
        ("search", "speckled blue"),
        ("search", "sku-000777"),
        ("search", ""),
        ("by-severity", "error"),
        ("by-rule", "GTN001"),
    ):
        spent, shown = driver.execute_script(script, control, value)
        print(f"chromium {control} = {value or '(blank)':14} {spent:5.0f} ms  {shown}")
    driver.quit()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        page = formats()
        reviews(Path(name))
        if "--no-browser" not in sys.argv:
            browser(page, Path(name))
