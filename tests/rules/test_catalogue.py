"""The catalogue tests itself: good is clean, bad is flagged, the fix fixes, one flaw gives one finding, a column is only many values."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from listingkit.fields import fields
from listingkit.finding import Safety
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import marketplaces
from listingkit.master.sheet import ROW, Column
from listingkit.rules.engine import catalogue
from listingkit.rules.run import check

AS_OF = date(2026, 11, 1)
REVIEWED = date(2026, 11, 27)  # nobody has read a source after this day
JUDGED = [rule for rule in catalogue().values() if rule.scope != "given"]
EXAMPLES = [(rule, example) for rule in JUDGED for example in rule.good]
BROKEN = [(rule, example) for rule in JUDGED for example in rule.bad_examples]


def columns_of(rule: Any) -> Any:
    names: list[str] = []
    for spec in rule.fields[:1] if rule.each else rule.fields:
        plain = spec.rstrip("*")
        names += fields()[plain].names if spec.endswith("*") else [fields()[plain].names[0]]
    return names


def table(rule: Any, example: Any) -> Any:
    """The rows that an example stands for, as listings."""
    rows = example if rule.scope != "row" else [example]
    if rule.scope == "column":
        rows = list(rows)
    rows = [row if isinstance(row, tuple) else (row,) for row in rows]
    rows = [tuple(cell for part in row for cell in (part if isinstance(part, tuple) else (part,))) for row in rows]
    names = columns_of(rule)
    frame = pl.DataFrame({name: [row[n] for row in rows] for n, name in enumerate(names)}, schema=dict.fromkeys(names, pl.String))
    frame = frame.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE))
    origins = {name: Column(chr(65 + n), name) for n, name in enumerate(names)}
    evidence = {names[0]: rule.evidence} if rule.evidence else {}
    return Listings(frame, (Source("examples.csv", None, origins, evidence),))


def findings(rule: Any, listings: Any) -> Any:
    stores = [marketplaces()[next(iter(sorted(rule.stores)))]] if rule.stores else [marketplaces()["US"]]
    as_of = max(AS_OF, rule.since or AS_OF)
    if rule.until:
        as_of = min(as_of, rule.until - timedelta(days=1))
    return check(listings, stores, as_of=as_of, config=replace(rule.setting, select=(rule.code,)))


def name_of(case: Any) -> Any:
    rule, example = case
    return f"{rule.code}-{str(example)[:40]!r}"


@pytest.mark.parametrize("case", EXAMPLES, ids=name_of)
def test_good_examples_are_clean(case: Any) -> None:
    rule, example = case
    assert [found.message for found in findings(rule, table(rule, example))] == []


@pytest.mark.parametrize("case", BROKEN, ids=name_of)
def test_bad_examples_are_flagged(case: Any) -> None:
    rule, example = case
    found = findings(rule, table(rule, example))
    assert len(found) >= 1
    assert {one.code for one in found} == {rule.code}
    if rule.scope == "row":
        assert len(found) == 1
    for one in found:
        assert one.message
        assert not one.message.endswith(".")


@pytest.mark.parametrize("case", [case for case in BROKEN if case[0].scope == "row"], ids=name_of)
def test_the_fix_fixes(case: Any) -> None:
    rule, example = case
    listings = table(rule, example)
    (found,) = findings(rule, listings)
    if rule.bad:
        assert (found.fix.value if found.fix else None) == rule.bad[example]
    if found.fix is None:
        return
    assert rule.fix is not None, "a rule whose judge offers fixes says how safe they are"
    fixed = listings.frame.with_columns(pl.lit(found.fix.value or None, pl.String).alias(found.field))
    left = findings(rule, Listings(fixed, listings.sources))
    assert [one.message for one in left] == []


@pytest.mark.parametrize("rule", JUDGED, ids=lambda rule: rule.code)
def test_every_rule_says_what_a_reader_needs(rule: Any) -> None:
    assert rule.doc
    assert rule.why.endswith(".")
    assert rule.source
    assert date(2026, 1, 1) <= rule.checked <= REVIEWED
    assert rule.good
    assert rule.bad_examples
    assert rule.name == rule.name.lower()
    assert len({other.name for other in JUDGED}) == len(JUDGED)


@pytest.mark.parametrize("rule", [rule for rule in JUDGED if rule.scope == "row"], ids=lambda rule: rule.code)
def test_a_column_is_only_many_values(rule: Any) -> None:
    examples = [*rule.good, *rule.bad_examples]
    parts = [table(rule, example) for example in examples]
    if rule.study:
        pytest.skip("a rule that studies its column may judge a value differently in company")
    frame = pl.concat([part.frame for part in parts]).with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias(ROW))
    found = findings(rule, Listings(frame, parts[0].sources))
    assert [one.row for one in found] == [number for number in range(2, len(examples) + 2) if number >= 2 + len(rule.good)]


def test_safe_fixes_are_marked_by_the_rule() -> None:
    assert all(rule.fix in (None, Safety.SAFE, Safety.ASK) for rule in JUDGED)
