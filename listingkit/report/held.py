"""held.xlsx: the rows that were held back, each with its reasons."""

from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from listingkit.report.looks import WRAP, wear
from listingkit.report.steady import save

HEAD = ("File", "Sheet", "Row", "SKU", "Held back from", "Why")
WIDTHS = (24, 16, 8, 24, 24, 100)
BOLD = Font(bold=True)
LONGEST = 32_000  # a cell takes 32,767 characters


def write(rows: Iterable[tuple[str | int | None, ...]], path: Path) -> None:
    """Write the rows (file, sheet, row, SKU, marketplaces, reasons) as a workbook; the same rows give the same bytes."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Held back")
    sheet.freeze_panes = "A2"
    for number, width in enumerate(WIDTHS):
        sheet.column_dimensions[chr(65 + number)].width = width
    sheet.append([_cell(sheet, text, bold=True) for text in HEAD])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    save(book, path)


def _cell(sheet: object, value: str | int | None, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=_shown(value))
    if isinstance(value, str):
        cell.data_type = "s"  # also what begins with =
        wear(cell, font=BOLD if bold else None, alignment=WRAP)
    return cell


def _shown(value: str | int | None) -> str | int | None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)[:LONGEST] if isinstance(value, str) else value
