"""Marks on the seller's own sheet: colours, comments, the column of issues. What is in the cells stays."""

from collections.abc import Mapping

from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from listingkit.fields import plain_names
from listingkit.master.review_marks import AUTHOR, FINDINGS, ISSUES, SUMMARY
from listingkit.report import looks
from listingkit.report.notes import Line, Marks, comment, issues, worst
from listingkit.report.report import RuleCard

COMMENTS = 10_000  # a workbook; Excel gets slow beyond
LINKS = 60_000  # a sheet; Excel takes 65,530
_SEPARATOR = "\n\n--- the sheet's own note ---\n"


def place(sheet: str, cell: str) -> str:
    """The target of a link inside the workbook."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}"


def link(cell: Cell, target: str, tip: str | None = None) -> None:
    """Make the cell jump to `target`, as `place` writes it."""
    cell._hyperlink = Hyperlink(ref=cell.coordinate, location=target, tooltip=tip)  # noqa: SLF001 - the setter would overwrite blank cells


def unmark(sheet: Worksheet) -> None:
    """Take an earlier review's colours, comments and texts off the sheet; its column of issues stays, empty."""
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
            if cell.has_style and cell.fill.fgColor.rgb in looks.OURS:
                cell.fill = looks.NONE


def issues_column(sheet: Worksheet, width: int) -> int:
    """The 1-based column for the issues: right of everything, or where an earlier review had it."""
    last: int = max(sheet.max_column, width)
    while last > width and all(sheet.cell(row, last).value is None for row in range(1, min(sheet.max_row, 1_000) + 1)):
        last -= 1
    return last + 1


def annotate(sheet: Worksheet, marks: Marks, header_row: int, column: int, rules: Mapping[str, RuleCard], budget: int) -> int:
    """Mark every cell and row; returns how many comments were written, at most `budget`, the worst first."""
    written = 0
    order = sorted(marks.cells.items(), key=lambda item: worst(item[1]).rank) if len(marks.cells) > budget else marks.cells.items()
    for address, found in order:
        cell = sheet[address]
        looks.wear(cell, fill=looks.FILLS[worst(found)])
        if _is_identifier(found[0].finding.field):
            cell.number_format = "@"
        if written < budget:
            _comment(cell, comment(found, rules))
            written += 1
    _head(sheet, header_row, column)
    for number, (row, found) in enumerate(marks.rows.items()):
        cell = sheet.cell(row, column, issues(found))
        severity = worst(found)
        looks.wear(cell, font=looks.INKS[severity], fill=looks.FILLS[severity])
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
    shown.width = 340
    shown.height = min(60 + 17 * sum(1 + len(line) // 52 for line in text.split("\n")), 420)
    cell.comment = shown


def _head(sheet: Worksheet, header_row: int, column: int) -> None:
    head = sheet.cell(header_row, column, ISSUES)
    # our own look, light in any office program: they give links a dark blue, which a dark header would swallow
    head.font, head.fill, head.alignment = looks.ISSUES_HEAD, looks.ISSUES_FILL, Alignment(vertical="center")
    link(head, place(SUMMARY, "A1"), "to the summary")
    sheet.column_dimensions[get_column_letter(column)].width = 34


def _frame(sheet: Worksheet, header_row: int, column: int) -> None:
    """A frozen header and a filter, unless the sheet has its own tables, which a second filter would break."""
    if sheet.freeze_panes is None:
        sheet.freeze_panes = f"A{header_row + 1}"
    if not sheet.tables:
        last = max(sheet.max_row, header_row)
        sheet.auto_filter.ref = f"A{header_row}:{get_column_letter(column)}{last}"


def jump(line: Line, titles: Mapping[int, str]) -> str | None:
    """Where a line of ours leads: the cell, else the row's column of issues is found by its row."""
    if line.master is None:
        return None
    cell = line.cell or (f"A{line.finding.row}" if line.finding.row else None)
    return place(titles[line.master], cell) if cell else None
