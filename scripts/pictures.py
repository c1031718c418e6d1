"""Make the pictures of docs/: the real report, diff page and review workbook of a sample, as Chromium and LibreOffice show them.

    python scripts/pictures.py [FOLDER]

Needs chromium, chromedriver, soffice and pdftoppm, and what `pip install -e ".[dev]"` brings.
The sample is the stoneware master, built once as it is and once after a bad afternoon: a wiped text, a price with its comma
in the wrong place, a mistyped number, a title that grew.
"""

import csv
import shutil
import subprocess
import sys
import tempfile
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from listingkit.cli import main as listingkit
from listingkit.resources import shared

AFTERNOON: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("HG-MUG", "Titel DE", lambda title: title.replace("Tasse", "Becher")),
    ("HG-MUG-BLU", "Price DE", lambda price: float(str(price).replace(",", ".")) * 10),
    ("HG-MUG-SND", "Bullet 3 DE", lambda _: None),
    ("HG-MUG-SND", "Description DE", lambda text: text.replace("Tasse", "Kaffeetasse").replace("Steinzeug", "Ton")),
    ("HG-MUG-MOS", "EAN", lambda number: str(number)[:-1] + "3"),
    ("HG-BWL-BLU", "Titel DE", lambda title: f"{title} - TOP ANGEBOT für Müsli, Suppe, Salat und Dessert, Geschenkidee zur Hochzeit!!!"),
    ("HG-BWL-SND", "Main Image", lambda _: "www.example.com/bowl sand.jpg"),
    ("HG-BWL-MOS", "Quantity", lambda _: "2,5 Stück"),
)


def master(folder: Path) -> Path:
    """The stoneware master after the afternoon."""
    book = openpyxl.load_workbook(shared("samples") / "stoneware" / "master.xlsx")
    sheet: Any = book.active
    header = next(row for row in sheet.iter_rows() if row[0].value == "SKU")
    letters = {cell.value: cell.column for cell in header}
    rows = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=header[0].row + 1)}
    for sku, name, change in AFTERNOON:
        cell = sheet.cell(rows[sku], letters[name])
        cell.value = change(cell.value)
    path = folder / "master.xlsx"
    book.save(path)
    return path


def builds(folder: Path) -> Path:
    """Both builds; the folder of the second."""
    stores = [word for code in ("US", "UK", "DE", "JP") for word in ("-m", code)]
    original = shared("samples") / "stoneware" / "master.xlsx"
    runs = (
        (original, folder / "before", date(2026, 10, 1), []),
        (master(folder), folder / "now", date(2026, 11, 2), ["--previous", str(folder / "before")]),
    )
    for path, out, day, more in runs:
        with suppress(SystemExit):
            listingkit(["build", str(path), *stores, *more, "--as-of", day.isoformat(), "-o", str(out)])
    return folder / "now"


def browser(profile: Path) -> Any:
    """A headless Chromium."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    flags = (
        "--headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking --window-size=1200,900"
    )
    for flag in (*flags.split(), f"--user-data-dir={profile}"):
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver") or ""))


def shot(driver: Any, page: Path, picture: Path, *, width: int = 1000, height: int = 900, before: str = "") -> None:
    """One screenshot of the top of a page, after a script."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    )
    driver.get(page.as_uri())
    while not driver.execute_script("return document.documentElement.dataset.ready"):
        pass
    driver.execute_script(before)
    picture.write_bytes(b64decode(driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"]))


def workbook(file: Path, folder: Path, pictures: dict[Path, tuple[int, int, int]]) -> None:
    """Pages of a workbook, as LibreOffice prints them: number, top and height of what is shown."""
    office = [shutil.which("soffice") or "", f"-env:UserInstallation={(folder / 'office').as_uri()}", "--headless"]
    _run(*office, "--convert-to", "pdf", "--outdir", str(folder), str(file))
    pdf = folder / f"{file.stem}.pdf"
    for picture, (page, top, height) in pictures.items():
        crop = ["-x", "70", "-y", str(top), "-W", "1070", "-H", str(height)]
        _run(
            "pdftoppm", "-png", "-r", "110", "-f", str(page), "-l", str(page), *crop, "-singlefile", str(pdf), str(picture.with_suffix(""))
        )


def narrow(folder: Path) -> Path:
    """The supplier's price list with the columns that fit on a page."""
    source = shared("samples") / "supplier" / "preisliste.csv"
    rows = list(csv.reader(source.read_text("cp1252").splitlines(), delimiter=";"))
    path = folder / source.name
    with path.open("w", encoding="cp1252", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([[row[at] for at in (0, 1, 3, 4, 5, 8)] for row in rows])
    return path


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - words of ours


def main(target: Path) -> None:
    """Make every picture."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = builds(folder)
        review = folder / "review.xlsx"
        profile = shared("samples") / "supplier" / "profile.toml"
        with suppress(SystemExit):
            words = ["--profile", str(profile), "-m", "DE", "--as-of", "2026-11-01", "--format", "xlsx", "-o", str(review)]
            listingkit(["check", str(narrow(folder)), *words])
        driver = browser(folder / "profile")
        try:
            shot(driver, out / "report.html", target / "report.png", height=980)
            shot(
                driver,
                out / "report.html",
                target / "report-listings.png",
                height=760,
                before="document.getElementById('products').scrollIntoView()",
            )
            shot(driver, out / "DE" / "changes.html", target / "changes.png", width=1100, height=985)
        finally:
            driver.quit()
        pages = {target / "review-summary.png": (1, 90, 670), target / "review-master.png": (2, 155, 185)}
        workbook(review, folder, pages)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1] / "docs" / "pictures")
