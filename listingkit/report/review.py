"""review.xlsx: the master with what is wrong marked in its cells, to fix there and read again as a master.

A workbook of ordinary size keeps its own look. A text file, an old workbook, several files together, and what is too large
for openpyxl get clean sheets with every value as text, so that no zero is lost while editing.
"""

import re
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import IO, Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from listingkit.master.review_marks import FINDINGS, ISSUES, SUMMARY, our_column, our_sheet
from listingkit.master.sheet import ROW, Master, index
from listingkit.report import lean, looks, steady
from listingkit.report.annotate import COMMENTS, annotate, issues_column, unmark
from listingkit.report.escape import visible
from listingkit.report.notes import Marks, issues, lines, marks
from listingkit.report.report import Report
from listingkit.report.review_sheets import enumerate_findings, printed, summarise

KEPT_CELLS = 500_000  # of a workbook that keeps its look: 400,000 cost 7 s of CPU, measured on one core of a 2-core machine
KEPT_BYTES = 150_000_000  # of its unpacked parts

ADVICE = (
    "Fix the coloured cells in the sheets that follow, save this workbook, and give it to listingkit in place of the master.",
    "Our sheets, colours, comments and the column of issues are left out when it is read.",
    "Click a cell address to jump to the cell, and the text in the column of issues to come back.",
)
KEPT = "Formulas stand here as the values they had."
LEAN = "Every cell is text here, so that no leading zero is lost while you edit; the master's own look was left out."


def write(report: Report, stream: IO[bytes], masters: Sequence[Master] = ()) -> None:
    """Write the workbook; the same report and masters give the same bytes."""
    found = lines(report, masters)
    by_master = marks(found, len(masters))
    if _keeps_look(masters):
        book, titles, rows = _kept(report, masters, by_master)
    else:
        book, titles, rows = _lean(report, masters, by_master)
    first, second = book.create_sheet(SUMMARY, 0), book.create_sheet(FINDINGS)
    advice = [*ADVICE, LEAN if rows else KEPT] if masters else []
    cells = sum(len(mine.cells) for mine in by_master)
    if cells > COMMENTS:
        advice.append(f"{COMMENTS:,} of {cells:,} marked cells carry a comment, the worst first; the list has all.")
    summarise(first, report, found, dict(enumerate(titles)), advice)
    enumerate_findings(second, found, dict(enumerate(titles)))
    book.active = 0
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet is first
    parts = {f"xl/worksheets/sheet{book.worksheets.index(book[title]) + 1}.xml": rows[title] for title in rows}
    steady.save(book, stream, parts)


def _keeps_look(masters: Sequence[Master]) -> bool:
    if not masters or len({master.file for master in masters}) > 1 or masters[0].kind not in ("xlsx", "xlsm"):
        return False
    path = Path(masters[0].file)
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as package:
        unpacked = sum(entry.file_size for entry in package.infolist())
    return sum(master.frame.height * len(master.columns) for master in masters) <= KEPT_CELLS and unpacked <= KEPT_BYTES


