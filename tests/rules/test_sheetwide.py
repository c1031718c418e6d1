"""What is said once for many rows: limits to come, size tiers, unmeasured packages, the person in the EU."""

from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.config import Config
from listingkit.finding import Severity
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.mapping.units import units
from listingkit.marketplace import marketplaces, select
from listingkit.master.sheet import ROW
from listingkit.rules import fba_tiers
from listingkit.rules.fba_tiers import table_for, tables
from listingkit.rules.run import check

DAY = date(2026, 11, 27)


def listings(**columns: Any) -> Listings:
    columns = {name.replace("__", "@"): cells for name, cells in columns.items()}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(
        pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE)
    )
    return Listings(frame, (Source("master.csv", None, {}, {}),))


def found(table: Listings, codes: str, stores: Any = ("US",), day: date = DAY, **config: Any) -> list[Any]:
    return list(check(table, select(stores), as_of=day, config=Config(select=tuple(codes.split()), **config)))


TITLES = listings(sku=["A", "B"], item_name=["T" * 80, "Mug"])


def test_a_limit_that_is_about_to_change_is_told_once_for_all_marketplaces_that_share_it() -> None:
    told = found(TITLES, "LIM", ("US", "DE", "SA"), date(2026, 7, 1))
    assert [(one.marketplace, one.row) for one in told] == [("US", None), ("DE", None)]
    assert told[0].message == "from 2026-07-27 Item Name may have 75 characters (200 today); 1 of 2 has more"
    assert told[0].severity is Severity.INFO


@pytest.mark.parametrize("day", [date(2026, 5, 27), date(2026, 7, 27)])
def test_nothing_is_told_too_early_or_once_it_is_in_force(day: date) -> None:
    assert found(TITLES, "LIM", ("US",), day) == []


def test_a_limit_of_a_field_that_the_sheet_lacks_is_not_told() -> None:
    assert found(listings(sku=["A"]), "LIM", ("US",), date(2026, 7, 1)) == []


BOX = {"package_length": ["15"], "package_width": ["12"], "package_height": ["0.75"], "package_weight": ["1"]}
BOX |= {name + "_unit": ["inches"] for name in BOX if name != "package_weight"} | {"package_weight_unit": ["pounds"]}


def fba(channel: str = "AMAZON_NA", **other: list[str | None]) -> Listings:
    return listings(**{"sku": ["A"], "fulfillment_channel_code": [channel], **BOX, **other})


@pytest.mark.parametrize(
    ("change", "tier"),
    [
        ({}, None),
        ({"package_height": ["0.76"]}, None),
        ({"package_weight": ["20"]}, None),
        ({"package_weight": ["20.1"]}, "small bulky"),
        ({"package_weight": ["321.6"], "package_weight_unit": ["ounces"]}, "small bulky"),
        ({"package_length": ["0.75"], "package_height": ["45.73"], "package_height_unit": ["centimeters"]}, "small bulky"),
        ({"package_length": ["38"]}, "large bulky"),
        ({"package_length": ["60"]}, "extra-large up to 50 lb"),
        ({"package_weight": ["151"]}, "extra-large over 150 lb"),
        ({"package_length": ["59"], "package_width": ["33"], "package_height": ["10"]}, "extra-large up to 150 lb"),
    ],
)
def test_the_tier_of_a_package_in_the_us_is_told_where_it_is_not_standard(change: Any, tier: str | None) -> None:
    told = [one.message for one in found(fba(**change), "FBA002")]
    assert told == ([f"FBA size tiers (US, from 15 January 2026, not confirmed): 1 {tier} (A)"] if tier else [])


def test_the_same_package_in_europe_and_japan() -> None:
    told = found(fba("AMAZON_EU", package_weight=["30"]), "FBA002", ("DE", "UK", "JP"))
    assert {(one.marketplace, one.message.rpartition(": ")[2]) for one in told} == {
        ("DE", "1 standard oversize light (A)"),
        ("UK", "1 standard oversize light (A)"),
        ("JP", "1 oversize (A)"),
    }


def test_a_package_that_is_too_large_for_japan_is_refused() -> None:
    (one,) = found(fba("AMAZON_JP", package_length=["100"]), "FBA003", ("JP",))
    assert (one.row, one.severity) == (2, Severity.WARNING)
    assert "260 centimeters" in one.message


