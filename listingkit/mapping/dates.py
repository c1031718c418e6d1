"""Dates as sheets write them, read as ISO dates. Whether the day or the month comes first is a property of the column."""

import polars as pl
from msgspec import Struct

ISO = r"^\d{4}-\d{2}-\d{2}"
MIDNIGHT = r"^(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?$"
YEAR_FIRST = r"^(\d{4})\s?[./年-]\s?(\d{1,2})\s?[./月-]\s?(\d{1,2})日?(?:[T ]00:00(?::00(?:\.0+)?)?)?$"
COMPACT = r"^((?:19|20)\d{2})(\d{2})(\d{2})$"
DOTTED = r"^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$"
SLASHED = r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$"
SERIAL = r"^(\d{5})(?:\.0+)?$"
FIRST_SERIAL, LAST_SERIAL = 32874, 73050  # 1990 to 2099: other numbers of five digits are no dates


class Dates(Struct, frozen=True):
    """A column read as ISO dates; cells that are none, or might be two, stay as they were."""

    values: pl.Series
    doubt: str | None = None  # why cells that could be read by themselves were not


class DateStyle(Struct, frozen=True):
    """What comes first in a column's `03/04/2026`: `day-first`, `month-first`, or None where nobody knows, and then why."""

    order: str | None = None
    doubt: str | None = None


def date_style(column: pl.Series, order: str | None = None) -> DateStyle:
    """What comes first in the dates of a column. Only its distinct values matter."""
    if order:
        return DateStyle(order)
    text = pl.col("text").str.strip_chars()
    first, second = (text.str.extract(SLASHED, group).cast(pl.Int32) for group in (1, 2))
    cells = pl.DataFrame({"text": column}).unique()
    return DateStyle(*_order(cells.select(first.alias("first"), second.alias("second")).drop_nulls()))


def read_dates(column: pl.Series, order: str | None = None, *, style: DateStyle | None = None) -> Dates:
    """Read a text column as dates. `order` says what comes first in `03/04/2026`: `day-first` or `month-first`.

    `style` is that of a larger column that this one is a part of.

    A number such as 45292 is the day that a workbook means by it (1900 date system).
    """
    if column.str.contains(r"^\d{4}-\d{2}-\d{2}$").all():
        return Dates(column, style.doubt if style else None)
    style = style or date_style(column, order)
    text = pl.col("text").str.strip_chars()
    cells = pl.DataFrame({"text": column}).unique().drop_nulls()
    slashed = {"day-first": (2, 1), "month-first": (1, 2)}.get(style.order or "")
    serial = text.str.extract(SERIAL, 1).cast(pl.Int32)
    read = pl.coalesce(
        _dated(text, YEAR_FIRST, 1, 2, 3),
        _dated(text, COMPACT, 1, 2, 3),
        _dated(text, DOTTED, 3, 2, 1),
        _dated(text, SLASHED, 3, *slashed) if slashed else pl.lit(None, pl.String),
        pl.when(serial.is_between(FIRST_SERIAL, LAST_SERIAL)).then(
            (pl.date(1899, 12, 30) + pl.duration(days=serial)).dt.strftime("%Y-%m-%d")
        ),
    )
    cells = cells.with_columns(read.alias("read")).drop_nulls()
    values = column.replace(cells["text"], cells["read"]) if len(cells) else column
    return Dates(values, style.doubt)


def _order(pairs: pl.DataFrame) -> tuple[str | None, str | None]:
    if pairs.is_empty():
        return None, None
    day_first, month_first = bool((pairs["first"] > 12).any()), bool((pairs["second"] > 12).any())
    if day_first and month_first:
        return None, "some of its dates have the day first and some the month; they stay as they are"
    if day_first or month_first:
        return ("day-first" if day_first else "month-first"), None
    return None, None  # nobody can tell: DAT001 asks at each of these cells


def _dated(text: pl.Expr, pattern: str, year: int, month: int, day: int) -> pl.Expr:
    parts = [text.str.extract(pattern, group) for group in (year, month, day)]
    joined = pl.concat_str(parts[0], parts[1].str.zfill(2), parts[2].str.zfill(2), separator="-")
    return joined.str.to_date("%Y-%m-%d", strict=False).dt.strftime("%Y-%m-%d")
