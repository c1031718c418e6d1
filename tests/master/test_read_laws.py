"""Any table of text, written as any kind in any encoding, reads back equal and at its place."""

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from listingkit.master.batches import read_batches
from listingkit.master.numbers import exact
from listingkit.master.read import read
from listingkit.master.sheet import ROW, Master, letter

HEADER = ["SKU", "Title", "Price", "Note"]
Table = list[list[str]]
FEW = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])

LETTERS = {
    "utf-8": "aZ09 ,;|\"'éÜß家具毛巾ナイフ한글€😀\t\n",
    "utf-8-sig": "aZ09 ,;|\"'éÜß家具ナ€😀\n",
    "utf-16": "aZ09 ,;|\"'éÜß家具ナ€😀\n",
    "cp1252": "aZ09 ,;|\"'éÜßñ€–\n",
    "cp1250": "aZ09 ,;|\"'żółćčřů\n",
    "cp1251": "aZ09 ,;|\"'кухонныйнож\n",
    "cp932": "aZ09 ,;|\"'包丁ナイフ\n",
    "gb18030": "aZ09 ,;|\"'不锈钢刀具€\n",
    "big5": "aZ09 ,;|\"'不鏽鋼刀具\n",
}


def tables(letters: str) -> st.SearchStrategy[Table]:
    """Tables under HEADER; blank cells are "", and no row is wholly blank unless by chance."""
    cells = st.text(letters, max_size=12).map(lambda text: "" if not text.strip() else text)
    return st.lists(st.lists(cells, min_size=4, max_size=4), min_size=0, max_size=12)


def expected(table: Table, first_row: int) -> list[tuple[int | str | None, ...]]:
    return [(number, *(cell or None for cell in row)) for number, row in enumerate(table, first_row) if any(row)]


def rows_of(master: Master) -> list[tuple[int | str | None, ...]]:
    frame = master.frame
    missing = [pl.lit(None, pl.String).alias(letter(place)) for place in range(4) if letter(place) not in frame.columns]
    return frame.with_columns(missing).select(ROW, *"ABCD").rows()


def delimited(table: Table, delimiter: str = ",", quoting: Any = csv.QUOTE_MINIMAL, end: str = "\r\n") -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows(table)
    return text.getvalue()


@pytest.mark.parametrize("encoding", LETTERS)
@FEW
@given(
    data=st.data(),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_text_reads_back_in_every_encoding(
    tmp_path: Path, encoding: str, data: st.DataObject, delimiter: str, quoting: int, end: str
) -> None:
    table = data.draw(tables(LETTERS[encoding]))
    path = tmp_path / "sheet.txt"
    path.write_bytes(delimited([HEADER, *table], delimiter, quoting, end).encode(encoding))
    master = read(path, encoding=encoding, delimiter=delimiter)
    assert rows_of(master) == expected(table, 2)
    assert [column.header for column in master.columns] == HEADER
    assert not [note for note in master.notes if note.code in {"FIL005", "FIL012"}]
    assert not master.spoilt


@FEW
@given(table=tables(LETTERS["utf-8"].replace("|", "")), delimiter=st.sampled_from(",;\t"), titles=st.integers(0, 3))
def test_delimiter_encoding_and_header_are_found_unaided(tmp_path: Path, table: Table, delimiter: str, titles: int) -> None:
    full = [["001", "Ein Messer", "19.99", "neu"], ["002", "Ein Löffel", "5.99", "alt"], *table]
    path = tmp_path / "sheet.csv"
    path.write_text(
        f"Price list{delimiter * 3}\n" * min(titles, 1) + "\n" * max(titles - 1, 0) + delimited([HEADER, *full], delimiter),
        "utf-8",
        newline="",
    )
    master = read(path)
    assert (master.delimiter, master.encoding, master.header_row) == (delimiter, "utf-8", titles + 1)
    assert rows_of(master) == expected(full, titles + 2)


@FEW
@given(table=tables(LETTERS["utf-8"].replace("\t", "")), shift=st.integers(0, 5))
def test_workbooks_read_back_with_their_addresses(tmp_path: Path, table: Table, shift: int) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, cells in enumerate([HEADER, *table], shift + 1):
        for column, text in enumerate(cells, 1):
            if text:
                sheet.cell(number, column).value = text
                sheet.cell(number, column).data_type = "s"
    book.save(tmp_path / "sheet.xlsx")
    master = read(tmp_path / "sheet.xlsx")
    assert master.header_row == shift + 1
    assert rows_of(master) == expected(table, shift + 2)
    assert all(evidence.numeric == evidence.dates == evidence.errors == 0 for evidence in master.evidence.values())


@FEW
@given(table=tables(LETTERS["utf-8"]))
def test_packed_text_is_the_same_text(tmp_path: Path, table: Table) -> None:
    text = delimited([HEADER, *table]).encode()
    plain, packed = tmp_path / "sheet.csv", tmp_path / "sheet.csv.gz"
    plain.write_bytes(text)
    packed.write_bytes(gzip.compress(text))
    assert read(packed).frame.equals(read(plain).frame)


@FEW
@given(table=tables('ab,"\n '), rows=st.integers(1, 5))
def test_batches_are_the_whole_in_pieces(tmp_path: Path, table: Table, rows: int) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(delimited([HEADER, *table]), "utf-8", newline="")
    batches = list(read_batches(path, rows=rows, delimiter=","))
    assert [row for batch in batches for row in rows_of(batch)] == rows_of(read(path, delimiter=","))
    assert all(0 < batch.frame.height <= rows for batch in batches) or len(batches) == 1


@FEW
@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_become_the_shortest_exact_text(number: float) -> None:
    text = exact(repr(number))
    assert float(text) == number
    assert "e" not in text.lower()
    assert not text.endswith(".0")
    assert exact(text) == text


@FEW
@given(numbers=st.lists(st.integers(0, 10**15 - 1), min_size=1, max_size=5))
def test_codes_stored_as_numbers_keep_every_digit(tmp_path: Path, numbers: list[int]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["SKU", "Number"])
    for number in numbers:
        sheet.append(["A", float(number)])
    book.save(tmp_path / "sheet.xlsx")
    assert read(tmp_path / "sheet.xlsx").frame["B"].to_list() == [str(number) for number in numbers]
