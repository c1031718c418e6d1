"""review.xlsx: the master with what is wrong marked in its cells, to fix there and read again as a master.

A workbook of ordinary size keeps its own look. A text file, an old workbook, several files together, and what openpyxl
cannot open or is too large for it get clean sheets with every value as text, so that no zero is lost while editing.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import polars as pl
from msgspec.structs import replace

from listingkit.master.review_marks import NO_VALUE
from listingkit.master.sheet import ROW, Master
from listingkit.report import book
from listingkit.report.notes import COMMENTS, lines, marks
from listingkit.report.report import Report
from listingkit.report.review_master import clean
from listingkit.report.review_sheets import Summary, listed
from listingkit.report.styles import Styles

if TYPE_CHECKING:
    from openpyxl import Workbook

KEPT_CELLS = 500_000  # of a workbook that keeps its look: 400,000 cost 7 s of CPU, measured on one core of a 2-core machine
KEPT_BYTES = 150_000_000  # of its unpacked parts

ADVICE = (
    "Fix the coloured cells in the sheets that follow, save this workbook, and give it to listingkit in place of the master.",
    "Our sheets, colours, comments and the column of issues are left out when it is read.",
    "Click a cell address to jump to the cell, and the text in the column of issues to come back.",
)
KEPT = "Formulas stand here as the values they had."
BROKEN = "Every cell is text here, and the master's own look was left out: some part of it besides the values is damaged."
LEAN = "Every cell is text here, so that no leading zero is lost while you edit; the master's own look was left out."


def write(report: Report, stream: IO[bytes], masters: Sequence[Master] = ()) -> None:
    """Write the workbook; the same report and masters give the same bytes."""
    found = lines(report, masters)
    by_master = marks(found, len(masters))
    kept = _kept(masters)
    look = KEPT if kept is not None else BROKEN if _keeps_look(masters) else LEAN
    advice = [*ADVICE, look] if masters else []
    cells = sum(len(mine.cells) for mine in by_master)
    if cells > COMMENTS:
        advice.append(f"{COMMENTS:,} of {cells:,} marked cells carry a comment, the worst first; the list has all.")
    if kept is not None:
        from listingkit.report import review_kept

        review_kept.write(kept, report, stream, masters, found, by_master, advice)
        return
    styles = Styles()
    sheets = clean([_with_lost_values(master) for master in masters], by_master, report.rules, styles)
    titles = {number: sheet.title for number, sheet in enumerate(sheets)}
    book.save([Summary(report, found, titles, styles).sheet(advice), *sheets, listed(found, titles, styles)], styles, stream)


def _with_lost_values(master: Master) -> Master:
    """The master with what stood in cells without a value: a blank cell would look like one that is right."""
    rows = {row: place for place, row in enumerate(master.frame[ROW])} if master.spoilt else {}
    columns: dict[str, pl.Series] = {}
    for cell in master.spoilt:
        if cell.letter in master.frame.columns and cell.row in rows:
            column = columns.get(cell.letter, master.frame[cell.letter])
            if column[rows[cell.row]] is None:
                columns[cell.letter] = column.clone().scatter(rows[cell.row], cell.value or NO_VALUE)
    return replace(master, frame=master.frame.with_columns(columns.values())) if columns else master


def _kept(masters: Sequence[Master]) -> "Workbook | None":
    """The workbook of the masters, where it can keep its look."""
    if not _keeps_look(masters):
        return None
    from listingkit.report import review_kept

    return review_kept.opened(masters)


def _keeps_look(masters: Sequence[Master]) -> bool:
    if not masters or len({master.file for master in masters}) > 1 or masters[0].kind not in ("xlsx", "xlsm"):
        return False
    path = Path(masters[0].file)
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as package:
        unpacked = sum(entry.file_size for entry in package.infolist())
    return sum(master.frame.height * len(master.columns) for master in masters) <= KEPT_CELLS and unpacked <= KEPT_BYTES
