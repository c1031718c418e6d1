"""The review workbook in LibreOffice: it opens, and what it shows is what we wrote."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from report_cases import CHECK_DIGIT, HOSTILE

from listingkit.diff.compare import compare
from listingkit.fields import path
from listingkit.finding import Severity
from listingkit.inventory.builtin import template
from listingkit.inventory.upload import Upload
from listingkit.marketplace import marketplace
from listingkit.master.read import read_all
from listingkit.master.review_marks import FINDINGS, SUMMARY
from listingkit.report import changes_book, looks, review
from listingkit.report.report import Input, Report

pytestmark = pytest.mark.slow


def through_office(file: Path, folder: Path) -> Any:
    """The workbook after LibreOffice opened and saved it."""
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("soffice is not installed")
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    convert = [soffice, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(file)]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    return openpyxl.load_workbook(folder / "out" / file.name)


@pytest.mark.parametrize("kind", ["kept", "lean"])
def test_libreoffice_shows_colours_comments_links_and_the_filter(kind: str, tmp_path: Path) -> None:
    texts = [value.replace("\x00", "").replace("\ud800", "") for value in HOSTILE.values() if "\x1b" not in value and "\x00" not in value]
    if kind == "lean":
        master_file = tmp_path / "master.csv"
        rows = [f'S-{n},"{text.replace(chr(34), chr(34) * 2)}"' for n, text in enumerate(texts)]
        master_file.write_text("\n".join(["SKU,Title", *rows]), "utf-8")
    else:
        master_file = tmp_path / "master.xlsx"
        book = openpyxl.Workbook()
        sheet: Any = book.active
        sheet.title = "master"
        sheet.append(["SKU", "Title"])
        for number, text in enumerate(texts, 2):
            sheet.cell(number, 1, f"S-{number - 2}")
            sheet.cell(number, 2).value = text
            sheet.cell(number, 2).data_type = "s"
        book.save(master_file)
    master = read_all(master_file)[0]
    flaw = replace(CHECK_DIGIT, file=master.file, sheet=master.sheet, message="wrong", column="Title")
    rows_of = zip(master.frame["#row"], master.frame["B"], strict=True)
    found = [replace(flaw, row=row, cell=f"B{row}", sku=f"S-{row}", value=text) for row, text in rows_of]
    review_file = tmp_path / "review.xlsx"
    with review_file.open("wb") as stream:
        review.write(Report([*found, CHECK_DIGIT], inputs=[Input("master")]), stream, [master])
    book = through_office(review_file, tmp_path)
    assert book.sheetnames == [SUMMARY, "master", FINDINGS]
    shown = book["master"]
    for finding in found:
        cell = shown[finding.cell or ""]
        assert "wrong" in cell.comment.text
        assert cell.fill.fgColor.rgb == looks.FILLS[Severity.ERROR]
        assert cell.data_type == "s"
    assert shown.auto_filter.ref.startswith("A1:C")
    assert book[FINDINGS]["D2"].hyperlink.location.replace("'", "").replace("$", "").replace(".", "!") == "master!B2"


def test_libreoffice_shows_changes_with_their_old_values_and_calculates_nothing(tmp_path: Path) -> None:
    store = marketplace("DE")
    texts = [value.replace("\x00", "").replace("\ud800", "") for value in HOSTILE.values() if "\x1b" not in value]

    def side(end: str) -> Upload:
        columns = {path("sku", store): [f"S-{n}" for n in range(len(texts))], path("item_name", store): [text + end for text in texts]}
        return Upload(template("unified_full", store), pl.DataFrame(columns), "DE")

    file = tmp_path / "changes.xlsx"
    with file.open("wb") as stream:
        changes_book.write(compare(side(""), side(" x")), stream)
    sheet = through_office(file, tmp_path)["Changes"]
    cells = [row[2] for row in sheet.iter_rows(min_row=2)]
    assert len(cells) == len(texts)
    for cell in cells:
        assert cell.data_type == "s"
        assert "was " in cell.comment.text
        assert cell.fill.fgColor.rgb == looks.FILLS[Severity.WARNING]
    assert sheet.auto_filter.ref.startswith("A1:")
