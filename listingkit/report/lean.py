"""The cells of a large sheet as XML, column by column: what openpyxl would take minutes for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from listingkit.master.review_marks import ISSUES
from listingkit.master.sheet import ROW, Master, index, letter

_ILLEGAL = "[\x00-\x08\x0b-\x1f\ufffe\uffff]"  # in XML 1.0, and the carriage return, which XML readers drop
_ESCAPED = "(?i)_x([0-9a-f]{4})_"
WIDEST = 48  # characters of a column; a longer text ends where its cell does
LONGEST = 32_767  # characters of a cell

Styles = Mapping[str, Mapping[int, int]]  # by column letter and row


@dataclass(frozen=True, slots=True)
class Look:
    """Style numbers: of text cells, of long ones, of header cells, and of the cells that have one of their own."""

    text: int
    long: int
    head: int
    cells: Styles


@dataclass(frozen=True, slots=True)
class Issues:
    """The column of issues: its letter and its texts by row."""

    letter: str
    texts: Mapping[int, str]


def rows(master: Master, look: Look, issues: Issues) -> Iterator[str]:
    """The rows of the sheet as XML, the header first."""
    last = max((index(column.letter) for column in master.columns), default=-1)
    names = [letter(number) for number in range(last + 1)]
    heads = {column.letter: column.header for column in master.columns} | {issues.letter: ISSUES}
    yield _head(master.header_row, heads, look.head, look.cells)
    codes = {column.letter: column.code for column in master.columns if column.code}
    if codes and master.header_row + 1 not in master.frame[ROW]:
        yield _head(master.header_row + 1, codes, look.text, look.cells)
    frame = master.frame.select(ROW, *(name for name in names if name in master.frame.columns))
    said = pl.DataFrame({ROW: list(issues.texts), "#issues": list(issues.texts.values())}, schema={ROW: pl.UInt32, "#issues": pl.String})
    frame = frame.join(said, on=ROW, how="left", maintain_order="left")
    for part in frame.iter_slices(20_000):
        cells = [_cells(part, name, name, look) for name in part.columns if name not in (ROW, "#issues")]
        cells.append(_cells(part, "#issues", issues.letter, look))
        yield from part.select(pl.concat_str(pl.format('<row r="{}">', ROW), *cells, pl.lit("</row>")).alias("xml"))["xml"]


def _head(row: int, texts: Mapping[str, str], style: int, styles: Styles) -> str:
    cells = (
        f'<c r="{name}{row}" s="{styles.get(name, {}).get(row, style)}" t="inlineStr">'
        f'<is><t xml:space="preserve">{escape(text)}</t></is></c>'
        for name, text in sorted(texts.items(), key=lambda item: index(item[0]))
    )
    return f'<row r="{row}">{"".join(cells)}</row>'


def _cells(part: pl.DataFrame, column: str, name: str, look: Look) -> pl.Series:
    mine = look.cells.get(name, {})
    long = part[column].str.len_chars().fill_null(0) > WIDEST
    shown = pl.when(long).then(pl.lit(look.long, pl.UInt32)).otherwise(pl.lit(look.text, pl.UInt32))
    if mine:
        shown = pl.col(ROW).replace_strict(list(mine), list(mine.values()), default=None, return_dtype=pl.UInt32).fill_null(shown)
    text = escaped(part[column].str.slice(0, LONGEST))
    filled = pl.format('<c r="{}{}" s="{}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>', pl.lit(name), ROW, "style", "text")
    blank = pl.format('<c r="{}{}" s="{}"/>', pl.lit(name), ROW, "style")
    table = part.select(ROW, style=shown, text=text)
    return table.select(pl.when(pl.col("text").is_null()).then(blank).otherwise(filled).alias(name))[name]


def escaped(texts: pl.Series) -> pl.Series:
    """Cell texts as XML."""
    texts = (
        texts.str.replace_all("&", "&amp;", literal=True)
        .str.replace_all("<", "&lt;", literal=True)
        .str.replace_all(">", "&gt;", literal=True)
    )
    odd = texts.str.contains(f"{_ILLEGAL}|{_ESCAPED}").fill_null(value=False)
    if not odd.any():
        return texts
    where = odd.arg_true()
    return texts.scatter(where, [_spell(text) for text in texts.gather(where)])


def escape(text: str) -> str:
    """One cell text as XML."""
    return _spell(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _spell(text: str) -> str:
    """Characters that XML cannot hold as `_x001B_`, as Office writes them."""
    text = re.sub(_ESCAPED, r"_x005F_x\1_", text)
    return re.sub(_ILLEGAL, lambda match: f"_x{ord(match[0]):04X}_", text)
