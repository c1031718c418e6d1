"""Parts of a batch: some of its rows, some of its marketplaces. The judge is not asked again."""

from collections.abc import Collection, Iterator, Sequence

import polars as pl
from msgspec.structs import replace

from listingkit.rules.findings import Batch

_DEBRIS = "XLS008"


def of_rows(batch: Batch, places: pl.Series) -> Batch | None:
    """The flaws at these places (a mask over the batch); None where none is left."""
    if not places.any():
        return None
    if places.all():
        return batch
    kept = places.arg_true().to_list()
    moved = {old: new for new, old in enumerate(kept)}
    also = tuple((row, moved[place]) for row, place in batch.also if place in moved)
    return replace(batch, places=batch.places[kept], flaws=[batch.flaws[place] for place in kept], also=also)


def without_debris(batches: Sequence[Batch]) -> Iterator[Batch]:
    """The batches, but of a cell that holds a spreadsheet's error or formula only that it does: the rest follows from it."""
    debris: dict[str, set[int]] = {}
    for batch in batches:
        if batch.code == _DEBRIS:
            rows = zip(batch.places["index"], batch.flaws, strict=True)
            debris.setdefault(batch.column, set()).update(row for row, flaw in rows if flaw.fix is None)
    for batch in batches:
        if batch.code == _DEBRIS or batch.covers is not None or not debris.get(batch.column):
            yield batch
        elif part := of_rows(batch, ~batch.places["index"].is_in(list(debris[batch.column]))):
            yield part


def of_covered(batch: Batch, rows: pl.Series, skus: pl.Series | None) -> Batch | None:
    """A finding about a whole column, for some of the rows that it covers (a mask over `covers`); it says so, and names the first of them.

    `skus` are those of all rows.
    """
    assert batch.covers is not None
    if not rows.any():
        return None
    if rows.all():
        return batch
    covers = batch.covers.filter(rows)
    first = batch.first if batch.first is None or skus is None else skus[covers[0]] or ""
    return replace(batch, covers=covers, of=batch.of or batch.covers.len(), first=first)


def of_stores(batch: Batch, stores: Collection[str]) -> Batch | None:
    """The batch for some of its marketplaces, named; None where none is left."""
    kept = tuple(store for store in batch.stores if store in stores)
    if len(kept) == len(batch.stores):
        return batch
    return replace(batch, stores=kept, marketplaces=kept) if kept else None


def rows_of(batch: Batch) -> Iterator[int]:
    """The rows of the listings that a batch is about."""
    if batch.covers is not None:
        yield from batch.covers.to_list()
    else:
        yield from batch.places["index"].drop_nulls().to_list()
