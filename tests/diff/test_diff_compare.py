"""What counts as a difference, and what a difference is called."""

from collections.abc import Callable, Iterable

import polars as pl
import pytest

from listingkit.diff.changes import Change
from listingkit.diff.compare import compare
from listingkit.diff.risks import risks
from listingkit.diff.settings import Settings
from listingkit.inventory.upload import Upload

Make = Callable[..., Upload]


def only(changes: Iterable[Change]) -> list[tuple[object, ...]]:
    return [(change.kind, change.field, change.old, change.new, change.risk, change.dangerous) for change in changes]


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ("price", "19.9", "19.90"),
        ("price", "019,90", "19.9"),
        ("quantity", "5", "5.0"),
        ("batteries_required", "TRUE", "true"),
        ("batteries_required", "Yes", "true"),
        ("item_name", "Caf\u00e9  Set ", "Cafe\u0301 Set"),
        ("item_name", "A\u00a0B", "A B"),
        ("sale_start_date", "2026-11-23T00:00:00Z", "23.11.2026"),
        ("product_id", "036000291452", "00036000291452"),
        ("product_type", "sticker_decal", "STICKERDECAL"),
        ("condition_type", "New", "new_new"),
        ("variation_theme", "SizeColor", "SIZE/COLOR"),
    ],
)
def test_the_same_in_other_words_is_no_change(upload: Make, field: str | None, old: str | None, new: str | None) -> None:
    changes = compare(upload([{"sku": "A", field: old}]), upload([{"sku": "A", field: new}]))
    assert only(changes) == []
    assert changes.unchanged.to_list() == ["A"]


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ("price", "1,234", "1.234"),
        ("price", "19.9", "19.91"),
        ("item_name", "Mug", "mug"),
        ("item_name", "AB", "A B"),
        ("model_number", "1.0", "1"),
        ("sale_start_date", "2026-03-04", "3/4/2026"),
        ("product_id", "036000291452", "036000291453"),
    ],
)
def test_a_real_difference_is_one_change(upload: Make, field: str | None, old: str | None, new: str | None) -> None:
    (change,) = compare(upload([{"sku": "A", field: old}]), upload([{"sku": "A", field: new}]))
    assert (change.kind, change.field, change.old, change.new) == ("changed", field, old, new)


def test_units_are_converted(upload: Make) -> None:
    old = upload([{"sku": "A", "item_weight": "1", "item_weight_unit": "kilograms"}])
    assert not len(compare(old, upload([{"sku": "A", "item_weight": "1000", "item_weight_unit": "grams"}])))
    assert not len(compare(old, upload([{"sku": "A", "item_weight": "2.2046", "item_weight_unit": "lb"}])))
    assert len(compare(old, upload([{"sku": "A", "item_weight": "1.0001", "item_weight_unit": "kilograms"}]))) == 1
    assert len(compare(old, upload([{"sku": "A", "item_weight": "1", "item_weight_unit": "pounds"}]))) == 1


def test_every_kind_of_row(upload: Make) -> None:
    old = upload(
        [
            {"sku": "gone", "record_action": "delete"},
            {"sku": "kept", "item_name": "Kept"},
            {"sku": "removed", "item_name": "Removed"},
            {"sku": "vanished", "item_name": "Vanished"},
            {"sku": "odd", "item_name": "Odd"},
            {"sku": "left", "item_name": "Left alone"},
        ]
    )
    new = upload(
        [
            {"sku": "gone", "item_name": "Back again"},
            {"sku": "kept", "item_name": "Kept"},
            {"sku": "removed", "record_action": "delete"},
            {"sku": "odd", "record_action": "Replace?", "item_name": "Odd"},
            {"sku": "left", "record_action": "ignore"},
            {"sku": "never", "record_action": "partial_update", "item_name": "Never seen"},
            {"sku": "kept", "item_name": "Kept"},
        ]
    )
    changes = compare(old, new)
    assert [(change.sku, change.kind, change.risk, change.dangerous) for change in changes] == [
        ("gone", "added", None, False),
        ("kept", "duplicate", "OPS019", True),
        ("never", "unknown", "OPS008", False),
        ("odd", "unclear", "OPS004", True),
        ("removed", "removed", "OPS002", True),
        ("vanished", "vanished", "OPS003", False),
    ]
    assert changes.counts() == {
        "added": 1,
        "changed": 0,
        "removed": 1,
        "vanished": 1,
        "unchanged": 2,
        "cells": 0,
        "dangerous": 3,
    }


def test_a_blank_wipes_in_a_full_update_and_stays_in_a_partial_one(upload: Make) -> None:
    old = upload([{"sku": "A", "item_name": "Mug", "brand": "B"}])
    assert only(compare(old, upload([{"sku": "A", "brand": "B"}]))) == [("changed", "item_name", "Mug", None, "OPS001", True)]
    assert only(compare(old, upload([{"sku": "A", "record_action": "partial_update", "brand": "B"}]))) == []


