"""xlsx and xlsm: values as exact text, and what the cells are, read straight from the sheet's XML."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import IO, Self

import polars as pl

from listingkit.errors import Unreadable
from listingkit.master import header
from listingkit.master.cells import Conversion, meaning
from listingkit.master.choice import Entry, chosen, passed_over
from listingkit.master.notes import Notebook
from listingkit.master.numbers import BUILT_IN, Format, number_format
from listingkit.master.oddrows import WIDEST
from listingkit.master.package import Package, tags
from listingkit.master.reading import Block, first_rows
from listingkit.master.review_marks import our_sheet
from listingkit.master.rowscan import RowScan
from listingkit.master.sheet import ROW, Evidence, index
from listingkit.master.texts import cut, shared_strings

HEAD = 64 << 10  # bytes of XML that are enough to find a header
MERGED_AT_MOST = 10_000  # ranges that are looked at
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_BEGIN = re.compile(rb"<(?:\w+:)?sheetData\s*>")
_END = re.compile(rb"</(?:\w+:)?sheetData>")


class Workbook:
    """An open workbook."""

    def __init__(self, stream: IO[bytes], name: str, kind: str) -> None:
        self.name, self.kind = name, kind
        self.package = Package(stream, name)
        main = [part for type_, part in self.package.related("").values() if type_ == "officeDocument"]
        self._main = main[0] if main else "xl/workbook.xml"
        self._xml = self.package.text(self._main)
        self._related = self.package.related(self._main)
        self.since_1904 = any(tag.get("date1904") in {"1", "true"} for tag in tags(self._xml, "workbookPr"))
        self.entries = tuple(self._entries())
        self._headers: dict[Entry, tuple[str, ...]] = {}
        if not self.entries:
            raise Unreadable(f"{name}: the workbook has no worksheet")

    def _entries(self) -> Iterator[Entry]:
        for tag in tags(self._xml, "sheet"):
            type_, part = self._related.get(next((value for key, value in tag.items() if key.endswith(":id")), ""), ("", ""))
            if type_ == "worksheet" and not our_sheet(tag.get("name", "")):
                yield Entry(tag.get("name", ""), part, tag.get("state", "visible") != "visible")

    def sheets(self, pattern: str | None) -> Iterator["WorkbookSheet"]:
        """The sheets that a name or pattern means; without one, the widest visible sheet. Raises UnknownName."""
        for entry in chosen(self.entries, pattern, self._labels, self.name):
            sheet = WorkbookSheet(self, entry)
            if message := passed_over(self.entries, pattern, self._labels, entry):
                sheet.notes.add("FIL013", message)
            yield sheet

    def _labels(self, entry: Entry) -> tuple[str, ...]:
        """The header of a sheet; nothing where it stands far down, as in lists of valid values."""
        if entry not in self._headers:
            found = header.find(first_rows(WorkbookSheet(self, entry).head()))
            self._headers[entry] = tuple(filter(None, found.labels)) if found and found.row <= header.DEEPEST else ()
        return self._headers[entry]

    @cached_property
    def strings(self) -> pl.Series:
        """The shared strings."""
        part = next((part for type_, part in self._related.values() if type_ == "sharedStrings"), None)
        if part is None or not self.package.has(part):
            return pl.Series([], dtype=pl.String)
        return shared_strings(self.package.blocks(part, "strings"), self.name)

    @property
    def styles_part(self) -> str | None:
        """The part with the cell styles, where there is one."""
        part = next((part for type_, part in self._related.values() if type_ == "styles"), None)
        return part if part is not None and self.package.has(part) else None

    @cached_property
    def formats(self) -> tuple[Format, ...]:
        """The number format of each cell style."""
        if self.styles_part is None:
            return ()
        xml = self.package.text(self.styles_part)
        own = {tag.get("numFmtId"): tag.get("formatCode", "") for tag in tags(xml, "numFmt")}
        section = re.search(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", xml, re.DOTALL)
        codes = [tag.get("numFmtId", "0") for tag in tags(section[0], "xf")] if section else []
        return tuple(
            number_format(own.get(code) or BUILT_IN.get(int(code) if code.isdecimal() and len(code) < 6 else 0, "General"))
            for code in codes
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.package.close()


class WorkbookSheet:
    """One worksheet as blocks of text cells."""

    encoding: str | None = None
    delimiter: str | None = None

    def __init__(self, book: Workbook, entry: Entry) -> None:
        self.kind: str = book.kind
        self.sheet: str | None = entry.name
        self.notes = Notebook(book.name, entry.name)
        self._book, self._entry = book, entry
        self._hidden = bytearray(WIDEST)  # 1 for a hidden column
        self._merged: list[header.Range] = []
        self._hidden_rows: list[int] = []

    def head(self) -> pl.DataFrame:
        """The first rows."""
        first = next(cut(self._book.package.blocks(self._entry.part, "sheet"), "row", self._book.name, HEAD), b"")
        _, _, rows = _split(first, _BEGIN)
        blocks = self._conversion(Notebook("")).blocks(RowScan(self._book.name).scan(rows))
        return next((block.frame for block in blocks), pl.DataFrame(schema={ROW: pl.UInt32}))

    def _conversion(self, notes: Notebook) -> Conversion:
        return Conversion(self._book.strings, self._book.formats, notes, since_1904=self._book.since_1904)

    def blocks(self) -> Iterator[Block]:
        """The rows of the sheet."""
        convert = self._conversion(self.notes)
        scan = RowScan(f"{self._book.name} [{self._entry.name}]")
        began = ended = False
        for chunk in cut(self._book.package.blocks(self._entry.part, "sheet"), "row", self._book.name, after="sheetData"):
            rows = chunk
            if not began:
                head, began, rows = _split(rows, _BEGIN)
                self._columns(head.decode(errors="replace"))
            if not began or ended:
                self._merges(rows)
                if len(self._merged) >= MERGED_AT_MOST:
                    break
                continue
            if not rows.endswith(b"row>"):  # only the last chunk of rows is cut elsewhere
                rows, ended, tail = _split(rows, _END)
                self._merges(tail)
            cells = scan.scan(rows)
            self._hidden_rows += cells.hidden
            yield from convert.blocks(cells)

    def _columns(self, head: str) -> None:
        for tag in islice(tags(head, "col"), WIDEST):
            first, last = (int(text) if text.isdecimal() and len(text) < 6 else 0 for text in (tag.get("min", ""), tag.get("max", "")))
            if tag.get("hidden") in {"1", "true"} and 0 < first <= last <= WIDEST:
                self._hidden[first - 1 : last] = b"\1" * (last - first + 1)

    def _merges(self, xml: bytes) -> None:
        if len(self._merged) >= MERGED_AT_MOST:
            return
        for match in _MERGE.finditer(xml):
            self._merged.append((int(match[2]), index(match[1].decode()), int(match[4]), index(match[3].decode())))
            if len(self._merged) >= MERGED_AT_MOST:
                return

    def evidence(self, marks: Mapping[str, int]) -> Evidence:
        """What the counted marks of one column mean."""
        counts: Counter[str] = Counter()
        formats: Counter[str] = Counter()
        for mark, times in marks.items():
            what, format_ = meaning(mark, self._book.formats)
            counts[what] += times
            if what in {"numeric", "dates"}:
                formats[format_.code] += times
        return Evidence(
            numeric=counts["numeric"],
            text=counts["text"],
            dates=counts["dates"],
            booleans=counts["booleans"],
            errors=counts["errors"],
            formats=dict(formats),
        )

    def merged(self) -> Sequence[header.Range]:
        return self._merged

    def hidden_rows(self) -> Sequence[int]:
        return self._hidden_rows

    def hidden_columns(self) -> frozenset[int]:
        return frozenset(place for place, hidden in enumerate(self._hidden) if hidden)


def _split(text: bytes, at: re.Pattern[bytes]) -> tuple[bytes, bool, bytes]:
    match = at.search(text)
    return (text[: match.start()], True, text[match.end() :]) if match else (text, False, b"")
