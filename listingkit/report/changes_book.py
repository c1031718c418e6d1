"""Changes as a workbook: the rows that change, changed cells coloured, the old value in the comment."""

from typing import BinaryIO

import polars as pl
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from listingkit.diff.changes import Change, Changes
from listingkit.finding import Severity
from listingkit.report import looks, steady
from listingkit.report.changes_text import groups, summary
from listingkit.report.escape import visible
from listingkit.report.review_sheets import printed

ROWS = 20_000  # listings in the workbook; comments make larger ones slow to open
WIDTH = 28  # characters of a column; a longer text ends where its cell does
_CELL = 32_767  # characters that a cell takes
_DANGEROUS, _CHANGED, _MOVED = (looks.FILLS[severity] for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO))
_GONE = PatternFill("solid", fgColor="FFD9DEE6")
_KINDS = {"added": PatternFill("solid", fgColor="FFCFEBD6"), "removed": _DANGEROUS, "vanished": _GONE}
_LEGEND = (
    (_DANGEROUS, "dangerous change, or a deleted listing"),
    (_CHANGED, "changed; the old value is in the comment"),
    (_MOVED, "moved: the same values in another order"),
    (_KINDS["added"], "new listing"),
    (_GONE, "missing in this upload: stays live"),
)


def write(changes: Changes, stream: BinaryIO) -> None:
    """One sheet with a row a listing and a column a changed field, one that explains the colours and counts."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Changes")
    printed(sheet)  # before the first row: what is written is gone
    names = {
        path: field or path
        for path, field in changes.frame.drop_nulls("path").select("path", "field").unique(maintain_order=True).iter_rows()
    }
    paths = sorted(names, key=lambda path: names[path])
    sheet.freeze_panes = "C2"
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 26
    for at in range(len(paths)):
        sheet.column_dimensions[get_column_letter(at + 3)].width = WIDTH
    head = [WriteOnlyCell(sheet, visible(text)) for text in ("SKU", "What happens", *(names[path] for path in paths))]
    for cell, path in zip(head[2:], paths, strict=True):
        if names[path] != path:
            cell.comment = Comment(path, "listingkit", width=420, height=40)
    sheet.append([_headed(cell) for cell in head])
    skus = changes.frame.get_column("sku").unique(maintain_order=True).head(ROWS)
    shown = changes.frame.filter(pl.col("sku").is_in(skus.to_list()))
    for _, listing in shown.group_by("sku", maintain_order=True):
        sheet.append(_row(sheet, [Change(*row) for row in listing.iter_rows()], paths))
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(head))}{len(skus) + 1}"
    _legend(book, changes, len(skus))
    sheet.print_title_rows = "1:1"
    steady.save(book, stream)


def _headed(cell: WriteOnlyCell) -> WriteOnlyCell:
    cell.font, cell.fill = looks.HEAD, looks.HEAD_FILL
    return cell


def _row(sheet: object, listing: list[Change], paths: list[str]) -> list[WriteOnlyCell]:
    kinds = dict.fromkeys("changed" if change.path else change.kind for change in listing)
    codes = sorted({change.risk for change in listing if change.risk})
    first = [_cell(sheet, listing[0].sku), _cell(sheet, ", ".join([*kinds, *codes]))]
    for kind in kinds:
        if kind in _KINDS:
            first[0].fill = first[1].fill = _KINDS[kind]
    cells = {change.path: change for change in listing if change.path}
    return first + [_changed(sheet, cells[path]) if path in cells else _cell(sheet, None) for path in paths]


def _changed(sheet: object, change: Change) -> WriteOnlyCell:
    cell = _cell(sheet, change.new)
    cell.fill = _MOVED if change.kind == "moved" else _DANGEROUS if change.dangerous else _CHANGED
    was = "(blank)" if change.old is None else ILLEGAL_CHARACTERS_RE.sub("", change.old)[:2000]
    cell.comment = Comment(f"{change.risk + ': ' if change.risk else ''}was {was}", "listingkit", width=320, height=120)
    return cell


def _cell(sheet: object, text: str | None) -> WriteOnlyCell:
    """A cell of text; never a formula, whatever it begins with."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)[:_CELL] if text else None)
    cell.font = looks.PLAIN
    if text:
        cell.data_type = "s"
        cell.number_format = "@"
        if len(text) > WIDTH:
            cell.alignment = looks.CLIPPED
    return cell


def _legend(book: Workbook, changes: Changes, shown: int) -> None:
    sheet = book.create_sheet("Legend")
    printed(sheet)
    sheet.column_dimensions["A"].width = 44
    sheet.column_dimensions["B"].width = 12
    sheet.column_dimensions["C"].width = 100
    title = WriteOnlyCell(sheet, summary(changes))
    title.font = looks.SECTION
    sheet.append([title])
    sheet.append([])
    sheet.append([_headed(WriteOnlyCell(sheet, text)) for text in ("What", "Changes", "What it means")])
    for row, group in enumerate(groups(changes), 4):
        name = _cell(sheet, group.title)
        if group.dangerous:
            name.fill = _DANGEROUS
        meaning = _cell(sheet, f"{group.risk.sentence} {group.risk.why}" if group.risk else None)
        number = WriteOnlyCell(sheet, group.changes.height)
        number.font = looks.PLAIN
        name.alignment, number.alignment, meaning.alignment = looks.TOP, looks.NUMBER, looks.WRAP
        if group.risk:
            sheet.row_dimensions[row].height = 32  # LibreOffice leaves the rows of a new file at one line
        sheet.append([name, number, meaning])
    sheet.append([])
    sheet.append([_headed(WriteOnlyCell(sheet, "Colours"))])
    for fill, text in _LEGEND:
        cell = _cell(sheet, text)
        cell.fill = fill
        sheet.append([cell])
    listings = changes.frame.get_column("sku").n_unique()
    if listings > shown:
        sheet.append([f"{listings - shown:,} more listings are not in this workbook; the jsonl format has them all"])
