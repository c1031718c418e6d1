"""What parts leave of their looks says of the sheet what all of its rows say."""

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from listingkit.checker import Checker
from listingkit.config import Config
from listingkit.distributed.looked import Looks, put_together
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import select
from listingkit.master.sheet import ROW
from listingkit.rules.findings import Batch, Findings
from listingkit.rules.sheetwide import sheet_batches
from listingkit.rules.task import start as begin

CELLS = {
    "sku": ["A", "B", "C", None],
    "brand": ["Havnegade", None],
    "parent_sku": ["P", None, None],
    "parentage_level": ["Child", None],
    "record_action": ["delete", None, None],
    "product_type": ["HOME"] * 5 + ["HOMES", None],
    "item_name@de_DE": ["Stoneware Mug with a Wooden Lid and Handle", "手作りのマグカップです", "Tasse", None],
    "price@DE": ["8.90", None],
    "currency": ["EUR", "USD", None],
}
ROWS = st.lists(st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()}), min_size=1, max_size=30)


@settings(max_examples=40)
@given(ROWS, st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=6))
def test_the_looks_of_parts_are_those_of_the_sheet(tmp_path_factory: pytest.TempPathFactory, rows: Any, cuts: Any) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(CELLS, pl.String))
    frame = frame.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE))
    listings = Listings(frame, (Source("any.csv", None, {}, {}),))
    like = replace(listings, frame=frame.clear())
    checker = Checker(select(("DE",)), as_of=date(2026, 11, 27), config=Config())
    place, starts = tmp_path_factory.mktemp("looks"), [0, *sorted(cut for cut, _ in cuts), len(rows)]
    looked, looks, at = [], Looks(checker, like), 0
    for number, (start, end) in enumerate(pairwise(starts)):
        piece = frame.slice(start, max(0, end - start))
        looks.take(replace(listings, frame=piece), at)
        at += piece.height
        if number == len(cuts) or sorted(cuts)[number][1]:  # the part ends here
            looked.append(looks.left(str(place / f"{number}.arrow")))
            looks, at = Looks(checker, like), 0
    named, found = put_together(looked, len(checker.sheet_rules()))
    there = replace(listings, frame=named)
    run = begin(listings, checker.stores, as_of=checker.as_of, config=checker.config)
    said = [one for rule, seen in zip(checker.sheet_rules(), found, strict=True) for one in checker.sheet(there, like, rule, seen)]
    assert list(Findings(said, listings.sources)) == list(Findings(list(sheet_batches(run)), listings.sources))
    assert all(_stands(batch, named) for batch in said)
    assert named.height <= frame.height


def _stands(batch: Batch, rows: pl.DataFrame) -> bool:
    """Whether the rows that a batch names stand where it says."""
    places = batch.places.drop_nulls("index")
    return rows[places["index"]][ROW].to_list() == places["row"].to_list()


def test_few_rows_are_left_of_a_clean_part(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {ROW: [2], SOURCE: [0], "sku": ["A"], "item_name@de_DE": ["Tasse"]}, schema_overrides={ROW: pl.UInt32, SOURCE: pl.UInt16}
    )
    listings = Listings(frame, (Source("any.csv", None, {}, {}),))
    looks = Looks(Checker(select(("DE",)), as_of=date(2026, 11, 27)), replace(listings, frame=frame.clear()))
    looks.take(listings, 0)
    assert looks.left(str(tmp_path / "looks.arrow")).rows == 0
