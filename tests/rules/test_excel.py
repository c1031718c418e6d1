"""What a spreadsheet made of values is told once, at its cell, from the file on."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from listingkit.config import DEFAULT
from listingkit.mapping.apply import map_columns
from listingkit.marketplace import marketplaces
from listingkit.master.read import read
from listingkit.rules.run import check

CODES = ("FIL", "XLS", "SKU", "TXT", "GTN", "BUL", "VAL")


def told(path: Path) -> list[tuple[str, str | None, str | None]]:
    listings = map_columns(read(path))
    found = check(listings, [marketplaces()["US"]], as_of=date(2026, 11, 1), config=replace(DEFAULT, select=CODES))
    return sorted((one.code, one.cell, one.fix.value if one.fix else None) for one in found)


def test_each_damage_of_a_workbook_is_one_finding(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["SKU", "UPC", "Size", "Color", "Brand", "Model Number"],
        ["A-1", 4006381333931, "3-4", "Blue", "Acme", "M1"],
        [date(2026, 1, 2), "036000291452", date(2026, 4, 3), True, "#N/A", "=A1&B1"],
        ["A-3 ", None, "L", "Blue", "Acme\u00a0Ltd", "2.0E+05"],
    ):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert told(tmp_path / "a.xlsx") == [
        ("FIL007", "A4", "A-3"),
        ("FIL007", "E4", "Acme Ltd"),
        ("FIL008", "E3", None),
        ("FIL008", "F3", None),
        ("XLS001", None, None),
        ("XLS002", "F4", None),
        ("XLS004", "A3", None),
        ("XLS005", "D3", None),
        ("XLS006", "C3", None),
    ]


def test_each_damage_of_a_text_file_is_one_finding(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        'SKU,UPC,Size,Color,Brand,Model Number\n"=""0012""",036000291452,3-Apr,TRUE,#REF!,=A1&B1\n"B\n1",036000291452,L,Blue,#12,"M2\n"\n'
    )
    assert told(tmp_path / "a.csv") == [
        ("FIL004", "A3", None),
        ("FIL004", "F3", "M2"),
        ("GTN040", "B2", None),
        ("GTN040", "B3", None),
        ("XLS005", "D2", None),
        ("XLS006", "C2", None),
        ("XLS008", "A2", "0012"),
        ("XLS008", "E2", None),
        ("XLS008", "F2", None),
    ]


@pytest.mark.parametrize(
    ("skus", "found"),
    [
        (["00123", "00124", "00125", "00126", "127"], [("XLS004", "A6", "00127")]),
        (["00123", "00124", "125", "126", "127"], []),  # half of them are short: that is how they are
        (["123", "124", "7"], []),
        (["2026-01-01", "2026-01-02", "2026-01-03", "A-1"], []),  # a seller who counts by days
        (["A-1", "A-2", "A-3", "2026-01-02"], [("XLS004", "A5", None)]),
    ],
)
def test_a_sku_is_judged_in_the_company_of_the_others(tmp_path: Path, skus: list[str], found: list[tuple[str, str, str | None]]) -> None:
    (tmp_path / "a.csv").write_text("SKU,Title\n" + "".join(f"{sku},Mug\n" for sku in skus))
    assert told(tmp_path / "a.csv") == found
