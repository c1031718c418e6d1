"""The review workbook: the master with its own look, marked, and readable as a master again."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from msgspec import structs
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from report_cases import CHECK_DIGIT, HOSTILE, LONG_TITLE

from listingkit.config import Config
from listingkit.finding import Finding, Fix, Safety, Severity
from listingkit.mapping.apply import map_columns
from listingkit.master.read import read_all
from listingkit.master.review_marks import AUTHOR, FINDINGS, ISSUES, SUMMARY, our_column, our_sheet
from listingkit.master.sheet import ROW, Master
from listingkit.report import looks, review
from listingkit.report.report import Input, Report, RuleCard
from listingkit.rules.run import check

ROWS: list[list[str | None]] = [
    ["SKU", "UPC", "Title"],
    ["AB-1", "036000291453", "Mug"],
    ["AB-2", "4006381333931", "=1+1"],
    ["AB-3", None, "Cup"],
]


def workbook(path: Path, *, above: int = 0) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Products"
    for number, row in enumerate(ROWS, 1 + above):
        for column, value in enumerate(row, 1):
            cell: Any = sheet.cell(number, column)
            cell.value, cell.data_type = value, "s" if value else "n"
    sheet["A1"].font = Font(bold=True, color="FF00AA00")
    sheet["C2"].fill = PatternFill("solid", fgColor="FF123456")
    sheet["B2"].comment = Comment("ask the supplier", "Eva")
    sheet.column_dimensions["C"].width = 51
    sheet.freeze_panes = "B2"
    book.create_sheet("Prices")["A1"] = "own sheet"
    book.save(path)
    return path


def text_file(path: Path) -> Path:
    path.write_text("\n".join(",".join(value or "" for value in row) for row in ROWS), "utf-8")
    return path


def report(file: str, sheet: str | None) -> Report:
    digit = replace(CHECK_DIGIT, file=file, sheet=sheet, row=2, cell="B2", sku="AB-1")
    title = replace(LONG_TITLE, file=file, sheet=sheet, row=2, cell="C2", sku="AB-1")
    missing = Finding("REQ001", "required", Severity.ERROR, "brand is missing", file, sheet, 4, None, None, "brand", "AB-3")
    rules = {"GTN001": RuleCard("GTN001", "gtin-check-digit", "The check digit holds.", "Amazon refuses the row.", "GS1", "gtin")}
    found = [digit, replace(digit, marketplace="US"), title, missing]
    return Report(found, rows=3, inputs=[Input(file, sheet)], rules=rules)


def reviewed(made: Report, masters: tuple[Master, ...] = ()) -> bytes:
    stream = io.BytesIO()
    review.write(made, stream, masters)
    return stream.getvalue()


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(params=["kept", "lean"])
def masters(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Master, ...]:
    file = workbook(tmp_path / "master.xlsx") if request.param == "kept" else text_file(tmp_path / "master.csv")
    return read_all(file)


def test_cells_are_coloured_and_say_what_why_and_the_proposal(masters: tuple[Master, ...]) -> None:
    master = masters[0]
    sheet = opened(reviewed(report(master.file, master.sheet), masters))[master.sheet or "master"]
    assert sheet["B2"].fill.fgColor.rgb == looks.FILLS[Severity.ERROR]
    assert sheet["C2"].fill.fgColor.rgb == looks.FILLS[Severity.WARNING]
    said = sheet["B2"].comment.text
    for part in ("GTN001 [DE US]", "check digit is 3", "Why: Amazon refuses the row.", "Proposed: 036000291452"):
        assert part in said
    assert said.count("check digit is 3") == 1
    assert sheet["B2"].comment.author == AUTHOR
    assert sheet["B2"].number_format == "@"


def test_the_column_of_issues_has_severity_count_and_a_way_back(masters: tuple[Master, ...]) -> None:
    master = masters[0]
    book = opened(reviewed(report(master.file, master.sheet), masters))
    sheet = book[master.sheet or "master"]
    assert sheet["D1"].value == ISSUES
    assert sheet["D2"].value == "1 error, 1 warning: GTN001, TTL001"
    assert sheet["D3"].value is None
    assert "brand is missing" in sheet["D4"].comment.text
    back = sheet["D2"].hyperlink.location
    assert back == f"'{FINDINGS}'!A2"
    assert book[FINDINGS]["D2"].hyperlink.location == f"'{sheet.title}'!B2"
    assert sheet["D1"].hyperlink.location == f"'{SUMMARY}'!A1"


def test_the_first_sheet_sums_up_by_rule_and_by_sku(masters: tuple[Master, ...]) -> None:
    master = masters[0]
    book = opened(reviewed(report(master.file, master.sheet), masters))
    assert book.sheetnames[0] == SUMMARY
    assert book.active.title == SUMMARY
    texts = [[cell.value for cell in row] for row in book[SUMMARY].iter_rows()]
    assert ["error", "GTN001", "The check digit holds.", 1, "B2", "gtin"] in texts
    assert ["error", 2, "AB-1", 2, "B2", "GTN001, TTL001"] in texts
    assert [row[:7] for row in book[FINDINGS].iter_rows(min_row=2, max_row=2, values_only=True)] == [
        ("error", "GTN001", "AB-1", "B2", "UPC", "check digit is 3, the other digits need 2", "036000291453")
    ]


def test_header_is_frozen_and_the_table_filtered(masters: tuple[Master, ...]) -> None:
    sheet = opened(reviewed(report(masters[0].file, masters[0].sheet), masters))[masters[0].sheet or "master"]
    assert sheet.freeze_panes in {"A2", "B2"}
    assert sheet.auto_filter.ref == "A1:D4"


def test_every_cell_is_where_it_was_and_reads_as_it_was(masters: tuple[Master, ...], tmp_path: Path) -> None:
    master = masters[0]
    again = tmp_path / "review.xlsx"
    again.write_bytes(reviewed(report(master.file, master.sheet), masters))
    read = read_all(again, sheets=master.sheet or "master")[0]
    names = [column.letter for column in read.columns if not our_column(column.header)]
    assert names == [column.letter for column in master.columns]
    assert read.frame.select(ROW, *names).equals(master.frame.select(ROW, *names))


@pytest.mark.parametrize("part", ["xl/theme/theme1.xml", "xl/styles.xml", "docProps/core.xml"])
def test_a_workbook_that_openpyxl_cannot_open_is_reviewed_without_its_look(tmp_path: Path, part: str) -> None:
    whole, broken = workbook(tmp_path / "whole.xlsx"), tmp_path / "master.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + b"<" * (name == part))
    masters = read_all(broken)
    book = opened(reviewed(report(masters[0].file, "Products"), masters))
    sheet = book["Products"]
    assert [[cell.value for cell in row][:3] for row in sheet.iter_rows()] == ROWS
    assert sheet["B2"].fill.fgColor.rgb == looks.FILLS[Severity.ERROR]
    keeps_look = sheet["A1"].font.color is not None and sheet["A1"].font.color.rgb == "FF00AA00"
    assert (review.BROKEN in [cell.value for row in book[SUMMARY].iter_rows() for cell in row]) is not keeps_look
    assert keeps_look is (part == "xl/theme/theme1.xml")  # of which openpyxl asks nothing


def test_a_workbook_keeps_its_own_look(tmp_path: Path) -> None:
    masters = read_all(workbook(tmp_path / "master.xlsx"))
    book = opened(reviewed(report(masters[0].file, "Products"), masters))
    sheet = book["Products"]
    assert sheet["A1"].font.color.rgb == "FF00AA00"
    assert sheet.column_dimensions["C"].width == 51
    assert sheet.freeze_panes == "B2"
    assert "ask the supplier" in sheet["B2"].comment.text
    assert book["Prices"]["A1"].value == "own sheet"


def test_a_review_of_a_review_has_each_mark_once(tmp_path: Path) -> None:
    masters = read_all(workbook(tmp_path / "master.xlsx"))
    first = tmp_path / "review.xlsx"
    first.write_bytes(reviewed(report(masters[0].file, "Products"), masters))
    second = read_all(first, sheets="Products")
    book = opened(reviewed(Report([], inputs=[Input("review.xlsx")]), second))
    sheet = book["Products"]
    assert sum(our_sheet(name) for name in book.sheetnames) == 2
    assert [cell.value for cell in sheet[1]].count(ISSUES) == 1
    assert sheet["D2"].value is None
    assert sheet["B2"].comment.text == "ask the supplier"
    assert sheet["B2"].fill.fill_type is None


def test_the_same_report_gives_the_same_bytes(masters: tuple[Master, ...]) -> None:
    made = report(masters[0].file, masters[0].sheet)
    assert reviewed(made, masters) == reviewed(made, masters)


def test_without_masters_there_is_still_a_list() -> None:
    book = opened(reviewed(Report([CHECK_DIGIT], rows=1)))
    assert book.sheetnames == [SUMMARY, FINDINGS]
    assert book[FINDINGS]["F2"].value == CHECK_DIGIT.message


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("kind", ["kept", "lean"])
def test_nothing_in_a_cell_is_calculated_or_breaks_the_file(kind: str, value: str, tmp_path: Path) -> None:
    value = value.replace("\ud800", "")
    file = workbook(tmp_path / "master.xlsx") if kind == "kept" else text_file(tmp_path / "master.csv")
    master = read_all(file)[0]
    if kind == "lean":
        master = structs.replace(master, frame=master.frame.with_columns(B=pl.lit(value)))
    flaw = replace(CHECK_DIGIT, file=master.file, sheet=master.sheet, row=2, cell="B2", value=value, message=value, sku=value, column=value)
    content = reviewed(Report([replace(flaw, fix=Fix(value, Safety.ASK))], inputs=[Input(value[:100])]), (master,))
    book = opened(content)
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            assert not re.search(rb"<f[ >]", package.read(name)), name
    if kind == "lean":
        again = tmp_path / "again.xlsx"
        again.write_bytes(content)
        read = read_all(again, sheets="master")[0]
        assert read.frame["B"].to_list() == [value.replace("\r\n", "\n")] * 3  # as reading folds line ends


def test_two_files_become_two_sheets(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    both = (*read_all(text_file(tmp_path / "a" / "master.csv")), *read_all(text_file(tmp_path / "b" / "master.csv")))
    book = opened(reviewed(report(both[1].file, None), both))
    assert book.sheetnames == [SUMMARY, "master", "master 2", FINDINGS]
    assert book["master 2"]["B2"].comment is not None
    assert book["master"]["B2"].comment is None


def test_a_review_is_read_as_the_master_again(masters: tuple[Master, ...], tmp_path: Path) -> None:
    master = masters[0]
    again = tmp_path / "review.xlsx"
    again.write_bytes(reviewed(report(master.file, master.sheet), masters))
    (read,) = read_all(again, sheets="*" if master.sheet is None else None)
    assert [column.header for column in read.columns] == [column.header for column in master.columns]
    assert read.frame.equals(master.frame)


@pytest.mark.parametrize("kept", [True, False])
def test_cells_without_a_value_are_errors_until_somebody_fills_them(tmp_path: Path, kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["SKU", "Title", "Price"], ["A", "Mug", "=1+1"], ["B", "Cup", "#REF!"], ["C", "Jug", 5]):
        sheet.append(row)
    path = tmp_path / "m.xlsx"
    book.save(path)
    monkeypatch.setattr(review, "KEPT_CELLS", review.KEPT_CELLS if kept else 0)
    master = structs.replace(read_all(path)[0], file=str(path))
    (tmp_path / "review.xlsx").write_bytes(reviewed(Report([], rows=3, inputs=[Input(str(path), "Sheet")], rules={}), (master,)))
    again = map_columns(read_all(tmp_path / "review.xlsx"))
    assert again.frame["sku"].to_list() == ["A", "B", "C"]
    assert check(again, as_of=date(2026, 11, 1), config=Config(select=("FIL008", "OFR001"))).error_rows("") == {0, 1}