def test_a_moved_bullet_point_is_one_change(upload: Make) -> None:
    names = [f"bullet_point_{n}" for n in range(1, 6)]
    old = upload([{"sku": "A", **dict(zip(names, "abcde", strict=True))}])
    moved = compare(old, upload([{"sku": "A", **dict(zip(names, "eabcd", strict=True))}]))
    assert list(moved) == [Change("A", "moved", next(iter(moved)).path, "bullet_point_1", "a\nb\nc\nd\ne", "e\na\nb\nc\nd")]
    inserted = compare(old, upload([{"sku": "A", **dict(zip(names, "xabcd", strict=True))}]))
    assert only(inserted) == [("changed", "bullet_point_1", "e", "x", None, False)]
    dropped = compare(old, upload([{"sku": "A", **dict(zip(names, ["a", "c", "d", "e", None], strict=True))}]))
    assert only(dropped) == [("changed", "bullet_point_2", "b", None, "OPS001", True)]


@pytest.mark.parametrize(
    ("field", "old", "new", "risk", "dangerous"),
    [
        ("price", "20", "26", "OPS012", True),
        ("price", "20", "24", None, False),
        ("price", "20", "14", "OPS012", True),
        ("quantity", "5", "0", "OPS013", False),
        ("brand", "Ours", "Theirs", "OPS006", True),
        ("product_id", "036000291452", "4006381333931", "OPS006", True),
        ("product_type", "HOME", "SHIRT", "OPS006", True),
        ("parent_sku", "P1", "P2", "OPS014", True),
        ("variation_theme", "SIZE", "COLOR", "OPS015", True),
        ("main_product_image_locator", "https://a/1.jpg", "https://a/2.jpg", "OPS016", False),
        ("fulfillment_channel_code", "AMAZON_EU", "DEFAULT", "OPS020", True),
        ("item_name", "Mug", "Cup", None, False),
        ("brand", None, "Ours", None, False),
    ],
)
def test_each_risk_has_its_code(
    upload: Make, field: str | None, old: str | None, new: str | None, risk: str | None, dangerous: bool
) -> None:
    (change,) = compare(upload([{"sku": "A", field: old}]), upload([{"sku": "A", field: new}]))
    assert (change.risk, change.dangerous) == (risk, dangerous)


def test_a_quantity_on_an_offer_that_amazon_fulfils(upload: Make) -> None:
    old = upload([{"sku": "A", "fulfillment_channel_code": "AMAZON_EU"}])
    new = upload([{"sku": "A", "fulfillment_channel_code": "AMAZON_EU", "quantity": "7"}])
    assert only(compare(old, new)) == [("changed", "quantity", None, "7", "OPS020", True)]


def test_a_lost_language(upload: Make) -> None:
    english = "item_name[marketplace_id=A1PA6795UKMFR9][language_tag=en_GB]#1.value"
    old = upload([{"sku": "A", "item_name": "Tasse", english: "Mug"}])
    (change,) = compare(old, upload([{"sku": "A", "item_name": "Tasse"}]))
    assert (change.path, change.risk, change.dangerous) == (english, "OPS017", True)


def test_the_language_of_the_whole_file_counts(upload: Make) -> None:
    english = upload([{"sku": "A", "item_name": "Mug", "brand": "B"}], language="en_GB")
    german = upload([{"sku": "A", "item_name": "Tasse", "brand": "B"}])
    changes = {(change.old, change.new, change.risk) for change in compare(english, german)}
    assert ("Mug", None, "OPS017") in changes
    assert (None, "Tasse", None) in changes


def test_a_parent_deleted_before_its_children(upload: Make) -> None:
    family = [{"sku": "P", "parentage_level": "parent"}, {"sku": "C", "parentage_level": "child", "parent_sku": "P"}]
    live = upload(family)

    def codes(*rows: dict[str, str]) -> set[str | None]:
        return {change.risk for change in compare(live, upload(list(rows)))}

    parent, child = {"sku": "P", "record_action": "delete"}, {"sku": "C", "record_action": "delete"}
    assert "OPS010" in codes(parent, child)
    assert "OPS010" in codes(parent)
    assert "OPS010" not in codes(child, parent)
    assert "OPS010" not in codes({**family[1], "parent_sku": "P2"}, parent)