def _kept(report: Report, masters: Sequence[Master], by_master: Sequence[Marks]) -> tuple[Workbook, list[str], dict[str, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl names what it cannot keep; the review is a working copy
        book = load_workbook(masters[0].file, data_only=True, keep_links=False)
    for name in book.sheetnames:
        if our_sheet(name):
            del book[name]
    for name in [name for name, defined in book.defined_names.items() if "[" in (defined.attr_text or "")]:
        del book.defined_names[name]
    budget = COMMENTS
    for master, mine in zip(masters, by_master, strict=True):
        sheet = book[master.sheet]
        unmark(sheet)
        column = issues_column(sheet, _width(master))
        budget -= annotate(sheet, mine, master.header_row, column, report.rules, budget)
    return book, [master.sheet or "" for master in masters], {}


def _lean(report: Report, masters: Sequence[Master], by_master: Sequence[Marks]) -> tuple[Workbook, list[str], dict[str, Any]]:
    book = Workbook()
    del book[book.active.title]
    titles: list[str] = []
    rows: dict[str, Any] = {}
    budget = COMMENTS
    for master, mine in zip(masters, by_master, strict=True):
        titles.append(_title(master, titles))
        sheet = book.create_sheet(titles[-1])
        styles = _styles(sheet)
        column = _width(master) + 1
        budget -= annotate(sheet, mine, master.header_row, column, report.rules, budget)
        sheet.auto_filter.ref = f"A{master.header_row}:{get_column_letter(column)}{_last_row(master)}"
        _widths(sheet, master)
        printed(sheet)
        sheet.print_area = f"A1:{get_column_letter(column)}{_last_row(master)}"
        sheet.print_title_rows = f"{master.header_row}:{master.header_row}"
        told = {row: issues(found) for row, found in mine.rows.items()}
        look = lean.Look(*styles, _cell_styles(sheet, mine, master.header_row, styles[-1]))
        rows[titles[-1]] = lean.rows(master, look, lean.Issues(get_column_letter(column), told))
    return book, titles, rows


def _styles(sheet: Worksheet) -> tuple[int, int, int]:
    """Style numbers of a text cell, of one with a long text, and of a header cell."""
    cells = plain, long, head = sheet["A1"], sheet["B1"], sheet["C1"]  # several cells: openpyxl keeps the style it was shown, not a copy
    for cell in cells:
        cell.number_format = "@"
    long.alignment = looks.CLIPPED
    head.font, head.fill = looks.HEAD, looks.HEAD_FILL
    numbers = plain.style_id, long.style_id, head.style_id
    for cell in cells:
        del sheet._cells[cell.row, cell.column]  # noqa: SLF001 - blank cells of ours must not stand in the sheet
    return numbers


def _cell_styles(sheet: Worksheet, marks: Marks, header_row: int, head: int) -> dict[str, dict[int, int]]:
    """Style numbers of marked cells, by column letter and row; their contents come from the master."""
    styles: dict[str, dict[int, int]] = {}
    for (row, column), cell in sheet._cells.items():  # noqa: SLF001 - iterating the rows would make millions of cells
        if row != header_row or cell.comment is not None or cell.value == ISSUES:
            if cell.number_format == "General":
                cell.number_format = "@"
            marked = marks.cells.get(cell.coordinate)
            if marked and len(marked[0].finding.value or "") > lean.WIDEST:
                cell.alignment = looks.CLIPPED
            styles.setdefault(get_column_letter(column), {})[row] = cell.style_id
        else:
            styles.setdefault(get_column_letter(column), {})[row] = head
    return styles


def _width(master: Master) -> int:
    """How many columns the sheet has, those of an earlier review left out."""
    return max((index(column.letter) + 1 for column in master.columns if not our_column(column.header)), default=0)


def _last_row(master: Master) -> int:
    last = master.frame[ROW].max()
    return max(int(last) if isinstance(last, int) else 0, master.header_row)


def _widths(sheet: Worksheet, master: Master) -> None:
    for column in master.columns:
        texts = master.frame[column.letter] if column.letter in master.frame.columns else None
        usual = texts.str.len_chars().quantile(0.9) if texts is not None else None
        sheet.column_dimensions[column.letter].width = min(max(len(column.header) + 4, int(usual or 0) + 2, 8), lean.WIDEST)


def _title(master: Master, taken: Sequence[str]) -> str:
    """A sheet title that Excel takes and that is free: the sheet's own name, or the file's."""
    wanted = re.sub(r"[\[\]:*?/\\]", " ", visible(master.sheet or PurePath(master.file).stem)).strip(" '")[:31] or "master"
    title, number = ("master" if our_sheet(wanted) or wanted.casefold() == "history" else wanted), 1
    while title.casefold() in {other.casefold() for other in taken}:
        number += 1
        title = f"{wanted[:27]} {number}"
    return title
