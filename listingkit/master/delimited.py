"""csv, tsv and other delimited text, in blocks of bounded size."""

import codecs
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import IO

import polars as pl

from listingkit.errors import ListingkitError, Unreadable
from listingkit.finding import Severity
from listingkit.master.blanks import without_blank_cells
from listingkit.master.encoding import encoding_of, known
from listingkit.master.notes import AT_MOST, Notebook
from listingkit.master.reading import Block
from listingkit.master.records import records
from listingkit.master.sheet import ROW, Evidence, letter

CHUNK = 8 << 20
PEEK = 256 << 10
LONGEST = 64 << 20  # bytes of one record
WIDEST = 4_096  # columns; the widest inventory templates have some 700
MOST_BROKEN = 10_000  # quotes left open
SAMPLE_RECORDS = 200
DELIMITERS = ",;\t|"


class DelimitedSheet:
    """One text file as blocks of text cells."""

    kind: str = "csv"
    sheet: str | None = None

    def __init__(self, stream: IO[bytes], name: str, *, encoding: str | None = None, delimiter: str | None = None) -> None:
        self.name = name
        self.notes = Notebook(name)
        self._stream = stream
        self._short: list[tuple[int, int, int]] = []  # row, line and cells of the first rows that are too short
        self._short_count = 0
        self.encoding = known(encoding) if encoding else self._detected()
        self._chunks = _Chunks(stream, name, self.encoding, trusted=encoding is None)
        head, whole = self._chunks.peek()
        self.delimiter = _checked(delimiter) if delimiter else _delimiter(head, whole=whole)
        self.width = _width(head, self.delimiter, whole=whole)
        if self.width > WIDEST:
            raise Unreadable(f"{name}: has {self.width} columns; more than {WIDEST:,} is no product sheet")
        if self.delimiter == "\t":
            self.kind = "tsv"

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
        row = line = 1
        for chunk, final in self._chunks:
            frame = self._fast(chunk, row)
            if frame is None and not final and (end := _record_end(chunk)) < len(chunk):
                self._chunks.give_back(chunk[end:])
                chunk = chunk[:end]  # noqa: PLW2901 -- the first cut stood inside a quoted cell
                frame = self._fast(chunk, row)
            if frame is None:
                frame, used, records_read, lines = self._careful(chunk, row, line, final=final)
                self._chunks.give_back(chunk[used:])
            else:
                records_read = frame.height
                lines = chunk.count(b"\n") if b'"' in chunk else records_read
            row, line = row + records_read, line + lines
            yield Block(without_blank_cells(frame))
        self._tell_short(row - 1)

    def evidence(self, marks: Mapping[str, int]) -> Evidence:
        """Text files have none."""
        return Evidence(text=sum(marks.values()))

    def merged(self) -> tuple[()]:
        return ()

    def hidden_rows(self) -> tuple[()]:
        return ()

    def hidden_columns(self) -> frozenset[int]:
        return frozenset()

    def _fast(self, chunk: bytes, row: int) -> pl.DataFrame | None:
        """The chunk read by polars, or None where polars might see other records than Excel does."""
        mark = self.delimiter.encode()
        if b"\r" in chunk and chunk.count(b"\r") != chunk.count(b"\r\n"):
            return None
        whole = mark.join(letter(i).encode() for i in range(self.width)) + b"\n" + chunk
        if b'"' in chunk and not _quoting(mark).fullmatch(whole):
            return None
        try:
            frame = pl.read_csv(io.BytesIO(whole), infer_schema=False, separator=self.delimiter, row_index_name=ROW, row_index_offset=row)
        except pl.exceptions.PolarsError:
            return None
        if self._has_short_rows(frame, chunk, mark):
            return None
        return frame.with_columns(pl.col(ROW).cast(pl.UInt32))

    def _has_short_rows(self, frame: pl.DataFrame, chunk: bytes, mark: bytes) -> bool:
        """Whether some row lacks its last cells: then the chunk has fewer delimiters outside quotes than full rows need."""
        last = frame.columns[-1]
        if self.width == 1 or not frame.get_column(last).null_count():
            return False
        inside = 0
        if b'"' in chunk:
            inside = sum(frame.select(pl.exclude(ROW).str.count_matches(self.delimiter, literal=True).sum()).row(0))
        return chunk.count(mark) - inside != (self.width - 1) * frame.height

    def _careful(self, chunk: bytes, row: int, line: int, *, final: bool) -> tuple[pl.DataFrame, int, int, int]:
        text = chunk.decode()
        rows: list[list[str | None]] = []
        end = lines = 0
        for record in records(text, self.delimiter, final=final):
            self._judge(record.cells, row + len(rows), line + lines, unclosed=record.unclosed)
            cells: list[str | None] = [cell or None for cell in record.cells[: self.width]]
            rows.append(cells + [None] * (self.width - len(cells)))
            lines += record.lines
            end = record.end
        schema = {letter(i): pl.String for i in range(self.width)}
        frame = pl.DataFrame(rows, schema=schema, orient="row").with_row_index(ROW, offset=row).with_columns(pl.col(ROW).cast(pl.UInt32))
        return frame, len(text[:end].encode()), len(rows), lines

    def _judge(self, cells: list[str], row: int, line: int, *, unclosed: bool) -> None:
        if unclosed:
            if self.notes.counts["FIL012"] >= MOST_BROKEN:
                raise Unreadable(f"{self.name}: more than {MOST_BROKEN:,} quotes are opened and not closed; export the sheet again")
            self.notes.add("FIL012", f"line {line}: a quote is opened and not closed; it was read as a plain character", row=row)
        extra = [cell for cell in cells[self.width :] if cell.strip()]
        if extra:
            message = f"line {line}: the row has {len(cells)} cells, the sheet {self.width} columns; the last {len(extra)} are left out"
            self.notes.add("FIL005", message, row=row, value=self.delimiter.join(extra))
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


