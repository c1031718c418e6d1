"""HTML descriptions as text."""

import polars as pl

NAMES = "p|br|div|span|b|i|u|em|strong|ul|ol|li|h[1-6]|table|tr|td|th|tbody|font|img|a|meta|style|script|sup|sub|small|hr|blockquote"
MARK = "<"  # without which there is no tag
TAG = rf"(?i)</?(?:{NAMES})(?:\s[^<>]*)?/?>"
BREAKS = frozenset(("p", "br", "div", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "hr", "blockquote"))
BARE = rf"(?i)<(?:{NAMES})/?>|</(?:{NAMES})>"
_BREAKING = "|".join(sorted(BREAKS, key=len, reverse=True))
BREAK = f"(?i)<(?:{_BREAKING})/?>|</(?:{_BREAKING})>"
SPOKEN = "(?i)<(?:script|style)"  # what stands in these is not told
LONGEST = 200_000  # characters of one cell that are looked into


def has_markup(column: pl.Series) -> bool:
    """Whether any cell holds HTML tags."""
    return bool(column.str.contains(MARK, literal=True).any() and column.str.contains(TAG).any())


def tagged(column: pl.Series) -> int:
    """How many cells hold HTML tags."""
    return int(column.str.contains(TAG).sum()) if column.str.contains(MARK, literal=True).any() else 0


def without_markup(column: pl.Series) -> pl.Series:
    """Cells with HTML tags as text: paragraphs and list items become lines, entities become their characters."""
    cells = column.filter(column.str.contains(TAG)).unique().drop_nulls()
    cells = cells.filter(cells.str.len_chars() <= LONGEST)
    plain = cells.filter(_is_plain(cells))
    others = cells.filter(~_is_plain(cells)).to_list()
    known = pl.concat([plain, pl.Series(others, dtype=pl.String)])
    texts = pl.concat([_plain_texts(plain), pl.Series(_parsed(others), dtype=pl.String)])
    return column.replace(known, texts)


def _parsed(cells: list[str]) -> list[str | None]:
    if not cells:
        return []
    from listingkit.mapping.html_text import text

    return [text(cell) or None for cell in cells]


def _is_plain(cells: pl.Series) -> pl.Series:
    """Cells whose tags are all bare ones that are known, and that hold nothing else a parser would look at twice."""
    rest = cells.str.replace_all(BARE, "")
    odd = rest.str.contains("[<&\\x00-\\x08\\x0b-\\x1f\\x85]") | cells.str.contains(SPOKEN)
    return ~odd


def _plain_texts(cells: pl.Series) -> pl.Series:
    """What `text` makes of such cells, all at once."""
    if cells.is_empty():
        return pl.Series([], dtype=pl.String)
    lines = cells.str.replace_all("\n", " ", literal=True).str.replace_all(BREAK, "\n").str.replace_all(BARE, "").str.split("\n")
    line = pl.element().str.replace_all(r"\s+", " ").str.strip_chars()
    joined = lines.list.eval(line.filter(line != "")).list.join("\n")
    return joined.to_frame("text").select(pl.when(pl.col("text") != "").then("text").alias("text")).to_series()
