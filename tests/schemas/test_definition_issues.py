"""What a product type definition refuses: one sentence for every no, with its field."""

from typing import Any

import pytest
from mug import document, listing, mug

from listingkit.finding import Severity
from listingkit.schemas.definition.definition import compiled
from listingkit.schemas.definition.issues import Issue, issues


def found(**changes: Any) -> list[Issue]:
    return list(issues(mug(), {**listing(), **changes}))


def without(*names: str) -> list[Issue]:
    return list(issues(mug(), {name: value for name, value in listing().items() if name not in names}))


def test_a_good_listing_has_no_issue() -> None:
    assert found() == []


def test_neither_gtin_nor_asin_nor_exemption_is_one_issue() -> None:
    (issue,) = without("externally_assigned_product_identifier")
    assert (issue.code, issue.field) == ("REQ002", "product_id")
    assert "GTIN" in issue.message
    assert "ASIN" in issue.message
    assert "exempt" in issue.message


@pytest.mark.parametrize(
    "other",
    [
        {"merchant_suggested_asin": [{"value": "B07XJ8C8F5"}]},
        {"supplier_declared_has_product_identifier_exemption": [{"value": True}]},
        {"parentage_level": [{"value": "parent"}]},
    ],
)
def test_an_asin_an_exemption_or_a_parent_needs_no_gtin(other: dict[str, Any]) -> None:
    changed = {**listing(), **other}
    del changed["externally_assigned_product_identifier"]
    assert issues(mug(), changed) == ()


def test_both_upc_and_ean_are_one_issue() -> None:
    ids = [{"type": kind, "value": "036000291452", "marketplace_id": "ATVPDKIKX0DER"} for kind in ("upc", "ean")]
    (issue,) = found(externally_assigned_product_identifier=ids)
    assert issue.field == "product_id"
    assert "UPC and EAN" in issue.message


def test_a_deprecated_value_is_a_warning_with_its_replacement() -> None:
    (issue,) = found(variation_theme=[{"name": "COLOR_NAME"}])
    assert issue.severity is Severity.WARNING
    assert "use COLOR" in issue.message


def test_a_value_outside_an_open_list_is_caught_with_its_fix() -> None:
    (issue,) = found(style=[{"value": "modern", "language_tag": "en_US"}])
    assert (issue.fix, issue.field) == ("Modern", "style")


@pytest.mark.parametrize(("member", "value", "said"), [("marketplace_id", "A1PA6795UKMFR9", "DE"), ("language_tag", "de_DE", "de_DE")])
def test_a_foreign_marketplace_or_language_is_caught(member: str, value: str, said: str) -> None:
    item = {**listing()["item_name"][0], member: value}
    (issue,) = found(item_name=[item])
    assert issue.field == "item_name"
    assert said in issue.message


def test_a_sale_that_ends_before_it_starts_is_caught() -> None:
    offer = listing()["purchasable_offer"]
    offer[0]["discounted_price"][0]["schedule"][0]["end_at"] = "2026-09-01"
    (issue,) = found(purchasable_offer=offer)
    assert issue.field == "sale_end_date"


@pytest.mark.parametrize(
    ("changes", "code", "field", "words"),
    [
        ({"item_name": [{"value": "x" * 61, "language_tag": "en_US"}]}, "VAL008", "item_name", "61 characters, at most 60"),
        ({"brand": [{"value": "ä" * 21, "language_tag": "en_US"}]}, "VAL010", "brand", "42 bytes"),
        ({"country_of_origin": [{"value": "Portugal"}]}, "VAL001", "country_of_origin", "'PT'"),
        ({"number_of_items": [{"value": 0}]}, "VAL006", "number_of_items", "at least 1"),
        ({"number_of_items": [{"value": "two"}]}, "VAL006", "number_of_items", "a whole number"),
        ({"item_weight": [{"value": 0.355}]}, "VAL006", "item_weight", "at most 2 decimals"),
        ({"merchant_release_date": [{"value": "1/2/2026"}]}, "VAL011", "merchant_release_date", "a date such as"),
        ({"main_product_image_locator": [{"media_location": "mug.jpg"}]}, "VAL011", "main_product_image_locator", "web address"),
        ({"brand": [{"value": "A", "language_tag": "en_US"}] * 2}, "VAL013", "brand", "at most 1 value"),
        ({"colour": "x"}, "VAL012", None, "did you mean color"),
        ({"batteries_included": [{"value": True}]}, "REQ002", "num_batteries", "because batteries_included is 'True'"),
        ({"num_batteries": [{"value": 1}]}, "REQ005", "num_batteries", "must be left out"),
        ({"color": [{"value": "Sea"}], "variation_theme": [{"name": "COLOR"}]}, "REQ002", "color_map", "variation_theme is 'COLOR'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence(changes: dict[str, Any], code: str, field: str | None, words: str) -> None:
    (issue,) = found(**changes)
    assert (issue.code, issue.field) == (code, field)
    assert words in issue.message


def test_dropping_a_required_attribute_names_the_field() -> None:
    (issue,) = without("brand")
    assert (issue.code, issue.field, issue.message) == ("REQ001", "brand", "Brand Name is required")


def test_halves_of_characters_are_judged_and_never_crash() -> None:
    half = "\ud800" * 30
    assert found(brand=[{"value": half, "language_tag": "en_US"}])
    assert found(style=[{"value": half, "language_tag": half}])
    assert found(main_product_image_locator=[{"media_location": half}])
    changed = document()
    changed["properties"]["style"]["items"]["properties"]["value"] = {"type": "string", "pattern": "^[a-z]+$"}
    assert issues(compiled("MUG.json", changed), {**listing(), "style": [{"value": half, "language_tag": "en_US"}]})


def with_part(name: str, items: dict[str, Any], *more: dict[str, Any]) -> dict[str, Any]:
    """The definition of mugs with another attribute, and with what is asked of it."""
    changed = document()
    changed["properties"][name] = {"type": "array", "items": {"type": "object", **items}}
    changed["allOf"] = [*changed.get("allOf", ()), *more]
    return changed


def test_what_a_missing_attribute_asks_for_first_gives_it_its_name() -> None:
    texts = {name: {"type": "string"} for name in ("child_relationship_type", "parent_sku")}
    items = {"required": ["child_relationship_type"], "properties": texts}
    definition = compiled("MUG.json", with_part("child_parent_sku_relationship", items, {"required": ["child_parent_sku_relationship"]}))
    [issue] = issues(definition, listing())
    assert (issue.field, issue.message) == ("child_relationship_type", "Relationship Type is required")


def test_what_turns_on_a_missing_value_waits_for_it() -> None:
    texts = {name: {"type": "string"} for name in ("fulfillment_channel_code", "quantity")}
    chosen = {"required": ["fulfillment_channel_code"], "properties": {"fulfillment_channel_code": {"enum": ["DEFAULT"]}}}
    asked = {"if": {"not": chosen}, "then": {"not": {"required": ["quantity"]}}}
    part = {"properties": {"fulfillment_availability": {"items": asked}}}
    definition = compiled(
        "MUG.json", with_part("fulfillment_availability", {"required": ["fulfillment_channel_code"], "properties": texts}, part)
    )
    for channel, told in (({}, ("REQ001", "fulfillment_channel_code")), ({"fulfillment_channel_code": "FBA"}, ("REQ005", "quantity"))):
        found = issues(definition, {**listing(), "fulfillment_availability": [{"quantity": "5", **channel}]})
        assert [(issue.code, issue.field) for issue in found] == [told]