@cache
def _quoting(mark: bytes) -> re.Pattern[bytes]:
    """Matches text in which every quote opens a cell, closes one or is doubled inside one: there no two readers disagree."""
    stop = re.escape(mark)
    quoted = rb'"[^"]*+(?:""[^"]*+)*+"'
    return re.compile(rb"(?:[^\"]*+(?<=[" + stop + rb"\n])" + quoted + rb"(?=[" + stop + rb"\r\n]|\Z))*+[^\"]*+")


def _checked(delimiter: str) -> str:
    """A delimiter that a user gave. Raises ListingkitError."""
    delimiter = {"\\t": "\t", "tab": "\t"}.get(delimiter, delimiter)
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        raise ListingkitError(f"the delimiter {delimiter!r} is not one ASCII character; name one like ; or tab")
    return delimiter


def _width(head: bytes, delimiter: str, *, whole: bool) -> int:
    """How many columns: the width that most of the first records have, or their header where that is wider."""
    first = [record.cells for record in islice(records(head.decode(), delimiter, final=whole), SAMPLE_RECORDS)]
    cells = Counter(len(row) for row in first for _ in row)
    usual = cells.most_common(1)[0][0] if cells else 1
    for row in first:
        filled = max((index + 1 for index, cell in enumerate(row) if cell.strip()), default=0)
        if filled * 2 >= usual:
            return max(usual, filled)
    return usual


def _delimiter(head: bytes, *, whole: bool) -> str:
    """The delimiter that cuts the first records most evenly into the most cells."""
    text = head.decode()
    best, best_score = ",", 0.0
    for mark in DELIMITERS:
        counts = Counter(len(record.cells) for record in islice(records(text, mark, final=whole), SAMPLE_RECORDS))
        if not counts:
            continue
        width, times = max(counts.items(), key=lambda item: (item[0] > 1) * item[1] * min(item[0], 50) ** 0.5)
        score = 0.0 if width == 1 else times / counts.total() * (1 + min(width, 50) / 50)
        if score > best_score:
            best, best_score = mark, score
    return best


class _Chunks:
    """The file as UTF-8 chunks that end where a line ends; what is given back comes first in the next one."""

    def __init__(self, stream: IO[bytes], name: str, encoding: str, *, trusted: bool) -> None:
        self._stream, self._name = stream, name
        self._plain = trusted and encoding in {"utf-8", "utf-8-sig"}
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._rest = b""
        self._ended = False
        self._start = True

    def peek(self) -> tuple[bytes, bool]:
        """The first part of the text, without taking it, and whether that is all."""
        self._fill(PEEK)
        if self._ended and len(self._rest) <= PEEK:
            return self._rest, True
        head = self._rest[:PEEK]
        while head and head[-1] & 0xC0 == 0x80:  # no half character at the end
            head = head[:-1]
        return head[: len(head) - (bool(head) and head[-1] >= 0xC0)], False

    def give_back(self, rest: bytes) -> None:
        """Put the unread end of a chunk before what comes next."""
        self._rest = rest + self._rest

    def _fill(self, size: int) -> None:
        while len(self._rest) < size and not self._ended:
            raw = self._stream.read(size - len(self._rest))
            self._ended = not raw
            if self._plain:
                text = raw
                if self._start and raw.startswith(codecs.BOM_UTF8):
                    text = raw[3:]
            else:
                try:
                    text = self._decoder.decode(raw, final=self._ended).encode()
                except UnicodeDecodeError as error:
                    raise Unreadable(
                        f"{self._name}: is not {self._encoding} (byte {error.object[error.start]:#04x}); name its encoding"
                    ) from None
            self._start = False
            if b"\0" in text:
                raise Unreadable(f"{self._name}: holds NUL bytes, so it is no text file; export the sheet again as csv or xlsx")
            self._rest += text

    def __iter__(self) -> Iterator[tuple[bytes, bool]]:
        size = CHUNK
        while True:
            self._fill(size)
            if not self._rest:
                return
            if self._ended:
                chunk, self._rest = self._rest, b""
                yield chunk, True
                size = CHUNK
                continue
            end = self._rest.rfind(b"\n") + 1
            if not end:
                size = self._more(size)
                continue
            chunk, self._rest = self._rest[:end], self._rest[end:]
            held = len(self._rest)
            yield chunk, False
            size = CHUNK if len(self._rest) < held + len(chunk) else self._more(size)

    def _more(self, size: int) -> int:
        """A larger chunk, after one in which no record ended."""
        if size >= LONGEST:
            raise Unreadable(f"{self._name}: a line is longer than {LONGEST >> 20} MB, so this is no table")
        return size * 2


def _record_end(buffer: bytes) -> int:
    """Offset after the last line break outside quotes; after the last one at all where quotes do not pair."""
    last = at = buffer.rfind(b"\n")
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
