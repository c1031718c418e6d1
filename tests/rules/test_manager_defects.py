"""Slips of a catalog manager's day: each is one finding in its cell, and neither hides the rest of the sheet nor is told twice."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from generate import clean

import listingkit as lk
from listingkit.config import Config
from listingkit.marketplace import marketplace
from listingkit.master.sheet import letter
from listingkit.rules.run import check

AS_OF = date(2026, 11, 1)
ROW = 32  # of the frame: a child

# (column, what its good value becomes, code, column of the finding)
SLIPS: dict[str, tuple[str, Any, str, str]] = {
    "a price with its currency": ("price@US", "19.99 EUR", "OFR001", "price@US"),
    "no product type": ("product_type", None, "REQ002", "product_type"),
    "a product type with a slip": ("product_type", "HOMME", "REQ003", "product_type"),
    "a product type that a lookup lost": ("product_type", "#N/A", "XLS008", "product_type"),
    "a text that a lookup lost": ("bullet_point_1@en_US", "#N/A", "XLS008", "bullet_point_1@en_US"),
    "a title of an error": ("item_name@en_US", "#REF!", "XLS008", "item_name@en_US"),
    "a placeholder": ("bullet_point_1@en_US", "TBD", "BUL006", "bullet_point_1@en_US"),
    "a description of nothing": ("product_description@en_US", "lorem ipsum dolor", "TXT003", "product_description@en_US"),
    "broken letters that look like a forbidden sign": ("bullet_point_1@en_US", "Stands on a cafÃ© table", "TXT006", "bullet_point_1@en_US"),
    "a parent without a word on parentage": ("parentage_level", None, "VAR013", "parentage_level"),
    "a length below zero": ("package_length", "-4", "VAL006", "package_length"),
    "a unit that nobody knows": ("package_length_unit", "Furlongs", "VAL001", "package_length_unit"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_each_slip_is_one_finding_in_its_cell(slip: str, tmp_path: Path) -> None:
    column, spoilt, code, at = SLIPS[slip]
    good = clean(200).with_columns(pl.lit("12").alias("package_length"), pl.lit("Centimeters").alias("package_length_unit"))
    frame = good.with_columns(pl.when(pl.int_range(pl.len()) == ROW).then(pl.lit(spoilt)).otherwise(pl.col(column)).alias(column))
    frame.write_csv(tmp_path / "master.csv")
    found = lk.check(lk.map_columns(lk.read(tmp_path / "master.csv")), ["US"], as_of=AS_OF, config=Config(ignore=("VAR007",)))
    cell = f"{letter(frame.columns.index(at))}{ROW + 2}"
    assert [(one.code, one.cell) for one in found] == [(code, cell)]
    assert found[0].message


def test_a_row_that_deletes_is_told_though_nothing_is_known_of_what_is_live(tmp_path: Path) -> None:
    frame = clean(50).with_columns(pl.when(pl.int_range(pl.len()) == ROW).then(pl.lit("Delete")).alias("record_action"))
    frame.write_csv(tmp_path / "master.csv")
    found = lk.check(lk.map_columns(lk.read(tmp_path / "master.csv")), ["US"], as_of=AS_OF, config=Config(ignore=("VAR",)))
    assert [(one.code, one.sku, one.severity.value) for one in found] == [("SKU006", frame["sku"][ROW], "warning")]


def test_a_column_of_thousands_of_types_is_not_compared_word_by_word(tmp_path: Path) -> None:
    frame = clean(2000).with_columns(pl.format("HOME_{}", pl.int_range(pl.len())).alias("product_type"))
    frame.write_csv(tmp_path / "master.csv")
    listings = lk.map_columns(lk.read(tmp_path / "master.csv"))
    assert list(lk.check(listings, ["US"], as_of=AS_OF, config=Config(select=("REQ003",)))) == []


def test_product_types_that_no_schema_knows_are_told_once_where_nothing_else_judges_them(tmp_path: Path) -> None:
    kinds = pl.when(pl.int_range(pl.len()) % 5 < 2).then(pl.lit("GROCERY")).otherwise(pl.lit("FOOBAR"))
    clean(50).with_columns(kinds.alias("product_type")).write_csv(tmp_path / "master.csv")
    listings = lk.map_columns(lk.read(tmp_path / "master.csv"))

    def told(*elsewhere: tuple[str, str]) -> list[tuple[str | None, str]]:
        stores = [marketplace(code) for code in ("US", "DE")]
        found = check(listings, stores, as_of=AS_OF, config=Config(select=("REQ006",)), defined=elsewhere)
        return [(one.marketplace, one.message.partition(" of ")[2].partition(":")[0]) for one in found]

    both = "FOOBAR (30 rows), GROCERY (20 rows)"
    assert told() == [(None, both)]
    assert told(("GROCERY", "US"), ("GROCERY", "DE")) == [(None, "FOOBAR (30 rows)")]
    assert told(("GROCERY", "DE")) == [("US", both), ("DE", "FOOBAR (30 rows)")]
    assert told(("", "DE")) == [("US", both)]
    assert told(("", "DE"), ("GROCERY", "US"), ("FOOBAR", "US")) == []


def test_a_conditional_field_that_the_sheet_lacks_names_the_row_that_needs_it(tmp_path: Path) -> None:
    frame = clean(50).with_columns(
        pl.when(pl.int_range(pl.len()) == ROW).then(pl.lit("Yes")).otherwise(pl.lit("No")).alias("batteries_included")
    )
    frame.write_csv(tmp_path / "master.csv")
    found = lk.check(lk.map_columns(lk.read(tmp_path / "master.csv")), ["US"], as_of=AS_OF)
    assert {one.code for one in found} == {"REQ002"}
    assert all(one.message.endswith(f"(1 row: {frame['sku'][ROW]})") for one in found)
    assert found.error_rows("US") == {ROW}


def test_a_family_in_a_circle_is_told_once_a_row(tmp_path: Path) -> None:
    frame = clean(50)
    first, second = frame["sku"][ROW], frame["sku"][ROW + 1]
    circle = {first: second, second: first}
    frame = frame.with_columns(pl.col("sku").replace_strict(circle, default=pl.col("parent_sku")).alias("parent_sku"))
    frame.write_csv(tmp_path / "master.csv")
    found = lk.check(lk.map_columns(lk.read(tmp_path / "master.csv")), ["US"], as_of=AS_OF, config=Config(select=("VAR",)))
    assert [(one.code, one.sku) for one in found] == [("VAR004", first), ("VAR004", second)]


def test_two_children_of_one_colour_name_what_is_alike(tmp_path: Path) -> None:
    frame = clean(50)
    colour = pl.when(pl.int_range(pl.len()) == ROW + 1).then(pl.col("color@en_US").get(ROW)).otherwise(pl.col("color@en_US"))
    frame.with_columns(colour.alias("color@en_US")).write_csv(tmp_path / "master.csv")
    found = lk.check(lk.map_columns(lk.read(tmp_path / "master.csv")), ["US"], as_of=AS_OF, config=Config(select=("VAR008",)))
    assert f"the same color {frame['color@en_US'][ROW].lower()!r} as {frame['sku'][ROW + 1]}" in [one.message for one in found]
