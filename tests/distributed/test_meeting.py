"""Rows that are spread over parts and pieces say across rows what they say together, and few of them are taken out for it."""

from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from listingkit.checker import Checker
from listingkit.distributed.meeting import Compared, Left, by_shuffle, met, place, taken
from listingkit.distributed.store import read_bucket, write_buckets
from listingkit.kept import Keys
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import select
from listingkit.master.sheet import ROW
from listingkit.rules.findings import Batch, Findings

CELLS: dict[str, list[str | None]] = {
    "sku": ["A", "B", "C", "a", "P", None],
    "parent_sku": ["P", "p", "A", None, None],
    "parentage_level": ["Child", "Parent", None],
    "product_id": ["4006381333931", "036000291452", None, None],
    "brand": ["Havnegade", "Other"],
    "product_type": ["HOME"],
    "variation_theme": ["COLOR"],
    "color@de_DE": ["Blau", "blau", "Sand"],
    "item_name@de_DE": ["Tasse", "Teller", None],
}
ROWS = st.lists(st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()}), min_size=1, max_size=30)
CHECKER = Checker(select(("DE",)), as_of=date(2026, 11, 27))


def listings_of(rows: Any, starts: list[int]) -> Listings:
    """The rows, of parts that begin there."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(CELLS, pl.String)).with_row_index("#")
    part = sum((pl.col("#") >= start).cast(pl.UInt16) for start in starts[1:]) + pl.lit(0, pl.UInt16)
    numbered = frame.select((pl.col("#") + 2).cast(pl.UInt32).alias(ROW), part.alias(SOURCE), *CELLS)
    return Listings(numbered, tuple(Source(f"{number}.csv", None, {}, {}) for number in range(len(starts))))


def across(listings: Listings, folder: Any, starts: list[int], count: int) -> list[Batch]:
    """What is said of the rows, each part with two pieces."""
    like = replace(listings, frame=listings.frame.clear())
    keys = Keys(CHECKER, like)
    proof = CHECKER.proved(like, {})[0]
    left: list[Left] = []
    for number, (start, end) in enumerate(pairwise([*starts, listings.frame.height])):
        compared, middle = Compared(CHECKER, like, number, count), (start + end) // 2
        for piece in (listings.frame[start:middle], listings.frame[middle:end]):
            compared.take(replace(listings, frame=piece))
        left.append(compared.left(str(folder / f"rows-{number}"), str(folder / f"groups-{number}")))
    groups = [
        write_buckets(str(folder / f"met-{bucket}"), met(read_bucket([one.groups for one in left], bucket), len(left)), len(left) + 1)
        for bucket in range(count)
    ]
    rows = [taken([one.rows], by_shuffle(read_bucket(groups, part)), keys, count) for part, one in enumerate(left)]
    said: list[Batch] = []
    for number, shuffle in enumerate(keys.shuffles):
        for bucket in range(count):
            frames = [frame for one in rows for frame in one.get(place(number, bucket, count), [])]
            if frames:
                among = by_shuffle(read_bucket([groups[bucket]], len(left)))[number]
                there = replace(listings, frame=pl.concat(frames))
                said += CHECKER.across(there, like, shuffle.rules, proof, bucket=(0, 1), among=among)
    return said


@settings(max_examples=60, deadline=None)
@given(ROWS, st.lists(st.integers(0, 30), max_size=4), st.integers(1, 3))
def test_parts_say_across_rows_what_they_say_together(tmp_path_factory: pytest.TempPathFactory, rows: Any, cuts: Any, count: int) -> None:
    starts = [0, *sorted(min(cut, len(rows)) for cut in cuts)]
    listings = listings_of(rows, starts)
    said = across(listings, tmp_path_factory.mktemp("meeting"), starts, count)
    proof = CHECKER.proved(replace(listings, frame=listings.frame.clear()), {})[0]
    whole = [
        one
        for shuffle in CHECKER.shuffles(listings)
        for one in CHECKER.across(listings, replace(listings, frame=listings.frame.clear()), shuffle.rules, proof, bucket=(0, 1))
    ]
    assert sorted(map(repr, Findings(said, listings.sources))) == sorted(map(repr, Findings(whole, listings.sources)))


def test_rows_of_groups_that_are_whole_and_clean_are_left(tmp_path: Any) -> None:
    listings = listings_of([dict.fromkeys(CELLS) | {"sku": sku} for sku in "ABCD"], [0, 2])
    assert across(listings, tmp_path, [0, 2], 1) == []
    assert not (tmp_path / "met-0").read_bytes()
