"""What counts as blank: nothing, or white space alone."""

import polars as pl

from listingkit.master.sheet import ROW


def without_blanks(texts: pl.Series) -> pl.Series:
    """Blank texts as null."""
    places = texts.to_frame("").select(_begins_blank(pl.col("")).arg_true()).to_series()
    blank = places.filter(texts.gather(places).str.strip_chars().str.len_bytes() == 0)
    return texts.clone().scatter(blank, None) if len(blank) else texts


def without_blank_cells(frame: pl.DataFrame) -> pl.DataFrame:
    """Blank cells as null. Only columns in which some cell begins as white space does (or with a rarer letter) are looked at."""
    names = suspected_columns(frame)
    if not names:
        return frame
    return frame.with_columns(pl.when(pl.col(names).str.strip_chars().str.len_bytes() > 0).then(pl.col(names)))


def suspected_columns(frame: pl.DataFrame) -> list[str]:
    """Columns of texts that may hold blank ones."""
    found = frame.select(_begins_blank(pl.col(pl.String)).any())
    return [column.name for column in found.iter_columns() if column[0]]


def _begins_blank(texts: pl.Expr) -> pl.Expr:
    return (texts < "!") | ((texts >= "\x7f") & (texts < "\u3001"))  # from U+0085 to U+3000


def without_blank_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows and columns of nothing left out; blank cells are null already."""
    filled = [column.name for column in frame.iter_columns() if column.name != ROW and column.null_count() < frame.height]
    frame = frame.select(ROW, *filled)
    if not filled:
        return frame.clear()
    if any(column.null_count() == 0 for column in frame.iter_columns() if column.name != ROW):
        return frame
    return frame.filter(~pl.all_horizontal(pl.exclude(ROW).is_null()))
