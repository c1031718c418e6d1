"""Changes as a workbook: the rows that change, changed cells coloured, the old value in the comment."""

from typing import BinaryIO

import polars as pl
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from listingkit.diff.changes import Change, Changes
from listingkit.report.changes_text import groups, summary
from listingkit.report.escape import visible

ROWS = 20_000  # listings in the workbook; comments make larger ones slow to open
_CELL = 32_767  # characters that a cell takes
_COLOURS = {True: "F8CBAD", False: "FFF2CC"}  # dangerous, other changes
_MOVED = "DDEBF7"
_KINDS = {"added": "C6E0B4", "removed": "F8CBAD", "vanished": "D9D9D9"}


def write(changes: Changes, stream: BinaryIO) -> None:
    """One sheet with a row a listing and a column a changed field, one that explains the colours and counts."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Changes")
    names = {
        path: field or path
        for path, field in changes.frame.drop_nulls("path").select("path", "field").unique(maintain_order=True).iter_rows()
    }
    paths = sorted(names, key=lambda path: names[path])
    sheet.freeze_panes = "C2"
    sheet.column_dimensions["A"].width = 24
    for at in range(len(paths)):
        sheet.column_dimensions[get_column_letter(at + 3)].width = 28
    head = [WriteOnlyCell(sheet, visible(text)) for text in ("SKU", "What happens", *(names[path] for path in paths))]
    for cell, path in zip(head[2:], paths, strict=True):
        if names[path] != path:
            cell.comment = Comment(path, "listingkit", width=420, height=40)
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    skus = changes.frame.get_column("sku").unique(maintain_order=True).head(ROWS)
    shown = changes.frame.filter(pl.col("sku").is_in(skus.to_list()))
    for _, listing in shown.group_by("sku", maintain_order=True):
        sheet.append(_row(sheet, [Change(*row) for row in listing.iter_rows()], paths))
    _legend(book, changes, len(skus))
    book.save(stream)


def _row(sheet: object, listing: list[Change], paths: list[str]) -> list[WriteOnlyCell]:
    kinds = dict.fromkeys("changed" if change.path else change.kind for change in listing)
    codes = dict.fromkeys(change.risk for change in listing if change.risk and not change.path)
    first = [_cell(sheet, listing[0].sku), _cell(sheet, ", ".join([*kinds, *codes]))]
    for kind in kinds:
        if kind in _KINDS:
            first[0].fill = first[1].fill = PatternFill("solid", fgColor=_KINDS[kind])
    cells = {change.path: change for change in listing if change.path}
    return first + [_changed(sheet, cells[path]) if path in cells else _cell(sheet, None) for path in paths]


def _changed(sheet: object, change: Change) -> WriteOnlyCell:
    cell = _cell(sheet, change.new)
    cell.fill = PatternFill("solid", fgColor=_MOVED if change.kind == "moved" else _COLOURS[change.dangerous])
    was = "(blank)" if change.old is None else ILLEGAL_CHARACTERS_RE.sub("", change.old)[:2000]
    cell.comment = Comment(f"{change.risk + ': ' if change.risk else ''}was {was}", "listingkit", width=320, height=120)
    return cell


def _cell(sheet: object, text: str | None) -> WriteOnlyCell:
    """A cell of text; never a formula, whatever it begins with."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)[:_CELL] if text else None)
    if text:
        cell.data_type = "s"
        cell.number_format = "@"
    return cell


def _legend(book: Workbook, changes: Changes, shown: int) -> None:
    sheet = book.create_sheet("Legend")
    sheet.column_dimensions["A"].width = 44
    sheet.column_dimensions["B"].width = 12
    sheet.column_dimensions["C"].width = 100
    sheet.append([summary(changes)])
    for group in groups(changes):
        name = _cell(sheet, group.title)
        if group.dangerous:
            name.fill = PatternFill("solid", fgColor=_COLOURS[True])
        sheet.append([name, group.changes.height, group.risk.sentence if group.risk else ""])
    for colour, text in ((_COLOURS[True], "dangerous change"), (_COLOURS[False], "change"), (_MOVED, "moved")):
        cell = _cell(sheet, text)
        cell.fill = PatternFill("solid", fgColor=colour)
        sheet.append([cell])
    listings = changes.frame.get_column("sku").n_unique()
    if listings > shown:
        sheet.append([f"{listings - shown:,} more listings are not in this workbook; the jsonl format has them all"])
