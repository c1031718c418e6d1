"""Flat listings against a definition: typed and labelled as the template has them, judged in bulk as one by one."""

from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mug import listing, mug

from listingkit.errors import Unreadable
from listingkit.schemas.definition.attributes import ACTION, ID_TYPE, ID_VALUE, SKU, TYPE, Submission, from_cells, to_cells
from listingkit.schemas.definition.frame import found_in, frame_issues
from listingkit.schemas.definition.issues import issues
from listingkit.testing.definitions import attributes

US, EN = "[marketplace_id=ATVPDKIKX0DER]", "[language_tag=en_US]"


def cells(**changes: str | None) -> dict[str, Any]:
    whole = to_cells(Submission("MUG-1", "MUG", "full_update", listing()))
    return whole | changes


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_attributes_survive_the_way_through_cells(data: st.DataObject) -> None:
    made = data.draw(attributes(mug()))
    submission = Submission("A-1", "MUG", "full_update", made)
    there = from_cells(to_cells(submission), mug(), inject=False)
    assert there == submission
    assert to_cells(there) == to_cells(submission)


def test_a_template_row_becomes_a_listing_with_what_it_leaves_unsaid() -> None:
    row = {
        SKU: "MUG-1",
        TYPE: "MUG",
        ACTION: "full_update",
        "::title": "read-only",
        ID_TYPE: "UPC",
        ID_VALUE: "036000291452",
        f"item_name{US}{EN}#1.value": "Acme Mug",
        "brand#1.value": "Acme",
        f"country_of_origin{US}#1.value": "Portugal",
        f"batteries_included{US}#1.value": "No",
        f"number_of_items{US}#1.value": "2",
        f"item_weight{US}#1.value": "0.35",
        f"purchasable_offer{US}[audience=ALL]#1.our_price#1.schedule#1.value_with_tax": "19.99",
        f"style{US}{EN}#1.value": "",
    }
    submission = from_cells(row, mug())
    here = {"marketplace_id": "ATVPDKIKX0DER"}
    assert submission.sku == "MUG-1"
    assert submission.attributes["externally_assigned_product_identifier"] == [{"type": "upc", "value": "036000291452", **here}]
    assert submission.attributes["brand"] == [{"value": "Acme", "language_tag": "en_US", **here}]
    assert submission.attributes["country_of_origin"] == [{"value": "PT", **here}]
    assert submission.attributes["batteries_included"] == [{"value": False, **here}]
    assert submission.attributes["number_of_items"] == [{"value": 2, **here}]
    assert submission.attributes["purchasable_offer"][0]["currency"] == "USD"
    assert "style" not in submission.attributes
    assert issues(mug(), submission.attributes) == ()


@pytest.mark.parametrize(
    ("kind", "value", "name", "member"),
    [
        ("ASIN", "B07XJ8C8F5", "merchant_suggested_asin", "B07XJ8C8F5"),
        ("GTIN Exempt", "", "supplier_declared_has_product_identifier_exemption", True),
        ("GTIN-Freistellung", "", "supplier_declared_has_product_identifier_exemption", True),
    ],
)
def test_every_kind_of_identity_goes_where_it_belongs(kind: str, value: str, name: str, member: Any) -> None:
    found = from_cells({ID_TYPE: kind, ID_VALUE: value}, mug()).attributes
    assert list(found) == [name]
    assert found[name][0]["value"] == member


def test_the_labels_of_the_template_come_first() -> None:
    column = f"country_of_origin{US}#1.value"
    assert (
        from_cells({column: "Portugal / PT"}, mug(), {column: {"Portugal / PT": "PT"}}).attributes["country_of_origin"][0]["value"] == "PT"
    )


def test_a_number_that_is_none_stays_text_and_is_said() -> None:
    (issue,) = found_in(mug(), cells(**{f"number_of_items{US}#1.value": "two"}))
    assert issue.message == "Number of Items must be a whole number, not 'two'"


def test_columns_of_another_generation_are_refused_in_one_sentence() -> None:
    with pytest.raises(Unreadable, match="unified template"):
        list(frame_issues(mug(), pl.DataFrame({"item name": ["x"]})))
    with pytest.raises(Unreadable, match="given twice"):
        found_in(mug(), {"brand#1.value": "a", "brand": "b"})


def test_a_frame_is_judged_as_its_rows_are() -> None:
    random = Random(3)
    texts = [
        None,
        "x",
        "Modern",
        "modern",
        "PT",
        "China",
        "2",
        "0",
        "1.5",
        "true",
        "Yes",
        "https://example.com/a.jpg",
        "upc",
        "parent",
        "COLOR",
        "ä" * 40,
    ]
    rows = []
    for number in range(400):
        row = cells(**{SKU: f"S-{number}"})
        row |= {"variation_theme#1.name": None, f"num_batteries{US}#1.value": None, f"parentage_level{US}#1.value": None}
        for name in random.sample(sorted(row), random.choice([0, 0, 1, 2])):
            row[name] = random.choice(texts)
        rows.append(row)
    frame = pl.DataFrame(rows, infer_schema_length=None)
    together = sorted(((number, issue) for number, issue in frame_issues(mug(), frame)), key=str)
    alone = sorted(((number, issue) for number, row in enumerate(rows) for issue in found_in(mug(), row)), key=str)
    assert together == alone
    assert len(together) > 100


def test_an_empty_frame_has_no_issue() -> None:
    assert list(frame_issues(mug(), pl.DataFrame(schema=dict.fromkeys(cells(), pl.String)))) == []


@pytest.mark.parametrize(("action", "codes"), [("full_update", ["REQ001", "VAL001"]), ("partial_update", ["VAL001"]), ("delete", [])])
def test_a_row_that_edits_needs_not_be_complete_and_one_that_deletes_needs_nothing(action: str, codes: list[str]) -> None:
    row = cells(**{ACTION: action, f"brand{US}{EN}#1.value": None, f"style{US}{EN}#1.value": "modern"})
    frame = pl.DataFrame([cells(**{SKU: "fine"}), row])
    assert sorted(issue.code for _, issue in frame_issues(mug(), frame)) == codes
