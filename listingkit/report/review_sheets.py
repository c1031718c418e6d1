"""The sheets that a review adds: a summary first, and the list of findings."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from openpyxl.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from listingkit.finding import Severity
from listingkit.master.review_marks import FINDINGS
from listingkit.report import looks
from listingkit.report.annotate import LINKS, jump, link, place
from listingkit.report.escape import visible
from listingkit.report.notes import Line, issues, worst
from listingkit.report.report import Report
from listingkit.report.words import summary

LINES = 100_000  # of the list; the json formats have all
SKUS = 5_000  # of the summary
LINE = 70  # characters of a wrapped line, with some room
MESSAGE = 6  # column of the list, the one that wraps
TEXT = 2_000  # characters of a value in the list


def put(sheet: Worksheet, row: int, column: int, text: str | float | None, font: Font | None = None) -> Cell:
    """Write a cell as text (never a formula) or a number."""
    cell: Cell = sheet.cell(row, column)
    if isinstance(text, str):
        cell.value = visible(text, TEXT)
        cell.data_type = "s"
        cell.quotePrefix = text[:1] in tuple("=+-@")
    else:
        cell.value = text
    looks.wear(cell, font=font or looks.PLAIN, alignment=looks.TOP if isinstance(text, str) else looks.NUMBER)
    return cell


def summarise(sheet: Worksheet, report: Report, found: Sequence[Line], titles: Mapping[int, str], advice: Sequence[str]) -> None:
    """Fill the first sheet."""
    sheet.sheet_view.showGridLines = False
    for column, width in zip("ABCDEF", (12, 12, 64, 11, 12, 40), strict=True):
        sheet.column_dimensions[column].width = width
    _line(
        sheet,
        1,
        "Review of " + ", ".join(dict.fromkeys(visible(PurePath(shown.file).name) for shown in report.inputs))
        if report.inputs
        else "Review",
    )
    sheet["A1"].font = looks.TITLE
    _line(sheet, 2, " ".join(summary(report)))
    row = 3
    for text in advice:
        _line(sheet, row, text)
        sheet.cell(row, 1).font = looks.MUTED
        row += 1
    row = _totals(sheet, row + 1, report)
    row = _by_rule(sheet, row + 1, report, found, titles)
    _by_sku(sheet, row + 1, found, titles)
    printed(sheet)


def _totals(sheet: Worksheet, row: int, report: Report) -> int:
    tally = report.tally
    counted: list[tuple[str, int | None, Severity | None]] = [
        ("Errors", tally.errors, Severity.ERROR),
        ("Warnings", tally.warnings, Severity.WARNING),
        ("Rows read", report.rows, None),
        ("Held back", report.held, None),
        ("Proposals", tally.safe + tally.ask, None),
    ]
    row = _head(sheet, row, "Totals", [name for name, _, _ in counted])
    for column, (_, number, severity) in enumerate(counted, 1):
        cell = put(sheet, row, column, number)
        cell.font = looks.FIGURE
        cell.alignment = looks.LEFT
        if severity and number:
            cell.fill, cell.font = looks.FILLS[severity], looks.FIGURE_INKS[severity]
    sheet.row_dimensions[row].height = 26
    return row + 1


def printed(sheet: Worksheet) -> None:
    """Print a sheet of ours on landscape pages of its width."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _line(sheet: Worksheet, row: int, text: str) -> None:
    put(sheet, row, 1, text).alignment = looks.WRAP
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=6)
    sheet.row_dimensions[row].height = 28 if row == 1 else 16 * (1 + len(text) // 120)


def _head(sheet: Worksheet, row: int, title: str, columns: Sequence[str]) -> int:
    put(sheet, row, 1, title, looks.SECTION)
    for number, text in enumerate(columns, 1):
        put(sheet, row + 1, number, text, looks.HEAD).fill = looks.HEAD_FILL
    return row + 2


def _wrapped(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """A text over as many lines as it needs: LibreOffice leaves the rows of a new file at one line."""
    cell = put(sheet, row, column, text)
    looks.wear(cell, alignment=looks.WRAP)
    needed = 1 + len(str(cell.value)) // LINE
    if needed > 1:
        sheet.row_dimensions[row].height = 15.5 * min(needed, 12)


def _severity(cell: Cell, severity: Severity) -> None:
    looks.wear(cell, font=looks.INKS[severity], fill=looks.FILLS[severity])


def _by_rule(sheet: Worksheet, row: int, report: Report, found: Sequence[Line], titles: Mapping[int, str]) -> int:
    first: dict[str, Line] = {}
    places: dict[str, int] = {}
    for line in found:
        code = line.finding.code
        if code not in first or (line.cell and not first[code].cell):
            first[code] = line
        places[code] = places.get(code, 0) + 1
    row = _head(sheet, row, "By rule", ("Severity", "Rule", "What is asked", "Findings", "First at", "Category"))
    worst_first = sorted(report.tally.codes, key=lambda code: (report.tally.worst[code].rank, -places[code], code))
    for code in worst_first:
        card = report.rule(code)
        severity = report.tally.worst[code]
        _severity(put(sheet, row, 1, severity.value), severity)
        put(sheet, row, 2, code)
        _wrapped(sheet, row, 3, card.doc if card and card.doc else report.tally.names[code])
        put(sheet, row, 4, places[code])
        _jump(put(sheet, row, 5, first[code].cell or "list", looks.LINK), first[code], titles)
        put(sheet, row, 6, card.category.replace("_", " ") if card else "")
        row += 1
    return row


def _by_sku(sheet: Worksheet, row: int, found: Sequence[Line], titles: Mapping[int, str]) -> None:
    by_sku: dict[tuple[str, int | None, int | None], list[Line]] = {}
    for line in found:
        if line.finding.row is not None:
            by_sku.setdefault((line.finding.sku or "", line.master, line.finding.row), []).append(line)
    ranked = sorted(by_sku.items(), key=lambda item: (worst(item[1]).rank, item[0][1] or 0, item[0][2] or 0))
    row = _head(sheet, row, "By SKU", ("Severity", "Row", "SKU", "Findings", "Go to", "Rules"))
    for (sku, _, number), mine in ranked[:SKUS]:
        _severity(put(sheet, row, 1, worst(mine).value), worst(mine))
        put(sheet, row, 2, number)
        put(sheet, row, 3, sku or "(no SKU)")
        put(sheet, row, 4, len(mine))
        best = next((line for line in sorted(mine, key=lambda line: line.finding.severity.rank) if line.cell), mine[0])
        _jump(put(sheet, row, 5, best.cell or "row", looks.LINK), best, titles)
        put(sheet, row, 6, issues(mine).partition(": ")[2], looks.MUTED)
        row += 1
    if len(ranked) > SKUS:
        put(sheet, row, 1, f"... and {len(ranked) - SKUS:,} more SKUs: see the sheet {FINDINGS}", looks.MUTED)


def _jump(cell: Cell, line: Line, titles: Mapping[int, str]) -> None:
    link(cell, jump(line, titles) or place(FINDINGS, f"A{line.number}"))


def enumerate_findings(sheet: Worksheet, found: Sequence[Line], titles: Mapping[int, str]) -> None:
    """Fill the list: a line a finding, its cell a link."""
    heads = ("Severity", "Rule", "SKU", "Cell", "Column", "Message", "Value", "Proposed", "Marketplaces", "Sheet")
    for number, (text, width) in enumerate(zip(heads, (10, 10, 22, 10, 20, 62, 30, 30, 18, 24), strict=True), 1):
        put(sheet, 1, number, text, looks.HEAD).fill = looks.HEAD_FILL
        sheet.column_dimensions[get_column_letter(number)].width = width
    for line in found[:LINES]:
        finding, row = line.finding, line.number
        _severity(put(sheet, row, 1, finding.severity.value), finding.severity)
        address = put(sheet, row, 4, line.cell or (f"row {finding.row}" if finding.row else ""))
        target = jump(line, titles)
        if target and row < LINKS:
            looks.wear(address, font=looks.LINK)
            link(address, target)
        proposed = None if finding.fix is None else finding.fix.value or "(clear the cell)"
        texts = (finding.code, finding.sku, None, finding.column, finding.message, finding.value, proposed, " ".join(line.marketplaces))
        where = titles.get(line.master) if line.master is not None else finding.file
        for column, said in enumerate((*texts, where), 2):
            if said:
                (_wrapped if column == MESSAGE else put)(sheet, row, column, said)
    printed(sheet)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{max(len(found[:LINES]) + 1, 2)}"
