"""A large text file in pieces that are read apart from each other, in any process, and make the sheet when put together in their order.

The top says where the header stands and what separates the cells. A piece below it is some text that ends where a record does, as far as
its quotes pair; who reads it finds out whether they do.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

import polars as pl
from msgspec import Struct

from listingkit.master.blanks import without_blank_cells
from listingkit.master.delimited import DelimitedSheet
from listingkit.master.encoding import begins_as_utf8
from listingkit.master.kind import kind_of
from listingkit.master.notes import Notebook
from listingkit.master.reading import Block, Plain, Reading, Top, joined
from listingkit.master.regular import Regular
from listingkit.master.sheet import ROW, Master
from listingkit.master.source import opened

PACKED = (b"PK", b"\x1f\x8b")
VERIFIED = 32 << 20  # bytes of the top: more than what this process nearly always reads by itself
BLOCKS = 5  # of 8 MB, that are a piece


class Alone(Exception):
    """Only the process that began can go on: a piece cannot be read by itself, or a process is gone."""


class Stretch(NamedTuple):
    """Some bytes of a file."""

    at: int
    size: int


Cut = bytes | Stretch  # a piece: its text in UTF-8, or where it stands in a file that is in UTF-8


class Piecemeal(Struct, frozen=True):
    """How the pieces of a sheet are read."""

    name: str  # of its file
    state: tuple[int, ...]  # of the file
    encoding: str
    regular: Regular
    top: Top

    def cells(self, cut: Cut) -> pl.DataFrame:
        """Its records without their numbers. Raises `Alone` where only a reading of all rows from the top tells what they are."""
        try:
            piece = cut if isinstance(cut, bytes) else self._read(cut)
            cells = self.regular.parsed(piece) if self.regular.cut_alike(piece, len(piece)) else None
        except (OSError, pl.exceptions.PolarsError):
            raise Alone from None
        if cells is None:
            raise Alone
        return cells

    def _read(self, cut: Stretch) -> bytes:
        """What stands there. Raises `Alone` where it is not the same file any more."""
        with Path(self.name).open("rb") as stream:
            if state_of(stream) != self.state:
                raise Alone
            stream.seek(cut.at)
            return stream.read(cut.size)

    def master(self, cells: pl.DataFrame, row: int) -> tuple[Master, frozenset[str]]:
        """The piece whose first record has this number, and the letters of columns that it fills."""
        reading = Reading(_Rows(self, cells.with_row_index(ROW, offset=row)), top=self.top)
        frame = joined(list(reading.frames()))
        return reading.master(frame, last=False), reading.filled()


class _Rows(Plain):
    """Rows below the header, as a sheet."""

    sheet: str | None = None

    def __init__(self, how: Piecemeal, rows: pl.DataFrame) -> None:
        self.notes = Notebook(how.name)
        self.encoding: str | None = how.encoding
        self.delimiter: str | None = how.regular.delimiter
        self.kind = how.regular.kind
        self._rows = rows

    def blocks(self) -> Iterator[Block]:
        yield Block(without_blank_cells(self._rows))


class _Sheet(DelimitedSheet):
    """A large text file that is taken to be in UTF-8 where its top is: who reads a piece finds out whether that is, too."""

    def _detected(self) -> str:
        return "utf-8" if begins_as_utf8(self._stream, VERIFIED) else super()._detected()


class Cuts:
    """One pass over a large text file. Ask for the `first` rows, then for all others as `masters` or as `pieces`."""

    def __init__(self, raw: DelimitedSheet, header_row: int | None, state: tuple[int, ...]) -> None:
        self._raw, self._state = raw, state
        self._reading = Reading(raw, header_row)
        self._frames = self._reading.frames()

    def first(self, least: int) -> Master:
        """The top of the sheet: so many rows and a few more, or all there are.

        Raises `Unreadable` where it has no header, and `Alone` where it is not in the encoding that its first bytes are in.
        """
        held: list[pl.DataFrame] = []
        try:
            while sum(frame.height for frame in held) < least and (frame := next(self._frames, None)) is not None:
                held.append(frame)
        except UnicodeDecodeError:
            raise Alone from None
        return self._reading.master(joined(held), last=False)

    def masters(self) -> Iterator[Master]:
        """The other rows, in the same pieces, one after the other; the last one has the notes on the whole sheet."""
        held: pl.DataFrame | None = None
        while frames := list(islice(self._frames, BLOCKS)):
            if held is not None:
                yield self._reading.master(held, last=False)
            held = joined(frames)
        yield self._last() if held is None else self._reading.master(held)

    @property
    def piecemeal(self) -> Piecemeal:
        """How the pieces are read."""
        return Piecemeal(self._raw.notes.file, self._state, self._raw.encoding, self._raw.regular, self._reading.top())

    @property
    def row(self) -> int:
        """The number of the first record of the next piece."""
        return self._raw.row

    def pieces(self) -> Iterator[Cut]:
        """The other rows, uncut."""
        blocks: Iterator[Cut] = (bytes(text) if at is None else Stretch(at, len(text)) for at, text in self._raw.uncut())
        while held := list(islice(blocks, BLOCKS)):
            yield _together(held)

    def took(self, records: int, letters: frozenset[str]) -> None:
        """Say that a piece was read, of so many records, in which these columns are filled."""
        self._raw.row += records
        self._reading.note_filled(letters)

    def end(self) -> Master:
        """No rows, and the notes on the whole sheet."""
        self._raw.end()
        return self._last()

    def _last(self) -> Master:
        return self._reading.master(pl.DataFrame(schema={ROW: pl.UInt32}))


def _together(cuts: Sequence[Cut]) -> Cut:
    texts = [cut for cut in cuts if isinstance(cut, bytes)]
    places = [cut for cut in cuts if isinstance(cut, Stretch)]
    return b"".join(texts) if texts else Stretch(places[0].at, sum(place.size for place in places))


def is_text(path: Path) -> bool:
    """Whether a file is text that is not packed."""
    with path.open("rb") as stream:
        if stream.read(2) in PACKED:
            return False
        stream.seek(0)
        return kind_of(stream, str(path), path.suffix.lower()) == "text"


@contextmanager
def cuts(source: str, *, apart: bool, encoding: str | None, delimiter: str | None, header_row: int | None) -> Iterator[Cuts]:
    """A pass over a text file; `apart` where others read its pieces. Raises what `read` raises."""
    with opened(source) as file:
        kind = _Sheet if apart else DelimitedSheet
        yield Cuts(kind(file.stream, file.name, encoding=encoding, delimiter=delimiter), header_row, state_of(file.stream))


def state_of(stream: IO[bytes]) -> tuple[int, ...]:
    """What an open file is known by, as long as nobody writes to it."""
    found = os.fstat(stream.fileno())
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
