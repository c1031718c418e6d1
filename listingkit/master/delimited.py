"""csv, tsv and other delimited text, in blocks of bounded size."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import IO

import polars as pl

from listingkit.errors import ListingkitError, Unreadable
from listingkit.finding import Severity
from listingkit.master.blanks import without_blank_cells
from listingkit.master.chunks import Chunks
from listingkit.master.encoding import encoding_of, known
from listingkit.master.notes import AT_MOST, Notebook
from listingkit.master.reading import Block, Plain
from listingkit.master.records import Record, records
from listingkit.master.regular import Regular
from listingkit.master.sheet import ROW

WIDEST = 4_096  # columns; the widest inventory templates have some 700
MOST_BROKEN = 10_000  # quotes left open
SAMPLE_RECORDS = 200
DELIMITERS = ",;\t|"


class DelimitedSheet(Plain):
    """One text file as blocks of text cells."""

    sheet: str | None = None

    def __init__(self, stream: IO[bytes], name: str, *, encoding: str | None = None, delimiter: str | None = None) -> None:
        self.name = name
        self.notes = Notebook(name)
        self._stream = stream
        self._short: list[tuple[int, int, int]] = []  # row, line and cells of the first rows that are too short
        self._short_count = 0
        self._open_quotes = 0
        self.encoding = known(encoding) if encoding else self._detected()
        self._chunks = Chunks(stream, name, self.encoding, trusted=encoding is None)
        head, whole = self._chunks.peek()
        text = head.decode()
        marks = [_checked(delimiter)] if delimiter else [mark for mark in DELIMITERS if mark == "," or mark in text]
        first = {mark: first_records(text, mark, final=whole) for mark in marks}
        self.delimiter = _delimiter(first)
        self.width = _width(first[self.delimiter])
        if self.width > WIDEST:
            raise Unreadable(f"{name}: has {self.width} columns; more than {WIDEST:,} is no product sheet")
        self.regular = Regular(self.delimiter, self.width)
        self.row = 1  # number of the next record
        self.kind = self.regular.kind
        self._pieces = iter(self._chunks)

    def _detected(self) -> str:
        guess = encoding_of(self._stream, self.name)
        if not guess.sure:
            others = f"; {' and '.join(guess.instead)} would also decode it" if guess.instead else ""
            self.notes.add(
                "FIL001", f"the encoding was taken to be {guess.encoding}{others}; name it with --encoding if letters look wrong"
            )
        return guess.encoding

    def blocks(self) -> Iterator[Block]:
        """The records; `#row` is the number of the record, as Excel numbers it."""
        line: int | None = 1  # None after pieces whose lines were not counted
        for given, final in self._pieces:
            size = given
            frame = self._fast(size, self.row)
            if frame is None and not final and (end := record_end(self._chunks.buffer, size)) < size:
                size = end  # the first cut stood inside a quoted cell
                frame = self._fast(size, self.row)
            if frame is None:
                line = self._chunks.lines_before() + 1 if line is None else line
                frame, size, lines = self._careful(size, self.row, line, final=final)
                line += lines
            elif line is not None:
                line = None if self._chunks.buffer.find(b'"', 0, size) >= 0 else line + frame.height
            self._chunks.used(size)
            self.row += frame.height
            yield Block(without_blank_cells(frame))
        self.end()

    def uncut(self) -> Iterator[tuple[int | None, memoryview]]:
        """The text below the blocks that were taken, in the pieces that further blocks would be made of, and where in the file each begins.

        None where the file is in another encoding than UTF-8. A piece is there until the next one is asked for.
        """
        for given, final in self._pieces:
            size = given
            if not final and self._chunks.buffer.count(b'"', 0, size) % 2:
                size = record_end(self._chunks.buffer, size)
            self._chunks.used(size)
            with memoryview(self._chunks.buffer) as view, view[:size] as piece:
                yield self._chunks.at, piece

    def end(self) -> None:
        """Note what only all records tell; `row` is the number of the next one that there would be."""
        self._tell_short(self.row - 1)

    def _fast(self, size: int, row: int) -> pl.DataFrame | None:
        """A piece of the buffer read by polars, or None where polars might see other records than Excel does."""
        text = self._chunks.buffer
        if not self.regular.cut_alike(text, size):
            return None
        try:
            with memoryview(text) as view, view[:size] as piece:
                return self._parsed(piece, row)
        except pl.exceptions.PolarsError:
            return None

    def _parsed(self, piece: memoryview, row: int) -> pl.DataFrame | None:
        """The records of a piece that has no pitfalls but rows that are too short. Raises what polars raises."""
        frame = self.regular.parsed(piece)
        return frame if frame is None else frame.with_row_index(ROW, offset=row)

    def _careful(self, size: int, row: int, line: int, *, final: bool) -> tuple[pl.DataFrame, int, int]:
        """The records of a piece, how many of its bytes they take, and how many lines."""
        text = self._chunks.buffer[:size].decode()
        rows: list[list[str | None]] = []
        end = lines = 0
        for record in self._records(text, final=final):
            self._judge(record.cells, row + len(rows), line + lines, unclosed=record.unclosed)
            cells: list[str | None] = [cell or None for cell in record.cells[: self.width]]
            rows.append(cells + [None] * (self.width - len(cells)))
            lines += record.lines
            end = record.end
        frame = pl.DataFrame(rows, schema=self.regular.schema, orient="row").with_row_index(ROW, offset=row)
        return frame, len(text[:end].encode()), lines

    def _records(self, text: str, *, final: bool) -> Iterator[Record]:
        return records(text, self.delimiter, final=final)

    def _judge(self, cells: list[str], row: int, line: int, *, unclosed: bool) -> None:
        if unclosed:
            self._open_quotes += 1
            if self._open_quotes > MOST_BROKEN:
                raise Unreadable(f"{self.name}: more than {MOST_BROKEN:,} quotes are opened and not closed; export the sheet again")
            self.notes.spoil("FIL012", f"line {line}: a quote is opened and not closed; it was read as a plain character", row)
        extra = [cell for cell in cells[self.width :] if cell.strip()]
        if extra:
            message = f"line {line}: the row has {len(cells)} cells, the sheet {self.width} columns; the last {len(extra)} are left out"
            self.notes.spoil("FIL005", message, row, value=self.delimiter.join(extra))
        elif len(cells) < self.width and any(cells) and row > 1:
            self._short_count += 1
            if len(self._short) < AT_MOST:
                self._short.append((row, line, len(cells)))

    def _tell_short(self, rows: int) -> None:
        """Missing cells at the end of many rows are a habit of the program that wrote them; of few rows, a broken line."""
        if self._short_count * 5 > rows:
            self.notes.add(
                "FIL005",
                f"{self._short_count} of {rows} rows end before the last column; the missing cells are read as blank",
                severity=Severity.INFO,
            )
            return
        for row, line, cells in self._short:
            message = f"line {line}: the row has {cells} cells, the sheet {self.width} columns; the missing ones are read as blank"
            self.notes.add("FIL005", message, row=row, severity=Severity.WARNING, times=1)


def first_records(text: str, mark: str, *, final: bool) -> list[list[str]]:
    """The cells of the first records of a text; where all readers cut it alike, the quickest one's."""
    content = text.encode()
    if Regular(mark, 1).cut_alike(content, len(content)):
        with suppress(csv.Error):  # a cell is too long for it
            found = [row or [""] for row in islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), SAMPLE_RECORDS + 1)]
            if final or len(found) > SAMPLE_RECORDS:  # else the last one may be incomplete
                return found[:SAMPLE_RECORDS]
    return [one.cells for one in islice(records(text, mark, final=final), SAMPLE_RECORDS)]


