"""Rows of a worksheet's XML as one long table of cells, all at once where the writer was regular, one by one where it was not.

Every element of a chunk must be accounted for by the fast way; where one is not, the chunk is read again cell by cell.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from listingkit.errors import Unreadable
from listingkit.master.elements import elements
from listingkit.master.oddrows import WIDEST, odd_cells
from listingkit.master.sheet import index
from listingkit.master.texts import decoded

MOST_COLUMNS = 4_096  # with something in them; the widest inventory templates have some 700
TALLEST = 1_048_576
_PREFIX = re.compile(rb"<(\w+:)?row\b")
_NUMBER = r'\br="([0-9]{1,9})"'
_HIDDEN = r"""\bhidden=["'](?:1|true)["']"""
_ADDRESS = re.compile(r'([A-Z])[0-9]["0-9]|([A-Z]{2})[0-9]|([A-Z]{3})')  # its first three characters
_WHOLE = "^[A-Z]{1,3}[0-9]"
THREE_LETTERS = 26 + 26 * 26  # columns before AAA
_MARK = re.compile(r'"(?: [\w:]+="[^"<>]*")* ?/?')
_TABLE = {"place": pl.UInt32, "column": pl.UInt32, "mark": pl.String, "value": pl.String, "formula": pl.Boolean}


class Cells(NamedTuple):
    """The cells of consecutive rows that have something in them, one below the other in any order.

    `table` has the `place` of a cell's row in `rows`, its `column` from 0, the place of its `mark` in `marks` (what its tag says after
    the address), its `value` as the XML writes it, and, unless none has, whether it has a `formula`.
    """

    rows: pl.Series  # numbers as Excel shows them
    hidden: list[int]
    width: int  # columns, from the first
    marks: list[str]
    table: pl.DataFrame


class RowScan:
    """Scans one sheet, chunk by chunk; each chunk ends where a row ends."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._row = 0

    def scan(self, chunk: bytes) -> Cells:
        """The cells of a chunk. Raises Unreadable for rows that no sheet has, and for text that is not UTF-8."""
        cells = _regular(chunk) or self._odd(decoded(chunk, self._name))
        if cells.width > MOST_COLUMNS and cells.table.get_column("column").n_unique() > MOST_COLUMNS:
            raise Unreadable(f"{self._name}: has more than {MOST_COLUMNS:,} columns; no product sheet does, so delete the stray ones")
        self._in_order(cells.rows)
        return cells

    def _odd(self, chunk: str) -> Cells:
        rows, hidden, cells = odd_cells(chunk, self._row, self._name)
        table = pl.DataFrame(cells, schema=_TABLE, orient="row")
        marks, codes = _coded(table.get_column("mark"))
        width = max((column + 1 for _, column, *_ in cells), default=0)
        return Cells(pl.Series(rows, dtype=pl.UInt32), hidden, width, marks, table.with_columns(codes))

    def _in_order(self, rows: pl.Series) -> None:
        if rows.is_empty():
            return
        if rows[0] <= self._row or rows[-1] > TALLEST or not (rows.head(-1) < rows.tail(-1)).all():
            raise Unreadable(f"{self._name}: the workbook's rows are out of order; open it in Excel and save it again")
        self._row = rows[-1]


def _regular(chunk: bytes) -> Cells | None:
    """The cells of a chunk that is written as nearly all programs write it, else None."""
    match, lines = _PREFIX.search(chunk), elements(chunk)
    if match is None or lines is None:
        return None
    prefix, tag = (match[1] or b"").decode(), pl.col("tag")
    begin = f'{prefix}c r="'
    lines = lines.with_columns(
        tag.str.starts_with(begin).alias("cell"), (tag == f"{prefix}v").alias("value"), tag.str.starts_with(f"{prefix}row ").alias("row")
    )
    lines = lines.with_columns((pl.col("row").cum_sum().cast(pl.UInt32) - 1).alias("place"))
    rows = lines.filter("row").select(tag.str.extract(_NUMBER).cast(pl.UInt32).alias("number"), tag.str.contains(_HIDDEN).alias("hidden"))
    alone = int(lines.get_column("tag").str.ends_with("/").sum())
    if rows.get_column("number").has_nulls() or not lines.get_column("row")[0] or chunk.count(b"<") != 2 * lines.height - alone:
        return None
    cells = _plain(lines)
    if cells is None:
        cells = _mixed(lines, prefix)
    found = None if cells is None else _addressed(cells, len(begin))
    hidden = rows.filter("hidden").get_column("number").to_list()
    return None if found is None else Cells(rows.get_column("number"), hidden, *found)


def _plain(lines: pl.DataFrame) -> pl.DataFrame | None:
    """`place`, `tag` and `value` of the cells with something in them; None where some have more than a value."""
    cell, value = lines.get_column("cell"), lines.get_column("value")
    full = cell & value.shift(-1, fill_value=False)
    values = lines.filter(value).get_column("text").alias("value")
    if full.sum() < len(values) or values.has_nulls() or not (cell | value | lines.get_column("row")).all():
        return None
    return lines.filter(full).select("place", "tag").with_columns(values)


def _mixed(lines: pl.DataFrame, prefix: str) -> pl.DataFrame | None:
    """The same, and whether there is a `formula`; texts in the cells included. None where there is more, such as formatted runs."""
    tag, cell = lines.get_column("tag"), lines.get_column("cell")
    texts = lines.get_column("value") | (tag == f"{prefix}t") | tag.str.starts_with(f"{prefix}t ")
    formulas = (tag == f"{prefix}f") | tag.str.starts_with(f"{prefix}f ")
    idle = tag.is_in([f"{prefix}{name}" for name in ("is", "is/", "t/", "v/", "f/")])
    at = cell.cum_sum().cast(pl.Int32) - 1
    text_at, formula_at = at.filter(texts), at.filter(formulas)
    numbers = pl.int_range(len(text_at), dtype=pl.UInt32, eager=True)
    known = texts | formulas | idle | cell | lines.get_column("row")
    if not known.all() or (text_at.diff() == 0).any() or (text_at < 0).any() or (formula_at < 0).any():
        return None
    cells = lines.filter(cell).select("place", "tag")
    sources = pl.repeat(None, cells.height, dtype=pl.UInt32, eager=True).scatter(text_at, numbers)
    values = lines.filter(texts).get_column("text").gather(sources).fill_null("").alias("value")
    formula = pl.repeat(value=False, n=cells.height, eager=True).scatter(formula_at, True).alias("formula")
    return cells.with_columns(values, formula).filter((pl.col("value") != "") | pl.col("formula"))


def _addressed(cells: pl.DataFrame, begin: int) -> tuple[int, list[str], pl.DataFrame] | None:
    """How many columns there are, the marks, and the cells with `column` and `mark` in place of their tags; None where a tag is odd.

    `begin` is where the address starts in a tag.
    """
    cells = cells.with_columns(pl.col("tag").str.slice(begin))
    tag = pl.col("tag")
    parts = cells.select(tag.str.slice(0, 3).alias("head"), tag.str.slice(tag.str.find('"', literal=True)).fill_null("").alias("mark"))
    heads, head = _coded(parts.get_column("head"))
    marks, mark = _coded(parts.get_column("mark"))
    columns = [_column(text) for text in heads]
    width = max(columns, default=-1) + 1
    if min(columns, default=0) < 0 or width > WIDEST or not all(map(_MARK.fullmatch, marks)):
        return None
    if width > THREE_LETTERS and not cells.get_column("tag").str.contains(_WHOLE).all():
        return None
    return width, marks, cells.drop("tag").with_columns(pl.Series("column", columns, dtype=pl.UInt32).gather(head), mark)


def _coded(texts: pl.Series) -> tuple[list[str], pl.Series]:
    """The distinct texts of a column that has few of them, and for each row which one it is."""
    distinct = texts.unique()
    return distinct.to_list(), texts.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32)


@lru_cache(maxsize=1 << 16)
def _column(head: str) -> int:
    """The column of an address that begins so; -1 where none does."""
    match = _ADDRESS.fullmatch(head)
    return index("".join(match.groups(""))) if match else -1
