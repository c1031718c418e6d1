"""Cells of a worksheet to text, all those of one kind at a time."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import polars as pl

from listingkit.errors import Unreadable
from listingkit.master.blanks import without_blanks
from listingkit.master.notes import UNCALCULATED, Notebook
from listingkit.master.numbers import KEPT_DIGITS, Format, exact, iso_date, number_format
from listingkit.master.oddrows import WIDEST
from listingkit.master.reading import Block
from listingkit.master.rowscan import Cells
from listingkit.master.sheet import ROW, letter
from listingkit.master.texts import unescaped

BLOCK_CELLS = 4 << 20  # blank ones too
_PLAIN_NUMBER = r"^(?:0|-?[1-9][0-9]{0,14}|-?(?:0|[1-9][0-9]{0,9})\.[0-9]{0,4}[1-9])$"
_GENERAL = number_format("General")
_STYLE = re.compile(r'\bs="(\d{1,7})"')
_TYPE = re.compile(r'\bt="(\w+)"')
_KINDS = {"s": "shared", "inlineStr": "text", "str": "text", "b": "booleans", "e": "errors", "n": "number", "d": "text", "": "number"}


@lru_cache(maxsize=1 << 14)
def _kind_and_style(mark: str) -> tuple[str, int]:
    """The type and style of a mark."""
    type_, style = _TYPE.search(mark), _STYLE.search(mark)
    return _KINDS.get(type_[1] if type_ else "", "text"), int(style[1]) if style else 0


def meaning(mark: str, formats: Sequence[Format]) -> tuple[str, Format]:
    """What a mark counts as in the evidence (`numeric`, `text`, `dates`, `booleans` or `errors`), and its format."""
    kind, style = _kind_and_style(mark)
    format_ = formats[style] if style < len(formats) else _GENERAL
    if kind == "number":
        return ("dates" if format_.reads in {"date", "duration"} else "numeric"), format_
    return ("text" if kind == "shared" else kind), format_


class Conversion:
    """Turns cells of one sheet into frames."""

    def __init__(self, strings: pl.Series, formats: Sequence[Format], notes: Notebook, *, since_1904: bool) -> None:
        self._strings, self._formats, self._notes, self._since_1904 = strings, formats, notes, since_1904

    def blocks(self, cells: Cells) -> Iterator[Block]:
        """`#row` and one String column a column, blank cells null, with the marks of the cells counted."""
        step = max(BLOCK_CELLS // max(cells.width, 1), 1)
        for start in range(0, len(cells.rows), step):
            there = pl.col("place").is_between(start, start + step, closed="left")
            table = cells.table if len(cells.rows) <= step else cells.table.filter(there).with_columns(pl.col("place") - start)
            yield self._block(cells.rows.slice(start, step), cells.marks, table)

    def _block(self, rows: pl.Series, marks: Sequence[str], table: pl.DataFrame) -> Block:
        codes = table.get_column("mark")
        shared = pl.DataFrame(schema=table.schema)
        others: list[tuple[pl.DataFrame, pl.Series]] = []
        for (kind, format_), group in self._kinds(marks).items():
            cells = table.filter(codes.is_in(group)) if len(group) < len(marks) else table
            if kind == "shared":
                shared = cells
            else:
                others.append((cells.select("place", "column"), self._converted(cells, kind, format_, rows)))
        if "formula" in table.columns:
            self._tell_uncalculated(table.filter("formula"), marks, rows)
        columns = _columns(shared, self._places(shared.get_column("value")), self._strings, len(rows))
        if others:
            cells, texts = pl.concat([cells for cells, _ in others]), pl.concat([texts for _, texts in others])
            for number, column in _columns(cells, pl.int_range(len(texts), dtype=pl.UInt32, eager=True), texts, len(rows)).items():
                there = columns.get(number)
                columns[number] = column if there is None else there.zip_with(there.is_not_null(), column)
        frame = pl.DataFrame([rows.alias(ROW), *(columns[number].alias(letter(number)) for number in sorted(columns))])
        return Block(frame, lambda start: _counted(table.filter((pl.col("place") >= start) & (pl.col("value") != "")), marks))

    def _kinds(self, marks: Sequence[str]) -> Mapping[tuple[str, Format], Sequence[int]]:
        """What the marks say of a cell's value, and the places of those that say the same."""
        kinds: dict[tuple[str, Format], list[int]] = {}
        for place, (kind, style) in enumerate(map(_kind_and_style, marks)):
            format_ = self._formats[style] if kind == "number" and style < len(self._formats) else _GENERAL
            kinds.setdefault((kind, format_), []).append(place)
        return kinds

    def _converted(self, cells: pl.DataFrame, kind: str, format_: Format, rows: pl.Series) -> pl.Series:
        raw = cells.get_column("value")
        if kind == "text":
            return without_blanks(unescaped(raw))
        if kind == "booleans":
            return raw.replace(["1", "0", "true", "false"], ["TRUE", "FALSE", "TRUE", "FALSE"])
        if kind == "errors":
            self._tell_errors(cells, rows)
            return raw.clear(len(raw))  # no value: every rule that reads texts would find something wrong with the word
        raw = raw.set(raw == "", None)  # formulas that were never calculated
        return self._numbers(raw, format_, cells, rows)

    def _places(self, raw: pl.Series) -> pl.Series:
        """Places in the shared strings. Raises Unreadable."""
        places = raw.cast(pl.UInt32, strict=False)
        highest = places.max()
        if isinstance(highest, int) and highest >= len(self._strings):
            raise Unreadable(
                f"{self._notes.file}: the workbook is damaged (a cell points beyond its shared strings); open it in Excel and save it"
            )
        return places

    def _numbers(self, raw: pl.Series, format_: Format, cells: pl.DataFrame, rows: pl.Series) -> pl.Series:
        if format_.reads in {"date", "duration"}:
            since = self._since_1904
            distinct = raw.unique().drop_nulls()
            if format_.reads == "date":
                new = [iso_date(text, since_1904=since) if text else None for text in distinct]
            else:
                new = [exact(text) if text else None for text in distinct]
            return raw.replace(distinct, pl.Series(new, dtype=pl.String))
        odd = ~raw.str.contains(_PLAIN_NUMBER) & (raw != "")
        if odd.any():
            distinct = raw.filter(odd).unique()
            self._tell_lost_digits(cells, rows)
            raw = raw.replace(distinct, pl.Series([exact(text) for text in distinct], dtype=pl.String))
        if format_.reads == "padded":
            whole = raw.str.contains(r"^[0-9]+$")
            padded = raw.str.zfill(format_.zeros)
            raw = raw.zip_with(~whole, padded)
        return raw

    def _tell_uncalculated(self, formulas: pl.DataFrame, marks: Sequence[str], rows: pl.Series) -> None:
        for row, name, _, code in _in_order(formulas.filter(pl.col("value") == ""), rows):
            if ' t="str"' not in marks[code]:
                self._notes.spoil("FIL008", UNCALCULATED, row, name)

    def _tell_errors(self, cells: pl.DataFrame, rows: pl.Series) -> None:
        for row, name, value, _ in _in_order(cells.filter(pl.col("value") != ""), rows):
            self._notes.spoil("FIL008", f"the cell holds the error {value}, not a value", row, name, value)

    def _tell_lost_digits(self, cells: pl.DataFrame, rows: pl.Series) -> None:
        large = pl.col("value").str.contains(r"^-?[0-9]{16,}$|[Ee]\+?(?:1[5-9]|[2-9][0-9]|[0-9]{3})$")
        for row, name, raw, _ in _in_order(cells.filter(large), rows):
            value = exact(raw)
            if len(value.lstrip("-")) > KEPT_DIGITS:
                message = f"the number has {len(value.lstrip('-'))} digits, of which Excel keeps only {KEPT_DIGITS}"
                self._notes.spoil("XLS003", message, row, name, value)


