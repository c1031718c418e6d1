"""Large plain tables are compared by their lines first: with the same result as of the whole."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.diff import lines, table_lines, table_parts
from listingkit.diff.changes import Changes
from listingkit.diff.lines import compare_files
from listingkit.errors import ListingkitError
from listingkit.mapping import votes
from listingkit.master import chunks, outline

HEADER = ["SKU", "Price", "Item weight", "Launch date", "Product description", "Main image URL", "Bullet points", "Title", "Parent SKU"]
FILLED = 199  # rows that tell what a table is, and stand in every part of it
CELLS: list[st.SearchStrategy[str]] = [
    st.sampled_from(["A-1", "A-2", " A-1", "a-1", "B-1", "C", "D", "E", "F", "G", "", "A\u00a01", "<b>H</b>", "I\nI", "x" * 120]),
    st.sampled_from(["19.99", "19,99", "1.234", "1.234,50", "€ 5", "7", "7", "7.00", "", "$19,99"]),
    st.sampled_from(["500 g", "0,5 kg", "12", "", ""]),
    st.sampled_from(["03/04/2026", "13/04/2026", "2026-01-02", "2026-01-02", ""]),
    st.sampled_from(["Words.", "<p>A <b>bold</b> claim</p>", "a < b", 'say "so"', "two\nlines", "two\r\nlines", "", ""]),
    st.sampled_from(["https://i.example/a.jpg", "https://i.example/a.jpg;https://i.example/b.jpg", ""]),
    st.sampled_from(["one; two", "one; two; three", "one", ""]),
    st.sampled_from(["Blue mug", "blue  mug", "Mug", "", 'a 5" mug', "Größe, neu"]),
    st.sampled_from(["A-1", "B-1", "", ""]),
]
ROWS = st.lists(st.tuples(*CELLS), min_size=3, max_size=14)


@pytest.fixture(scope="module", autouse=True)
def _small_files_are_large() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "SMALL", 0)
        patch.setattr(chunks, "CHUNK", 3000)
        patch.setattr(outline, "_MOST", 3000)
        patch.setattr(table_lines, "ENOUGH", 0)
        patch.setattr(votes, "LOOKED_AT", FILLED + 1)
        patch.setattr(table_lines, "LOOKED_AT", FILLED + 1)
        patch.setattr(table_lines, "ROWS", 7)
        patch.setattr(table_parts, "LOOKED_AT", FILLED + 1)
        patch.setattr(table_parts, "ROWS", 90)
        yield


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


def told(changes: Changes) -> tuple[object, ...]:
    advice = {code: skus.to_list() for code, skus in changes.advice.items()}
    return changes.frame.rows(), changes.unchanged.to_list(), list(advice.items()), changes.counts(), changes.notes, changes.uncompared


def whole(old: Path, new: Path, **how: Any) -> Changes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "SMALL", 1 << 40)
        return compare_files(old, new, **how)


def by_parts(old: Path, new: Path, **how: Any) -> Changes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_lines, "alike", lambda *_: None)
        patch.setattr(table_parts, "VERY_LARGE", {False: 0, True: 0})
        return compare_files(old, new, **how)


def write(
    path: Path, rows: Any, *, header: Any = HEADER, mark: str = ",", end: str = "\n", encoding: str = "utf-8", quotes: bool = True
) -> None:
    filled = [[f"F-{number}", "5", *[""] * (len(header) - 2)] for number in range(FILLED)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mark, lineterminator=end)
    writer.writerows([header, *filled, *rows])
    body = text.getvalue() if quotes else text.getvalue().replace('"', "")
    path.write_bytes(body.encode(encoding, errors="replace"))


@settings(max_examples=40)
@given(old=ROWS, data=st.data())
def test_lines_are_the_whole(place: Path, old: Any, data: st.DataObject) -> None:
    """Whatever changed, in whatever way both files are written."""
    new = [row for row in old if data.draw(st.integers(0, 9)) > 0]
    new = [data.draw(st.tuples(*CELLS)) if data.draw(st.integers(0, 3)) == 0 else row for row in new]
    new += data.draw(st.lists(st.tuples(*CELLS), max_size=2)) + data.draw(st.lists(st.sampled_from(old), max_size=1))
    new = data.draw(st.permutations(new)) if data.draw(st.booleans()) else new
    new = [row[: data.draw(st.sampled_from([9, 9, 9, 8, 3]))] for row in new]
    how: dict[str, Any] = {
        "quotes": data.draw(st.sampled_from([True, True, True, False])),
        "end": data.draw(st.sampled_from(["\n", "\r\n"])),
    }
    write(place / "old.csv", old, **how)
    other: dict[str, Any] = data.draw(
        st.sampled_from([{}, {}, {}, {"mark": ";"}, {"end": "\n"}, {"encoding": "cp1252"}, {"encoding": "utf-8-sig"}])
    )
    write(place / "new.csv", new, **{**how, **other})
    try:
        expected = told(whole(place / "old.csv", place / "new.csv"))
    except ListingkitError as error:
        for compared in (compare_files, by_parts):
            with pytest.raises(type(error), match=re.escape(str(error))):
                compared(place / "old.csv", place / "new.csv")
        return
    assert told(compare_files(place / "old.csv", place / "new.csv")) == expected
    assert told(by_parts(place / "old.csv", place / "new.csv")) == expected


def streams(old: Path, new: Path) -> int:
    """How many rows were found to be the same line."""
    pair = table_lines.alike(old, new, "", None)
    return 0 if pair is None else lines._unchanged(pair, None).height


def numbered(count: int, **cells: str) -> list[list[str]]:
    return [[f"R-{number}", *(cells.get(name, "") for name in HEADER[1:])] for number in range(count)]


def test_rows_in_the_same_words_are_not_read(place: Path) -> None:
    rows = numbered(40, Price="5", Title='a "b"', **{"Product description": "two\nlines, or more"})
    write(place / "old.csv", rows)
    write(place / "new.csv", [*rows[:20], ["R-20", "6", *rows[20][2:]], *rows[21:]])
    assert streams(place / "old.csv", place / "new.csv") == 39
    changes = compare_files(place / "old.csv", place / "new.csv")
    assert changes.new.upload.frame.height == FILLED + 1
    assert [(change.sku, change.field, change.new) for change in changes] == [("R-20", "price", "6")]
    assert changes.counts()["unchanged"] == FILLED + 39


def test_rows_in_both_are_read_in_one(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = numbered(40, Price="5", Title='a "b"', **{"Product description": "two\nlines, or more"})
    write(place / "old.csv", rows)
    write(place / "new.csv", [["R-20", "6", *rows[20][2:]], *rows[30:], *rows[:20]])
    scanned: list[object] = []
    scan = table_lines._Table.scan

    def counted(table: table_lines._Table) -> table_lines._Scan:
        scanned.append(table)
        return scan(table)

    monkeypatch.setattr(table_lines._Table, "scan", counted)
    assert streams(place / "old.csv", place / "new.csv") == 30
    assert len(scanned) == 1
    with (place / "new.csv").open("a") as file:
        file.write('S-1,"open\n')  # takes up what stands below, as far as some reader is concerned
    assert streams(place / "old.csv", place / "new.csv") == 30
    assert len(scanned) == 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"Price": "1.234"}, {"Price": "5,50"}),  # now the point groups thousands
        ({"Launch date": "03/04/2026"}, {"Launch date": "13/04/2026"}),  # now the day stands first
        ({"Product description": "<p>x</p>"}, {"Product description": "plain"}),  # now tags are a slip
    ],
)
def test_a_line_means_another_thing_where_the_column_is_written_in_another_way(place: Path, before: Any, after: Any) -> None:
    rows = numbered(10, **before)
    write(place / "old.csv", rows)
    write(place / "new.csv", [*rows[:4], *([f"N-{number}", *(after.get(name, "") for name in HEADER[1:])] for number in range(12))])
    assert streams(place / "old.csv", place / "new.csv") == 0
    assert told(compare_files(place / "old.csv", place / "new.csv")) == told(whole(place / "old.csv", place / "new.csv"))


@pytest.mark.parametrize(
    "rows",
    [
        [["Please fill in every column of this sheet; ask the office where you are not sure what is meant by one of them. " * 2]],
        [["A-1", "5"], ["A-1", "6"]],
        [[" A-1", "5"], ["A-1", "5"]],
        [["", "5"], [], ["", "5"]],
        [["A-1", "5", "", "", "", "", "", "", "F-2"], ["A-2"], ["A-3", "5", *[""] * 7, "too", "much"]],
    ],
    ids=["a remark", "twice", "twice in other words", "no SKU", "ragged"],
)
def test_rows_that_are_not_plain_listings(place: Path, rows: list[list[str]]) -> None:
    write(place / "old.csv", [*rows, *numbered(3)])
    write(place / "new.csv", [*numbered(2), *rows])
    assert told(compare_files(place / "old.csv", place / "new.csv")) == told(whole(place / "old.csv", place / "new.csv"))
    write(place / "new.csv", [*numbered(2), *rows[:1]])
    assert told(compare_files(place / "old.csv", place / "new.csv")) == told(whole(place / "old.csv", place / "new.csv"))


@pytest.mark.parametrize(
    "change",
    [
        lambda header: [*header, "Color"],
        lambda header: [header[0], *reversed(header[1:])],
        lambda header: ["Item SKU", *header[1:]],
        lambda header: [*header[:-1], "Update Delete"],
        lambda header: [*header[:-1], "Language"],
    ],
)
@pytest.mark.parametrize("both", [True, False])
def test_other_columns(place: Path, change: Callable[[list[str]], list[str]], both: Any) -> None:
    rows = [[*row, "delete" if number % 3 else "en_US"][: len(change(HEADER))] for number, row in enumerate(numbered(9, Price="5"))]
    write(place / "old.csv", [row[:9] for row in rows] if not both else rows, header=change(HEADER) if both else HEADER)
    write(place / "new.csv", rows[2:], header=change(HEADER))
    try:
        expected = told(whole(place / "old.csv", place / "new.csv"))
    except ListingkitError as error:
        with pytest.raises(type(error), match=re.escape(str(error))):
            compare_files(place / "old.csv", place / "new.csv")
        return
    assert told(compare_files(place / "old.csv", place / "new.csv")) == expected
    assert told(by_parts(place / "old.csv", place / "new.csv")) == expected


def test_a_workbook_and_a_text(place: Path) -> None:
    """What a workbook stores as a number has a decimal point, whatever its other cells look like."""
    rows = [[f"R-{number}", number + 0.5, "1,5 kg", "", "Words.", "", "one; two", "Mug", ""] for number in range(30)]
    book = openpyxl.Workbook()
    for row in [HEADER, *([f"F-{number}", 5, *[None] * 7] for number in range(FILLED)), *rows]:
        book.active.append(row)
    book.save(place / "old.xlsx")
    write(place / "new.csv", [[str(cell) for cell in row] for row in rows[3:]], mark=";")
    for one, other in (("old.xlsx", "new.csv"), ("new.csv", "old.xlsx")):
        expected = whole(place / one, place / other)
        assert len(expected.unchanged) == FILLED + 27
        assert told(by_parts(place / one, place / other)) == told(expected)


def test_the_key_column_that_was_named(place: Path) -> None:
    rows = numbered(10, Title="x")
    header = ["Art-Nr.", *HEADER[1:]]
    write(place / "old.csv", rows, header=header)
    write(place / "new.csv", rows[1:], header=header)
    assert told(compare_files(place / "old.csv", place / "new.csv", key="art-nr.")) == told(
        whole(place / "old.csv", place / "new.csv", key="art-nr.")
    )
    for compared in (compare_files, whole):
        with pytest.raises(ListingkitError, match="has no column 'EAN'"):
            compared(place / "old.csv", place / "new.csv", key="EAN")
