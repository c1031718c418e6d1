"""The filled rows of a template's data sheet, read as a stream."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

import polars as pl
from msgspec import Struct, field

from listingkit.errors import Unreadable
from listingkit.inventory import safe_xml
from listingkit.inventory.cells import Cell, CellReader
from listingkit.inventory.filled_rows import DataRows
from listingkit.inventory.regular_cells import parted
from listingkit.inventory.regular_rows import PLACE, Irregular, RegularRows
from listingkit.inventory.safe_xml import local
from listingkit.inventory.styles import Styles
from listingkit.inventory.workbook import SheetEntry, Workbook
from listingkit.master.notes import UNCALCULATED
from listingkit.master.sheet import ROW, Evidence, Spoilt, letter

_MOST_CELLS = 30_000_000
_OF_TEXT = '^[^>]* t="(?:[^nbe"]|[^"]{2,})"'  # a raw cell whose type is none of a number's, boolean's or error's
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - sheets know no time zones


class Wanted(NamedTuple):
    """What is read of a sheet: the path of each column, whether its number format is not that of text, and the first row."""

    columns: Mapping[int, tuple[str, bool]]
    first_row: int


class _Column(Struct):
    """The cells of one column as they come."""

    path: str
    counts_text: bool  # its number format is not that of text
    cells: list[str | None] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)

    def count(self, kind: str, code: str, cells: int) -> None:
        """So many more cells are of this kind and number format."""
        if cells:
            self.kinds[kind] = self.kinds.get(kind, 0) + cells
        if cells and kind != "text":
            self.formats[code] = self.formats.get(code, 0) + cells


class _RowReader:
    """Listens to the rows of the data sheet; what stands below them is told to `below`."""

    def __init__(self, book: Workbook, where: str, wanted: Wanted, below: safe_xml.Handler | None) -> None:
        self._reader = CellReader(book.strings)
        self._styles: Styles = book.styles
        self._epoch = _EPOCH_1904 if book.date1904 else _EPOCH
        self._data_row = wanted.first_row
        self._where = where
        self._below, self._told = below, safe_xml.UNHEARD
        self._skip = False
        self._cells = 0
        self._rows = 0
        self._numbers: list[int] = []
        self._places: list[int] = []
        self._regular: list[pl.DataFrame] = []
        self.spoilt: list[Spoilt] = []
        self.columns = {index: _Column(path, counts_text) for index, (path, counts_text) in wanted.columns.items()}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if self._reader.row:
            if not self._skip:
                self._reader.start(local(tag), attributes)
        elif local(tag) == "row":
            text = attributes.get("r", "")
            number = int(text) if text.isdecimal() else self._reader.row_before + 1
            self._skip = number < self._data_row
            self._reader.start_row(number)
        else:
            self._told.start(tag, attributes)

    def end(self, tag: str) -> None:
        """An element ends."""
        if local(tag) == "row":
            number, cells = self._reader.end_row()
            self._take(number, cells)
            self._rows += 1
        elif self._reader.row and not self._skip:
            self._reader.end(local(tag))
        else:
            self._told.end(tag)
            if self._below is not None and local(tag) == "sheetData":
                self._told = self._below

    def text(self, text: str) -> None:
        """Text inside an element."""
        self._reader.text(text)
        self._told.text(text)

    def _take(self, number: int, cells: Mapping[int, Cell]) -> None:
        known = {column: cell for column, cell in cells.items() if column in self.columns and cell.text.strip()}
        blank = [column for column in sorted(cells.keys() & self.columns) if cells[column].formula and not cells[column].text]
        self.spoilt += [Spoilt("FIL008", UNCALCULATED, number, letter(column)) for column in blank if cells[column].kind != "text"]
        if not known:
            return
        self._count(len(known))
        place = len(self._numbers)
        self._numbers.append(number)
        self._places.append(self._rows)
        for index, cell in known.items():
            column = self.columns[index]
            column.cells.extend([None] * (place - len(column.cells)))
            column.cells.append(self._shown(cell, column))
            if column.counts_text and cell.kind == "text":
                column.texts.append(number)

    def _count(self, cells: int) -> None:
        self._cells += cells
        if self._cells > _MOST_CELLS:
            raise Unreadable(f"{self._where} has more than {_MOST_CELLS:,} filled cells; split the file")

    def _shown(self, cell: Cell, column: _Column) -> str:
        kind, text = self._kind(cell.kind, cell.style), cell.text
        column.count(kind, self._styles.format(cell.style), 1)
        return day(text, self._epoch) if kind == "date" else text

    def _kind(self, kind: str, style: int) -> str:
        return "date" if kind == "number" and self._styles.kind(style) == "date" else kind

    def passed(self, rows: int, last: int) -> None:
        """So many rows went by without a word of them, the last with this number."""
        self._rows += rows
        self._reader.row_before = last

    def take(self, rows: pl.DataFrame) -> None:
        """Regular rows, as `RegularRows` gives them."""
        found = dict.fromkeys(self.columns, pl.repeat(None, rows.height, dtype=pl.String, eager=True))
        shared = self._reader.strings.columns(rows.select(name for name in rows.columns if " shared " in name))
        for name in rows.columns[2:]:
            index, _, style = name.partition(" shared ")
            column = self.columns[int(index)]
            if style:
                found[int(index)] = texts = shared[name]
                self._counted(column, texts, "text", int(style), rows[ROW])
            elif rows[name].null_count() < rows.height:
                self._uncalculated(int(index), rows[name], rows[ROW])
                for places, texts, kind, its_style in parted(rows[name], self._reader):
                    shown = self._counted(column, texts, kind, its_style, rows[ROW].gather(places))
                    found[int(index)] = found[int(index)].clone().scatter(places, shown)
        frame = pl.DataFrame([rows[PLACE], rows[ROW], *(cells.alias(self.columns[index].path) for index, cells in found.items())])
        self._regular.append(frame.filter(~pl.all_horizontal(pl.exclude(PLACE, ROW).is_null())))

    def _uncalculated(self, index: int, raw: pl.Series, rows: pl.Series) -> None:
        """Note formulas without a value among the raw cells of a column."""
        formulas = raw.str.contains("<f", literal=True).fill_null(value=False)
        if formulas.any():
            blank = formulas & raw.str.ends_with(">") & ~raw.str.contains(_OF_TEXT)
            self.spoilt += [Spoilt("FIL008", UNCALCULATED, row, letter(index)) for row in rows.filter(blank)]

    def _counted(self, column: _Column, texts: pl.Series, kind: str, style: int, rows: pl.Series) -> pl.Series:
        """Some cells of a column as they are shown, with what they say of it kept."""
        filled = len(texts) - texts.null_count()
        self._count(filled)
        kind = self._kind(kind, style)
        column.count(kind, self._styles.format(style), filled)
        if column.counts_text and kind == "text":
            column.texts += rows.filter(texts.is_not_null()).to_list()
        if kind == "date":
            distinct = texts.drop_nulls().unique()
            days = [day(number, self._epoch) for number in distinct]
            return texts.replace_strict(distinct, days, default=None, return_dtype=pl.String) if days else texts
        return texts

    def frame(self) -> pl.DataFrame:
        """All rows in their order."""
        height = len(self._numbers)
        columns = self.columns.values()
        cells = [pl.Series(column.path, column.cells + [None] * (height - len(column.cells)), dtype=pl.String) for column in columns]
        places, numbers = pl.Series(PLACE, self._places, dtype=pl.UInt32), pl.Series(ROW, self._numbers, dtype=pl.UInt32)
        whole = pl.concat([pl.DataFrame([places, numbers, *cells]), *self._regular])
        return (whole.sort(PLACE) if height else whole).drop(PLACE)


def read_data_rows(
    book: Workbook, entry: SheetEntry, wanted: Wanted, chunks: Iterator[bytes] | None = None, below: safe_xml.Handler | None = None
) -> DataRows:
    """The rows of a sheet from the first wanted one on. Raises `Unreadable`.

    `chunks` are the bytes of its part, where they are being read already; `below` is told of what stands below the cells.
    """
    where = f"{book.path}, sheet {entry.name}"
    reader = _RowReader(book, where, wanted, below)
    regular = RegularRows(reader.columns.keys(), wanted.first_row, reader.take, reader.passed)
    try:
        safe_xml.read(regular.rest(book.chunks(entry.part) if chunks is None else chunks), reader, where)
    except Irregular:
        reader = _RowReader(book, where, wanted, below)
        safe_xml.read(book.chunks(entry.part), reader, where)
    return DataRows(
        reader.frame(),
        {column.path: _evidence(column) for column in reader.columns.values() if column.kinds},
        {column.path: frozenset(column.texts) for column in reader.columns.values() if column.texts},
        tuple(reader.spoilt),
    )


def _evidence(column: _Column) -> Evidence:
    kinds = column.kinds
    return Evidence(
        numeric=kinds.get("number", 0),
        text=kinds.get("text", 0),
        dates=kinds.get("date", 0),
        booleans=kinds.get("boolean", 0),
        errors=kinds.get("error", 0),
        formats=column.formats,
    )


def day(number: str, epoch: datetime = _EPOCH) -> str:
    """A day number as an ISO date, with the time where it has one; what is no day number stays."""
    try:
        moment = epoch + timedelta(seconds=round(float(number) * 86400))
    except (ValueError, OverflowError):
        return number
    return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat()


def is_day(text: str) -> bool:
    """Whether a text is an ISO date, with or without a time."""
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return len(text) == 10 or text[10] in "T "
