"""Variation families: parents, children and what holds them together. One family gives one coherent set of findings."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from listingkit.finding import Flaw
from listingkit.rules.engine import across, given
from listingkit.rules.findings import Batch
from listingkit.rules.sheetwide import Look, located, sheetwide, told
from listingkit.rules.task import Run, kept

CHECKED = date(2026, 9, 30)
_FAMILY = ("sku", "parent_sku", "parentage_level")


def _in_any_case(key: pl.Expr) -> pl.Expr:
    return key.str.to_lowercase()


def _heads_and_names_differ() -> pl.Expr:
    """A child in a group without a head, or whose members are not all spelled the same."""
    named = pl.col("#role") == "parent_sku"
    spelled = pl.when(named).then("parent_sku").otherwise("sku")
    return named.any() & (named.all() | (spelled.n_unique() > 1))


@across(
    "VAR001",
    fields=_FAMILY,
    keys=("sku", "parent_sku"),
    normal=_in_any_case,
    good=[[("P", None, "Parent"), ("C", "P", "Child")]],
    bad=[[("C", "P", "Child")], [("P", None, "Parent"), ("C", "p", "Child")]],
    why="A child whose parent is neither in the file nor live fails with 8007; where the parent is live, add its row all the same.",
    source="Amazon error 8007: parent SKU not recognised; templates 2026: case of a SKU is kept",
    checked=CHECKED,
    fix="ask",
    errors=("8007",),
    suspects=_heads_and_names_differ,
)
def orphan_child(rows: Sequence[Any]) -> Iterator[tuple[int, Flaw]]:
    """The parent of every child stands in the file, written the same."""
    heads = [row.sku for row in rows if row.role == "sku"]
    for position, row in enumerate(rows):
        if row.role != "parent_sku" or row.parent_sku in heads:
            continue
        if heads:
            yield position, Flaw(f"the parent is written {heads[0]!r}, not {row.parent_sku!r}", fix=heads[0], field="parent_sku")
        else:
            yield position, Flaw(f"parent {row.parent_sku} of this child is not in the file", field="parent_sku")


@across(
    "VAR002",
    fields=_FAMILY,
    keys=("sku", "parent_sku"),
    normal=_in_any_case,
    good=[[("P", None, "Parent"), ("C", "P", "Child")], [("S", None, None)]],
    bad=[[("P", None, "Parent")]],
    why="A parent is not for sale: without children buyers see nothing of it.",
    source="Amazon variation relationships: a parent groups its children",
    checked=CHECKED,
    severity="warning",
    suspects=lambda: (
        (pl.col("#role") == "sku").any()
        & ~(pl.col("#role") == "parent_sku").any()
        & (pl.col("parentage_level").str.to_lowercase() == "parent").any()
    ),
)
def parent_without_children(rows: Sequence[Any]) -> Iterator[tuple[int, Flaw]]:
    """Every parent has a child in the file."""
    if any(row.role == "parent_sku" for row in rows):
        return
    for position, row in enumerate(rows):
        if (row.parentage_level or "").lower() == "parent":
            yield position, Flaw(f"parent {row.sku} has no child in the file", field="parentage_level")


given(
    "VAR013",
    "parent-without-parentage",
    "A row that names a parent says that it is a child.",
    category="variation",
    why="Without its parentage the row is a listing of its own, and a full update may take it out of the family it is in.",
    source="Amazon variation relationships; unified templates 2025 and 2026: children have the parentage level child",
    checked=date(2026, 11, 27),
    severity="warning",
    errors=("99001", "90220"),
    good=["parent SKU HG-MUG, parentage Child"],
    bad=["parent SKU HG-MUG, parentage (blank)"],
)


def _silent(run: Run) -> Iterator[Look]:
    if "parent_sku" in run.frame.columns:
        level = pl.col("parentage_level") if "parentage_level" in run.frame.columns else pl.lit(None, pl.String)
        silent = pl.col("parent_sku").is_not_null() & level.is_null() & kept(run)
        rows = run.frame.select(silent.alias("silent"))["silent"].arg_true()
        yield Look((), run.frame["parent_sku"].count(), located(run, rows, "parentage_level"))


@sheetwide("VAR013", fields=lambda: _FAMILY, look=_silent)
def parent_without_parentage(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """One finding a row, or one where most rows that name a parent do not say what they are."""
    for _, of, found in looks:
        row = "the row names a parent, but not that it is a child"
        whole = f"{found.height} of the {of} rows that name a parent do not say that they are children"
        yield from told(run, "VAR013", tuple(run.views), found, of=of, row=row, whole=whole, column="parentage_level")
