"""The seller's own key: missing, too long, twice in the file."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from listingkit.finding import Flaw
from listingkit.rules.engine import across, given, rule
from listingkit.rules.findings import Batch
from listingkit.rules.limits import Limit
from listingkit.rules.sheetwide import Look, located, sheetwide, told
from listingkit.rules.task import Run

CHECKED = date(2026, 9, 30)


@rule(
    "SKU001",
    fields=("sku",),
    blank=True,
    deletes=True,
    good=["AB-1"],
    bad=[None],
    why="The SKU is the key of every row: without it Amazon cannot tell which listing is meant and drops the row.",
    source="Amazon templates of 2025 and 2026: contribution_sku is Required in every one",
    checked=CHECKED,
    errors=("90220", "99001", "20005"),
    suspects=lambda sku: sku.is_null(),
)
def sku_missing(sku: str | None) -> Flaw | None:
    """Every row needs a SKU."""
    return None if sku else Flaw("no SKU in this row")


@rule(
    "SKU002",
    fields=("sku",),
    limit="sku.max_chars",
    deletes=True,
    good=["AB-1", "A" * 40],
    bad=["A" * 41],
    why="Amazon refuses longer SKUs, and cutting one makes it another listing.",
    source="Amazon templates 2026: parent SKU takes 1 to 40 characters",
    checked=CHECKED,
    errors=("90225",),
    suspects=lambda sku, limit: sku.str.len_chars() > limit.value,
)
def sku_too_long(sku: str, limit: Limit) -> Flaw | None:
    """A SKU may have at most 40 characters."""
    if len(sku) <= limit.value:
        return None
    return Flaw(f"SKU has {len(sku)} characters, {limit.value} are allowed")


@across(
    "SKU003",
    fields=("sku",),
    keys=("sku",),
    deletes=True,
    good=[[("AB-1",), ("AB-2",)]],
    bad=[[("AB-1",), ("AB-1",)]],
    why="Of two rows with one SKU the later overwrites the earlier, and nobody sees which one is live.",
    source="Seller Central: a SKU is unique within the seller's inventory",
    checked=CHECKED,
    errors=("90057",),
    together=True,
    several=True,
    suspects=lambda: pl.len() > 1,
)
def sku_duplicate(rows: Sequence[Any]) -> Iterator[tuple[int, Flaw]]:
    """A SKU may stand in one row only.

    It is told at every row after the first, and all of them are held back: only a person knows which one is right.
    """
    numbers = [str(row.number) for row in rows]
    shown = numbers if len(numbers) < 6 else [*numbers[:4], "...", numbers[-1]]
    for position, row in enumerate(rows[1:], 1):
        yield position, Flaw(f"SKU {row.sku} stands in rows {', '.join(shown[:-1])} and {shown[-1]}")


@across(
    "SKU004",
    fields=("sku",),
    keys=("sku",),
    deletes=True,
    normal=lambda sku: sku.str.to_lowercase().str.replace_all(r"\s+", ""),
    good=[[("AB-1",), ("AB-2",)], [("AB-1",), ("AB-1",)]],
    bad=[[("AB-1",), ("ab-1",)], [("AB-1",), ("AB -1",)]],
    why="Amazon keeps upper and lower case apart, people and Excel do not: one of the two is usually a slip and opens a second listing.",
    source="Amazon templates 2026: case and leading zeros of a SKU are kept",
    checked=CHECKED,
    severity="warning",
    several=True,
    suspects=lambda: pl.col("sku").n_unique() > 1,
)
def sku_differs_by_case(rows: Sequence[Any]) -> Iterator[tuple[int, Flaw]]:
    """Two SKUs should not differ only by case or spaces."""
    spellings = sorted({row.sku for row in rows})
    if len(spellings) > 1:
        for position, row in enumerate(rows):
            others = ", ".join(repr(sku) for sku in spellings if sku != row.sku)
            yield position, Flaw(f"SKU {row.sku!r} differs only by case or spaces from {others}")


given(
    "SKU006",
    "deletes-its-listing",
    "A row that deletes its listing is meant to.",
    category="sku",
    why="A deleted listing loses its rank, its stock link and its history, and where nothing is known of what is live the diff cannot ask.",
    source="inventory template values of ::record_action and update_delete",
    checked=date(2026, 11, 27),
    severity="warning",
    good=["listing action Edit (Partial Update)"],
    bad=["listing action Delete"],
)


def _deleting(run: Run) -> Iterator[Look]:
    if "record_action" in run.frame.columns:
        rows = run.frame["record_action"].is_in(["delete", "d", "x"]).arg_true()
        yield Look((), run.frame.height, located(run, rows, "record_action"))


@sheetwide("SKU006", fields=lambda: ("record_action",), look=_deleting)
def deletes_its_listing(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """One finding a row, or one where most rows delete."""
    for _, count, found in looks:
        row = "the row deletes its listing, with its rank and history"
        whole = f"{found.height} of {count} rows delete their listings"
        yield from told(run, "SKU006", tuple(run.views), found, of=count, row=row, whole=whole, column="record_action")
