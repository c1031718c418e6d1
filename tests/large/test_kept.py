"""Rows that were put away part by part show what they show together."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from generate import master
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from listingkit import kept, packing
from listingkit.checker import Checker
from listingkit.config import Config
from listingkit.config.layers import Layer
from listingkit.errors import Unwritable
from listingkit.job import Inputs, listings_of, read_masters
from listingkit.kept import Kept, Looking
from listingkit.mapping.listings import Listings
from listingkit.marketplace import select
from listingkit.master.sheet import ROW
from listingkit.rules.findings import Batch, Findings

AS_OF = date(2026, 11, 1)


@pytest.fixture(scope="module")
def listings(tmp_path_factory: Any) -> Listings:
    path = tmp_path_factory.mktemp("kept") / "master.csv"
    frame = master(600)
    again = frame.with_columns(pl.col("sku").str.to_lowercase(), pl.col("item_name@de_DE").str.replace("e", "é"))
    pl.concat([frame, again.slice(40, 30), frame.slice(100, 20)]).write_csv(path)
    inputs = Inputs((str(path),))
    return listings_of(inputs, read_masters(inputs))


def put_away(checker: Checker, listings: Listings, size: int, assumed: int | None = None) -> Kept:
    """Part by part; `assumed` are the first rows of which what they prove is assumed of all (None: of the first part)."""
    like = replace(listings, frame=listings.frame.clear())
    first = replace(listings, frame=listings.frame.head(size if assumed is None else assumed))
    looking = Looking(checker, like, [], checker.samples(first))
    away = Kept(looking)
    for part in listings.frame.iter_slices(size):
        away.add(looking(replace(listings, frame=part)))
    return away


def told(batches: Any, listings: Listings) -> list[Any]:
    findings = Findings(list(batches), listings.sources)
    return [*findings, *(findings.error_rows(code, rule) for code in ("US", "DE") for rule in ("", "SKU", "VAR"))]


@settings(max_examples=10)
@given(
    size=st.integers(20, 700),
    grouped=st.integers(15, 400),
    loaded=st.integers(15, 3000),
    memory=st.sampled_from([1, 1 << 20]),
    order=st.none() | st.integers(0, 99),
    assumed=st.none() | st.integers(0, 30),
)
def test_they_show_what_they_show_together(
    listings: Listings, size: int, grouped: int, loaded: int, memory: int, order: int | None, assumed: int | None
) -> None:
    if order is not None:  # families and duplicates stand in many parts
        listings = replace(listings, frame=listings.frame.sample(fraction=1, shuffle=True, seed=order))
    checker = Checker(select(("US", "DE")), as_of=AS_OF)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "AT_ONCE", grouped)
        patch.setattr(kept, "LOADED", loaded)
        patch.setattr(packing, "IN_MEMORY", memory)
        away = put_away(checker, listings, size, assumed)
        assert told(away.batches(listings.sources[0]), listings) == told(checker.whole(listings), listings)
    assert away.rows().equals(listings.frame.select(checker.compared(listings)))


@pytest.mark.parametrize("layers", [(), (Layer("product_type", "HOME", severity={"GTN": "info"}),)], ids=["plain", "graded"])
def test_what_is_said_of_a_whole_column_concerns_its_rows(listings: Listings, layers: tuple[Layer, ...]) -> None:
    number = pl.when(pl.int_range(pl.len()) % 3 > 0).then(pl.lit("SP-") + pl.col(ROW).cast(pl.String))  # the supplier's own numbers
    spoiled = replace(listings, frame=listings.frame.with_columns(number.alias("product_id")))
    checker = Checker(select(("DE",)), as_of=AS_OF, config=Config(layers=layers))
    found = [covered(one) for one in put_away(checker, spoiled, 100).batches(spoiled.sources[0]) if one.covers is not None]
    assert found == [covered(one) for one in checker.whole(spoiled) if one.covers is not None]
    assert found


def test_no_room_for_the_rows_is_one_sentence(listings: Listings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "IN_MEMORY", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(Unwritable, match=r"cannot hold what is compared.*TMPDIR"):
        put_away(Checker(select(("DE",)), as_of=AS_OF), listings, 100)


def covered(batch: Batch) -> Any:
    assert batch.covers is not None
    return batch.code, batch.severity, batch.covers.to_list()