def _checked(delimiter: str) -> str:
    """A delimiter that a user gave. Raises ListingkitError."""
    delimiter = {"\\t": "\t", "tab": "\t"}.get(delimiter, delimiter)
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        raise ListingkitError(f"the delimiter {delimiter!r} is not one ASCII character; name one like ; or tab")
    return delimiter


def _width(first: Sequence[Sequence[str]]) -> int:
    """How many columns: the width that most of the first records have, or their header where that is wider."""
    cells = Counter[int]()
    for row in first:
        cells[len(row)] += len(row)
    usual = cells.most_common(1)[0][0] if cells else 1
    for row in first:
        filled = max((index + 1 for index, cell in enumerate(row) if cell.strip()), default=0)
        if filled * 2 >= usual:
            return max(usual, filled)
    return usual


def _delimiter(first: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """The delimiter that cuts the first records most evenly into the most cells."""
    best, best_score = next(iter(first)), 0.0
    for mark, rows in first.items():
        counts = Counter(map(len, rows))
        if not counts:
            continue
        width, times = max(counts.items(), key=lambda item: (item[0] > 1) * item[1] * min(item[0], 50) ** 0.5)
        score = 0.0 if width == 1 else times / counts.total() * (1 + min(width, 50) / 50)
        if score > best_score:
            best, best_score = mark, score
    return best


def record_end(buffer: bytearray, size: int) -> int:
    """Offset after the last line break outside quotes; after the last one at all where quotes do not pair."""
    last = at = buffer.rfind(b"\n", 0, size)
    odd = buffer.count(b'"', 0, at + 1) % 2 if at >= 0 else 0
    for _ in range(1000):
        if at < 0:
            break
        if not odd:
            return at + 1
        quote = buffer.rfind(b'"', 0, at)
        previous = buffer.rfind(b"\n", 0, max(quote, 0))
        odd = (odd + buffer.count(b'"', previous + 1, at)) % 2
        at = previous
    return last + 1
