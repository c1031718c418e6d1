"""held.xlsx: the rows that were held back, each with its reasons."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from listingkit.master.sheet import ROW, letter
from listingkit.report import book, lean, looks
from listingkit.report.grid import Grid
from listingkit.report.sheet import Column, Sheet
from listingkit.report.styles import Styles

WIDTHS = {"File": 24, "Sheet": 16, "Row": 8, "SKU": 24, "Held back from": 24, "Why": 100}
LONGEST = 32_000  # a cell takes 32,767 characters
ROOM = 3  # of a column's characters that a wrapped line may leave
_ILLEGAL = "[\x00-\x08\x0b\x0c\x0e-\x1f]"  # what no cell can hold


def write(rows: Iterable[tuple[str | int | None, ...]], path: Path) -> None:
    """Write the rows (file, sheet, row, SKU, marketplaces, reasons) as a workbook; the same rows give the same bytes."""
    kinds = {name: pl.UInt32 if name == "Row" else pl.String for name in WIDTHS}
    frame = pl.DataFrame(list(rows), schema=kinds, orient="row")
    shown = pl.col(pl.String).str.replace_all("\r\n?", "\n").str.replace_all(_ILLEGAL, "\ufffd")
    frame = frame.with_columns(shown.str.slice(0, LONGEST))
    lines = pl.max_horizontal(_lines(name, width) for name, width in WIDTHS.items() if name != "Row")
    frame = frame.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias(ROW), lean.height(lines))
    styles = Styles()
    columns = {letter(number): Column(width) for number, width in enumerate(WIDTHS.values())}
    last = f"{letter(len(WIDTHS) - 1)}{frame.height + 1}"
    sheet = Sheet("Held back", _rows(frame, styles), columns, last, frozen="A2", filtered=f"A1:{last}", repeated=1)
    with path.open("wb") as stream:
        book.save([sheet], styles, stream)


def _rows(frame: pl.DataFrame, styles: Styles) -> Iterator[bytes]:
    head = Grid()
    for number, name in enumerate(WIDTHS, 1):
        head.put(1, number, name, styles(looks.HEAD))
    yield from head.rows()
    columns = [
        lean.Texts(name, letter(number), styles(looks.NUMBER if name == "Row" else looks.WRAP)) for number, name in enumerate(WIDTHS)
    ]
    yield from lean.rows(frame, columns)


def _lines(name: str, width: int) -> pl.Expr:
    """How many lines a wrapped text takes."""
    return pl.col(name).str.split("\n").list.eval(pl.element().str.len_chars() // (width - ROOM) + 1).list.sum()
