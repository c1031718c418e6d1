"""Files made to hurt: each is refused or read within bounded time and memory, with one sentence."""

import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from workbook_parts import cell, row, worksheet

from listingkit.errors import Unreadable
from listingkit.master.html_table import HtmlSheet
from listingkit.master.package import tags
from listingkit.master.read import read
from listingkit.master.sheet import letter

SECONDS = 30
MEGABYTES = 1024
MEASURED = """
import re, resource, sys
from pathlib import Path
from listingkit.errors import ListingkitError
from listingkit.master.read import read
try:
    print("read", *read(sys.argv[1]).frame.shape)
except ListingkitError as error:
    print(error)
own = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())  # ru_maxrss would count the parent's memory too
print(max(int(own[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) >> 10)
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")


def measured(path: Path) -> str:
    """What reading says, in a process of its own that must stay within time and memory."""
    done = subprocess.run([sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, timeout=SECONDS, check=True)
    said, peak = done.stdout.strip().rsplit("\n", 1)
    assert int(peak) < MEGABYTES
    assert "\n" not in said
    return said


def test_a_zip_that_expands_to_ten_gigabytes(tmp_path: Path, book: Callable[..., Path]) -> None:
    path = book(b"<worksheet/>" + b" " * (200 << 20))
    assert "times its size; no real sheet does" in measured(path)
    lying = bytearray(path.read_bytes())
    at = lying.rfind(b"PK\x01\x02", 0, lying.rfind(b"xl/worksheets/sheet1.xml"))
    lying[at + 24 : at + 28] = (0xFFFFFFF0).to_bytes(4, "little")  # the size that the directory claims
    path.write_bytes(lying)
    assert "more than 2048 MB" in measured(path)
    lying[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(lying)
    assert "damaged" in measured(path)


def test_a_zip_of_one_csv_that_expands(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("a.csv", "w") as part:
        for _ in range(100):
            part.write(b"1,2\n" * (1 << 18))
    assert "which no real sheet does" in measured(path)


def test_millions_of_merged_cells(book: Callable[..., Path]) -> None:
    rows = row(1, ["SKU", "Title"]) + row(2, ["A", "b"])
    chance = random.Random(17)
    some = "".join(f'<mergeCell ref="A{chance.randrange(3, 10**6)}:B{chance.randrange(10**6)}"/>' for _ in range(50_000))

    def parts() -> Iterator[bytes]:
        head, tail = worksheet(rows, after="<mergeCells>|</mergeCells>").split(b"|")
        yield head
        for _ in range(60):  # 3 million, 90 MB of XML
            yield some.encode()
        yield tail

    assert measured(book(parts())) == "read 1 3"


def test_seventeen_million_equal_merged_cells(book: Callable[..., Path]) -> None:
    merged = b'<mergeCell ref="A1:B1"/>'
    head, tail = worksheet(row(1, ["SKU", "Title"]), after="<mergeCells>|</mergeCells>").split(b"|")
    assert measured(book([head, *[merged * 100_000] * 170, tail])) == "read 0 3"


def test_entities_are_never_expanded(book: Callable[..., Path]) -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    strings = f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY l0 "lol">{lol}]><sst><si><t>&l9;</t></si></sst>'
    path = book(worksheet(row(1, ["SKU", "Title"]) + row(2, ["A", "b"])), strings=strings)
    assert "declares XML entities" in measured(path)


def test_one_cell_of_gigabytes(book: Callable[..., Path]) -> None:
    noise = random.Random(5).randbytes(1 << 19).hex().encode()
    head, tail = worksheet('<row r="1"><c r="A1" t="inlineStr"><is><t>|</t></is></c></row>').split(b"|")
    assert "longer than 64 MB" in measured(book([head, *[noise] * 70, tail]))


def test_all_the_columns_that_excel_has(book: Callable[..., Path]) -> None:
    def wide(columns: int) -> bytes:
        return worksheet(
            "".join(f'<row r="{n}">' + "".join(cell(f"{letter(c)}{n}", f"v{c}") for c in range(columns)) + "</row>" for n in (1, 2))
        )

    assert "more than 4,096 columns" in measured(book(wide(16_384)))
    assert measured(book(wide(4_000))) == "read 1 4001"
    with pytest.raises(Unreadable, match="more than 16384 columns"):
        read(book(worksheet('<row r="1"><c r="ZZZZ1"><v>1</v></c><c r="A"><v>1</v></c></row>')))


def test_a_cell_in_the_last_corner(book: Callable[..., Path]) -> None:
    rows = row(1, ["SKU", "Title"]) + row(2, ["A", "b"]) + f'<row r="1048576">{cell("XFD1048576", "z")}</row>'
    assert measured(book(worksheet(rows))) == "read 2 4"


def test_rows_out_of_order_and_beyond(book: Callable[..., Path]) -> None:
    for last in (1, 1_048_577):
        with pytest.raises(Unreadable, match="rows are out of order"):
            read(book(worksheet(row(2, ["SKU", "Title"]) + f'<row r="{last}">{cell(f"A{last}", "x")}</row>')))


def test_links_to_elsewhere_are_not_followed(book: Callable[..., Path]) -> None:
    sheet = worksheet(row(1, ["SKU", "Price"]) + '<row r="2"><c r="A2" t="str"><f>[1]Secret!A1</f><v>kept</v></c></row>')
    assert read(book(sheet)).frame["A"].to_list() == ["kept"]
    with pytest.raises(Unreadable, match="is missing"):
        read(book(sheet, target="../../../../etc/passwd"))


def test_a_sheet_name_is_only_a_name(book: Callable[..., Path]) -> None:
    sheet = worksheet(row(1, ["SKU", "Title"]) + row(2, ["A", "b"]))
    assert read(book(sheet, name="../../etc/passwd")).sheet == "../../etc/passwd"


def test_ods_that_repeats_a_cell_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    repeated = '<table:table-cell table:number-columns-repeated="1000" office:value-type="string"><text:p>x</text:p></table:table-cell>'
    rows = f'<table:table-row table:number-rows-repeated="200000">{repeated}</table:table-row>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>',
        )
    assert re.search("damaged or too large|cannot be read", measured(path))


@pytest.mark.parametrize(
    "content", ["<table>" + "<td " * 300_000, "<table><tr>" + "<script" * 200_000, "<table><tr><td>" + "<!--" * 300_000]
)
def test_html_that_never_ends_its_tags(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.xls"
    path.write_text("<html>" + content)
    assert re.search("holds no table|is empty|no header row", measured(path))


def test_html_spans_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text('<table><tr><td colspan="999999999" rowspan="999999999">x</td><td>y</td></tr></table>')
    with path.open("rb") as stream, pytest.raises(Unreadable, match="columns"):
        HtmlSheet(stream, "a.xls")


def test_tags_are_read_in_linear_time() -> None:
    assert not list(tags('<sheet "' * 200_000, "sheet"))
    assert not list(tags("<sheet " + "a" * 500_000, "sheet"))
    assert list(tags("<sheet " + "a" * 500_000 + ">", "sheet")) == [{}]
