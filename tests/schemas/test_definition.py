"""Product type definitions: the same yes and no as the oracle, and a sentence for every no."""

import json
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mug import document, listing, mug
from mutants import mutant
from schema_oracle import oracle

from listingkit.errors import BadProfile, ListingkitError, Unreadable
from listingkit.finding import Severity
from listingkit.schemas.definition.compile import BadSchema, Compiler
from listingkit.schemas.definition.definition import compiled, read, read_all
from listingkit.schemas.definition.explain import faults
from listingkit.schemas.definition.formats import FORMATS
from listingkit.schemas.definition.issues import Issue, issues
from listingkit.testing.definitions import BREAKERS, attributes, broken_attributes

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def found(**changes: Any) -> list[Issue]:
    return list(issues(mug(), {**listing(), **changes}))


def without(*names: str) -> list[Issue]:
    return list(issues(mug(), {name: value for name, value in listing().items() if name not in names}))


def test_a_thousand_mutants_are_judged_as_the_oracle_judges_them() -> None:
    valid, random, kinds = oracle(document()), Random(7), {True: 0, False: 0}
    for _ in range(1_000):
        changed = mutant(listing(), mug(), random)
        verdict = mug().plain.check(changed)
        assert verdict == valid(changed), changed
        assert verdict == (not list(faults(mug().plain, changed)))
        assert mug().root.check(changed) == (not list(faults(mug().root, changed)))
        assert verdict or not mug().root.check(changed)  # strict never takes what the definition refuses
        kinds[verdict] += 1
    assert min(kinds.values()) > 100


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"], "minLength": 2},
        {"enum": [1, "1", None, True, [1, 2.0], {"a": 1}]},
        {"const": False},
        {"type": "integer", "exclusiveMaximum": 7, "maximum": 9},
        {"multipleOf": 0.1},
        {"multipleOf": 3},
        {"uniqueItems": True},
        {"anyOf": [{"type": "integer"}, {"minimum": 5}], "oneOf": [{"type": "string"}, {"maximum": 6}]},
        {"not": {"type": "string"}, "contains": {"const": 1}},
        {"if": {"type": "string"}, "then": {"maxLength": 3}, "else": {"type": "number"}},
        {"if": {"type": "string"}, "else": {"type": "number"}},
        {"properties": {"a": False, "b": True}, "required": ["b"]},
        {"items": {"type": "integer"}, "minItems": 1},
        {"format": "date-time"},
        {"format": "date"},
        {"format": "uri"},
        {"pattern": "^[a-z]+$"},
        True,
        False,
    ],
)
@settings(deadline=None)
@given(
    value=st.recursive(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-10, 10),
            st.floats(-10, 10).map(lambda number: round(number, 1)),
            st.text("ab1", max_size=4),
            st.from_regex(r"[12]\d{3}-[01]\d-[0-3]\d(T[0-2]\d:[0-5]\d:(60|[0-5]\d)(\.\d)?(Z|[+-]0[01]:30))?", fullmatch=True),
            st.from_regex(r"(https?|a)://?[a-z]{0,2}(@|:8|\[)?[a-z%2F ]{0,3}(\?|#)?[a]?", fullmatch=True),
        ),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)),
        max_leaves=5,
    )
)
def test_keywords_mean_what_the_oracle_means(schema: Any, value: Any) -> None:
    node = Compiler({"$defs": {"x": schema}, "allOf": [{"$ref": "#/$defs/x"}]}).root()
    assert node.check(value) == oracle({"$defs": {"x": schema}, "allOf": [{"$ref": "#/$defs/x"}]})(value)


@SLOW
@given(data=st.data())
def test_invented_attributes_are_taken_by_the_oracle(data: st.DataObject) -> None:
    made = data.draw(attributes(mug()))
    assert oracle(document())(made)
    assert mug().root.check(made)


@SLOW
@given(data=st.data())
@pytest.mark.parametrize("keyword", sorted(BREAKERS))
def test_broken_attributes_are_refused_by_the_oracle_and_explained(keyword: str, data: st.DataObject) -> None:
    made, broken = data.draw(broken_attributes(mug(), keyword))
    assert broken == keyword
    assert not oracle(document())(made)
    for issue in issues(mug(), made):
        assert issue.column
        assert "\n" not in issue.message


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


# Definitions that nobody should trust


def refused(change: dict[str, Any]) -> str:
    with pytest.raises(BadProfile) as wrong:
        compiled("MUG.json", {**document(), **change})
    assert "\n" not in str(wrong.value)
    assert len(str(wrong.value)) < 400
    return str(wrong.value)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"$ref": "https://example.com/other.json"}, "only references within the file"),
        ({"$ref": "#/$defs/nowhere"}, "refers to nothing"),
        ({"$ref": "#"}, "refers to nothing, or to the whole"),
        ({"patternProperties": {".*": {}}}, "patternProperties is not supported"),
        ({"unevaluatedProperties": False}, "not supported"),
        ({"type": "strin"}, "a keyword has a value"),
        ({"pattern": "("}, "cannot be read"),
        ({"pattern": r"(a)\1"}, "back references"),
        ({"maxLength": "many"}, "maxLength is a whole number"),
        ({"minimum": "1"}, "minimum is a number"),
        ({"multipleOf": 0}, "multipleOf is a number"),
        ({"properties": []}, "properties is not a dict"),
        ({"enum": "x"}, "enum is not a list"),
        ({"items": [{}]}, "not supported"),
        ({"additionalProperties": {}}, "nothing else is supported"),
        ("text", "a schema is an object"),
    ],
)
def test_what_cannot_be_compiled_is_refused_in_one_sentence(part: Any, words: str) -> None:
    assert words in refused({"properties": {"item_name": part}})


