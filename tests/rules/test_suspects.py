"""No flawed value escapes its suspects: the columnwise sieve may only be too generous."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from listingkit.fields import fields
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import marketplaces
from listingkit.master.sheet import ROW
from listingkit.rules.engine import catalogue
from listingkit.rules.findings import Findings
from listingkit.rules.plan import row_tasks
from listingkit.rules.run import across_batches, row_batches
from listingkit.rules.sieve import Sieve
from listingkit.rules.task import start

RULES = [rule for rule in catalogue().values() if rule.scope in ("row", "across") and rule.suspects is not None]


def cells_of(example: Any) -> Any:
    if isinstance(example, (tuple, list)):
        return [cell for part in example for cell in cells_of(part)]
    return [] if example is None else [example]


def values(rule: Any) -> Any:
    known = sorted({cell for example in [*rule.good, *rule.bad_examples] for cell in cells_of(example)})
    edited = st.sampled_from(known).flatmap(
        lambda text: st.tuples(st.integers(0, len(text)), st.text(max_size=3)).map(lambda cut: text[: cut[0]] + cut[1] + text[cut[0] + 1 :])
    )
    return (
        st.none()
        | st.sampled_from(known)
        | edited
        | st.text(max_size=12)
        | st.from_regex(r"[-+]?[0-9]{0,6}[.,]?[0-9]{0,4}", fullmatch=True)
    )


def names_of(rule: Any) -> Any:
    names: list[str] = []
    for spec in rule.fields[:1] if rule.each else rule.fields:
        family = fields()[spec.rstrip("*")].names
        names += family if spec.endswith("*") else family[:1]
    return names


def found_by(rule: Any, listings: Any) -> Any:
    store = marketplaces()[next(iter(sorted(rule.stores)))] if rule.stores else marketplaces()["JP"]
    run = start(listings, [store], as_of=max(date(2026, 11, 1), rule.since or date.min), config=rule.setting)
    batches = row_batches(run, Sieve(list(row_tasks(run, [rule])))) if rule.scope == "row" else across_batches(run, [rule], frozenset())
    return [(one.row, one.message) for one in Findings(list(batches), listings.sources)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_no_flaw_escapes(rule: Any) -> None:
    names = names_of(rule)
    cell = values(rule)

    @settings(max_examples=25)
    @given(st.lists(st.tuples(*[cell] * len(names)), min_size=1, max_size=8))
    def law(rows: Any) -> None:
        listings = listings_of(rows, names)
        assert found_by(rule, listings) == found_by(replace(rule, suspects=None), listings)

    law()


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.several], ids=lambda rule: rule.code)
def test_a_rule_of_several_rows_says_nothing_of_one_that_meets_no_other(rule: Any) -> None:
    names = names_of(rule)
    cell = values(rule)

    @settings(max_examples=25)
    @given(st.tuples(*[cell] * len(names)))
    def law(row: Any) -> None:
        keys = [row[names.index(key)] for key in rule.keys]
        assume(len({*keys}) == len(keys))  # else it meets itself
        assert found_by(replace(rule, suspects=None, several=False), listings_of([row], names)) == []

    law()


def listings_of(rows: Any, names: Any) -> Listings:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row").with_columns(
        pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE)
    )
    frame = frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names)
    return Listings(frame, (Source("any.csv", None, {}, {}),))