def test_other_marketplaces_and_offer_files_wipe_nothing_of_it(upload: Make) -> None:
    french = "item_name[marketplace_id=A13V1IB3VIYZZH][language_tag=fr_FR]#1.value"
    changes = compare(upload([{"sku": "A", french: "Tasse"}]), upload([{"sku": "A", "brand": "B"}]))
    assert only(changes) == [("changed", "brand", None, "B", None, False)]
    assert changes.uncompared == (french,)
    offers = compare(
        upload([{"sku": "A", "item_name": "Mug", "price": "5"}]), upload([{"sku": "A", "price": "6"}], layout="unified_price_quantity")
    )
    assert only(offers) == [("changed", "price", "5", "6", None, False)]


def test_thresholds_let_through(upload: Make) -> None:
    old = upload([{"sku": "A", "item_name": "Mug", "price": "10"}, {"sku": "B"}])
    new = upload([{"sku": "A", "price": "19"}, {"sku": "B", "record_action": "delete"}])
    assert compare(old, new).counts()["dangerous"] == 3
    assert compare(old, new, Settings(max_deletes=1, max_wipes=1, max_price_change=90)).counts()["dangerous"] == 0
    assert compare(old, new, Settings(dangerous={"OPS001": False, "OPS002": False, "OPS012": False})).counts()["dangerous"] == 0


def test_tolerances_and_ignored_fields(upload: Make) -> None:
    old = upload([{"sku": "A", "price": "10", "quantity": "5", "item_weight": "1"}])
    new = upload([{"sku": "A", "price": "10.01", "quantity": "9", "item_weight": "1.0005"}])
    assert len(compare(old, new)) == 3
    lax = Settings(price_tolerance=0.01, number_tolerance=0.001, ignore=frozenset({"quantity"}))
    assert len(compare(old, new, lax)) == 0


def test_advice_names_what_need_not_be_sent(upload: Make) -> None:
    changes = compare(
        upload([{"sku": "A", "item_name": "Mug"}, {"sku": "B", "item_name": "Cup"}]),
        upload([{"sku": "A", "item_name": "Mug"}, {"sku": "B", "item_name": "Cups"}]),
    )
    assert {code: skus.to_list() for code, skus in changes.advice.items()} == {"OPS009": ["A"], "OPS018": ["B"]}


def test_every_risk_of_the_catalogue_comes_about(upload: Make) -> None:
    english = "item_name[marketplace_id=A1PA6795UKMFR9][language_tag=en_GB]#1.value"
    old = upload(
        [
            {"sku": "A", "item_name": "Mug", english: "Mug", "brand": "B", "price": "5", "quantity": "3"},
            {"sku": "B", "item_name": "Cup", "variation_theme": "SIZE", "fulfillment_channel_code": "DEFAULT"},
            {"sku": "C", "item_name": "Pot", "main_product_image_locator": "https://a/1.jpg", "parent_sku": "P"},
            {"sku": "D", "parent_sku": "P"},
            {"sku": "P", "parentage_level": "parent"},
            {"sku": "same", "item_name": "Jug"},
            {"sku": "gone", "item_name": "Jug"},
            {"sku": "odd", "item_name": "Jug"},
            {"sku": "better", "item_name": "Jug"},
        ]
    )
    new = upload(
        [
            {"sku": "A", "brand": "Other", "price": "50", "quantity": "0"},
            {"sku": "B", "item_name": "Cup", "variation_theme": "COLOR", "fulfillment_channel_code": "AMAZON_EU"},
            {"sku": "C", "item_name": "Pot", "main_product_image_locator": "https://a/2.jpg", "parent_sku": "Q"},
            {"sku": "P", "record_action": "delete"},
            {"sku": "same", "item_name": "Jug"},
            {"sku": "same", "item_name": "Jug"},
            {"sku": "odd", "record_action": "Replace?"},
            {"sku": "better", "item_name": "Blue jug"},
            {"sku": "never", "record_action": "partial_update", "item_name": "Jug"},
        ]
    )
    changes = compare(old, new)
    assert {*changes.risks(), *changes.advice} == set(risks())


def test_the_frame_has_the_columns_it_promises(upload: Make) -> None:
    changes = compare(upload([{"sku": "A"}]), upload([{"sku": "B"}]))
    assert changes.frame.columns == ["sku", "kind", "path", "field", "old", "new", "risk", "dangerous"]
    assert changes.frame.schema["dangerous"] == pl.Boolean
    assert [*changes] == [Change("A", "vanished", risk="OPS003"), Change("B", "added")]


def test_a_listing_that_moves_to_amazons_warehouse_is_told(upload: Make) -> None:
    """A quantity without a channel is the seller's own."""
    own = {"sku": "A", "quantity": "4", "fulfillment_channel_code": None}
    moved = upload([{**own, "quantity": None, "fulfillment_channel_code": "AMAZON_EU"}])
    assert compare(upload([own]), moved).risks() == {"OPS001": 1, "OPS020": 1}
    fresh = {"sku": "A", "quantity": None, "fulfillment_channel_code": None}
    assert compare(upload([fresh]), moved).risks() == {}
