"""A text in outline: the same rows as when it is read, and every byte of it in one record."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.master import chunks
from listingkit.master.outline import Folds, Outline, text_lines

CELLS = st.sampled_from(["a", "", 'say ""so""', '"two\nlines"', '"two\r\nlines"', '"a, b"', 'a 5" mug', '"open', " ", "ä"])
VALUES = st.sampled_from(["a", "", "two\nlines", "\n", "two\r\nlines", 'say "so"', "a, b", " ", "ä"])
TEXTS = st.lists(
    st.tuples(st.lists(CELLS, min_size=1, max_size=4).map(",".join), st.sampled_from(["\n", "\n", "\r\n"])), min_size=1, max_size=9
)


def outline(text: bytes) -> tuple[list[tuple[object, ...]], list[tuple[int, int]]]:
    sheet = Outline(io.BytesIO(text), "t.csv", 2000)
    rows: list[tuple[object, ...]] = [row for block in sheet.blocks() for row in block.frame.iter_rows()]
    return rows, [record for records in sheet.records for record in records.select("hash", "size").iter_rows()]


@given(TEXTS)
def test_every_record_has_its_bytes(lines: list[tuple[str, str]]) -> None:
    text = "k,l,m\n" + "".join(line + end for line, end in lines)
    rows, records = outline(text.encode())
    assert len(rows) == len(records)
    assert sum(size for _, size in records) == len(text.encode())


def test_the_end_of_a_line_does_not_count() -> None:
    text = 'k,l\na,"two\nlines"\n\nb,c\n'
    _, records = outline(text.encode())
    _, others = outline(text.replace("\n", "\r\n").encode())
    assert [found for found, _ in records] == [found for found, _ in others]
    assert [size for _, size in others] == [5, 16, 2, 5]


def test_lines_of_every_kind() -> None:
    for text in ("a\nb\n", "a\r\nb\r\n", "a\nb\r\n", "\n\na\n", "a\n\n\nb", "a\x1fb\nc", "\r\n"):
        table = text_lines(text.encode())
        lines = text.removesuffix("\n").split("\n")
        assert table["line"].to_list() == [line.removesuffix("\r") for line in lines]
        assert table["size"].to_list() == [len(line) + 1 for line in lines]


@given(st.lists(st.lists(VALUES, min_size=2, max_size=2), max_size=12), st.sampled_from(["\n", "\r\n"]), st.integers(40, 200))
def test_records_begin_on_the_lines_that_the_csv_module_counts(cells: list[list[str]], end: str, piece: int) -> None:
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator=end).writerows([["sku", "title"], *cells])
    reader = csv.reader(io.StringIO(made.getvalue(), newline=""))
    begins = [1]
    begins += [reader.line_num + 1 for _ in reader]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK", piece)
        found = Folds(io.BytesIO(made.getvalue().encode()), "t.csv", encoding="utf-8").first_lines()
    folded = begins[-1] - 1 > len(begins) - 1
    assert (found.to_list() if found is not None else None) == (begins[:-1] if folded else None)


@pytest.mark.parametrize("text", [b'sku,title\nA,5" pot\nB,"two\nlines"\n', b"sku,title\rA,pot\n"])
def test_where_readers_cut_records_in_other_ways_no_line_is_told(text: bytes) -> None:
    assert Folds(io.BytesIO(text), "t.csv", encoding="utf-8").first_lines() is None
