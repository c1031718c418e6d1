"""Changes as a workbook: the rows that change, changed cells coloured, the old value in the comment."""

from collections.abc import Sequence
from typing import BinaryIO

import polars as pl
from msgspec.structs import replace

from listingkit.diff.changes import Change, Changes
from listingkit.finding import Severity
from listingkit.master.sheet import letter
from listingkit.report import book, looks
from listingkit.report.changes_text import groups, summary
from listingkit.report.escape import visible
from listingkit.report.grid import Grid
from listingkit.report.looks import Look
from listingkit.report.sheet import Column, Note, Sheet
from listingkit.report.styles import Styles

ROWS = 20_000  # listings in the workbook; comments make larger ones slow to open
WIDTH = 28  # characters of a column; a longer text ends where its cell does
WAS = 2_000  # characters of an old value
_DANGEROUS, _CHANGED, _MOVED = (looks.FILLS[severity] for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO))
_GONE = "FFD9DEE6"
_KINDS = {"added": "FFCFEBD6", "removed": _DANGEROUS, "vanished": _GONE}
_LEGEND = (
    (_DANGEROUS, "dangerous change, or a deleted listing"),
    (_CHANGED, "changed; the old value is in the comment"),
    (_MOVED, "moved: the same values in another order"),
    (_KINDS["added"], "new listing"),
    (_GONE, "missing in this upload: stays live"),
)


def write(changes: Changes, stream: BinaryIO) -> None:
    """One sheet with a row a listing and a column a changed field, one that explains the colours and counts."""
    styles = Styles()
    skus = changes.frame.get_column("sku").unique(maintain_order=True).head(ROWS)
    book.save([_Changed(changes, styles).sheet(skus), _legend(changes, len(skus), styles)], styles, stream)


class _Changed:
    """The sheet of changes while it is written."""

    def __init__(self, changes: Changes, styles: Styles) -> None:
        self._changes, self._styles = changes, styles
        self._grid = Grid()
        self._notes: list[Note] = []
        found = changes.frame.drop_nulls("path").select("path", "field").unique(maintain_order=True)
        self._names = {path: field or path for path, field in found.iter_rows()}
        self._paths = sorted(self._names, key=lambda path: self._names[path])

    def sheet(self, skus: pl.Series) -> Sheet:
        """The sheet with these listings."""
        heads = ("SKU", "What happens", *(self._names[path] for path in self._paths))
        for column, text in enumerate(heads, 1):
            self._grid.put(1, column, visible(text), self._styles(looks.HEAD))
        for column, path in enumerate(self._paths, 2):
            if self._names[path] != path:
                self._notes.append(Note(f"{letter(column)}1", path, 420, 40))
        shown = self._changes.frame.filter(pl.col("sku").is_in(skus.to_list()))
        for row, (_, listing) in enumerate(shown.group_by("sku", maintain_order=True), 2):
            self._row(row, [Change(*cells) for cells in listing.iter_rows()])
        widths = (24, 26, *[WIDTH] * len(self._paths))
        last = f"{letter(len(heads) - 1)}{len(skus) + 1}"
        return Sheet(
            "Changes",
            self._grid.rows(),
            {letter(number): Column(width) for number, width in enumerate(widths)},
            last,
            frozen="C2",
            filtered=f"A1:{last}",
            repeated=1,
            texts=True,
            notes=self._notes,
            author="listingkit",
        )

    def _row(self, row: int, listing: Sequence[Change]) -> None:
        kinds = dict.fromkeys("changed" if change.path else change.kind for change in listing)
        codes = sorted({change.risk for change in listing if change.risk})
        fill = next((_KINDS[kind] for kind in reversed(kinds) if kind in _KINDS), None)
        self._grid.put(row, 1, listing[0].sku, self._styles(_look(listing[0].sku, fill)))
        self._grid.put(row, 2, ", ".join([*kinds, *codes]), self._styles(_look("", fill)))
        cells = {change.path: change for change in listing if change.path}
        for column, path in enumerate(self._paths, 3):
            if path in cells:
                self._changed(row, column, cells[path])

    def _changed(self, row: int, column: int, change: Change) -> None:
        fill = _MOVED if change.kind == "moved" else _DANGEROUS if change.dangerous else _CHANGED
        self._grid.put(row, column, change.new, self._styles(_look(change.new or "", fill)))
        was = "(blank)" if change.old is None else change.old[:WAS]
        self._notes.append(Note(f"{letter(column - 1)}{row}", f"{change.risk + ': ' if change.risk else ''}was {was}", 320, 120))


def _look(text: str, fill: str | None) -> Look:
    return replace(looks.CLIPPED if len(text) > WIDTH else looks.TEXT, fill=fill)


def _legend(changes: Changes, shown: int, styles: Styles) -> Sheet:
    grid = Grid()
    grid.put(1, 1, summary(changes), styles(replace(looks.SECTION, vertical=None)))
    for column, text in enumerate(("What", "Changes", "What it means"), 1):
        grid.put(3, column, text, styles(looks.HEAD))
    row = 4
    for group in groups(changes):
        grid.put(row, 1, group.title, styles(replace(looks.PLAIN, fill=_DANGEROUS if group.dangerous else None)))
        grid.put(row, 2, group.changes.height, styles(looks.NUMBER))
        if group.risk:
            grid.put(row, 3, f"{group.risk.sentence} {group.risk.why}", styles(looks.WRAP))
            grid.heights[row] = 32  # LibreOffice leaves the rows of a new file at one line
        row += 1
    grid.put(row + 1, 1, "Colours", styles(looks.HEAD))
    for at, (fill, text) in enumerate(_LEGEND, row + 2):
        grid.put(at, 1, text, styles(replace(looks.PLAIN, fill=fill)))
    listings = changes.frame.get_column("sku").n_unique()
    if listings > shown:
        more = f"{listings - shown:,} more listings are not in this workbook; the jsonl format has them all"
        grid.put(row + 2 + len(_LEGEND), 1, more, styles(looks.PLAIN))
    return Sheet("Legend", grid.rows(), {"A": Column(44), "B": Column(12), "C": Column(100)}, grid.last)
