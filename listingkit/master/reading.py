"""From blocks of raw rows to a master: the header found, blanks made null, evidence counted."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

import polars as pl

from listingkit.errors import Unreadable
from listingkit.finding import Finding
from listingkit.master import header
from listingkit.master.blanks import without_blank_rows
from listingkit.master.notes import Notebook
from listingkit.master.review_marks import our_column
from listingkit.master.sheet import ROW, Column, Evidence, Master, index, letter
from listingkit.master.structure import tell, with_repaired_headers


def _none(_start: int) -> Mapping[str, Mapping[str, int]]:
    return {}


class Block(NamedTuple):
    """Consecutive rows: `#row` and String columns named by letter, blank cells null, blank rows included or not.

    `counted` tells for each column how many of its cells, from a place in the frame on, have which mark.
    """

    frame: pl.DataFrame
    counted: Callable[[int], Mapping[str, Mapping[str, int]]] = _none


class RawSheet(Protocol):
    """What every kind of file is read through."""

    notes: Notebook

    @property
    def kind(self) -> str: ...

    @property
    def sheet(self) -> str | None: ...

    @property
    def encoding(self) -> str | None: ...

    @property
    def delimiter(self) -> str | None: ...

    def blocks(self) -> Iterator[Block]:
        """All rows, from the top."""
        ...

    def evidence(self, marks: Mapping[str, int]) -> Evidence:
        """What the counted marks of one column mean."""
        ...

    def merged(self) -> Sequence[header.Range]:
        """Merged ranges, as far as the blocks taken so far tell."""
        ...

    def hidden_rows(self) -> Sequence[int]:
        """Numbers of hidden rows."""
        ...

    def hidden_columns(self) -> frozenset[int]: ...


class Plain:
    """What a file of text alone tells of its cells: nothing."""

    def evidence(self, marks: Mapping[str, int]) -> Evidence:
        """All of them are texts."""
        return Evidence(text=sum(marks.values()))

    def merged(self) -> Sequence[header.Range]:
        return ()

    def hidden_rows(self) -> Sequence[int]:
        return ()

    def hidden_columns(self) -> frozenset[int]:
        return frozenset()


class Top(NamedTuple):
    """Where the header of a sheet stands, for readings of rows below it."""

    rows: Mapping[int, tuple[str | None, ...]]  # the first that are not blank, by number
    last: int  # number of the header's last row
    wanted: int | None  # the header row that somebody named


class Blank(Unreadable):
    """A sheet has no filled cell."""


class Reading:
    """One pass over a sheet. Iterate `frames` first; the rest is complete afterwards."""

    def __init__(self, raw: RawSheet, header_row: int | None = None, top: Top | None = None) -> None:
        """`top` is given where all rows stand below a header that another reading has found."""
        self._raw = raw
        self._wanted = top.wanted if top else header_row
        self._head: dict[int, tuple[str | None, ...]] = dict(top.rows) if top else {}
        self._last = top.last if top else 0  # row number of the header's last row
        self._marks: dict[str, Counter[str]] = {}
        self._letters: set[str] = set()
        self._hidden: list[int] = []  # numbers of hidden rows with data
        self._filled = False  # whether there was a row of data

    def frames(self) -> Iterator[pl.DataFrame]:
        """The rows below the header that are not wholly blank; blank cells are null."""
        for block in self._raw.blocks():
            if not self._last:
                self._find_header(block.frame)
            rows = block.frame.get_column(ROW)
            start = int((rows <= self._last).sum()) if self._last else len(rows)
            if start == len(rows):
                continue
            for name, counts in block.counted(start).items():
                self._marks.setdefault(name, Counter()).update(counts)
            data = without_blank_rows(block.frame.slice(start))
            self._letters.update(data.columns[1:])
            if hidden := self._raw.hidden_rows():
                self._hidden += data.get_column(ROW).filter(data.get_column(ROW).is_in(hidden)).to_list()
            if data.height:
                self._filled = True
                yield data
        if not self._last:
            self._refuse()

    def top(self) -> Top:
        """The header that was found."""
        return Top(self._head, self._last, self._wanted)

    def filled(self) -> frozenset[str]:
        """The letters of columns with data so far."""
        return frozenset(self._letters)

    def note_filled(self, letters: frozenset[str]) -> None:
        """Take note of the columns that further rows fill, which others have read."""
        self._letters |= letters
        self._filled = self._filled or bool(letters)

    def _find_header(self, frame: pl.DataFrame) -> None:
        self._head |= first_rows(frame, header.LOOKED_AT - len(self._head))
        found = header.find(self._head, wanted=self._wanted)
        if found:
            self._last = found.last
        elif len(self._head) >= header.LOOKED_AT:
            self._refuse()

    def _refuse(self) -> None:
        place = f"{self._raw.notes.file}{f' [{self._raw.sheet}]' if self._raw.sheet else ''}"
        if not self._head:
            raise Blank(f"{place}: the sheet is empty")
        if self._wanted:
            raise Unreadable(f"{place}: row {self._wanted} cannot be the header, it is blank or beyond row {max(self._head)}")
        told = f"no header row found in the first {len(self._head)} filled rows"
        raise Unreadable(f"{place}: {told}; name it with --header-row, or add one that names the columns")

    def master(self, frame: pl.DataFrame, *, last: bool = True) -> Master:
        """The frame as a master, with what is known of its columns so far and the notes since the last call.

        Only the `last` one has the notes on the sheet as a whole.
        """
        raw = self._raw
        found = header.find(self._head, merged=raw.merged(), wanted=self._wanted)
        assert found is not None  # frames() refuses before
        columns = with_repaired_headers(self._columns(found), found.row, raw.notes if last else Notebook(raw.notes.file))
        if last:
            tell(raw.notes, found, columns, raw.merged(), self._hidden)
            if not self._filled:
                raw.notes.add(
                    "FIL014", f"there are no rows below the header in row {found.row}: is it the right sheet, and a whole export?"
                )
        notes = raw.notes.closed() if last else raw.notes.taken()
        until = None if last or frame.is_empty() else int(frame.get_column(ROW)[-1])
        spoilt = tuple(cell for cell in raw.notes.lost(until) if cell.row > found.last or (cell.row >= found.row and cell.letter))
        there = set(frame.columns)
        missing = [pl.lit(None, pl.String).alias(column.letter) for column in columns if column.letter not in there]
        frame = frame.with_columns(missing) if missing else frame
        return Master(
            file=raw.notes.file,
            sheet=raw.sheet,
            frame=frame.select(ROW, *(column.letter for column in columns)),
            columns=columns,
            header_row=found.row,
            kind=raw.kind,
            encoding=raw.encoding,
            delimiter=raw.delimiter,
            evidence={name: raw.evidence(marks) for name, marks in self._marks.items()},
            notes=_named([note for note in notes if not _is_above(note, found.last)], columns),
            spoilt=spoilt,
            meta={"title_rows": str(found.row - 1), "first_row": str(found.last + 1)},
        )

    def _columns(self, found: header.Header) -> tuple[Column, ...]:
        """Columns with a header or data, as far as they are known."""
        hidden = self._raw.hidden_columns()
        width = max((index(name) + 1 for name in self._letters), default=0)
        blank = [""] * max(width, len(found.labels), len(found.codes))
        labels, codes = ([*texts, *blank[len(texts) :]] for texts in (found.labels, found.codes))
        return tuple(
            Column(letter(place), label, code, hidden=place in hidden)
            for place, (label, code) in enumerate(zip(labels, codes, strict=True))
            if (label or code or letter(place) in self._letters) and not our_column(label)
        )


def whole(raw: RawSheet, header_row: int | None = None) -> Master:
    """Read a sheet to its end."""
    reading = Reading(raw, header_row)
    return reading.master(joined(list(reading.frames())))


def joined(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Frames one below the other; a column that one of them lacks is blank there."""
    return pl.concat(frames, how="diagonal", rechunk=False) if frames else pl.DataFrame(schema={ROW: pl.UInt32})


def first_rows(frame: pl.DataFrame, count: int = header.LOOKED_AT) -> dict[int, tuple[str | None, ...]]:
    """The first rows that are not blank, by number, with their cells placed from column A on."""
    filled = without_blank_rows(frame).head(count)
    return {row[0]: _placed(filled.columns[1:], row[1:]) for row in filled.iter_rows()}


def _placed(letters: Sequence[str], cells: Sequence[str | None]) -> tuple[str | None, ...]:
    """Cells at their columns, from A on."""
    places = [index(name) for name in letters]
    row: list[str | None] = [None] * (max(places, default=-1) + 1)
    for place, cell in zip(places, cells, strict=True):
        row[place] = cell
    return tuple(row)


def _is_above(note: Finding, last: int) -> bool:
    """Title rows and header rows may be shorter than the others."""
    return note.code == "FIL005" and note.row is not None and note.row <= last


def _named(notes: Iterable[Finding], columns: tuple[Column, ...]) -> tuple[Finding, ...]:
    """Findings that know only a letter get the header's text."""
    headers = {column.letter: column.header or column.code for column in columns}
    return tuple(replace(note, column=headers.get(note.column) or note.column) if note.column else note for note in notes)
