"""Rules that look at the whole run and say once what is true of many rows: one finding a subject, not one a row.

A function marked `@sheetwide(CODE, ..., fields=...)` gets the `Run` and yields batches, most of them made by `once`. It is asked only
where one of its codes is wanted. `fields` gives the plain names of the fields that it reads: of a large master only these are kept.
A judge that reads rows has a `look`, which takes from a part of the rows what may matter: a count, and the few rows that it may speak
of. The judge gets the looks of all parts as a second argument, and no rows. A judge without one reads no fields.
What each code means is documented by `given`, as for every rule that is judged outside the engine.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import polars as pl
from msgspec import Struct

from listingkit.config import Config
from listingkit.fields import fields as all_fields
from listingkit.finding import Flaw, Safety
from listingkit.rules.engine import catalogue, wanted
from listingkit.rules.findings import Batch
from listingkit.rules.task import Run

MANY = 3  # more rows than this, and more than half: then it is a fact about the sheet


class Look(NamedTuple):
    """What a judge takes of a part of the rows: a count, and rows that it may speak of, or whatever else it adds up."""

    about: tuple[Any, ...]  # looks about the same are put together, in the order of the parts
    of: int = 0
    places: pl.DataFrame = pl.DataFrame()  # as of a batch, with more columns where the judge asks for them

    def moved(self, by: int) -> "Look":
        """The same of rows that begin so much lower."""
        located = by and self.places.height and "index" in self.places.columns
        return self._replace(places=self.places.with_columns(pl.col("index") + by)) if located else self


class SheetRule(Struct, frozen=True):
    """A judge of whole runs."""

    codes: tuple[str, ...]
    fields: Callable[[], Iterable[str]]
    judge: Callable[..., Iterator[Batch]]
    look: Callable[[Run], Iterator[Look]] | None

    @property
    def names(self) -> frozenset[str]:
        """The plain names of the fields that it reads, every place of a family by itself."""
        return frozenset(plain for name in self.fields() for plain in (all_fields()[name].names if name in all_fields() else (name,)))

    def looks(self, run: Run, start: int = 0) -> Iterator[Look]:
        """What it takes of rows that begin at `start` of the whole."""
        if self.look is not None:
            yield from (look.moved(start) for look in self.look(run))

    def batches(self, run: Run, looks: Sequence[Look] | None = None) -> Iterator[Batch]:
        """What it says of a run, as far as the config wants its codes; where it has `looks` of all parts, it reads no more rows."""
        found = self.judge(run) if self.look is None else self.judge(run, together(list(self.looks(run)) if looks is None else looks))
        return (batch for batch in found if wanted(batch.code, run.config))


_RULES: list[SheetRule] = []


def sheetwide(
    *codes: str, fields: Callable[[], Iterable[str]], look: Callable[[Run], Iterator[Look]] | None = None
) -> Callable[[Callable[..., Iterator[Batch]]], Callable[..., Iterator[Batch]]]:
    """Register a judge of whole runs under the codes that it gives."""

    def register(judge: Callable[..., Iterator[Batch]]) -> Callable[..., Iterator[Batch]]:
        _RULES.append(SheetRule(codes, fields, judge, look))
        return judge

    return register


def together(looks: Sequence[Look]) -> list[Look]:
    """Looks about the same as one, in the order of the parts."""
    about: dict[tuple[Any, ...], list[Look]] = {}
    for look in looks:
        about.setdefault(look.about, []).append(look)
    return [Look(key, sum(one.of for one in same), pl.concat([one.places for one in same])) for key, same in about.items()]


def sheet_rules(config: Config) -> list[SheetRule]:
    """Those of which somebody wants a code."""
    return [rule for rule in _RULES if any(wanted(code, config) for code in rule.codes)]


def sheet_batches(run: Run) -> Iterator[Batch]:
    """What every such rule says of a run."""
    for rule in sheet_rules(run.config):
        yield from rule.batches(run)


def once(run: Run, code: str, stores: Sequence[str], flaw: Flaw, *, column: str, source: int = 0) -> Batch:
    """One finding without a row, about a column (or a field that the sheet lacks) in these marketplaces."""
    nowhere = pl.DataFrame(
        {"index": [None], "row": [None], "source": [source], "sku": [None], "value": [None]},
        schema={"index": pl.UInt32, "row": pl.UInt32, "source": pl.UInt16, "sku": pl.String, "value": pl.String},
    )
    return _batch(run, code, stores, [flaw], column, nowhere)


def rowwise(run: Run, code: str, stores: Sequence[str], rows: Sequence[int] | pl.DataFrame, flaws: Sequence[Flaw], *, column: str) -> Batch:
    """One finding a row of the frame, at a column; rows by their numbers or places."""
    return _batch(run, code, stores, flaws, column, rows if isinstance(rows, pl.DataFrame) else located(run, rows, column))


def located(run: Run, rows: Sequence[int] | pl.Series, column: str) -> pl.DataFrame:
    """The places of rows of the frame, with what they hold in a column."""
    from listingkit.rules.run import places  # run asks this module

    return places(run.frame, rows, column if column in run.frame.columns else None)


def told(
    run: Run, code: str, stores: Sequence[str], rows: pl.Series | pl.DataFrame, *, of: int, row: str, whole: str, column: str
) -> Iterator[Batch]:
    """One finding a row where a few of `of` rows are concerned; one for all where it is most of them."""
    if len(rows) > MANY and 2 * len(rows) > of:
        yield once(run, code, stores, Flaw(whole), column=column)
    elif len(rows):
        where = rows if isinstance(rows, pl.DataFrame) else rows.to_list()
        yield rowwise(run, code, stores, where, [Flaw(row)] * len(rows), column=column)


def _batch(run: Run, code: str, stores: Sequence[str], flaws: Sequence[Flaw], column: str, where: pl.DataFrame) -> Batch:
    rule = catalogue()[code]
    return Batch(
        code=code,
        name=rule.name,
        severity=rule.severity,
        safety=rule.fix or Safety.ASK,
        field=column.partition("@")[0],
        column=column,
        marketplaces=run.shown(stores, specific=True),
        stores=tuple(store for store in stores if store),
        places=where,
        flaws=flaws,
    )


def listed(names: Sequence[str], most: int = 5) -> str:
    """Some names in a sentence: the first few, and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
