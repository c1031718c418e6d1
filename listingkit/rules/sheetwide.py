"""Rules that look at the whole run and say once what is true of many rows: one finding a subject, not one a row.

A function marked `@sheetwide(CODE, ..., fields=...)` gets the `Run` and yields batches, most of them made by `once`. It is asked only
where one of its codes is wanted. `fields` gives the plain names of the fields that it reads: of a large master only these are kept.
What each code means is documented by `given`, as for every rule that is judged outside the engine.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import polars as pl

from listingkit.fields import fields as all_fields
from listingkit.finding import Flaw, Safety
from listingkit.rules.engine import catalogue, wanted
from listingkit.rules.findings import Batch
from listingkit.rules.task import Run

Judge = Callable[[Run], Iterator[Batch]]
Fields = Callable[[], Iterable[str]]
_JUDGES: list[tuple[tuple[str, ...], Fields, Judge]] = []
MANY = 3  # more rows than this, and more than half: then it is a fact about the sheet


def sheetwide(*codes: str, fields: Fields) -> Callable[[Judge], Judge]:
    """Register a judge of whole runs under the codes that it gives."""

    def register(judge: Judge) -> Judge:
        _JUDGES.append((codes, fields, judge))
        return judge

    return register


def sheet_batches(run: Run) -> Iterator[Batch]:
    """What every such rule says of a run, as far as the config wants its code."""
    for codes, _, judge in _JUDGES:
        if any(wanted(code, run.config) for code in codes):
            yield from (batch for batch in judge(run) if wanted(batch.code, run.config))


def sheet_names() -> frozenset[str]:
    """The same, with every place of a family by itself."""
    return frozenset(plain for name in sheet_fields() for plain in (all_fields()[name].names if name in all_fields() else (name,)))


def sheet_fields() -> Iterator[str]:
    """The plain names of the fields that such rules read."""
    for _, fields, _ in _JUDGES:
        yield from fields()


def once(run: Run, code: str, stores: Sequence[str], flaw: Flaw, *, column: str, source: int = 0) -> Batch:
    """One finding without a row, about a column (or a field that the sheet lacks) in these marketplaces."""
    nowhere = pl.DataFrame(
        {"index": [None], "row": [None], "source": [source], "sku": [None], "value": [None]},
        schema={"index": pl.UInt32, "row": pl.UInt32, "source": pl.UInt16, "sku": pl.String, "value": pl.String},
    )
    return _batch(run, code, stores, [flaw], column, nowhere)


def rowwise(run: Run, code: str, stores: Sequence[str], rows: Sequence[int], flaws: Sequence[Flaw], *, column: str) -> Batch:
    """One finding a row of the frame, at a column."""
    from listingkit.rules.run import places  # run asks this module

    known = column if column in run.frame.columns else None
    return _batch(run, code, stores, flaws, column, places(run.frame, rows, known))


def told(run: Run, code: str, stores: Sequence[str], rows: pl.Series, *, of: int, row: str, whole: str, column: str) -> Iterator[Batch]:
    """One finding a row where a few of `of` rows are concerned; one for all where it is most of them."""
    if len(rows) > MANY and 2 * len(rows) > of:
        yield once(run, code, stores, Flaw(whole), column=column)
    elif len(rows):
        yield rowwise(run, code, stores, rows.to_list(), [Flaw(row)] * len(rows), column=column)


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
