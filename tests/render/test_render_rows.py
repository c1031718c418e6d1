"""From listings to the rows of a template."""

from collections.abc import Callable

import polars as pl
import pytest

from listingkit.inventory.builtin import template
from listingkit.inventory.paths import place
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.upload import LISTING, Upload
from listingkit.mapping.listings import Listings
from listingkit.marketplace import marketplace
from listingkit.render.rows import render, unplaced

Cells = dict[str, list[str | None]]
Listed = Callable[..., Listings]


def by_field(upload: Upload) -> Cells:
    """The rendered rows with field names instead of paths."""
    return {found.plain: upload.frame[name].to_list() for name in upload.frame.columns if (found := place(name))}


def unified(listings: Listings, code: str) -> Cells:
    store = marketplace(code)
    return by_field(render(listings, store, template("unified_full", store)))


def test_a_marketplace_gets_its_own_language_and_price(listed: Listed) -> None:
    listings = listed({"sku": ["A"], "item_name@de_DE": ["Becher"], "item_name@en_US": ["Mug"], "price": ["12.00"], "price@DE": ["9.99"]})
    assert unified(listings, "DE") == {"sku": ["A"], "item_name": ["Becher"], "price": ["9.99"]}
    assert unified(listings, "US") == {"sku": ["A"], "item_name": ["Mug"], "price": ["12.00"]}


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("036000291452", "upc"),
        ("4006381333931", "ean"),
        ("96385074", "ean"),
        ("10614141000415", "gtin"),
        ("B00ABC1234", None),
        ("123", None),
    ],
)
def test_the_type_of_a_product_id_follows_from_its_digits(listed: Listed, number: str, kind: str | None) -> None:
    assert unified(listed({"sku": ["A"], "product_id": [number]}), "US")["product_id_type"] == [kind]


def test_a_stated_product_id_type_wins(listed: Listed) -> None:
    listings = listed({"sku": ["A", "B"], "product_id": ["036000291452", "4006381333931"], "product_id_type": ["GTIN", None]})
    assert unified(listings, "US")["product_id_type"] == ["gtin", "ean"]


@pytest.mark.parametrize(
    ("code", "price", "written"),
    [("JP", "1200.00", "1200"), ("JP", "1200.50", "1200.50"), ("JP", "1200", "1200"), ("US", "12.00", "12.00"), ("US", "12", "12")],
)
def test_yen_lose_decimals_only_when_they_are_zeros(listed: Listed, code: str, price: str, written: str) -> None:
    assert unified(listed({"sku": ["A"], "price": [price]}), code)["price"] == [written]


def test_measures_come_in_the_units_of_the_marketplace(listed: Listed) -> None:
    listings = listed({"sku": ["A", "B", "C"], "item_weight": ["453.59237", "2", "x"], "item_weight_unit": ["grams", "pounds", "grams"]})
    us, de = unified(listings, "US"), unified(listings, "DE")
    assert (us["item_weight"], us["item_weight_unit"]) == (["1", "2", "x"], ["pounds", "pounds", "grams"])
    assert (de["item_weight"], de["item_weight_unit"]) == (["453.59237", "2", "x"], ["grams", "pounds", "grams"])


def test_a_measure_without_unit_stays_without(listed: Listed) -> None:
    listings = listed({"sku": ["A"], "item_weight": ["5"], "item_weight_unit": [None]})
    assert unified(listings, "US") == {"sku": ["A"], "item_weight": ["5"], "item_weight_unit": [None]}


def test_labels_become_wire_values_in_any_case(listed: Listed) -> None:
    listings = listed({"sku": list("ABCD"), "record_action": ["Delete", "partial_update", "edit (partial update)", "nonsense"]})
    assert unified(listings, "US")["record_action"] == ["delete", "partial_update", "partial_update", "nonsense"]


def test_a_value_is_understood_in_every_language_we_know(listed: Listed) -> None:
    listings = listed({"sku": list("ABC"), "condition_type": ["New", "used_good", "11"], "record_action": ["Löschen", None, "a"]})
    store = marketplace("UK")
    assert unified(listings, "UK")["record_action"] == ["delete", None, "a"]
    loader = by_field(render(listings, store, template("inventory_loader", store)))
    assert (loader["condition_type"], loader["record_action"]) == (["new_new", "used_good", "new_new"], ["delete", None, "partial_update"])


def test_no_value_can_break_a_row(listed: Listed) -> None:
    listings = listed({"sku": ["A\tB"], "item_name@en_US": ["one\r\ntwo\u2028three\x0bfour"]})
    assert unified(listings, "US") == {"sku": ["A B"], "item_name": ["one two three four"]}


def test_only_the_rows_to_keep_ship_and_know_their_listing(listed: Listed) -> None:
    store = marketplace("US")
    upload = render(listed({"sku": list("ABC")}), store, template("unified_full", store), keep=pl.Series([True, False, True]))
    assert upload.frame[LISTING].to_list() == [0, 2]
    assert by_field(upload) == {"sku": ["A", "C"]}
    assert upload.store == "US"


def test_what_finds_no_column_is_named(listed: Listed) -> None:
    store = marketplace("US")
    listings = listed({"sku": ["A"], "cost": ["1"], "author": ["Ann"], "binding": [None], "item_name@de_DE": ["Becher"]})
    assert unplaced(listings, store, template("unified_full", store)) == ("author",)


def test_another_marketplaces_offer_takes_only_its_own_price(listed: Listed) -> None:
    offer = "purchasable_offer[marketplace_id={}]#1.our_price#1.schedule#1.value_with_tax"
    paths = ["item_sku", *(offer.format(marketplace(code).id) for code in ("UK", "DE", "FR"))]
    made = Template(
        name="many.txt",
        generation="multistore",
        columns=tuple(TemplateColumn(index, path, path) for index, path in enumerate(paths)),
        label_row=2,
        attribute_row=3,
        data_row=4,
        header=((), tuple(paths), tuple(paths)),
        marketplaces=("UK", "DE", "FR"),
        language="en_GB",
    )
    upload = render(listed({"sku": ["A"], "price": ["10"], "price@DE": ["12.5"]}), marketplace("UK"), made)
    assert upload.frame.drop(LISTING).to_dicts() == [{"item_sku": "A", paths[1]: "10", paths[2]: "12.5"}]
