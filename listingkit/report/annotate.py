"""Marks on the seller's own sheet: colours, comments, the column of issues. What is in the cells stays."""

from collections.abc import Mapping
from copy import copy
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from listingkit.fields import plain_names
from listingkit.master.review_marks import AUTHOR, FINDINGS, ISSUES, SUMMARY
from listingkit.report import looks
from listingkit.report.looks import Look
from listingkit.report.notes import Marks, box, comment, issues, worst, worst_first
from listingkit.report.report import RuleCard
from listingkit.report.review_sheets import LINKS
from listingkit.report.sheet import place

_SEPARATOR = "\n\n--- the sheet's own note ---\n"


@cache
def font(look: Look) -> Font:
    """The font of a look."""
    underline = "single" if look.underline else None
    return Font(name="Calibri", size=look.size, bold=look.bold, underline=underline, color=look.ink)


@cache
def ground(look: Look) -> PatternFill:
    """The ground of a look."""
    return PatternFill("solid", fgColor=look.fill) if look.fill else PatternFill()


def aligned(look: Look) -> Alignment:
    """How a look places its text."""
    return Alignment(horizontal=look.horizontal, vertical=look.vertical, wrap_text=look.wrap or None, indent=look.indent)


_WORN: WeakKeyDictionary[Any, dict[tuple[Any, ...], Any]] = WeakKeyDictionary()


def wear(cell: Any, *, ink: Font | None = None, fill: PatternFill) -> None:
    """Give a cell a ground and perhaps a font: openpyxl compares every attribute of them anew, so what was worn once is remembered."""
    known = _WORN.setdefault(cell.parent.parent, {})
    worn = cell._style  # noqa: SLF001 - the numbers of a cell's looks
    key = worn.tobytes() if worn else b"", id(ink), id(fill)
    if key not in known:
        cell.fill = fill
        if ink is not None:
            cell.font = ink
        known[key] = copy(cell._style)  # noqa: SLF001
    cell._style = copy(known[key])  # noqa: SLF001


def link(cell: Cell, target: str, tip: str | None = None) -> None:
    """Make the cell jump to `target`, as `place` writes it."""
    cell._hyperlink = Hyperlink(ref=cell.coordinate, location=target, tooltip=tip)  # noqa: SLF001 - the setter would overwrite blank cells


def unmark(sheet: Worksheet) -> None:
    """Take an earlier review's colours, comments and texts off the sheet; its column of issues stays, empty."""
    grounds = {number for number, fill in enumerate(sheet.parent._fills) if fill.fgColor.rgb in looks.OURS}  # noqa: SLF001 - asking cells is slow
    ours = None
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == ISSUES:
                ours = cell.column
            if cell.column == ours:
                cell.value, cell._hyperlink = None, None  # noqa: SLF001
            if cell.comment is not None and cell.comment.author == AUTHOR:
                own = cell.comment.text.partition(_SEPARATOR)[2]
                cell.comment = Comment(own, "") if own else None
            if grounds and cell.has_style and cell._style.fillId in grounds:  # noqa: SLF001
                cell.fill = PatternFill()


def issues_column(sheet: Worksheet, width: int) -> int:
    """The 1-based column for the issues: right of everything, or where an earlier review had it."""
    last: int = max(sheet.max_column, width)
    while last > width and all(sheet.cell(row, last).value is None for row in range(1, min(sheet.max_row, 1_000) + 1)):
        last -= 1
    return last + 1


def annotate(sheet: Worksheet, marks: Marks, header_row: int, column: int, rules: Mapping[str, RuleCard], budget: int) -> int:
    """Mark every cell and row; returns how many comments were written, at most `budget`, the worst first."""
    written = 0
    for address, found in worst_first(marks.cells, budget):
        cell = sheet[address]
        wear(cell, fill=ground(looks.marked(worst(found))))
        if _is_identifier(found[0].finding.field):
            cell.number_format = "@"
        if written < budget:
            _comment(cell, comment(found, rules))
            written += 1
    _head(sheet, header_row, column)
    for number, (row, found) in enumerate(marks.rows.items()):
        cell = sheet.cell(row, column, issues(found))
        look = looks.ISSUES[worst(found)]
        wear(cell, ink=font(look), fill=ground(look))
        if number < LINKS:
            link(cell, place(FINDINGS, f"A{found[0].number}"), "to the list of findings")
        loose = [line for line in found if line.cell is None]
        if loose and written < budget:
            _comment(cell, comment(loose, rules))
            written += 1
    _frame(sheet, header_row, column)
    return written


def _is_identifier(field: str | None) -> bool:
    """Whether Excel would spoil what a person types there: a GTIN loses its zeros, a SKU becomes a date."""
    known = plain_names().get((field or "").partition("@")[0])
    return known is not None and known[0].kind in ("id", "gtin")


def _comment(cell: Cell, text: str) -> None:
    if cell.comment is not None and cell.comment.text:
        text += _SEPARATOR + cell.comment.text
    shown = Comment(text, AUTHOR)
    shown.width, shown.height = box(text)
    cell.comment = shown


def _head(sheet: Worksheet, header_row: int, column: int) -> None:
    head = sheet.cell(header_row, column, ISSUES)
    look = looks.ISSUES_HEAD
    head.font, head.fill, head.alignment = font(look), ground(look), aligned(look)
    link(head, place(SUMMARY, "A1"), "to the summary")
    sheet.column_dimensions[get_column_letter(column)].width = 34


def _frame(sheet: Worksheet, header_row: int, column: int) -> None:
    """A frozen header and a filter, unless the sheet has its own tables, which a second filter would break."""
    if sheet.freeze_panes is None:
        sheet.freeze_panes = f"A{header_row + 1}"
    if not sheet.tables:
        last = max(sheet.max_row, header_row)
        sheet.auto_filter.ref = f"A{header_row}:{get_column_letter(column)}{last}"
