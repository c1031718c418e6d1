"""Pictures as suppliers list them: several in one cell, file names, addresses that hold the marks themselves."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.mapping.apply import map_columns
from listingkit.mapping.pictures import in_one_cell, places, read_pictures
from listingkit.mapping.profile import loads
from listingkit.master.sheet import Master

Sheet = Callable[..., Master]
MAIN, *OTHERS = places()
A, B, C = (f"https://i.example.com/{name}.jpg" for name in "abc")


@pytest.mark.parametrize("mark", [";", "|", ",", "\n", " ; ", ", ", "\r\n"])
@pytest.mark.parametrize("names", [(A, B, C), ("a.jpg", "b.PNG", "c.webp"), (f"{A}?w=1,2;3|4", B, "https://i.example.com/c")])
def test_every_usual_mark_separates(sheet: Sheet, mark: str, names: tuple[str, str, str]) -> None:
    master = sheet(["SKU", "Bilder"], [["1", mark.join(names)], ["2", names[0]], ["3", None]])
    frame = map_columns(master, loads(f'[columns]\n{MAIN} = "Bilder"')).frame
    assert frame.select(MAIN, *OTHERS[:2]).rows() == [names, (names[0], None, None), (None, None, None)]
    assert OTHERS[2] not in frame.columns


def test_the_first_of_a_list_is_the_main_picture_unasked(sheet: Sheet) -> None:
    frame = map_columns(sheet(["SKU", "Image URL"], [["1", f"{A},{B}"], ["2", C], ["3", f"{C}|"]])).frame
    assert frame.select(MAIN, OTHERS[0]).rows() == [(A, B), (C, None), (C, None)]


def test_an_address_that_holds_a_mark_is_one_address(sheet: Sheet) -> None:
    odd = "https://i.example.com/a;b,c.jpg?x=1|2"
    assert map_columns(sheet(["SKU", "Image URL"], [["1", odd]])).frame.select(pl.selectors.contains("image")).rows() == [(odd,)]


def test_pictures_of_a_list_go_round_the_columns_that_have_their_own(sheet: Sheet) -> None:
    master = sheet(["SKU", "Main Image URL", "Other Image URL 1"], [["1", f"{A};{B}", C]])
    listings = map_columns(master)
    assert listings.frame.select(MAIN, *OTHERS[:2]).rows() == [(A, C, B)]
    assert {name: column.letter for name, column in listings.sources[0].origins.items() if "image" in name} == {
        MAIN: "B",
        OTHERS[0]: "C",
        OTHERS[1]: "B",
    }


def test_more_pictures_than_places_are_told(sheet: Sheet) -> None:
    listings = map_columns(sheet(["SKU", "Image URL"], [["1", "\n".join(f"https://i.example.com/{n}.jpg" for n in range(11))]]))
    assert listings.frame[OTHERS[-1]].to_list() == ["https://i.example.com/8.jpg"]
    assert [note.message for note in listings.notes if note.code == "MAP008"] == [
        "'Image URL' holds up to 11 items; main_product_image_locator has 9 places, the others are left out"
    ]


@given(st.lists(st.lists(st.from_regex(r"[a-z0-9_ ]{1,8}\.jpg", fullmatch=True).map(str.strip), max_size=9), min_size=1, max_size=5))
def test_file_names_come_back_in_order_behind_their_folder(rows: list[list[str]]) -> None:
    column = pl.Series([";".join(row) or None for row in rows], dtype=pl.String)
    read = read_pictures(column, MAIN, in_one_cell(column, ";"), ";", "https://i.example.com/x")
    back = [[cell for cell in cells if cell] for cells in zip(*(values.to_list() for values in read.values()), strict=True)]
    assert back == [[f"https://i.example.com/x/{name.replace(' ', '%20')}" for name in row] for row in rows]


@pytest.mark.parametrize("header", ["Bilder", "Images", "Imágenes", "Product Images", "Photos", "图片"])
def test_a_column_of_all_pictures_begins_with_the_main_one(sheet: Sheet, header: str) -> None:
    frame = map_columns(sheet(["SKU", header], [["1", f"{A}\n{B}"]])).frame
    assert frame.select(MAIN, OTHERS[0]).rows() == [(A, B)]


def test_beside_a_main_picture_it_holds_the_others(sheet: Sheet) -> None:
    frame = map_columns(sheet(["SKU", "Hauptbild", "Bilder"], [["1", A, f"{B};{C}"]])).frame
    assert frame.select(MAIN, *OTHERS[:2]).rows() == [(A, B, C)]
