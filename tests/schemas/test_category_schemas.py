"""The schemas that come with the program: each holds what its examples say, is dated, and names its source."""

import tomllib
from datetime import date
from typing import Any

import pytest

from listingkit.errors import UnknownName
from listingkit.finding import Severity
from listingkit.marketplace import marketplace, marketplaces
from listingkit.resources import shared
from listingkit.schemas.category import load, names
from listingkit.schemas.words import Constraint

DAY = date(2026, 9, 30)


def examples(name: str) -> dict[str, Any]:
    return tomllib.loads((shared("category_schemas") / name / "examples.toml").read_text("utf-8"))


def good(name: str, store: str) -> dict[str, str]:
    table = examples(name)["good"]
    row: dict[str, str] = {"product_type": name} | {key: value for key, value in table.items() if isinstance(value, str)}
    differences: dict[str, str] = table.get(store, {})
    return row | differences


def finds(asked: tuple[Constraint, ...], row: dict[str, str]) -> list[str]:
    return sorted(f"{one.code} {one.field}" for one in asked if one.flaw(row.get(one.field), row))


@pytest.mark.parametrize("store", ["US", "DE", "JP"])
@pytest.mark.parametrize("name", names())
def test_the_good_listing_is_clean(name: str, store: str) -> None:
    assert finds(load(name).asks(marketplace(store), DAY), good(name, store)) == []


@pytest.mark.parametrize("name", names())
def test_each_broken_listing_has_exactly_what_was_broken(name: str) -> None:
    broken = examples(name)["bad"]
    assert broken
    for case in broken:
        for store in [case["marketplace"]] if "marketplace" in case else ["US", "DE", "JP"]:
            row = good(name, store) | case["change"]
            assert finds(load(name).asks(marketplace(store), DAY), row) == sorted(case["finds"]), (store, case)


@pytest.mark.parametrize("name", names())
def test_a_schema_is_dated_and_sourced_and_unconfirmed_is_never_an_error(name: str) -> None:
    schema = load(name)
    assert schema.title
    assert schema.source
    assert date(2026, 1, 1) <= schema.checked <= DAY
    for store in (None, *marketplaces().values()):
        for one in schema.asks(store, DAY):
            assert one.source
            assert one.confidence == "confirmed" or one.severity is not Severity.ERROR


def test_the_24_product_types_are_there() -> None:
    wanted = """
        HOME KITCHEN FURNITURE BEDDING LAMP SHIRT COAT PANTS DRESS SHOES LUGGAGE JEWELRY WATCH TOYS_AND_GAMES BABY_PRODUCT
        CONSUMER_ELECTRONICS CELL_PHONE_CASE BATTERY AUTO_PART HEALTH_PERSONAL_CARE MEDICAL_DEVICE BEAUTY PET_SUPPLIES BOOK
    """
    assert set(wanted.split()) <= set(names())


@pytest.mark.parametrize("name", ["A" * 500, "家" * 90, "../HOME", ""])
def test_a_product_type_that_can_be_no_folder_is_unknown(name: str) -> None:
    with pytest.raises(UnknownName):
        load(name)