def _in_order(cells: pl.DataFrame, rows: pl.Series) -> Iterator[tuple[int, str, str, int]]:
    """Row number, letter, value and code of the mark of each cell, from the top."""
    for place, column, value, code in cells.select("place", "column", "value", "mark").sort("place", "column").iter_rows():
        yield rows[place], letter(column), value, code


def _columns(cells: pl.DataFrame, sources: pl.Series, texts: pl.Series, height: int) -> dict[int, pl.Series]:
    """The cells' columns, by number; `sources` are the places of their texts in `texts`."""
    if not cells.height:
        return {}
    columns = cells.get_column("column")
    there = pl.repeat(0, WIDEST, dtype=pl.UInt32, eager=True).scatter(columns, 1)
    numbers, ranks = (there == 1).arg_true().to_list(), there.cum_sum() - 1
    grid = pl.repeat(None, len(numbers) * height, dtype=pl.UInt32, eager=True)
    sheet = texts.gather(grid.scatter(ranks.gather(columns) * height + cells.get_column("place"), sources))
    return {number: sheet.slice(place * height, height) for place, number in enumerate(numbers)}


def _counted(cells: pl.DataFrame, marks: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """How many cells of each column have which mark."""
    counted: dict[str, dict[str, int]] = {}
    for column, code, times in cells.group_by("column", "mark").len().sort("column", "mark").iter_rows():
        counted.setdefault(letter(column), {})[marks[code]] = times
    return counted
