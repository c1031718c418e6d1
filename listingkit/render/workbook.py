"""The seller's own template, filled: its data rows are spliced in, every other byte of the workbook stays."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from listingkit.atomic import replacing
from listingkit.errors import Unreadable, Unwritable
from listingkit.inventory.template import Template
from listingkit.inventory.upload import Upload
from listingkit.inventory.workbook import SheetEntry, Workbook
from listingkit.render.cells import CellColumn, cell_columns
from listingkit.render.existing import Existing, to_add
from listingkit.render.package import replace_member
from listingkit.render.sheet_rows import elements
from listingkit.render.splice import Cut, cut, with_dimension


def fill(upload: Upload, template: Template, out: Path | str, *, rows: Existing = "replace") -> None:
    """Write a copy of the template's workbook with the upload's rows as data.

    With `rows`, data rows that the template already has are replaced, or stay above ours (`append`), or stay and win over
    ours with the same SKU (`keep`). The template itself is only read. Raises `Unreadable`, `Unwritable`.
    """
    source = template.workbook
    if source is None:
        raise Unwritable(f"the template {template.name} is no workbook: write it as text, or give your own workbook with --template")
    if Path(out).suffix.lower() != source.suffix.lower():
        raise Unwritable(f"{out} would be a copy of {source}, which is of another kind: name it *{source.suffix}")
    if Path(out).exists() and source.samefile(out):
        raise Unwritable(f"{out} is the template itself, which stays as it is: choose another place for the filled one")
    with Workbook(source) as book:
        entry = _data_sheet(book, template)
        sheet = book.sheet(entry)
        where = f"{source}, sheet {entry.name}"
        part = cut(book.content(entry.part), template.data_row, where)
        date1904 = book.date1904
    if rows == "replace" and part.has_formulas:
        raise Unwritable(f"{where} has formulas among its data rows, which cannot be replaced: clear these rows, or append to them")
    styles = {column: block.style for block in reversed(sheet.columns) for column in range(block.left, block.right + 1)}
    frame = to_add(upload, template, rows)
    columns = cell_columns(template, frame, styles)
    content = _spliced(part, frame, columns, rows, date1904=date1904)
    with replacing(Path(out)) as stream:
        replace_member(source, entry.part, content, stream)


def _data_sheet(book: Workbook, template: Template) -> SheetEntry:
    for entry in book.sheets:
        if entry.name == template.sheet:
            return entry
    raise Unreadable(f"{book.path} has no sheet {template.sheet!r} any more; read the template again")


def _spliced(part: Cut, frame: pl.DataFrame, columns: list[CellColumn], rows: Existing, *, date1904: bool) -> Iterator[bytes]:
    """The whole sheet part, old and new, in the order of its rows."""
    last_kept = part.last_header_row if rows == "replace" else part.last_filled_row
    last_new = last_kept + frame.height
    last_column = max((column.index for column in columns), default=0)
    yield with_dimension(part.head, last_column, max(last_new, 1))
    yield part.until(last_kept)
    yield from elements(frame, columns, last_kept + 1, prefix=part.prefix, date1904=date1904)
    if rows != "replace":
        yield part.beyond(last_new)
    yield part.tail
