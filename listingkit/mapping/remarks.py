"""Rows that hold a remark instead of a listing: how to fill in the sheet, who to ask, what the stars mean."""

from dataclasses import replace

import polars as pl
from msgspec import structs

from listingkit.finding import Finding, Severity
from listingkit.mapping.assign import note
from listingkit.master.sheet import ROW, Master

COLUMNS = 4  # a narrower sheet may well have rows of one cell
SAME = 3  # first columns whose cells say what their header says
LONG = 100  # characters; or a text of several lines


def without_remarks(master: Master) -> tuple[Master, tuple[Finding, ...]]:
    """The sheet without rows whose only cell is a long text, and a finding for each of them."""
    master, repeated = _without_headers(master)
    columns = [name for name in master.frame.columns if name != ROW]
    if len(columns) < COLUMNS:
        return master, repeated
    filled = pl.sum_horizontal(pl.col(name).is_not_null() for name in columns)
    alone = master.frame.lazy().filter(filled == 1).select(ROW, text=pl.coalesce(columns)).collect()
    told = alone.filter((pl.col("text").str.len_chars() > LONG) | pl.col("text").str.contains("\n", literal=True))
    if told.is_empty():
        return master, repeated
    notes = tuple(_note(master, row, text) for row, text in told.iter_rows())
    kept = master.frame.filter(~pl.col(ROW).is_in(told[ROW].implode()))
    return structs.replace(master, frame=kept), (*repeated, *notes)


def _without_headers(master: Master) -> tuple[Master, tuple[Finding, ...]]:
    """The sheet without rows that say its header again, as exports have them that were cut into pages."""
    named = [column for column in master.columns if column.header]
    if len(named) < SAME:
        return master, ()
    again = pl.all_horizontal(pl.col(column.letter).str.strip_chars().eq_missing(pl.lit(column.header)) for column in named[:SAME])
    rows = master.frame.lazy().filter(again).select(ROW).collect()[ROW]
    if rows.is_empty():
        return master, ()
    told = "the row says the header again and is left out"
    notes = tuple(replace(note("MAP010", "remark-left-out", Severity.INFO, told, master), row=row) for row in rows)
    return structs.replace(master, frame=master.frame.filter(~pl.col(ROW).is_in(rows.implode()))), notes


def _note(master: Master, row: int, text: str) -> Finding:
    shown = " ".join(text.split())
    told = f"the row holds nothing but a remark and is left out: {shown[:60]!r}"
    return replace(note("MAP010", "remark-left-out", Severity.INFO, told, master), row=row, value=text)