def test_packages_that_you_ship_yourself_have_no_tier() -> None:
    assert found(fba("DEFAULT"), "FBA") == []


def test_an_unmeasured_package_is_told_at_its_row_and_many_at_once() -> None:
    (one,) = found(fba(package_weight=[None]), "FBA001")
    assert (one.row, one.field) == (2, "package_length")
    many = listings(sku=list("ABCDE"), fulfillment_channel_code=["AMAZON_EU"] * 5)
    (one,) = found(many, "FBA001", ("DE",))
    assert one.row is None
    assert "of 5 listings that Amazon fulfils 5 lack" in one.message


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_every_table_is_dated_and_its_last_tier_takes_everything(table: Any) -> None:
    assert table.effective_from <= table.checked <= DAY
    assert table.source
    assert table.marketplaces <= set(marketplaces())
    last = table.tiers[-1]
    assert all(getattr(last, bound) is None for bound in ("weight", "volumetric", "longest", "median", "shortest", "girth", "sum"))
    assert table_for(min(table.marketplaces), date(2019, 1, 1)) is None


def _exactly(table: Any, sides: list[Fraction], grams: Fraction) -> str:
    """The tier by exact arithmetic, one bound after the other."""
    size, mass = (Fraction(units()[unit].size or 0) for unit in (table.length_unit, table.weight_unit))
    longest, median, shortest = (side / size for side in sorted(sides, reverse=True))
    weight, volume = grams / mass, longest * median * shortest / Fraction(table.divisor)
    said = {"longest": longest, "median": median, "shortest": shortest, "volumetric": volume, "weight": weight}
    said |= {"girth": longest + 2 * (median + shortest), "sum": longest + median + shortest}
    for tier in table.tiers:
        bounds = [(said[name], bound) for name in said if (bound := getattr(tier, name)) is not None]
        bounds += [(volume, tier.weight)] if tier.larger and tier.weight is not None else []
        if all(value <= Fraction(str(bound)) for value, bound in bounds):
            return str(tier.name)
    raise AssertionError


@given(st.sampled_from(tables()), st.lists(st.integers(1, 3000), min_size=3, max_size=3), st.integers(1, 80_000))
def test_tiers_agree_with_exact_arithmetic_in_any_order_of_sides(table: Any, sides: list[int], grams: int) -> None:
    wanted = _exactly(table, [Fraction(side) for side in sides], Fraction(grams))
    made = table.tier([pl.lit(float(side)) for side in sides], pl.lit(float(grams)))
    assert pl.select(made).item() == wanted


def test_the_table_of_the_day_is_taken_and_says_when_nobody_confirmed_it() -> None:
    bulky = fba(package_length=["30"], package_width=["20"], package_height=["10"])
    (now,) = found(bulky, "FBA002")
    (then,) = found(bulky, "FBA002", day=date(2025, 12, 1))
    assert now.message == "FBA size tiers (US, from 15 January 2026, not confirmed): 1 small bulky (A)"
    assert then.message == "FBA size tiers (US, from 5 February 2024): 1 large bulky (A)"


def test_tiers_keep_their_bounds_after_conversion() -> None:
    assert fba_tiers.tables()[0].tier([pl.lit(15 * 25.4), pl.lit(12 * 25.4), pl.lit(0.75 * 25.4)], pl.lit(453.59237)) is not None


def test_who_answers_in_the_eu_is_asked_once_where_the_origin_hints_at_it() -> None:
    made = {"sku": ["A", "B", "C"], "country_of_origin": ["CN", "PT", "CN"]}
    (one,) = found(listings(**made), "CMP006", ("US", "DE"))
    assert one.message.startswith("2 listings made outside the EU name no EU responsible person (made in CN)")
    assert one.marketplace == "DE"
    assert found(listings(**made, dsa_responsible_party_address=["Example GmbH, Berlin"] * 3), "CMP006", ("DE",)) == []
    assert found(listings(**made), "CMP006", ("US",)) == []
    assert found(listings(**made), "CMP006", ("DE",), date(2024, 12, 12)) == []


def test_the_config_may_say_how_bad_it_is_or_silence_it() -> None:
    assert [one.severity for one in found(fba(package_weight=["30"]), "FBA002", severity={"FBA": "warning"})] == [Severity.WARNING]
    assert found(fba(package_weight=["30"]), "FBA002", severity={"FBA002": "off"}) == []
