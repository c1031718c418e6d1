"""Cutting a sheet's part at its data rows."""

import re
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.errors import Unreadable, Unwritable
from listingkit.render.cells import CellColumn
from listingkit.render.sheet_rows import elements
from listingkit.render.splice import cut, with_dimension

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def part(rows: str, prefix: str = "", dimension: str = '<dimension ref="A1:C3"/>') -> bytes:
    body = f"<sheetData>{rows}</sheetData>" if rows else "<sheetData/>"
    xml = f"<worksheet>{dimension}{body}<pageMargins/></worksheet>"
    names = f'xmlns{":" + prefix if prefix else ""}="{NAMESPACE}"'
    if prefix:
        xml = re.sub(r"<(/?)(\w+)", rf"<\1{prefix}:\2", xml)
    return xml.replace("worksheet>", f"worksheet {names}>", 1).encode()


def row(number: int, text: str = "") -> str:
    return f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{text}</t></is></c></row>' if text else f'<row r="{number}" ht="12"/>'


@pytest.mark.parametrize("prefix", ["", "x"])
@given(filled=st.lists(st.booleans(), max_size=8), data_row=st.integers(1, 5))
def test_the_pieces_are_the_part(prefix: str, filled: list[bool], data_row: int) -> None:
    whole = part("".join(row(number, "v" if on else "") for number, on in enumerate(filled, 1)) or row(1), prefix)
    pieces = cut(whole, data_row, "a sheet")
    assert pieces.head + pieces.body + pieces.tail == whole
    last = max([number for number, on in enumerate(filled, 1) if on and number >= data_row], default=data_row - 1)
    assert pieces.last_filled_row == last
    assert pieces.until(last) + pieces.beyond(last) == pieces.body
    assert pieces.prefix == (f"{prefix}:" if prefix else "")


@pytest.mark.parametrize("prefix", ["", "x"])
def test_new_rows_are_of_the_sheets_own_namespace(prefix: str) -> None:
    pieces = cut(part("", prefix), 4, "a sheet")
    frame = pl.DataFrame({"a": ["x & y", None], "b": ["1.5", "n/a"]})
    columns = [CellColumn("a", 0, 3), CellColumn("b", 2, 0, "number")]
    xml = pieces.head + b"".join(elements(frame, columns, 4, prefix=pieces.prefix)) + pieces.tail
    found = [
        (cell.get("r"), cell.get("s"), cell.get("t"), "".join(cell.itertext())) for cell in ET.fromstring(xml).iter(f"{{{NAMESPACE}}}c")
    ]
    assert found == [("A4", "3", "inlineStr", "x & y"), ("C4", None, None, "1.5"), ("C5", None, "inlineStr", "n/a")]


def test_rows_without_numbers_count_on() -> None:
    pieces = cut(part("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>"), 2, "a sheet")
    assert [found.number for found in pieces.rows] == [2]


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (b"<worksheet/>", "has no cells"),
        (b"<worksheet><sheetData><row>", "its cells have no end"),
        (b'<worksheet><sheetData><row r="1"><c></sheetData>', "row 1 has no end"),
        (part(row(2) + row(1)), "row 1 stands behind row 2"),
    ],
)
def test_a_damaged_sheet_is_one_sentence(xml: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        cut(xml, 1, "book.xlsx, sheet Template")


@pytest.mark.parametrize(
    ("before", "after"),
    [("A1:C3", "A1:E9"), ("A1", "A1:E9"), ("B2:NB6", "B2:NB9")],
)
def test_the_used_range_grows(before: str, after: str) -> None:
    head = with_dimension(part(row(1), dimension=f'<dimension ref="{before}" />'), 4, 9)
    assert f'<dimension ref="{after}" />'.encode() in head


def test_a_sheet_that_states_no_range_stays_without() -> None:
    head = part(row(1), dimension="")
    assert with_dimension(head, 4, 9) == head


def test_more_rows_than_a_sheet_has_are_refused() -> None:
    frame = pl.DataFrame({"a": ["x"] * 3})
    with pytest.raises(Unwritable, match="3 rows do not fit a sheet of 1048576"):
        next(elements(frame, [CellColumn("a", 0)], 1_048_575))
