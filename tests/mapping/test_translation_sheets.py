from collections.abc import Callable

from listingkit.mapping.apply import map_columns
from listingkit.mapping.profile import loads
from listingkit.marketplace import marketplace
from listingkit.master.sheet import ROW, Master

Sheet = Callable[..., Master]


def test_a_second_sheet_keyed_by_sku_and_language(sheet: Sheet) -> None:
    master = sheet(["SKU", "Price"], [["A", "1"], ["B", "2"], ["C", "3"]], file="master.csv")
    texts = sheet(
        ["SKU", "Language", "Title", "Bullet 1"],
        [["A", "DE", "Tasse", "rund"], ["A", "fr_FR", "Mug", None], ["B", "German", "Krug", None], ["X", "DE", "fremd", None]],
        file="texts.csv",
    )
    listings = map_columns([master, texts])
    frame = listings.frame
    assert frame["sku"].to_list() == ["A", "B", "C"]
    assert frame[ROW].to_list() == [2, 3, 4]
    assert frame["item_name@de_DE"].to_list() == ["Tasse", None, None]
    assert frame["item_name@de"].to_list() == [None, "Krug", None]
    assert frame["item_name@fr_FR"].to_list() == ["Mug", None, None]
    assert frame["bullet_point_1@de_DE"].to_list() == ["rund", None, None]
    assert [(note.code, note.file, note.message) for note in listings.notes] == [
        ("MAP009", "texts.csv", "row 5 has a SKU that is in no master: left out")
    ]
    assert map_columns([texts, master]).frame["item_name@fr_FR"].to_list() == ["Mug", None, None]


def test_every_row_that_is_no_translation_is_told(sheet: Sheet) -> None:
    rows = [["A", "de", "Tasse"], ["A", "fr", "Mug"], ["A", "de", "Becher"], ["B", "Klingon", "x"], ["B", None, "y"], [None, "fr", "z"]]
    texts = sheet(["SKU", "Language", "Title"], rows, file="texts.csv")
    listings = map_columns([sheet(["SKU", "Price"], [["A", "1"], ["B", "2"]]), texts])
    assert listings.frame.select("sku", "item_name@de_DE", "item_name@fr_FR").rows() == [("A", "Tasse", "Mug"), ("B", None, None)]
    assert [note.message for note in listings.notes] == [
        "row 7 has no SKU: left out",
        "row 6 has no language: left out",
        "row 5 has a language that nobody knows: left out",
        "row 4 has a SKU and language that an earlier row has: left out",
    ]
    alone = map_columns(texts)
    assert alone.frame[ROW].to_list() == [2, 4, 5, 6, 7]  # the doubled row of a listing's own language is for SKU003
    assert not alone.notes


def test_the_masters_own_texts_stay(sheet: Sheet) -> None:
    master = sheet(["SKU", "Title DE"], [["A", "meine"], ["B", None]])
    texts = sheet(["SKU", "Language", "Title"], [["A", "DE", "andere"], ["B", "DE", "ihre"]])
    assert map_columns([master, texts]).frame["item_name@de_DE"].to_list() == ["meine", "ihre"]


def test_one_sheet_with_a_row_for_each_language(sheet: Sheet) -> None:
    rows = [["A", "de", "Tasse", "1"], ["A", "en", "Mug", "1"], ["B", "de", "Krug", "2"], ["B", "en", "Jug", "2"]]
    listings = map_columns(sheet(["SKU", "Language", "Title", "Price"], rows))
    assert listings.frame.select("sku", "price", "item_name@de_DE", "item_name@en").rows() == [
        ("A", "1", "Tasse", "Mug"),
        ("B", "2", "Krug", "Jug"),
    ]
    assert listings.frame[ROW].to_list() == [2, 4]
    assert "item_name" not in listings.frame.columns
    assert "item_name@en" not in listings.sources[0].origins


def test_one_language_for_the_whole_sheet(sheet: Sheet) -> None:
    listings = map_columns(
        sheet(["SKU", "Language", "Title"], [["A", "German", "Tasse"], ["A", "German", "doppelt"], [None, "German", "ohne"]])
    )
    assert listings.frame["item_name@de"].to_list() == ["Tasse", "doppelt", "ohne"]
    assert listings.view(marketplace("UK")).missing == ("item_name",)
    assert listings.view(marketplace("DE")).columns["item_name"] == "item_name@de"


def test_a_language_column_may_hold_something_else(sheet: Sheet) -> None:
    listings = map_columns(sheet(["SKU", "Language", "Title"], [["A", "Klingon", "Tasse"], ["B", None, "Krug"]]))
    assert listings.frame["item_name"].to_list() == ["Tasse", "Krug"]


def test_no_language_is_lent_unasked(sheet: Sheet) -> None:
    master = sheet(["SKU", "Title DE", "Title FR"], [["A", "Tasse", "Mug"]])
    assert map_columns(master).view(marketplace("UK")).columns.get("item_name") is None
    assert map_columns(master, loads("lend = true")).view(marketplace("UK")).columns["item_name"] == "item_name@de_DE"
