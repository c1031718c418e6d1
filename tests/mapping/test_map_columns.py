from collections.abc import Callable

import pytest

from listingkit.errors import BadProfile, ListingkitError
from listingkit.finding import Severity
from listingkit.mapping.apply import map_columns
from listingkit.mapping.draft import draft
from listingkit.mapping.listings import Listings
from listingkit.mapping.profile import loads
from listingkit.mapping.propose import propose
from listingkit.marketplace import marketplace
from listingkit.master.sheet import ROW, Evidence, Master

Sheet = Callable[..., Master]


def column(listings: Listings, name: str) -> list[str | None]:
    values: list[str | None] = listings.frame[name].to_list()
    return values


def test_columns_become_fields_and_know_where_they_came_from(sheet: Sheet) -> None:
    listings = map_columns(sheet(["Artikel-Nr.", "Titel DE", "Sortierung"], [["A", "Tasse", "1"], ["B", None, "2"]]))
    assert listings.frame.columns == [ROW, "#source", "sku", "item_name@de_DE"]
    assert column(listings, "item_name@de_DE") == ["Tasse", None]
    assert listings.frame[ROW].to_list() == [2, 3]
    assert listings.sources[0].origins["sku"].letter == "A"


def test_what_is_left_out_is_said(sheet: Sheet) -> None:
    listings = map_columns(sheet(["SKU", "Sortierung", "Gewicht", "Produktname", "Artikelname"], [["A", "1", "2", "x", "y"]]))
    notes = [(note.code, note.column, note.cell) for note in listings.notes]
    assert notes == [
        ("MAP001", "Sortierung", "B1"),
        ("MAP002", "Gewicht", "C1"),
        ("MAP002", "Produktname", "D1"),
        ("MAP002", "Artikelname", "E1"),
    ]
    assert "item_weight or package_weight" in listings.notes[1].message


def test_ignored_columns_are_silent(sheet: Sheet) -> None:
    listings = map_columns(sheet(["SKU", "*Sortierung"], [["A", "1"]]), loads('ignore = ["sortierung"]'))
    assert listings.notes == ()


def test_a_profile_overrides_what_is_proposed(sheet: Sheet) -> None:
    master = sheet(["SKU", "Titel", "Kurztitel", "Gewicht"], [["A", "lang", "kurz", "2,5"]])
    profile = loads('[columns]\nitem_name = "kurztitel"\nitem_weight = { column = "Gewicht", unit = "kilograms" }')
    listings = map_columns(master, profile)
    assert column(listings, "item_name") == ["kurz"]
    assert (column(listings, "item_weight"), column(listings, "item_weight_unit")) == (["2.5"], ["kilograms"])
    told = [(note.code, note.severity, note.message) for note in listings.notes]
    assert told == [("MAP001", Severity.INFO, "'Titel' is not used: item_name comes from 'kurztitel'")]


def test_what_a_profile_replaces_is_told_unless_it_is_ignored(sheet: Sheet) -> None:
    master = sheet(["SKU", "Marke", "Price EUR", "Price GBP", "Bullet 1", "Bullet 2", "Sale"], [["A", "Acme", "3", "2", "a", "b", "1"]])
    text = '[columns]\nbullet_point = { letter = "e", separator = ";" }\n"price@UK" = "Sale"\n[constants]\nbrand = "Acme"\n'
    assert [note.message for note in map_columns(master, loads(text)).notes] == [
        "'Marke' is not used: brand is 'Acme' in every row",
        "'Price GBP' is not used: price@UK comes from 'Sale'",
        "'Bullet 2' is not used: bullet_point comes from column E",
    ]
    ignored = 'ignore = ["Marke", "price gbp", "Bullet 2"]\n' + text
    assert [note.message for note in map_columns(master, loads(ignored)).notes] == []


def test_one_column_may_fill_several_fields(sheet: Sheet) -> None:
    listings = map_columns(sheet(["Nummer"], [["A"]]), loads('[columns]\nsku = "Nummer"\npart_number = "Nummer"'))
    assert column(listings, "sku") == column(listings, "part_number") == ["A"]


def test_no_column_holds_the_sku(sheet: Sheet) -> None:
    with pytest.raises(ListingkitError, match=r"no column holds the SKU \(row 1 has 'Titel'\); name it in a profile"):
        map_columns(sheet(["Titel"], [["x"]]))
    assert column(map_columns(sheet(["Titel"], [["x"]]), loads('[derived]\nsku = "S-{{ item_name }}"')), "sku") == ["S-x"]


def test_a_column_that_next_months_sheet_lacks(sheet: Sheet) -> None:
    profile = loads('[columns]\nsku = "Artikelnummer"\nitem_name = "Bezeichnung"', "p.toml")
    with pytest.raises(
        BadProfile, match=r"p.toml, line 3: item_name .* 'Bezeichnung', which master.csv does not have; did you mean 'Bezeichnungen'"
    ):
        map_columns(sheet(["Artikelnummer", "Bezeichnungen"], [["A", "x"]]), profile)


