"""Workbooks that we write ourselves, read by openpyxl and calamine."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import python_calamine
from report_cases import HOSTILE

from listingkit.finding import Severity
from listingkit.render.package import Member, write_members
from listingkit.report import book, held, lean, looks
from listingkit.report.grid import Grid
from listingkit.report.looks import Look
from listingkit.report.sheet import Column, Link, Note, Sheet
from listingkit.report.styles import Styles

Row = tuple[str | int | None, ...]


def saved(sheet: Sheet, styles: Styles) -> bytes:
    stream = io.BytesIO()
    book.save([sheet], styles, stream)
    return stream.getvalue()


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_held_rows_are_high_enough_for_what_wraps_in_them(tmp_path: Path) -> None:
    rows: list[Row] = [
        ("m.csv", None, 9, "A", "US", "one"),
        ("m.csv", "S", 10, "B" * 48, "US", "one"),
        ("m.csv", "S", 11, "C", "US", "one\ntwo"),
    ]
    held.write(rows, tmp_path / "held.xlsx")
    sheet: Any = openpyxl.load_workbook(tmp_path / "held.xlsx").active
    assert [sheet.row_dimensions[row].height for row in (2, 3, 4)] == [None, 46.5, 31]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [list(row) for row in rows]
    assert sheet.auto_filter.ref == "A1:F4"


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_held_rows_show_anything_and_calculate_nothing(value: str, tmp_path: Path) -> None:
    value = value.replace("\ud800", "")
    held.write([(value, value, 2, value, "US", value)], tmp_path / "held.xlsx")
    sheet: Any = openpyxl.load_workbook(tmp_path / "held.xlsx").active
    assert {cell.data_type for cell in sheet[2]} == {"s", "n"}
    wanted = re.sub("[\x00-\x08\x0b-\x1f]", "\ufffd", value.replace("\r\n", "\n"))
    assert sheet["F2"].value == wanted[: held.LONGEST]


def test_no_rows_are_held_back(tmp_path: Path) -> None:
    held.write([], tmp_path / "held.xlsx")
    assert python_calamine.load_workbook(tmp_path / "held.xlsx").get_sheet_by_index(0).to_python() == [list(held.WIDTHS)]


def test_blank_cells_are_written_where_they_have_a_look_of_their_own() -> None:
    styles = Styles()
    plain, marked = styles(looks.TEXT), styles(looks.marked(Severity.ERROR))
    frame = pl.DataFrame(
        {"#row": [2, 3, 4], "a": ["<x>", None, None], "looks": pl.Series([None, marked, None], dtype=pl.UInt32)},
        schema_overrides={"#row": pl.UInt32},
    )
    sheet = Sheet("s", lean.rows(frame, [lean.Texts("a", "B", plain, "looks")]), {"B": Column(9, plain)}, "B4")
    found = opened(saved(sheet, styles))["s"]
    assert [found[f"B{row}"].value for row in (2, 3, 4)] == ["<x>", None, None]
    assert [found[f"B{row}"].fill.fgColor.rgb for row in (2, 3)] == ["00000000", looks.FILLS[Severity.ERROR]]
    assert found["B2"].number_format == "@"
    assert "B4" not in {cell.coordinate for row in found.iter_rows() for cell in row if cell.has_style}


def test_no_two_boxes_of_a_workbook_share_a_number() -> None:
    styles, grid = Styles(), Grid()
    grid.put(1, 1, "x", 0)
    notes = [[Note(f"A{row}", f"{name} & <{row}>", 100, 50) for row in range(1, size)] for name, size in (("a", 1500), ("b", 30))]
    sheets = [Sheet(f"s{number}", grid.rows(), {}, "A1", notes=mine, author="me") for number, mine in enumerate(notes)]
    stream = io.BytesIO()
    book.save(sheets, styles, stream)
    with zipfile.ZipFile(stream) as package:
        parts = [package.read(name).decode() for name in package.namelist() if name.endswith(".vml")]
    boxes = [int(number) for part in parts for number in re.findall(r'id="_x0000_s(\d+)"', part)]
    blocks = [set(map(int, re.findall(r'<o:idmap v:ext="edit" data="([\d,]+)"', part)[0].split(","))) for part in parts]
    assert len(boxes) == len(set(boxes)) == 1499 + 29
    assert {box // 1024 for box in boxes} <= blocks[0] | blocks[1]
    assert not blocks[0] & blocks[1]
    assert opened(stream.getvalue())["s0"]["A1499"].comment.text == "a & <1499>"


def test_links_titles_and_tips_may_hold_anything() -> None:
    styles, grid = Styles(), Grid()
    grid.put(1, 1, 'a "b" & <c>', styles(Look(bold=True)))
    title = 'it\'s <a> & "b"'
    sheet = Sheet(
        title, grid.rows(), {"A": Column(9)}, "A1", filtered="A1:A1", repeated=1, links=[Link("A1", "'it''s'!A1", 'a "tip" & <b>')]
    )
    found = opened(saved(sheet, styles))
    assert found.sheetnames == [title]
    assert found[title]["A1"].value == 'a "b" & <c>'
    assert found[title]["A1"].font.b
    assert (found[title]["A1"].hyperlink.location, found[title]["A1"].hyperlink.tooltip) == ("'it''s'!A1", 'a "tip" & <b>')


@pytest.mark.parametrize("large", [False, True])
def test_a_package_is_the_same_through_a_pipe(large: bool) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    files = [io.BytesIO(), Pipe()]
    for file in files:
        write_members([Member("a.xml", (b"<a>" for _ in range(3)), large=large), Member("b", [])], file)
    assert files[0].getvalue() == files[1].getvalue()
    with zipfile.ZipFile(io.BytesIO(files[0].getvalue())) as package:
        assert package.testzip() is None
        assert package.read("a.xml") == b"<a><a><a>"
