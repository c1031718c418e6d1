"""Rows that hold a remark instead of a listing: how to fill in the sheet, who to ask, what the stars mean."""

from dataclasses import replace

import polars as pl

from listingkit.finding import Finding, Severity
from listingkit.mapping.assign import note
from listingkit.master.sheet import ROW, Master

COLUMNS = 4  # a narrower sheet may well have rows of one cell
LONG = 100  # characters; or a text of several lines


def without_remarks(master: Master) -> tuple[Master, tuple[Finding, ...]]:
    """The sheet without rows whose only cell is a long text, and a finding for each of them."""
    columns = [name for name in master.frame.columns if name != ROW]
    if len(columns) < COLUMNS:
        return master, ()
    filled = pl.sum_horizontal(pl.col(name).is_not_null() for name in columns)
    alone = master.frame.lazy().filter(filled == 1).select(ROW, text=pl.coalesce(columns)).collect()
    told = alone.filter((pl.col("text").str.len_chars() > LONG) | pl.col("text").str.contains("\n", literal=True))
    if told.is_empty():
        return master, ()
    notes = tuple(_note(master, row, text) for row, text in told.iter_rows())
    kept = master.frame.filter(~pl.col(ROW).is_in(told[ROW].implode()))
    return replace(master, frame=kept), notes


def _note(master: Master, row: int, text: str) -> Finding:
    shown = " ".join(text.split())
    told = f"the row holds nothing but a remark and is left out: {shown[:60]!r}"
    return replace(note("MAP010", "remark-left-out", Severity.INFO, told, master), row=row, value=text)
