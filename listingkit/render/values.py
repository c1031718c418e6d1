"""How a value is written: on one line, with the decimals of its currency."""

import polars as pl

from listingkit.master.blanks import suspected_columns, without_blanks

_RUNS = "[\\x00-\\x1f\\x85\\u2028\\u2029\ufffe\uffff]+"


BREAKS = (*map(chr, range(32)), "\x85", "\u2028", "\u2029", "\ufffe", "\uffff")  # what no file can hold inside a value


def has_breaks(values: pl.Series) -> bool:
    """Whether a value of a column is not on one line."""
    return bool(values.str.contains_any(list(BREAKS)).any())


def one_line(value: pl.Expr) -> pl.Expr:
    """Tabs, line breaks and what else no file can hold become one space, so that no value can break a row."""
    return value.str.replace_all(_RUNS, " ")


def written(value: pl.Expr) -> pl.Expr:
    """A value as a cell holds it: on one line, and nothing where it is only white space."""
    line = one_line(value)
    return pl.when(line.str.strip_chars() != "").then(line)


def with_breaks(frame: pl.DataFrame) -> list[str]:
    """The columns of texts of which a value is not on one line."""
    found = frame.select(pl.col(pl.String).str.contains_any(list(BREAKS)).any())
    return [column.name for column in found.iter_columns() if column[0]]


def as_written(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of texts as `written` has them, which nearly all are already: all of them are asked at once."""
    broken = with_breaks(frame)
    frame = frame.with_columns(written(pl.col(broken))) if broken else frame
    return frame.with_columns(without_blanks(frame.get_column(name)) for name in suspected_columns(frame))


def to_currency(price: pl.Expr, decimals: int) -> pl.Expr:
    """A price without the decimals its currency does not have, as far as they are zeros: 1200.00 yen is 1200, 1200.50 stays."""
    return price.str.replace(r"^(-?\d+)\.0+$", "$1") if decimals == 0 else price
