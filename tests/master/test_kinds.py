"""Every kind of file by its content, whatever it is called."""

import gzip
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from workbook_parts import row, worksheet

from listingkit.errors import Unreadable
from listingkit.master.batches import read_batches
from listingkit.master.read import read
from listingkit.master.sheet import Evidence

TEXT = b"SKU;Titel;Preis\nA-1;Messer;19,99\nA-2;Gabel;5\n"
WANTED = [(2, "A-1", "Messer", "19,99"), (3, "A-2", "Gabel", "5")]
HTML = """<!-- export --><html><head><meta charset="utf-8"><style>td {}</style></head><body><table><tr><td>Shop</td></tr></table>
<table border=1><tr><th>SKU<th>Titel<th>Preis</tr>
<tr><td style="mso-number-format:'@'">A-1</td><td>Messer<br>&amp; Gabel</td><td> 19,99 </td></tr>
<tr><td rowspan=2>A-2</td><td colspan="2">Löffel</td></tr><tr><td>x</td><td>y</td></tr></table></body></html>"""


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.xls", "a", "a.dat"])
def test_text_under_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(TEXT)
    assert read(path).frame.rows() == WANTED


def test_packed(tmp_path: Path, book: Callable[..., Path]) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(TEXT))
    assert read(path).frame.rows() == WANTED
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("__MACOSX/._a.csv", "x")
        archive.writestr("folder/a.csv", TEXT)
    assert read(tmp_path / "a.zip").frame.rows() == WANTED
    sheet = book(worksheet(row(1, ["SKU", "Titel"]) + row(2, ["A", "b"])))
    (tmp_path / "b.gz").write_bytes(gzip.compress(sheet.read_bytes()))
    assert read(tmp_path / "b.gz").frame.rows() == [(2, "A", "b")]


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT)))
    master = read("-")
    assert (master.file, master.frame.rows()) == ("stdin", WANTED)


def test_an_html_table(tmp_path: Path) -> None:
    path = tmp_path / "export.xls"
    path.write_text(HTML, "utf-8")
    master = read(path)
    assert (master.kind, master.encoding, [column.header for column in master.columns]) == ("html", "utf-8", ["SKU", "Titel", "Preis"])
    assert master.frame.rows() == [(2, "A-1", "Messer\n& Gabel", "19,99"), (3, "A-2", "Löffel", None), (4, None, "x", "y")]
    assert [note.code for note in master.notes] == ["FIL009", "FIL009"]
    path.write_bytes(HTML.replace("utf-8", "gb2312").replace("Löffel", "勺子").encode("gb18030"))
    assert read(path).frame["B"][1] == "勺子"


def converted(book: openpyxl.Workbook, folder: Path, kind: str) -> Path:
    """A workbook as LibreOffice saves it; `a.xlsx` beside it is what it was."""
    book.save(folder / "a.xlsx")
    home = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", home, "--headless", "--convert-to", kind, "--outdir", str(folder), str(folder / "a.xlsx")]
    subprocess.run(command, check=True, capture_output=True)
    return folder / f"a.{kind}"


def ods(path: Path, row: str = "<table:table-row>", columns: str = "", cell: str = "") -> None:
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    names += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'

    def text(value: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    code = '<table:table-cell office:value-type="float" office:value="36000291452"><text:p>3.6E10</text:p></table:table-cell>'
    gap = '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
    lines = f"{columns}<table:table-row>{text('SKU')}{text('EAN')}</table:table-row>{gap}{row}{text('A-1')}{code}{cell}</table:table-row>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
        sheet = f'<office:spreadsheet><table:table table:name="S">{lines}</table:table></office:spreadsheet>'
        archive.writestr("content.xml", f"<office:document-content {names}><office:body>{sheet}</office:body></office:document-content>")


def test_an_open_document_sheet(tmp_path: Path) -> None:
    ods(tmp_path / "a.ods")
    master = read(tmp_path / "a.ods")
    assert (master.kind, master.sheet, master.frame.rows()) == ("ods", "S", [(4, "A-1", "36000291452")])
    assert master.evidence["B"] == Evidence(numeric=1)


@pytest.mark.parametrize(
    ("row_", "columns", "cell", "told"),
    [
        (
            '<table:table-row table:visibility="filter">',
            "",
            "",
            "1 hidden row with data (4): read like the others; delete what is not meant",
        ),
        (
            '<table:table-row table:visibility="collapse" table:number-rows-repeated="2">',
            "",
            "",
            "2 hidden rows with data (4-5): read like the others; delete what is not meant",
        ),
        (
            "<table:table-row>",
            '<table:table-column/><table:table-column table:visibility="collapse"/>',
            "",
            "the column is hidden; it is read like the others",
        ),
        (
            "<table:table-row>",
            "",
            '<table:table-cell table:number-columns-spanned="2"/>',
            "C4:D4 is merged: only C4 has the value, the others are read as blank",
        ),
    ],
)
def test_what_an_open_document_hides(tmp_path: Path, row_: str, columns: str, cell: str, told: str) -> None:
    ods(tmp_path / "a.ods", row_, columns, cell)
    notes = [note for note in read(tmp_path / "a.ods").notes if note.code == "FIL009"]
    assert [note.message for note in notes] == [told]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a<text:tab/>b", "a\tb"),
        ('a<text:tab text:tab-ref="1"></text:tab>b', "a\tb"),
        ("a<text:line-break/>b", "a\nb"),
        ("<![CDATA[1 < 2 & ü]]>", "1 < 2 & ü"),
        ("<![CDATA[<text:tab/>]]>", "<text:tab/>"),
        ("a<text:table/>b", "ab"),
    ],
)
def test_the_texts_of_an_open_document(tmp_path: Path, written: str, text: str) -> None:
    cell = f'<table:table-cell office:value-type="string"><text:p>{written}</text:p></table:table-cell>'
    ods(tmp_path / "a.ods", cell=cell)
    assert read(tmp_path / "a.ods").frame.rows() == [(4, "A-1", "36000291452", text)]


