"""Rules across rows on rows that are spread over many files: every group of rows that share a key meets in one bucket.

A shuffle is what the rules with the same keys need: the columns they read, and the keys whose hash says into which buckets a row
goes. In its bucket a group is judged by the same code as everywhere; groups that only pass through are left to their own bucket.
"""

from collections.abc import Iterator, Sequence

import polars as pl
from msgspec import Struct

from listingkit.mapping.listings import SOURCE
from listingkit.master.sheet import ROW
from listingkit.rules.engine import Rule
from listingkit.rules.groups import Fold
from listingkit.rules.task import Run

BUCKET = "#bucket"
_AT = "#at"  # number of a row


class Shuffle(Struct, frozen=True):
    """Rules across rows that meet by the same keys."""

    rules: tuple[Rule, ...]
    columns: tuple[str, ...]  # of the listings
    folds: tuple[Fold, ...]  # what they meet by

    @property
    def several(self) -> bool:
        """Whether none of the rules has anything to say of a row that meets no other."""
        return all(rule.several for rule in self.rules)


def shuffles(run: Run, rules: Sequence[Rule]) -> list[Shuffle]:
    """The shuffles for the listings of a run, in an order that is the same for the same rules."""
    together: dict[tuple[object, ...], list[Rule]] = {}
    for rule in rules:
        if rule.scope == "across" and any(rule.in_force(run.contexts[code]) for code in run.views):
            together.setdefault((rule.keys, rule.normal), []).append(rule)
    made = [_shuffle(run, same) for same in together.values()]
    return [shuffle for shuffle in made if shuffle.folds]


def _shuffle(run: Run, rules: Sequence[Rule]) -> Shuffle:
    plain = {"sku", "record_action", "brand", "product_type", *(field for rule in rules for field in rule.fields)}
    held = {column for view in run.views.values() for name, column in view.columns.items() if name in plain}
    columns = [column for column in run.frame.columns if column in held or column in (ROW, SOURCE)]
    named = {view.columns[key] for view in run.views.values() for key in rules[0].keys if key in view.columns}
    return Shuffle(tuple(rules), tuple(columns), tuple((name, rules[0].normal) for name in sorted(named)))


def buckets(rows: pl.DataFrame, numbers: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    """The rows of each bucket that has any; `numbers` say by key into which one every row goes, null where into none."""
    first, *others = numbers.columns
    spread = rows.with_columns(numbers[first].alias(BUCKET))
    if others:  # a row whose keys meet in several buckets goes into each of them once
        placed = pl.concat(_new_places(numbers)).sort(_AT, BUCKET)
        spread = rows[placed[_AT]].hstack([placed[BUCKET]])
    for (number,), mine in spread.drop_nulls(BUCKET).partition_by(BUCKET, as_dict=True, include_key=False).items():
        yield int(number), mine


def _new_places(numbers: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """By key which rows it brings into which bucket, where no key before it did."""
    rows = numbers.with_row_index(_AT)
    for place, name in enumerate(numbers.columns):
        others = [pl.col(name).ne_missing(pl.col(one)) for one in numbers.columns[:place]]
        yield rows.filter(pl.col(name).is_not_null(), *others).select(_AT, pl.col(name).alias(BUCKET))
