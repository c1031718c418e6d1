"""Rules about the whole sheet say the same of rows that they looked at part by part as of all rows at once."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from random import Random
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from listingkit.config import Config
from listingkit.finding import Finding
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import select
from listingkit.master.sheet import ROW
from listingkit.rules.engine import catalogue
from listingkit.rules.findings import Batch, Findings
from listingkit.rules.sheetwide import sheet_rules
from listingkit.rules.task import Run, start

GERMAN = "Von Hand glasiert und Stück für Stück geprüft, bevor es uns für immer verlässt, aus der eigenen Werkstatt."
ENGLISH = "Glazed by hand and checked piece by piece before it leaves us for good, from the workshop that is our own."
CELLS: dict[str, Sequence[str | None]] = {
    "sku": ["A", "B", "C", "D", None],
    "parent_sku": ["P", None],
    "parentage_level": ["Child", "Parent", None],
    "record_action": ["delete", "partial_update", None, None],
    "product_type": ["HOMEWARE"] * 10 + ["HOMEWARES", "TOYS_AND_GAMES", " homeware", None],
    "item_name": ["Mug", "手作りのマグカップです", "T" * 210, None],
    "item_name@de_DE": ["Stoneware Mug with a Wooden Lid and Handle", "手作りのマグカップです", "Tasse", None],
    "product_description@de_DE": [GERMAN, ENGLISH, None],
    "color@en_US": ["Blue", None],
    "country_of_origin": ["CN", "VN", "PT", None],
    "dsa_responsible_party_address": ["Example GmbH, Berlin", None, None],
    "main_product_image_locator": ["https://img.example.com/a.jpg", None],
    "price@US": ["9.90", None],
    "price@DE": ["8.90", None],
    "list_price": ["10.00", None],
    "currency": ["EUR", "USD", "usd", "?", None],
    "fulfillment_channel_code": ["AMAZON_EU", "AMAZON_NA", "AMAZON_JP", None],
    "item_weight_unit": ["grams", "pounds", "ounces", "stones", None],
    **dict.fromkeys(("package_length", "package_width", "package_height", "package_weight"), ("10", "40", "130", None)),
    **dict.fromkeys(("package_length_unit", "package_width_unit", "package_height_unit"), ("centimeters", "inches", None)),
    "package_weight_unit": ["kilograms", "pounds"],
}
ROWS = st.lists(st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()}), min_size=1, max_size=40)
DAYS = st.sampled_from([date(2026, 7, 1), date(2026, 11, 27)])
DOCUMENTS = ({"document": "CPC", "sku": ["A", "B"], "reference": "no. 1", "valid_until": date(2026, 12, 5)},)
WITHOUT = st.sets(st.sampled_from([name for name in CELLS if name != "sku"]), max_size=6)


catalogue()  # registers the rules


def run_of(frame: pl.DataFrame, day: date) -> Run:
    frame = frame.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE))
    listings = Listings(frame, (Source("master.csv", None, {}, {}),))
    return start(listings, select(("US", "DE", "JP")), as_of=day, config=Config(documents=DOCUMENTS))


def table(rows: list[dict[str, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(CELLS, pl.String))


def whole(run: Run) -> dict[tuple[str, ...], list[Any]]:
    return {rule.codes: told(rule.batches(run), run) for rule in sheet_rules(run.config)}


def told(batches: Iterable[Batch], run: Run) -> list[Any]:
    findings = Findings(list(batches), run.listings.sources)
    return [*findings, *(batch.places["index"].to_list() for batch in findings.batches)]


def by_parts(run: Run, ends: list[int]) -> dict[tuple[str, ...], list[Any]]:
    said: dict[tuple[str, ...], list[Any]] = {}
    none = replace(run, listings=replace(run.listings, frame=run.frame.clear()))
    for rule in sheet_rules(run.config):
        looks = [
            look
            for begin, end in pairwise(ends)
            for look in rule.looks(replace(run, listings=replace(run.listings, frame=run.frame.slice(begin, end - begin))), begin)
        ]
        said[rule.codes] = told(rule.batches(none, looks), run)
    return said


@settings(max_examples=40)
@given(ROWS, DAYS, WITHOUT, st.data())
def test_looks_at_parts_are_a_look_at_the_whole(rows: Any, day: date, without: set[str], draw: Any) -> None:
    run = run_of(table(rows).drop(without), day)
    ends = sorted({0, len(rows), *draw.draw(st.lists(st.integers(0, len(rows)), max_size=5))})
    assert by_parts(run, ends) == whole(run)


def test_these_rows_make_every_rule_that_looks_speak() -> None:
    chance = Random(7)
    rows = [{name: chance.choice(cells) for name, cells in CELLS.items()} for _ in range(400)]
    heavy = {"fulfillment_channel_code": "AMAZON_JP", "record_action": None, "parentage_level": None, "package_weight": "130"}
    rows += [{**rows[0], **heavy, "package_length": "130", "package_width": "130", "package_height": "40", "currency": "USD"}] * 4
    frame, said = table(rows), set[str]()
    for day in (date(2026, 7, 1), date(2026, 11, 27)):
        for without in ((), ("currency",)):
            run = run_of(frame.drop(without), day)
            assert by_parts(run, [0, 7, 150, 151, len(rows)]) == whole(run)
            said |= {finding.code for findings in whole(run).values() for finding in findings if isinstance(finding, Finding)}
    assert said >= {code for rule in sheet_rules(Config()) if rule.look for code in rule.codes}


def test_a_rule_that_reads_fields_looks() -> None:
    assert [rule.codes for rule in sheet_rules(Config()) if rule.look is None and rule.names] == []
