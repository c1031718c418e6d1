"""Fixes written into a copy of the master; the master itself is never written to."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from listingkit.errors import ListingkitError
from listingkit.finding import Safety
from listingkit.job import display
from listingkit.master.sheet import Master, index
from listingkit.render.atomic import replacing
from listingkit.rules.findings import Findings


@dataclass(frozen=True, slots=True)
class Edit:
    """One cell of a master that a fix changes. `file` is the path of the master."""

    file: str
    sheet: str | None
    cell: str
    row: int
    letter: str
    old: str
    new: str
    code: str


def edits(findings: Findings, masters: Sequence[Master], *, unsafe: bool = False) -> Iterator[Edit]:
    """The edits that the fixes of findings ask for: safe ones, with `unsafe` also those that ask, one a cell.

    A value that mapping rewrote (a decimal comma, a unit) is left alone: the fix speaks of what was read, not of what the cell holds.
    """
    paths = [master.file for master in masters]
    by_name = {(display(master.file, paths), master.sheet): master for master in masters}
    cells = {key: _cells(master) for key, master in by_name.items()}
    done: set[tuple[str, str | None, str]] = set()
    for finding in findings:
        key = (finding.file or "", finding.sheet)
        if finding.fix is None or finding.cell is None or finding.row is None or key not in by_name:
            continue
        if finding.fix.safety is not Safety.SAFE and not unsafe:
            continue
        letter = finding.cell.rstrip("0123456789")
        old = cells[key](finding.row, letter)
        if old is None or old.strip() != finding.value or (*key, finding.cell) in done:
            continue
        done.add((*key, finding.cell))
        yield Edit(by_name[key].file, finding.sheet, finding.cell, finding.row, letter, old, finding.fix.value, finding.code)


class _cells:  # noqa: N801 - a look-up, called like a function
    """The text of a master's cell by row and letter."""

    def __init__(self, master: Master) -> None:
        self.frame = master.frame
        self.places = {row: place for place, row in enumerate(master.frame["#row"].to_list())}

    def __call__(self, row: int, letter: str) -> str | None:
        if row not in self.places or letter not in self.frame.columns:
            return None
        text: str | None = self.frame[letter][self.places[row]]
        return text


def written(master: Path, found: Sequence[Edit], sheets: Sequence[Master]) -> Path:
    """Write the copy and its undo log; returns the copy's path. Raises `ListingkitError` for kinds that cannot be copied."""
    kind = sheets[0].kind
    out = master.with_name(f"{master.stem}.fixed{'.xlsx' if kind in ('xlsx', 'xlsm') else master.suffix}")
    if kind in ("xlsx", "xlsm"):
        _write(out, _workbook(master, found))
    elif sheets[0].delimiter is not None and master.is_file() and master.suffix not in (".gz", ".zip"):
        _write(out, _text(master, found, sheets[0]))
    else:
        raise ListingkitError(f"fixes can be written into xlsx and text masters, {master} is {kind}: save it as xlsx first")
    log = "".join(json.dumps({**asdict(edit), "file": out.name}, ensure_ascii=False) + "\n" for edit in found)
    _write(out.with_name(out.name + ".log.jsonl"), log.encode())
    return out


def _write(path: Path, content: bytes) -> None:
    with replacing(path) as stream:
        stream.write(content)


def _workbook(master: Path, found: Sequence[Edit]) -> bytes:
    import warnings

    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl names what it cannot keep; this is a working copy
        book = load_workbook(master)
    for edit in found:
        cell = (book[edit.sheet] if edit.sheet else book.active)[edit.cell]
        cell.value = edit.new or None
        if edit.new:
            cell.data_type = "s"  # as text, also what begins with =
            cell.number_format = "@"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _text(master: Path, found: Sequence[Edit], sheet: Master) -> bytes:
    encoding = sheet.encoding or "utf-8"
    content = master.read_bytes().decode(encoding)
    ending = "\r\n" if "\r\n" in content else "\n"
    csv.field_size_limit(2**31 - 1)
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=sheet.delimiter or ","))
    for edit in found:
        row = rows[edit.row - 1]
        place = index(edit.letter)
        if row[place].strip() != edit.old.strip():
            raise ListingkitError(f"{master} {edit.cell} does not hold what was read there: fix it by hand")
        row[place] = edit.new
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=sheet.delimiter or ",", lineterminator=ending).writerows(rows)
    return stream.getvalue().encode(encoding)
