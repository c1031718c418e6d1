"""Raw cells of a worksheet to text, a column at a time."""

import re
from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from listingkit.errors import Unreadable
from listingkit.master.blanks import without_blanks
from listingkit.master.marks import Marked, taken_apart
from listingkit.master.notes import UNCALCULATED, Notebook
from listingkit.master.numbers import KEPT_DIGITS, Format, exact, iso_date, number_format
from listingkit.master.reading import Block
from listingkit.master.rowscan import Cells
from listingkit.master.sheet import ROW
from listingkit.master.texts import unescaped

_PLAIN_NUMBER = r"^(?:0|-?[1-9][0-9]{0,14}|-?(?:0|[1-9][0-9]{0,9})\.[0-9]{0,4}[1-9])$"
_GENERAL = number_format("General")
_STYLE = re.compile(r'\bs="(\d{1,7})"')
_TYPE = re.compile(r'\bt="(\w+)"')
_KINDS = {"s": "shared", "inlineStr": "text", "str": "text", "b": "booleans", "e": "errors", "n": "number", "d": "text", "": "number"}


@lru_cache(maxsize=1 << 14)
def _kind_and_style(mark: str) -> tuple[str, int]:
    """The type and style of a mark; a blank cell has type `blank`."""
    if not mark or mark.endswith("/>"):
        return "blank", 0
    type_, style = _TYPE.search(mark), _STYLE.search(mark)
    return _KINDS.get(type_[1] if type_ else "", "text"), int(style[1]) if style else 0


def meaning(mark: str, formats: Sequence[Format]) -> tuple[str, Format]:
    """What a mark counts as in the evidence (`numeric`, `text`, `dates`, `booleans`, `errors` or `blank`), and its format."""
    kind, style = _kind_and_style(mark)
    format_ = formats[style] if style < len(formats) else _GENERAL
    if kind == "number":
        return ("dates" if format_.reads in {"date", "duration"} else "numeric"), format_
    return ("text" if kind == "shared" else kind), format_


class Conversion:
    """Turns raw cells of one sheet into a frame."""

    def __init__(self, strings: pl.Series, formats: Sequence[Format], notes: Notebook, *, since_1904: bool) -> None:
        self._strings, self._formats, self._notes, self._since_1904 = strings, formats, notes, since_1904

    def block(self, cells: Cells) -> Block:
        """`#row` and one String column a column, blank cells null, with the marks of the cells counted."""
        columns = [pl.Series(ROW, cells.rows, dtype=pl.UInt32)]
        marked = {name: taken_apart(pl.Series(name, raw, dtype=pl.String)) for name, raw in cells.raw.items()}
        for name, column in marked.items():
            if column.formulas is not None:
                self._tell_uncalculated(column, cells.rows, name)
            text = self._column(column, cells.rows, name)
            if text is not None:
                columns.append(text.alias(name))
        return Block(pl.DataFrame(columns), lambda start: {name: column.counts(start) for name, column in marked.items()})

    def _tell_uncalculated(self, column: Marked, rows: Sequence[int], letter: str) -> None:
        assert column.formulas is not None
        assert column.marks is not None
        blank = column.formulas & (column.values == "") & ~column.marks.str.contains(' t="str"', literal=True)
        for place in blank.arg_true():
            self._notes.spoil("FIL008", UNCALCULATED, rows[place], letter)

    def _column(self, column: Marked, rows: Sequence[int], letter: str) -> pl.Series | None:
        kinds: dict[tuple[str, Format], list[str]] = {}
        for mark in column.counts():
            kind, style = _kind_and_style(mark)
            if kind != "blank":
                format_ = self._formats[style] if kind == "number" and style < len(self._formats) else _GENERAL
                kinds.setdefault((kind, format_), []).append(mark)
        if not kinds:
            return None
        if len(kinds) == 1:
            [(kind, format_)] = kinds
            return self._converted(column.values, kind, format_, rows, letter)
        result = pl.Series([None] * len(rows), dtype=pl.String)
        for (kind, format_), group in kinds.items():
            places = column.where(group)
            its_rows = [rows[place] for place in places]
            result = result.scatter(places, self._converted(column.values.gather(places), kind, format_, its_rows, letter))
        return result

    def _converted(self, raw: pl.Series, kind: str, format_: Format, rows: Sequence[int], letter: str) -> pl.Series:
        if kind == "shared":
            return self._shared(raw)
        if kind == "text":
            return without_blanks(unescaped(raw))
        if kind == "booleans":
            return raw.replace(["1", "0", "true", "false"], ["TRUE", "FALSE", "TRUE", "FALSE"])
        if kind == "errors":
            self._tell_errors(raw, rows, letter)
            return raw.clear(len(raw))  # no value: every rule that reads texts would find something wrong with the word
        raw = raw.set(raw == "", None)  # formulas that were never calculated
        return self._numbers(raw, format_, rows, letter)

    def _shared(self, raw: pl.Series) -> pl.Series:
        places = raw.cast(pl.UInt32, strict=False)
        highest = places.max()
        if isinstance(highest, int) and highest >= len(self._strings):
            raise Unreadable(
                f"{self._notes.file}: the workbook is damaged (a cell points beyond its shared strings); open it in Excel and save it"
            )
        return self._strings.gather(places)

    def _tell_errors(self, raw: pl.Series, rows: Sequence[int], letter: str) -> None:
        for row, value in zip(rows, raw, strict=True):
            if value:
                self._notes.spoil("FIL008", f"the cell holds the error {value}, not a value", row, letter, value)

    def _numbers(self, raw: pl.Series, format_: Format, rows: Sequence[int], letter: str) -> pl.Series:
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
            self._tell_lost_digits(raw, rows, letter)
            raw = raw.replace(distinct, pl.Series([exact(text) for text in distinct], dtype=pl.String))
        if format_.reads == "padded":
            whole = raw.str.contains(r"^[0-9]+$")
            padded = raw.str.zfill(format_.zeros)
            raw = raw.zip_with(~whole, padded)
        return raw

    def _tell_lost_digits(self, raw: pl.Series, rows: Sequence[int], letter: str) -> None:
        large = raw.str.contains(r"^-?[0-9]{16,}$|[Ee]\+?(?:1[5-9]|[2-9][0-9]|[0-9]{3})$")
        for place in large.arg_true():
            value = exact(raw[place])
            if len(value.lstrip("-")) > KEPT_DIGITS:
                message = f"the number has {len(value.lstrip('-'))} digits, of which Excel keeps only {KEPT_DIGITS}"
                self._notes.spoil("XLS003", message, rows[place], letter, value)
