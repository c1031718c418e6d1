"""What differs between two uploads: one line a change, in columns."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import polars as pl
from msgspec import Struct, field
from msgspec.structs import asdict

from listingkit.diff.side import Side

Kind = Literal["added", "changed", "moved", "removed", "vanished", "unknown", "unclear", "duplicate", "misordered"]

SCHEMA = {
    "sku": pl.String,
    "kind": pl.String,
    "path": pl.String,
    "field": pl.String,
    "old": pl.String,
    "new": pl.String,
    "risk": pl.String,
    "dangerous": pl.Boolean,
}


class Change(Struct, frozen=True):
    """One difference, as jsonl writes it.

    kind      is about
    added     a listing that the previous state does not hold
    changed   one cell; `new` is None where a value is erased, `old` where there was none
    moved     numbered slots whose values stand in another order; `old` and `new` hold one value a line
    removed   a row that deletes its listing
    vanished  a listing whose row is missing: it stays live
    unknown   a partial update or deletion of a SKU that the previous state does not hold
    unclear   a row whose action nobody knows
    duplicate a SKU that stands in the file more than once
    misordered  a deletion of a parent before its children
    """

    sku: str
    kind: Kind
    path: str | None = None
    field: str | None = None
    old: str | None = None
    new: str | None = None
    risk: str | None = None
    dangerous: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The contract of the json and jsonl formats."""
        return asdict(self)


class Cells(NamedTuple):
    """Where the two states differ, cell by cell, before anything is summed up: what the delta is made of.

    `frame`: old_row, new_row (rows of the two sides), key, old, new. `rows` says how rows were matched: old_row, new_row, action.
    """

    frame: pl.DataFrame
    rows: pl.DataFrame


class Changes(Struct, frozen=True):
    """Every change in a fixed order: listings by SKU, cells in the order of our fields."""

    frame: pl.DataFrame  # columns as in SCHEMA
    unchanged: pl.Series  # SKUs whose rows say what is live already
    old: Side
    new: Side
    cells: Cells
    advice: Mapping[str, pl.Series] = field(default_factory=dict)  # risk code -> SKUs; too many to be changes, too good not to say
    uncompared: tuple[str, ...] = ()  # columns of the previous state that this upload cannot touch
    notes: tuple[str, ...] = ()  # what a reader should know about the comparison, in sentences

    def __iter__(self) -> Iterator[Change]:
        for batch in self.frame.iter_slices(10_000):
            for row in batch.iter_rows():
                yield Change(*row)

    def __len__(self) -> int:
        return self.frame.height

    @property
    def dangerous(self) -> pl.DataFrame:
        """The changes that need somebody's yes."""
        return self.frame.filter(pl.col("dangerous"))

    def counts(self) -> dict[str, int]:
        """Listings by what happens to them: added, changed, removed, vanished, unchanged; cells: changed or moved; dangerous changes."""
        listings = dict(self.frame.group_by("kind").agg(pl.col("sku").n_unique()).iter_rows())
        cells = self.frame.filter(pl.col("path").is_not_null())
        return {
            "added": listings.get("added", 0),
            "changed": cells.get_column("sku").n_unique(),
            "removed": listings.get("removed", 0),
            "vanished": listings.get("vanished", 0),
            "unchanged": len(self.unchanged),
            "cells": cells.height,
            "dangerous": self.frame.get_column("dangerous").sum(),
        }

    def risks(self) -> dict[str, int]:
        """How often each risk code occurs, in the order of codes."""
        return _counted(self.frame)

    def dangers(self) -> dict[str, int]:
        """The same of the dangerous changes alone."""
        return _counted(self.dangerous)


def _counted(changes: pl.DataFrame) -> dict[str, int]:
    return dict(changes.drop_nulls("risk").group_by("risk").len().sort("risk").iter_rows())
