"""Every sheet that cannot be read ends in one sentence that says what, where and what to do."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from listingkit.errors import UnknownName, Unreadable
from listingkit.finding import Severity
from listingkit.master.batches import read_batches
from listingkit.master.read import read, read_all
from listingkit.master.unpacking import reason

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def zipped(**files: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name.replace("_dot_", "."), content)

    return write


def shortened(path: Path) -> None:
    """A workbook of which some bytes were lost on the way: its first part begins before the file does."""
    zipped(**{"[Content_Types].xml": b"spreadsheetml" * 20})(path)
    content = path.read_bytes()
    path.write_bytes(content[:100] + content[200:])


BAD: dict[str, tuple[str, bytes | Callable[[Path], object], str]] = {
    "empty file": ("a.csv", b"", "the file is empty"),
    "only white space": ("a.csv", b" \n\n \n", "the sheet is empty"),
    "no zip": ("a.xlsx", b"sku,title\n1,2\n", "is named .xlsx but is no workbook"),
    "a lock": ("~$a.xlsx", b"\5hgreb" + b" " * 159, "only says that a.xlsx is open in Excel"),
    "encrypted": ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    "old document": ("a.xls", OLE + "WordDocument".encode("utf-16-le"), "old Office file without a sheet"),
    "damaged xls": ("a.xls", OLE + "Workbook".encode("utf-16-le") + b"\0" * 2000, "workbook cannot be read|damaged"),
    "NUL bytes": ("a.csv", b"sku,title\n1,\0\n", "holds NUL bytes"),
    "late NUL bytes": ("a.csv", b"sku,title\n" + b"1,2\n" * 2000 + b"\0\n", "holds NUL bytes"),
    "numbers only": ("a.csv", b"1,2\n3,4\n", "no header row found"),
    "cut off": ("a.xlsx", b"PK\x03\x04" + b"\0" * 100, "damaged or incomplete"),
    "bytes lost": ("a.xlsx", shortened, "a part is not where the directory says"),
    "mark of UTF-8": ("a.csv", b"\xef\xbb\xbfsku,title\n1,a\n2,\xe9\n", "begins with the mark of UTF-8, but line 3"),
    "mark of UTF-8, late": ("a.csv", b"\xef\xbb\xbfsku,title\n" + b"1,a\n" * 300_000 + b"2,\xe9", "but line 300002 holds bytes"),
    "pdf": ("a.xlsx", b"%PDF-1.7 ...", "is a PDF"),
    "word": ("a.docx", zipped(**{"[Content_Types].xml": b"wordprocessingml"}), "zip without a sheet"),
    "numbers": ("a.numbers", zipped(**{"Index/Document.iwa": b"x"}), "Apple Numbers"),
    "two files": ("a.zip", zipped(a_dot_csv=b"a,b\n1,2\n", b_dot_csv=b"a,b\n1,2\n"), "holds 2 files"),
    "no file": ("a.zip", zipped(), "empty|damaged|zip without"),
    "broken gz": ("a.csv.gz", gzip.compress(b"sku,title\n1,2\n" * 100)[:10] + b"\xff" * 20, r"locked \(invalid"),
    "cut off gz": ("a.csv.gz", gzip.compress(b"sku,title\n1,2\n" * 100)[:-20], "damaged, incomplete"),
    "empty gz": ("a.csv.gz", gzip.compress(b""), "the file is empty"),
    "gz bomb": ("a.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * (20 << 20), 1), "no real sheet does"),
    "html without table": ("a.xls", b"<html><body>no</body></html>", "holds no table"),
    "excel 2003 xml": ("a.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "Excel 2003 XML"),
}


@pytest.mark.parametrize("case", BAD)
def test_one_sentence(tmp_path: Path, case: str) -> None:
    name, content, sentence = BAD[case]
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        content(path)
    with pytest.raises(Unreadable, match=sentence) as raised:
        read(path)
    assert str(raised.value).startswith(str(path))
    assert "\n" not in str(raised.value)


def test_no_such_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no such file"):
        read(tmp_path / "none.csv")
    with pytest.raises(Unreadable, match="is a folder"):
        read(tmp_path)


def test_a_header_row_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\nsku,title\n1,2\n")
    assert read(path, header_row=3).columns[0].header == "1"
    with pytest.raises(Unreadable, match="row 9 cannot be the header"):
        read(path, header_row=9)


def test_sheets_that_are_not_there(tmp_path: Path, book: Callable[..., Path]) -> None:
    text = tmp_path / "a.csv"
    text.write_bytes(b"sku,title\n1,2\n")
    with pytest.raises(Unreadable, match="has no sheet 'Products'"):
        read_all(text, sheets="Products")
    path = book(b"<worksheet><sheetData/></worksheet>", name="Products")
    with pytest.raises(UnknownName, match="did you mean Products"):
        read(path, sheet="Product")
    with pytest.raises(Unreadable, match=r"\[Products\]: the sheet is empty"):
        read(path)


def workbook(path: Path, **sheets: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


HEAD = ["SKU", "Title", "Price", "Brand"]


def test_a_sheet_like_the_one_that_is_read_is_told(tmp_path: Path) -> None:
    rows = [["A", "Mug", "5", "ACME"]]
    path = workbook(tmp_path / "a.xlsx", Mugs=[HEAD, *rows], Cups=[["Cups"], HEAD, *rows], Prices=[["SKU", "Net"], ["A", "5"]], Blank=[])
    [note] = read(path).notes
    assert (note.code, note.sheet, note.row) == ("FIL013", "Mugs", None)
    assert "'Cups' has the same columns" in note.message
    assert not read(path, sheet="Mugs").notes
    assert [master.sheet for master in read_all(path, sheets="*")] == ["Mugs", "Cups", "Prices"]


def test_a_sheet_without_rows_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("SKU;Title;Price\n\n;;\n")
    for path in (tmp_path / "a.csv", workbook(tmp_path / "a.xlsx", Mugs=[["Mugs of 2026"], HEAD])):
        [note] = read(path).notes
        assert (note.code, note.severity) == ("FIL014", Severity.ERROR)
        [*_, last] = read_batches(path, rows=10)
        assert [note.code for note in last.notes] == ["FIL014"]


def test_pages_of_a_table_are_told(tmp_path: Path) -> None:
    def table(*rows: list[str]) -> str:
        return "<table>" + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows) + "</table>"

    rows = [["A", "Mug", "5", "ACME"], ["B", "Cup", "5", "ACME"]]
    (tmp_path / "a.xls").write_text(table(HEAD, *rows) + table(["Page", "2"]) + table(HEAD, ["C", "Jug", "6", "ACME"]))
    master = read(tmp_path / "a.xls")
    assert [(note.code, note.message) for note in master.notes] == [
        ("FIL013", "1 more table with the same columns (2 rows) not read: join them into one table")
    ]
    assert master.frame["A"].to_list() == ["A", "B"]


def test_what_is_wrong_with_a_packed_part_is_told_without_numbers_of_the_library() -> None:
    for said in ("Error -3 while decompressing data: invalid block type", "Error -1 invalid block type", "invalid block type"):
        assert reason(zipfile.BadZipFile(said)) == "invalid block type"
