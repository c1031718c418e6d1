"""What a workbook's cells are: numbers, dates, errors, formulas, hidden and merged cells, and other writers' habits."""

from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

import openpyxl
import pytest
from workbook_parts import row, worksheet

from listingkit.master.numbers import iso_date, number_format
from listingkit.master.read import read, read_all
from listingkit.master.sheet import ROW, Evidence

STYLES = (
    '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0000000000000"/><numFmt numFmtId="165" formatCode="dd.mm.yyyy hh:mm"/>'
    '</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/>'
    '<xf numFmtId="165"/><xf numFmtId="9"/><xf numFmtId="49"/></cellXfs></styleSheet>'
)
HEAD = row(1, ["SKU", "Value"])


def one(book: Callable[..., Path], inside: str, **parts: str) -> tuple[str | None, Evidence | None, list[str]]:
    """The text, evidence and codes that the one cell B2 gives."""
    master = read(book(worksheet(f'{HEAD}<row r="2"><c r="A2" t="str"><v>A</v></c>{inside}</row>'), styles=STYLES, **parts))
    value = master.frame["B"][0]
    return value, master.evidence.get("B"), [*(note.code for note in master.notes), *(cell.code for cell in master.spoilt)]


@pytest.mark.parametrize(
    ("inside", "text", "evidence"),
    [
        ('<c r="B2"><v>36000291452</v></c>', "36000291452", Evidence(numeric=1, formats={"General": 1})),
        ('<c r="B2"><v>3.6000291452E10</v></c>', "36000291452", Evidence(numeric=1, formats={"General": 1})),
        ('<c r="B2" t="n"><v>36000291452.0</v></c>', "36000291452", Evidence(numeric=1, formats={"General": 1})),
        ('<c r="B2"><v>19.989999999999998</v></c>', "19.99", Evidence(numeric=1, formats={"General": 1})),
        ('<c r="B2"><v>-0.10</v></c>', "-0.1", Evidence(numeric=1, formats={"General": 1})),
        ('<c r="B2" s="2"><v>36000291452</v></c>', "0036000291452", Evidence(numeric=1, formats={"0000000000000": 1})),
        ('<c r="B2" s="1"><v>45322</v></c>', "2024-01-31", Evidence(dates=1, formats={"mm-dd-yy": 1})),
        ('<c r="B2" s="3"><v>45322.5729166667</v></c>', "2024-01-31T13:45:00", Evidence(dates=1, formats={"dd.mm.yyyy hh:mm": 1})),
        ('<c r="B2" s="4"><v>0.19</v></c>', "0.19", Evidence(numeric=1, formats={"0%": 1})),
        ('<c r="B2" t="b"><v>1</v></c>', "TRUE", Evidence(booleans=1)),
        ('<c r="B2" t="d"><v>2024-01-31</v></c>', "2024-01-31", Evidence(text=1)),
        ('<c r="B2" s="5" t="inlineStr"><is><t>a &amp;amp; b&#10;c</t></is></c>', "a &amp; b\nc", Evidence(text=1)),
        ('<c r="B2" t="inlineStr"><is><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r></is></c>', "rich text", Evidence(text=1)),
        ('<c r="B2" t="str"><f>A2&amp;"x"</f><v>Ax_x000D_y</v></c>', "Ax\ry", Evidence(text=1)),
        ("<c r='B2' t='str'><v>single</v></c>", "single", Evidence(text=1)),
        ('<c t="str" r="B2"><v>other order</v></c>', "other order", Evidence(text=1)),
        ("<c><v>5</v></c>", "5", Evidence(numeric=1, formats={"General": 1})),
        ('<c r="B2" s="9"><v>7</v></c>', "7", Evidence(numeric=1, formats={"General": 1})),
    ],
)  # fmt: skip
def test_a_cell(book: Callable[..., Path], inside: str, text: str, evidence: Evidence) -> None:
    assert one(book, inside) == (text, evidence, [])


def test_errors_and_formulas_without_value_are_noted(book: Callable[..., Path]) -> None:
    master = read(book(worksheet(HEAD + '<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2"><f>1+1</f></c></row>')))
    assert [(cell.code, cell.letter, cell.row, cell.value) for cell in master.spoilt] == [
        ("FIL008", "A", 2, "#N/A"),
        ("FIL008", "B", 2, None),
    ]
    assert master.evidence["A"].errors == 1


def test_more_digits_than_excel_keeps_are_noted(book: Callable[..., Path]) -> None:
    text, _, codes = one(book, '<c r="B2"><v>1.2345678901234567E+19</v></c>')
    assert (text, codes) == ("12345678901234567000", ["XLS003"])


