"""Delimited text: rows that are too long or short, quotes left open, chunks, the csv module as oracle."""

import csv
import io
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.errors import ListingkitError, Unreadable
from listingkit.finding import Severity
from listingkit.master import chunks, delimited
from listingkit.master.read import read
from listingkit.master.records import records
from listingkit.master.sheet import ROW


def written(tmp_path: Path, text: str | bytes, name: str = "sheet.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_row_with_too_many_cells_is_an_error_with_its_line(tmp_path: Path) -> None:
    master = read(written(tmp_path, 'sku,title,price\n1,"a\nb",2\n2,Ananas, frisch,3\n3,c,4\n'))
    [row] = master.spoilt
    assert (row.code, row.row, row.letter, row.value) == ("FIL005", 3, None, "3")
    assert "line 4" in row.message
    assert master.frame.rows() == [(2, "1", "a\nb", "2"), (3, "2", "Ananas", " frisch"), (4, "3", "c", "4")]


def test_short_rows_are_warnings_unless_they_are_a_habit(tmp_path: Path) -> None:
    one = read(written(tmp_path, "sku,title,price\n" + "1,a,2\n" * 8 + "2,b\n"))
    assert [(note.code, note.severity, note.row) for note in one.notes] == [("FIL005", Severity.WARNING, 10)]
    many = read(written(tmp_path, "sku,title,price\n" + "1,a,2\n" * 8 + "2,b\n" * 8))
    assert [(note.code, note.severity, note.row) for note in many.notes] == [("FIL005", Severity.INFO, None)]


@given(
    text=st.text(st.sampled_from('a ,;|"\n\r\té'), max_size=60), mark=st.sampled_from(",;|\t"), final=st.booleans(), most=st.integers(1, 6)
)
def test_the_first_records_are_those_of_the_sheet(text: str, mark: str, final: bool, most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "SAMPLE_RECORDS", most)
        found = delimited.first_records(text, mark, final=final)
    assert found == [record.cells for record in islice(records(text, mark, final=final), most)]


def test_a_cell_that_is_longer_than_the_csv_module_takes_is_sampled_all_the_same() -> None:
    text = f"sku,text\nA,{'x' * 200_000}\n" + "B,c\n" * 300
    assert [len(row[1]) for row in delimited.first_records(text, ",", final=True)[:3]] == [4, 200_000, 1]


def test_an_open_quote_swallows_nothing(tmp_path: Path) -> None:
    master = read(written(tmp_path, 'sku,title\n1,"open\n2,"Zoll"\n3,c\n4,"d ""e"" f"\n'))
    assert [(row.code, row.row) for row in master.spoilt] == [("FIL012", 2)]
    assert "line 2" in master.spoilt[0].message
    assert master.frame["B"].to_list() == ['"open', "Zoll", "c", 'd "e" f']


def test_inch_marks_are_text(tmp_path: Path) -> None:
    master = read(written(tmp_path, 'sku,size,title\n1,5",7"\n2,6" x 8",b\n3,"a" b,c\n'))
    assert master.frame.drop(ROW).rows() == [("1", '5"', '7"'), ("2", '6" x 8"', "b"), ("3", "a b", "c")]
    assert not master.notes
    assert not master.spoilt


def test_rows_are_numbered_as_excel_does(tmp_path: Path) -> None:
    master = read(written(tmp_path, 'Title\n\nsku,title\n\n1,"a\nb"\n,\n2,c\n'))
    assert master.header_row == 3
    assert master.frame[ROW].to_list() == [5, 7]


def test_white_space_alone_is_blank(tmp_path: Path) -> None:
    master = read(written(tmp_path, 'sku,title,x\n1, ,""\n2,\u00a0,\u3000 \n \t,  ,\n'))
    assert master.frame.rows() == [(2, "1", None, None), (3, "2", None, None)]


@pytest.mark.parametrize("broken", ["", '9,"open\n', "1,2,3,4,5\n", "\n"], ids=["sound", "open quote", "long row", "blank line"])
def test_chunks_are_cut_between_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 1 << 20)
    block = '1,"a ""b""\n, c",ü\n2,plain,"x"\n3,,家具\n' * 4000
    text = "sku,title,colour\n" + block + broken + block * (chunks.CHUNK // len(block.encode()))
    path = written(tmp_path, text)
    master = read(path)
    wanted = [record.cells for record in records(text, ",", final=True)] if broken.startswith("9") else list(csv.reader(io.StringIO(text)))
    rows = [(number, *(cell or None for cell in [*cells, "", ""][:3])) for number, cells in enumerate(wanted, 1) if any(cells)]
    assert master.frame.rows() == rows[1:]


def test_lines_end_as_they_like(tmp_path: Path) -> None:
    for end in ("\n", "\r\n", "\r"):
        master = read(written(tmp_path, end.join(["sku;title", "1;a", "2;b", ""])))
        assert master.frame.rows() == [(2, "1", "a"), (3, "2", "b")], repr(end)


@pytest.mark.parametrize("delimiter", [";;", "é", '"', "\n"])
def test_a_delimiter_is_one_ascii_character(tmp_path: Path, delimiter: str) -> None:
    with pytest.raises(ListingkitError, match="is not one ASCII character"):
        read(written(tmp_path, "a;b\n1;2\n"), delimiter=delimiter)


def test_a_delimiter_may_be_named(tmp_path: Path) -> None:
    assert read(written(tmp_path, "sku\ttitle\n1\ta,b,c\n"), delimiter="tab").frame["B"].to_list() == ["a,b,c"]


def test_one_column_is_a_sheet(tmp_path: Path) -> None:
    assert read(written(tmp_path, "sku\nA-1\n\nA-2\n")).frame.rows() == [(2, "A-1"), (4, "A-2")]


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="longer than 64 MB"):
        read(written(tmp_path, b"x" * (65 << 20)))


def test_endless_open_quotes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="quotes are opened and not closed"):
        read(written(tmp_path, "a,b\n" + '"x\n' * 30_000))


def test_records_of_a_text_in_pieces_are_those_of_the_whole() -> None:
    text = 'a,"b\nc",d\n"x ""y""",z\nlast'
    whole = [record.cells for record in records(text, ",", final=True)]
    for cut in range(len(text)):
        first = list(records(text[:cut], ",", final=False))
        used = first[-1].end if first else 0
        rest = records(text[used:], ",", final=True)
        assert [record.cells for record in first] + [record.cells for record in rest] == whole, cut
    assert list(islice(records("", ",", final=True), 1)) == []
