"""The review of a workbook that keeps its own look: openpyxl marks a copy of it, and our two sheets are put in beside."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from openpyxl import Workbook, load_workbook

from listingkit.master.review_marks import FINDINGS, NO_VALUE, SUMMARY, our_column, our_sheet
from listingkit.master.sheet import Master, index
from listingkit.report import steady
from listingkit.report.annotate import aligned, annotate, font, ground, issues_column, unmark
from listingkit.report.looks import Look
from listingkit.report.notes import COMMENTS, Line, Marks
from listingkit.report.report import Report
from listingkit.report.review_sheets import Summary, listed


def opened(masters: Sequence[Master]) -> Workbook | None:
    """The workbook whose sheets these masters are; None where openpyxl cannot open it or does not know the sheets."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl names what it cannot keep; the review is a working copy
        try:
            with Path(masters[0].file).open("rb") as stream:  # what openpyxl opens itself, it leaves open
                book = load_workbook(stream, data_only=True, keep_links=False)
        except Exception:  # noqa: BLE001 - whatever comes of a broken part that holds no values; the review says what it leaves out
            return None
    return book if {master.sheet for master in masters} <= set(book.sheetnames) else None


def write(
    book: Workbook,
    report: Report,
    stream: IO[bytes],
    masters: Sequence[Master],
    found: Sequence[Line],
    by_master: Sequence[Marks],
    advice: Sequence[str],
) -> None:
    """Write the workbook of these masters, which are its sheets, with these marks."""
    _mark(book, report, masters, by_master)
    titles = {number: master.sheet or "" for number, master in enumerate(masters)}
    first, last = book.create_sheet(SUMMARY, 0), book.create_sheet(FINDINGS)
    styles = _Styles(book)
    ours = {first: Summary(report, found, titles, styles).sheet(advice), last: listed(found, titles, styles)}
    last.auto_filter.ref = ours[last].filtered
    parts = {book.worksheets.index(sheet) + 1: b"".join(made.part(selected=sheet is first)) for sheet, made in ours.items()}
    book.active = 0
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet is first
    steady.save(book, stream, {f"xl/worksheets/sheet{number}.xml": part for number, part in parts.items()})


def _mark(book: Workbook, report: Report, masters: Sequence[Master], by_master: Sequence[Marks]) -> None:
    for name in book.sheetnames:
        if our_sheet(name):
            del book[name]
    for name in [name for name, defined in book.defined_names.items() if "[" in (defined.attr_text or "")]:
        del book.defined_names[name]
    budget = COMMENTS
    for master, mine in zip(masters, by_master, strict=True):
        sheet = book[master.sheet]
        unmark(sheet)
        for cell in master.spoilt:
            if cell.letter and sheet[f"{cell.letter}{cell.row}"].value is None:
                sheet[f"{cell.letter}{cell.row}"] = NO_VALUE
        column = issues_column(sheet, _width(master))
        budget -= annotate(sheet, mine, master.header_row, column, report.rules, budget)


def _width(master: Master) -> int:
    """How many columns the sheet has, those of an earlier review left out."""
    return max((index(column.letter) + 1 for column in master.columns if not our_column(column.header)), default=0)


class _Styles:
    """Gives our looks numbers among the styles of a workbook of openpyxl's."""

    def __init__(self, book: Workbook) -> None:
        self._sheet = book[FINDINGS]  # its part is replaced by ours
        self._numbers: dict[Look, int] = {}

    def __call__(self, look: Look) -> int:
        """The number of a look."""
        if look not in self._numbers:
            cell = self._sheet.cell(1, 1 + len(self._numbers))
            cell.font, cell.fill, cell.alignment = font(look), ground(look), aligned(look)
            cell.quotePrefix = look.quoted
            cell.number_format = "@" if look.text else "General"
            self._numbers[look] = cell.style_id
        return self._numbers[look]