def test_hidden_and_merged_cells_are_noted(book: Callable[..., Path]) -> None:
    rows = HEAD + row(2, ["A", "b"], attributes=' hidden="1"') + row(3, ["B"]) + row(4, ["C", "d"], attributes=' hidden="1"')
    path = book(
        worksheet(rows, before='<cols><col min="2" max="2" hidden="1"/></cols>', after='<mergeCells><mergeCell ref="B3:B4"/></mergeCells>')
    )
    master = read(path)
    assert [column.hidden for column in master.columns] == [False, True]
    assert [(note.code, note.row, note.column) for note in master.notes] == [
        ("FIL009", 2, None),
        ("FIL009", 1, "Value"),
        ("FIL009", 3, "Value"),
    ]
    assert "2, 4" in master.notes[0].message
    assert "B3:B4" in master.notes[2].message


def test_the_writing_of_other_programs(book: Callable[..., Path]) -> None:
    prefixed = worksheet(row(1, ["SKU", "T"]) + '<row r="3"><c r="B3"><v>1</v></c></row>').decode()
    prefixed = prefixed.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
    assert read(book(prefixed.encode())).frame.rows() == [(3, None, "1")]
    pretty = worksheet(row(1, ["SKU", "T"]) + "\n  <row>\n  <c><v>1</v></c>\n  <c r='B2'><v>2</v></c></row>")
    assert read(book(pretty)).frame.rows() == [(2, "1", "2")]
    utf16 = worksheet(row(1, ["SKU", "T"]) + row(2, ["ü", "家"])).decode().encode("utf-16")
    assert read(book(utf16)).frame.rows() == [(2, "ü", "家")]
    strings = "<sst><si><t>SKU</t></si><si><r><t>ア</t></r><rPh><t>reading aid</t></rPh></si><si/></sst>"
    cells = "".join(f'<row r="{n + 1}"><c r="A{n + 1}" t="s"><v>{n}</v></c></row>' for n in range(3))
    assert read(book(worksheet(cells), strings=strings)).frame.rows() == [(2, "ア")]


def test_openpyxl_is_read_as_it_reads_itself(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["SKU", "Number", "When", "Flag", "Text"])
    when = datetime(2024, 2, 29, 6, 30)  # noqa: DTZ001 -- a sheet knows no time zone
    for number in range(2000):
        sheet.append([f"A-{number}", number / 8, when, number % 2 == 0, "ü" * (number % 5) or None])
    book.save(tmp_path / "a.xlsx")
    frame = read(tmp_path / "a.xlsx").frame
    assert frame["B"].to_list() == [repr(n / 8).removesuffix(".0") for n in range(2000)]
    assert set(frame["C"]) == {"2024-02-29T06:30:00"}
    assert frame["D"].to_list() == ["TRUE", "FALSE"] * 1000
    assert frame["E"].to_list() == ["ü" * (n % 5) or None for n in range(2000)]
    assert frame[ROW].to_list() == list(range(2, 2002))


@pytest.mark.parametrize(
    ("serial", "since_1904", "text"),
    [("1", False, "1900-01-01"), ("59", False, "1900-02-28"), ("61", False, "1900-03-01"), ("0", True, "0"), ("0.75", False, "18:00:00"),
     ("43860", True, "2024-01-31"), ("-5", False, "-5"), ("9999999", False, "9999999"), ("x", False, "x")],
)  # fmt: skip
def test_date_serials(serial: str, since_1904: bool, text: str) -> None:
    assert iso_date(serial, since_1904=since_1904) == text


def test_date_serials_agree_with_openpyxl() -> None:
    from openpyxl.utils.datetime import from_excel

    for serial in [*range(1, 59), *range(61, 80_000, 97)]:
        assert iso_date(str(serial), since_1904=False) == from_excel(serial).date().isoformat()
    assert from_excel(0.75) == time(18)


@pytest.mark.parametrize(
    ("code", "reads"),
    [("General", "number"), ("0.00", "number"), ("#,##0.00 [$€-407]", "number"), ('"day "0', "number"), ("yyyy-mm-dd", "date"),
     ("[$-409]d-mmm-yy;@", "date"), ("h:mm AM/PM", "date"), ("[h]:mm:ss", "duration"), ("00000", "padded"), ("@", "number"),
     ("[Red]0.0", "number"), ("mm:ss.0", "date"), ("0.00E+00", "number"), ("# ?/?", "number"), ("yyyy年m月d日", "date"), ("0", "number")],
)  # fmt: skip
def test_number_formats(code: str, reads: str) -> None:
    assert number_format(code).reads == reads


def test_sheets_are_chosen_by_what_they_hold(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    notes = book.active
    assert notes is not None
    notes.title = "Read me"
    notes.append(["Fill in the next sheet"])
    for name in ("Products", "Products old"):
        sheet = book.create_sheet(name)
        sheet.append(["SKU", "Title", "Price"])
        sheet.append(["A", "b", 1])
    hidden = book.create_sheet("Lists")
    hidden.append([f"List {n}" for n in range(50)])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx").sheet == "Products"
    assert [master.sheet for master in read_all(tmp_path / "a.xlsx", sheets="products*")] == ["Products", "Products old"]
    assert len(read(tmp_path / "a.xlsx", sheet="Lists").columns) == 50
