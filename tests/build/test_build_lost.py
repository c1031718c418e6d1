"""What reading could not take from a cell keeps its listing out of the upload, and is told at the cell."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from listingkit import build_parts
from listingkit.build import Built, Order, build
from listingkit.config import DEFAULT
from listingkit.finding import Severity
from listingkit.inventory.upload_read import read_upload
from listingkit.job import Inputs

MANY = 450  # of one code: more than reading writes out as notes


def book(path: Path, *rows: list[Any]) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    workbook.save(path)
    return path


def order(path: Path, profile: str = "") -> Order:
    config = replace(DEFAULT, select=("FIL", "XLS003"))
    return Order(Inputs((str(path),), profile or None), path.parent / "out", date(2026, 11, 1), ("US",), config=config)


def shipped(built: Built) -> list[str | None]:
    return read_upload(built.order.out / "US" / "upload.txt").frame["contribution_sku#1.value"].to_list()


def test_cells_without_a_value_hold_their_listing_back(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        ["SKU", "Title", "Price", "Margin"],
        ["A", "Mug", 9.9, "#DIV/0!"],
        ["B", "Cup", "#N/A", 1],
        ["C", "Bowl", "=1+1", 1],
        ["D", "Plate", 7, 1],
    )
    built = build(order(path))
    assert shipped(built) == ["A", "D"]
    assert [(one.severity, one.cell, one.column, one.field, one.sku) for one in built.findings if one.code == "FIL008"] == [
        (Severity.INFO, "D2", "Margin", None, "A"),
        (Severity.ERROR, "C3", "Price", "price", "B"),
        (Severity.ERROR, "C4", "Price", "price", "C"),
    ]
    sheet = load_workbook(tmp_path / "out" / "held.xlsx").active
    assert sheet is not None
    held = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [(row[2], row[3], str(row[5])[:6]) for row in held] == [(3, "B", "FIL008"), (4, "C", "FIL008")]


def test_a_column_that_an_expression_names_matters(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["SKU", "Title", "Base"], ["A", "Mug", 5], ["B", "Cup", "#REF!"])
    (tmp_path / "p.toml").write_text("[derived]\nprice = '{{ column(\"BASE\") }}'\n")
    assert shipped(build(order(path, str(tmp_path / "p.toml")))) == ["A"]


def test_rows_whose_cells_may_have_slipped_are_held_back(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('SKU,Title,Brand\nA,Mug,ACME\nB,Mug, blue,ACME\nC,"Cup,ACME\nD,Bowl,ACME\n')
    built = build(order(path))
    assert shipped(built) == ["A", "D"]
    errors = [one for one in built.findings if one.severity is Severity.ERROR]
    assert {(one.code, one.row, one.sku, one.cell) for one in errors} == {("FIL005", 3, "B", None), ("FIL012", 4, "C", None)}


@pytest.mark.parametrize("parts", [False, True])
def test_none_of_many_slips_through(tmp_path: Path, parts: bool) -> None:
    rows = [[f"A-{number}", "Mug ", "#N/A" if number < MANY else 5] for number in range(MANY + 20)]
    path = book(tmp_path / "a.xlsx", ["SKU", "Brand", "Price"], *rows)
    built = build_parts.build(order(path), rows=100) if parts else build(order(path))
    assert built.made[0].fixed == MANY + 20  # the brand: parts are judged again when it is mended
    assert shipped(built) == [f"A-{number}" for number in range(MANY, MANY + 20)]
    assert built.findings.severities()[Severity.ERROR] == MANY