def test_recursion_is_refused() -> None:
    ring = {"a": {"properties": {"b": {"$ref": "#/$defs/b"}}}, "b": {"items": {"$ref": "#/$defs/a"}}}
    assert "refers back to itself" in refused({"$defs": ring, "properties": {"x": {"$ref": "#/$defs/a"}}})


def test_depth_is_bounded() -> None:
    deep: dict[str, Any] = {}
    for _ in range(100):
        deep = {"items": deep}
    assert "nested deeper" in refused({"properties": {"x": deep}})


def test_unknown_keywords_ask_nothing_but_are_told() -> None:
    definition = compiled("MUG.json", {**document(), "maxSparkle": 3})
    assert definition.unknown == ("maxSparkle (1 times)",)


def test_halves_of_characters_are_judged_and_never_crash() -> None:
    half = "\ud800" * 30
    assert found(brand=[{"value": half, "language_tag": "en_US"}])
    assert found(style=[{"value": half, "language_tag": half}])
    assert found(main_product_image_locator=[{"media_location": half}])
    changed = document()
    changed["properties"]["style"]["items"]["properties"]["value"] = {"type": "string", "pattern": "^[a-z]+$"}
    assert issues(compiled("MUG.json", changed), {**listing(), "style": [{"value": half, "language_tag": "en_US"}]})


def test_catastrophic_patterns_of_a_definition_stay_fast() -> None:
    changed = document()
    changed["properties"]["style"]["items"]["properties"]["value"] = {"type": "string", "pattern": "^(a+)+$"}
    definition = compiled("MUG.json", changed)
    start = time.process_time()
    assert issues(definition, {**listing(), "style": [{"value": "a" * 20_000 + "!", "language_tag": "en_US"}]})
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "line 1: is not JSON"),
        (b'{\n"a": 1,\n}', "line 3: is not JSON"),
        (b"[]", "not an object"),
        (b"{}", "it has no properties"),
        (b'{"properties": {}, "type": "array"}', "no product type definition"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"schema": {"link": {"resource": "https://example.com"}}}', "schema.link.resource"),
        (b'{"a": ' + b"1" * 5_000 + b"}", "is not JSON"),
    ],
)
def test_files_that_are_no_definition_end_in_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "MUG.json"
    file.write_bytes(content)
    with pytest.raises(ListingkitError, match=r"JSON|definition|schema") as wrong:
        read(file)
    assert words in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_hundred_megabytes_are_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "MUG.json"
    with file.open("wb") as stream:
        stream.truncate(100_000_000)
    with pytest.raises(Unreadable, match="100,000,000 bytes"):
        read(file)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="No such file"):
        read(tmp_path / "MUG.json")


def test_a_definition_knows_its_type_marketplace_and_language(tmp_path: Path) -> None:
    file = tmp_path / "any.json"
    file.write_text(json.dumps(document()), "utf-8")
    definition = read(file)
    assert definition.store is not None
    assert (definition.product_type, definition.store.code, definition.language) == ("MUG", "US", "en_US")


def test_definitions_are_found_in_folders_each_once(tmp_path: Path) -> None:
    other = document()
    other["$defs"]["marketplace_id"]["default"] = "A1PA6795UKMFR9"
    for name, content in (("us", document()), ("de", other)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), "utf-8")
    assert set(read_all([tmp_path])) == {("MUG", "US"), ("MUG", "DE")}
    with pytest.raises(BadProfile, match="give one of them"):
        read_all([tmp_path, tmp_path / "us.json"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(Unreadable, match="no product type definition"):
        read_all([tmp_path / "empty"])


def test_the_schema_within_an_answer_is_found() -> None:
    assert compiled("answer.json", {"productType": "MUG", "schema": document()}).product_type == "MUG"


def test_a_bad_schema_is_never_shown_as_such() -> None:
    with pytest.raises(BadSchema):
        Compiler({"type": "nonsense"}).root()


# The oracle also takes dates with a sign or a dot where a digit stands (`2025-01-0-`): its own slip, so dates are told here by hand.
@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        (
            "date",
            ["2024-02-29", "0000-02-29", "9999-12-31"],
            ["2025-02-29", "2025-1-01", "2025-01-0-", "+025-01-01", "٢٠٢٥-01-01", "2025-01-01 ", ""],
        ),
        (
            "date-time",
            ["2025-01-01T00:00:00Z", "2025-01-01t23:59:59.5z", "2016-12-31T23:59:60Z", "2017-01-01T05:29:60+05:30"],
            [
                "2025-01-01",
                "2025-01-01T00:00:00",
                "2025-01-01T24:00:00Z",
                "2016-12-31T12:00:60Z",
                "2025-01-01T00:00:0-Z",
                "2025-13-01T00:00:00Z",
            ],
        ),
        (
            "uri",
            ["https://example.com/a%20b.jpg?x=1#y", "s3://bucket/key", "https://u:p@[::1]:80/", "http://[v1.a]/", "mailto:a@b", "urn:x:1"],
            [
                "example.com/a.jpg",
                "https://e.com/a b",
                "https://e.com/ä",
                "http://[1:2]/",
                "http://[::1%25eth0]/",
                "http://a:b/",
                "a:%zz",
                "//x",
                "",
            ],
        ),
    ],
)
def test_formats(form: str, good: list[str], bad: list[str]) -> None:
    holds = FORMATS[form]
    assert [value for value in good if not holds(value)] == []
    assert [value for value in bad if holds(value)] == []


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