ERROR = (
    '<table:table-cell{} office:value-type="string" office:string-value="" calcext:value-type="error">'
    "<text:p>#N/A</text:p></table:table-cell>"
)


def test_the_errors_of_an_open_document(tmp_path: Path) -> None:
    again = ' table:number-columns-repeated="2"'
    ods(tmp_path / "a.ods", '<table:table-row table:number-rows-repeated="2">', "", ERROR.format(again))
    master = read(tmp_path / "a.ods")
    assert [(cell.code, cell.row, cell.letter, cell.value) for cell in master.spoilt] == [
        ("FIL008", row, letter, "#N/A") for row in (4, 5) for letter in "CD"
    ]
    ods(tmp_path / "a.ods", '<table:table-row table:number-rows-repeated="900000">', "", ERROR.format(again))
    with pytest.raises(Unreadable, match="damaged or too large"):
        read(tmp_path / "a.ods")


def test_an_open_document_that_does_not_tell_how_it_is_built_is_refused(tmp_path: Path) -> None:
    ods(tmp_path / "a.ods", cell=ERROR.format("").replace("#N/A", "#N/A\x01"))  # calamine reads over it
    with pytest.raises(Unreadable, match=r"a\.ods: the workbook cannot be read"):
        read(tmp_path / "a.ods")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no office suite to write an xls")
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_no_error_of_thousands_is_read_as_a_blank(tmp_path: Path, kind: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["SKU", "EAN"])
    for number in range(12_000):
        sheet.append([f"A-{number}", "#N/A"])
    master = read(converted(book, tmp_path, kind))
    assert [cell.row for cell in master.spoilt] == list(range(2, 12_002))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no office suite to write an xls")
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_what_an_office_suite_converts(tmp_path: Path, kind: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["C5"], sheet["D5"], sheet["E5"] = "SKU", "EAN", "Text"
    for number in range(6, 60):
        sheet[f"C{number}"], sheet[f"D{number}"], sheet[f"E{number}"] = f"A-{number}", 36000291452 + number, "家具 ü\nx"
    saved, original = read(converted(book, tmp_path, kind)), read(tmp_path / "a.xlsx")
    assert saved.frame.equals(original.frame)
    assert saved.header_row == 5


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no office suite to write an xls")
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_how_an_old_workbook_is_built(tmp_path: Path, kind: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row_ in (["SKU", "EAN", "Text"], *([f"A-{number}", number, "x" * 50] for number in range(400))):
        sheet.append(row_)
    sheet["B7"], sheet["C9"] = "#N/A", "#REF!"
    sheet.row_dimensions[5].hidden = sheet.row_dimensions[301].hidden = sheet.column_dimensions["C"].hidden = True
    sheet.merge_cells("A20:B20")
    old, plain = read(converted(book, tmp_path, kind)), read(tmp_path / "a.xlsx")
    assert old.frame.equals(plain.frame)
    assert {(note.code, note.cell, note.message) for note in old.notes} == {(note.code, note.cell, note.message) for note in plain.notes}
    assert sorted(old.spoilt) == sorted(plain.spoilt)
    assert [cell.code for cell in old.spoilt] == ["FIL008", "FIL008"]
    assert [note.code for note in old.notes] == ["FIL009", "FIL009", "FIL009"]


def test_batches_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["SKU", "Title"])
    for number in range(25):
        sheet.append([f"A-{number}", "x"])
    sheet.row_dimensions[5].hidden = True
    book.save(tmp_path / "a.xlsx")
    batches = list(read_batches(tmp_path / "a.xlsx", rows=10))
    assert [batch.frame.height for batch in batches] == [10, 10, 5]
    assert [batch.frame["#row"][0] for batch in batches] == [2, 12, 22]
    assert [[note.code for note in batch.notes] for batch in batches] == [[], [], ["FIL009"]]
    empty = tmp_path / "empty.csv"
    empty.write_text("SKU,Title\n")
    [only] = read_batches(empty)
    assert (only.frame.height, [column.header for column in only.columns]) == (0, ["SKU", "Title"])


def test_a_workbook_whose_writer_declares_a_type_for_binary_parts_too(tmp_path: Path, book: Callable[..., Path]) -> None:
    declared = b'<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    path = tmp_path / "sheetjs.xlsx"
    with zipfile.ZipFile(book(worksheet(row(1, ["SKU", "Titel"]) + row(2, ["A", "b"])))) as plain, zipfile.ZipFile(path, "w") as copy:
        for name in plain.namelist():
            content = plain.read(name)
            copy.writestr(name, content.replace(b"<Override", declared + b"<Override", 1) if name == "[Content_Types].xml" else content)
    assert declared in zipfile.ZipFile(path).read("[Content_Types].xml")
    assert (read(path).kind, read(path).frame.rows()) == ("xlsx", [(2, "A", "b")])
