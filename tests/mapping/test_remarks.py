from collections.abc import Callable

from listingkit.mapping.apply import map_columns
from listingkit.master.sheet import ROW, Master

Sheet = Callable[..., Master]

HEADERS = ["SKU", "Title", "Brand", "Price"]
REMARK = "How to fill in this sheet:\n1. Columns with a star are required.\n2. One row for each variation."


def test_a_row_with_nothing_but_a_remark_is_no_listing(sheet: Sheet) -> None:
    listings = map_columns(sheet(HEADERS, [["A", "Mug", "H", "5"], [None, REMARK, None, None], [None, None, "x" * 101, None]]))
    assert listings.frame[ROW].to_list() == [2]
    assert [(one.code, one.row, one.value) for one in listings.notes] == [("MAP010", 3, REMARK), ("MAP010", 4, "x" * 101)]


def test_a_row_with_little_in_it_is_still_looked_at(sheet: Sheet) -> None:
    rows = [["A", None, None, None], [None, "Mug", None, None], [None, REMARK, "H", None]]
    assert map_columns(sheet(HEADERS, rows)).frame.height == 3


def test_a_narrow_sheet_may_have_rows_of_one_cell(sheet: Sheet) -> None:
    assert map_columns(sheet(["SKU", "Title"], [["A", "Mug"], [None, REMARK]])).frame.height == 2


def test_the_header_said_again_is_no_listing(sheet: Sheet) -> None:
    rows = [["A", "Mug", "H", "5"], [*HEADERS[:3], None], ["SKU", "Title", "H", "5"]]
    listings = map_columns(sheet(HEADERS, rows))
    assert listings.frame["sku"].to_list() == ["A", "SKU"]
    assert [(one.code, one.row) for one in listings.notes] == [("MAP010", 3)]