def test_a_header_that_stands_twice_needs_its_letter(sheet: Sheet) -> None:
    master = sheet(["SKU", "Text", "Text"], [["A", "x", "y"]])
    with pytest.raises(BadProfile, match=r"2 columns of master.csv are called 'Text' \(B, C\)"):
        map_columns(master, loads('[columns]\nitem_name = "Text"'))
    assert column(map_columns(master, loads('[columns]\nitem_name = { letter = "c" }')), "item_name") == ["y"]


def test_values_are_read_by_kind(sheet: Sheet) -> None:
    master = sheet(
        ["SKU", "Preis", "Bestand", "Herkunftsland", "Batterien enthalten", "Zustand", "Parentage", "Sale Start Date", "Update Delete"],
        [
            ["A", "1.234,50", "10,0", "Deutschland", "Nein", "Neu", "child", "31.12.2026", "Update"],
            ["B", "x", "3", "Narnia", "?", "?", "?", "?", "?"],
        ],
    )
    listings = map_columns(master)
    first = {name: column(listings, name)[0] for name in listings.frame.columns[3:]}
    assert first == {
        "price": "1234.50",
        "quantity": "10",
        "country_of_origin": "DE",
        "batteries_included": "false",
        "condition_type": "new_new",
        "parentage_level": "Child",
        "sale_start_date": "2026-12-31",
        "record_action": "full_update",
    }
    assert {column(listings, name)[1] for name in ("country_of_origin", "batteries_included", "condition_type", "sale_start_date")} == {
        "Narnia",
        "?",
    }


def test_unclear_numbers_are_kept_and_asked_about(sheet: Sheet) -> None:
    listings = map_columns(sheet(["SKU", "Preis"], [["A", "1.234"]]))
    assert column(listings, "price") == ["1.234"]
    assert [note.code for note in listings.notes] == ["MAP004"]
    assert column(map_columns(sheet(["SKU", "Preis"], [["A", "1.234"]]), loads('decimal = ","')), "price") == ["1234"]
    keep = loads('[columns]\nprice = { column = "Preis", keep = true }')
    assert column(map_columns(sheet(["SKU", "Preis"], [["A", "19,99"]]), keep), "price") == ["19,99"]


def test_numbers_stored_as_numbers_have_a_decimal_point(sheet: Sheet) -> None:
    master = sheet(["SKU", "Preis"], [["A", "1.234"]], evidence={"B": Evidence(numeric=1)})
    assert (column(map_columns(master), "price"), map_columns(master).notes) == (["1.234"], ())


def test_units_come_from_the_cell_the_unit_column_the_header_or_the_sheet(sheet: Sheet) -> None:
    master = sheet(
        ["SKU", "Item length", "Item length unit", "Item width (cm)", "Net Weight", "Weight unit"],
        [["A", "3 in", "mm", "2 mm", "5 lb", "g"], ["B", "4", "Zoll", "3", "6", "g"], ["C", None, "mm", None, "7", None]],
    )
    listings = map_columns(master)
    assert column(listings, "item_length_unit") == ["inches", "inches", None]
    assert column(listings, "item_width_unit") == ["millimeters", "centimeters", None]
    assert column(listings, "item_weight_unit") == ["pounds", "grams", None]


def test_a_price_fills_the_marketplaces_of_its_currency(sheet: Sheet) -> None:
    listings = map_columns(sheet(["SKU", "Price (EUR)"], [["A", "9,99"]]))
    assert listings.view(marketplace("DE")).columns["price"] == "price"
    assert "price" not in listings.view(marketplace("UK")).columns
    assert listings.view(marketplace("UK")).foreign == ("price",)
    several = map_columns(sheet(["SKU", "Price EUR", "Price GBP", "Price USD"], [["A", "9", "8", "7"]]))
    assert [several.view(marketplace(code)).columns.get("price") for code in ("FR", "UK", "US", "JP")] == [
        "price",
        "price@UK",
        "price@US",
        None,
    ]


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (["Price EUR", "Price GBP"], ["price", "price@UK"]),
        (["price", "Price GBP"], ["price", "price@UK"]),  # what names no currency is for all
        (["Price GBP", "Price AED", "Price"], ["price@UK", "price@AE", "price"]),
        (["Price EUR", "Price"], ["price@DE", "price@FR", "price@IT", "price@ES", "price@NL", "price@BE", "price@IE", "price"]),
        (["Preis EUR:", "Preis GBP："], ["price", "price@UK"]),
        (["Price EUR", "Price CHF"], ["price"]),
        (["Cost EUR", "Cost USD"], []),  # one for all marketplaces
        (["Quantity (UK, DE)", "Quantity"], ["quantity@UK", "quantity@DE", "quantity"]),
        (["Sale Price AED", "Sale Price AED:"], []),
    ],
)
def test_columns_for_one_field_are_told_apart_and_the_profile_says_so(sheet: Sheet, headers: list[str], fields: list[str]) -> None:
    master = sheet(["SKU", *headers], [["A", *map(str, range(7, 7 + len(headers)))]])
    found = map_columns(master)
    assert found.frame.columns[2:] == ["sku", *fields]
    told = {note.column for note in found.notes if note.code in ("MAP001", "MAP002")}
    used = {column.header for column in found.sources[0].origins.values()}
    assert used | told == {"SKU", *headers}  # nothing is left out in silence
    profile = loads(draft(propose(master)))
    assert map_columns(master, profile).frame.equals(found.frame)
    assert set(profile.columns) == {"sku", *fields}


