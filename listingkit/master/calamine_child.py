"""Run as a process of its own: a workbook on stdin; on stdout a line of JSON about its sheets, then their cells as Arrow files."""

import contextlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from io import BytesIO
from itertools import islice
from xml.parsers.expat import ExpatError

import polars as pl
import python_calamine as calamine

from listingkit.errors import UnknownName
from listingkit.master import binary_workbook, header, open_document
from listingkit.master.binary_workbook import MARK, Built
from listingkit.master.blanks import without_blank_cells
from listingkit.master.choice import Entry, chosen, passed_over
from listingkit.master.compound_workbook import built_of
from listingkit.master.numbers import exact
from listingkit.master.old_workbook import KINDS
from listingkit.master.sheet import ROW, letter

MEMORY = 1200 << 20  # bytes of address space beyond what the imports have taken; how much of it is used, the parent watches
ROWS = 10_000  # that are turned into Arrow at a time
LOOKED_AT = 40
_PLAIN = {"xlsb": binary_workbook.made_plain, "ods": open_document.made_plain}


def main(kind: str, pattern: str | None = None) -> int:
    """Answer for one workbook; the exit status is 0 unless the process dies."""
    content = BytesIO(sys.stdin.buffer.read())
    _bound_memory()
    built: Mapping[str, Built] = built_of(content.getvalue()) if kind == "xls" else {}
    try:
        if kind in _PLAIN:
            content, built = _PLAIN[kind](content)
        about, files = _answer(content, kind, pattern, built)
    except calamine.PasswordError:
        about, files = {"problem": "password"}, []
    except UnknownName:
        about, files = {"problem": "unknown sheet", "names": calamine.load_workbook(content).sheet_names}, []
    except (ExpatError, calamine.CalamineError, calamine.XmlError, calamine.ZipError, calamine.WorksheetNotFound, OSError) as error:
        about, files = {"problem": str(error)}, []
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n")
    for file in files:
        sys.stdout.buffer.write(file)
    return 0


def _bound_memory() -> None:
    with contextlib.suppress(ImportError):  # not on Windows
        import resource
        from pathlib import Path

        status = Path("/proc/self/statm")
        taken = int(status.read_text().split()[0]) * resource.getpagesize() if status.exists() else 4 << 30
        resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, taken + MEMORY))


def _answer(content: BytesIO, kind: str, pattern: str | None, built: Mapping[str, Built]) -> tuple[dict[str, object], list[bytes]]:
    book = calamine.load_workbook(content)
    entries = [
        Entry(sheet.name, hidden=sheet.visible != calamine.SheetVisibleEnum.Visible)
        for sheet in book.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    if not entries:
        return {"problem": "it has no worksheet"}, []
    about: list[dict[str, object]] = []
    files: list[bytes] = []
    labels = cache(partial(_labels, book))
    for entry in chosen(entries, pattern, labels, kind):
        sheet = book.get_sheet_by_name(entry.name)
        cells, kinds, errors = _frames(sheet)
        how = built.get(entry.name, Built())
        merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()] or how.merged
        about.append(
            {
                "name": entry.name,
                "passed_over": passed_over(entries, pattern, labels, entry),
                "merged": merged,
                "hidden_rows": how.hidden_rows,
                "hidden_columns": how.hidden_columns,
                "errors": errors or how.errors,
                "cells": [len(block) for block in cells],
                "kinds": [len(block) for block in kinds],
            }
        )
        files += cells + kinds
    return {"sheets": about}, files


def _labels(book: calamine.CalamineWorkbook, entry: Entry) -> tuple[str, ...]:
    """The header of a sheet; nothing where it has none near its top."""
    rows = book.get_sheet_by_name(entry.name).to_python(nrows=LOOKED_AT)
    texts = {number: [_text(cell)[0] for cell in row] for number, row in enumerate(rows, 1) if any(cell != "" for cell in row)}
    found = header.find(texts)
    return tuple(filter(None, found.labels)) if found and found.row <= header.DEEPEST else ()


def _frames(sheet: calamine.CalamineSheet) -> tuple[list[bytes], list[bytes], list[tuple[int, str, str]]]:
    """Text and kinds of the cells, in blocks of rows; the frame starts at column A. Errors are told by row, letter and text."""
    top, left = sheet.start or (0, 0)
    names = [letter(left + place) for place in range(sheet.width)]
    files: list[bytes] = []
    kind_files: list[bytes] = []
    errors: list[tuple[int, str, str]] = []
    rows = _rows(sheet, top)
    first = top + 1
    while True:
        columns: list[list[str | None]] = [[] for _ in names]
        kinds: list[list[int]] = [[] for _ in names]
        count = 0
        for count, row in enumerate(islice(rows, ROWS), 1):
            for name, column, marks, cell in zip(names, columns, kinds, row[-sheet.width :] if sheet.width else row, strict=True):
                text, kind = _text(cell)
                if kind == "errors" and text:
                    errors.append((first + count - 1, name, text))
                    text = None
                column.append(text)
                marks.append(KINDS.index(kind))
        if not count and files:
            return files, kind_files, errors
        frame = pl.DataFrame(dict(zip(names, columns, strict=True)), schema=dict.fromkeys(names, pl.String))
        files.append(_ipc(without_blank_cells(frame.with_row_index(ROW, offset=first))))
        kind_files.append(_ipc(pl.DataFrame(dict(zip(names, kinds, strict=True)), schema=dict.fromkeys(names, pl.UInt8))))
        first += count
        if not count:
            return files, kind_files, errors


def _rows(sheet: calamine.CalamineSheet, top: int) -> Iterator[Sequence[object]]:
    for number, row in enumerate(sheet.iter_rows()):
        if number >= top:
            yield row


def _text(cell: object) -> tuple[str | None, str]:
    if isinstance(cell, str):
        if cell.startswith(MARK):
            return cell.removeprefix(MARK), "errors"
        return (cell, "text") if cell else (None, "")
    if isinstance(cell, bool):
        return ("TRUE" if cell else "FALSE"), "booleans"
    if isinstance(cell, int | float):
        return exact(repr(cell)), "numeric"
    if isinstance(cell, datetime):
        return (cell.date().isoformat() if cell.time() == time() else cell.isoformat(timespec="seconds")), "dates"
    if isinstance(cell, date | time):
        return cell.isoformat(), "dates"
    if isinstance(cell, timedelta):
        return exact(repr(cell.total_seconds() / 86_400)), "dates"
    return str(cell), "text"


def _ipc(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_ipc(buffer)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