def test_lists_in_one_cell_take_the_places_of_their_family(sheet: Sheet) -> None:
    master = sheet(
        ["SKU", "Bullet Points", "Other Images"], [["A", "• one\n• two\n\n", "a.jpg|b.jpg"], ["B", "three\nfour\nfive", "c d.jpg"]]
    )
    profile = loads(
        '[columns]\nother_product_image_locator = { column = "Other Images", separator = "|", base_url = "https://i.example.com/x/" }'
    )
    listings = map_columns(master, profile)
    assert [column(listings, f"bullet_point_{place}") for place in (1, 2, 3)] == [["one", "three"], ["two", "four"], [None, "five"]]
    assert column(listings, "other_product_image_locator_1") == ["https://i.example.com/x/a.jpg", "https://i.example.com/x/c%20d.jpg"]
    assert column(listings, "other_product_image_locator_2") == ["https://i.example.com/x/b.jpg", None]


def test_a_list_longer_than_its_family_says_so(sheet: Sheet) -> None:
    listings = map_columns(sheet(["SKU", "Bullet Points"], [["A", ";".join("abcdefghijkl")]]))
    assert column(listings, "bullet_point_10") == ["j"]
    assert "MAP008" in [note.code for note in listings.notes]


def test_html_becomes_text(sheet: Sheet) -> None:
    listings = map_columns(sheet(["SKU", "Beschreibung"], [["A", "<p>Ton &amp; Glas</p><ul><li>1</li></ul>"], ["B", "a < b"]]))
    assert column(listings, "product_description") == ["Ton & Glas\n1", "a < b"]
    assert [note.code for note in listings.notes] == ["MAP005"]


def test_blank_cells_take_the_value_of_the_first_row_of_their_group(sheet: Sheet) -> None:
    master = sheet(
        ["Handle", "Title", "SKU", "Vendor"],
        [["h", "Mug", "A", "X"], ["h", None, "B", None], [None, None, "C", None], ["i", None, "D", "Y"]],
    )
    profile = loads('[columns]\nbrand = "Vendor"\n[fill_down]\nby = "handle"\nfields = ["item_name", "brand"]')
    listings = map_columns(master, profile)
    assert column(listings, "item_name") == ["Mug", "Mug", None, None]
    assert column(listings, "brand") == ["X", "X", None, "Y"]


def test_several_masters_in_one_run(sheet: Sheet) -> None:
    listings = map_columns(
        [sheet(["SKU", "Titel"], [["A", "x"]], file="a.csv"), sheet(["Seller SKU", "Farbe"], [["B", "rot"]], file="b.csv")]
    )
    assert listings.frame.drop(ROW).rows() == [(0, "A", "x", None), (1, "B", None, "rot")]
    assert [source.file for source in listings.sources] == ["a.csv", "b.csv"]


def test_nothing_to_map() -> None:
    with pytest.raises(ListingkitError, match="no sheet"):
        map_columns([])


def test_a_sheet_without_rows(sheet: Sheet) -> None:
    listings = map_columns(sheet(["SKU", "Preis", "Beschreibung", "Bullet Points"]), loads('[derived]\nitem_name = "{{ sku }}"'))
    assert listings.frame.height == 0


def test_three_measures_in_one_cell_where_the_header_says_their_order(sheet: Sheet) -> None:
    cells = ["12 x 9,5 x 10 cm", "1x2x3", "?", None]
    rows = [[f"S{at}", cell] for at, cell in enumerate(cells)]
    frame = map_columns(sheet(["SKU", "Maße (LxBxH)"], rows)).frame
    assert frame.select("item_length", "item_width", "item_height").rows() == [
        ("12", "9.5", "10"),
        ("1", "2", "3"),
        (None,) * 3,
        (None,) * 3,
    ]
    assert frame["item_width_unit"].to_list() == ["centimeters", None, None, None]
    assert frame["item_dimensions"].to_list() == cells
    assert "item_length" not in map_columns(sheet(["SKU", "Maße"], rows)).frame.columns
    assert "item_length" not in map_columns(sheet(["SKU", "Maße (LxBxH)"], [["A", "1.234 x 1 x 1"]])).frame.columns
