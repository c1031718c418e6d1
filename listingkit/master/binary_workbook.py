"""xlsb made plain for calamine, which reads past short cell records and errors; and what it does not tell: hidden and merged cells.

Source: [MS-XLSB], Excel binary file format: 2.1.4 records, 2.4 the records named here.
"""

import contextlib
import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO
from posixpath import join, normpath
from typing import IO

from msgspec import Struct, field

from listingkit.master.members import is_bomb
from listingkit.master.package import tags
from listingkit.master.unpacking import DAMAGED

MARK = "\ue000"  # of private use: stands before the text of an error
ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
ROW, CELL_ERROR, CELL_TEXT, FORMULA_ERROR = 0, 3, 6, 11
CELLS = frozenset((*range(1, 12), 62))
SHORT = range(12, 19)  # cells without column: the one after the cell before; 11 less is the same with it
COLUMNS, SHEET, MERGED = 60, 156, 176
WORKBOOK = "xl/workbook.bin"
LARGEST = 1 << 30  # bytes of all parts together
LONGEST = 64 << 20  # of one record
BLOCK = 1 << 20
ERRORS_AT_MOST = 1_000_000  # cells; a sheet with more of them is refused, for none may be read as blank without a word
MERGED_AT_MOST = 10_000  # ranges that are looked at


class Built(Struct):
    """How a sheet is built. Rows are 1-based; columns and merged ranges (top, left, bottom, right) 0-based. Errors: row, letter, text."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    errors: list[tuple[int, str, str]] = field(default_factory=list)


def made_plain(content: BytesIO) -> tuple[BytesIO, dict[str, Built]]:
    """The same workbook with plain records only, and how its sheets are built, by name. A damaged one comes back as it is."""
    try:
        with zipfile.ZipFile(content) as book:
            infos = book.infolist()
            size = sum(info.file_size for info in infos)
            if size > LARGEST or any(map(is_bomb, infos)):
                raise MemoryError
            sheets = _sheets(book)
            built: dict[str, Built] = {}
            plain = BytesIO()
            with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
                for info in infos:
                    if name := sheets.get(info.filename):
                        with book.open(info) as source, copy.open(info.filename, "w", force_zip64=True) as sink:
                            built[name] = _Sheet().made_plain(source, sink)
                    else:
                        copy.writestr(info.filename, book.read(info))
    except (KeyError, IndexError, *DAMAGED):
        content.seek(0)
        return content, {}
    plain.seek(0)
    return plain, built


def _sheets(book: zipfile.ZipFile) -> dict[str, str]:
    """Sheet names by part."""
    rels = book.read("xl/_rels/workbook.bin.rels").decode()
    parts = {tag["Id"]: normpath(join("xl", tag["Target"].replace("/xl/", ""))) for tag in tags(rels, "Relationship") if "Target" in tag}
    named: dict[str, str] = {}
    data = book.read(WORKBOOK)
    for kind, _, body, _ in records(data):
        if kind == SHEET:
            relation, at = _text(data, body + 8)
            named[parts[relation]] = _text(data, at)[0]
    return named


def _text(data: bytes, at: int) -> tuple[str, int]:
    (count,) = struct.unpack_from("<I", data, at)
    end = at + 4 + 2 * count
    return data[at + 4 : end].decode("utf-16-le"), end


def records(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """(type, start, start of body, end) of every record. Raises IndexError where the part is cut off."""
    at, size = 0, len(data)
    while at < size:
        start, kind = at, data[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (data[at] & 0x7F) << 7
            at += 1
        length = shift = 0
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if at + length > size:
            raise IndexError
        yield kind, start, at, at + length
        at += length


class _Sheet:
    """One sheet's part, made plain block by block."""

    def __init__(self) -> None:
        self.built = Built()
        self._column = -1

    def made_plain(self, source: IO[bytes], sink: IO[bytes]) -> Built:
        """Copy the part with plain records. Raises IndexError where its last record is cut off."""
        rest = b""
        while block := source.read(BLOCK):
            rest += block
            plain, used = self._block(rest)
            sink.write(plain)
            rest = rest[used:]
            if len(rest) > LONGEST:
                break
        if rest:
            raise IndexError
        return self.built

    def _block(self, data: bytes) -> tuple[bytes, int]:
        """The plain form of the whole records of a block, and how many bytes they take."""
        pieces: list[bytes] = []
        kept = end = 0
        with contextlib.suppress(IndexError):  # the last one goes on in the next block
            for kind, start, body, end in records(data):
                if kind in SHORT or kind in (CELL_ERROR, FORMULA_ERROR):
                    pieces += [data[kept:start], self._long(kind, data, body, end)]
                    kept = end
                elif kind in CELLS:
                    (self._column,) = struct.unpack_from("<I", data, body)
                else:
                    self._note(kind, data, body)
        return b"".join([*pieces, data[kept:end]]), end

    def _long(self, kind: int, data: bytes, body: int, end: int) -> bytes:
        if kind in SHORT:
            self._column += 1
            return _cell(kind - 11, self._column, data[body:end])
        (self._column,) = struct.unpack_from("<I", data, body)
        return _cell(kind, self._column, data[body + 4 : end])

    def _note(self, kind: int, data: bytes, body: int) -> None:
        """How the sheet is built."""
        if kind == ROW:
            self._column = -1
            if data[body + 11] & 0x10:
                self.built.hidden_rows.append(struct.unpack_from("<I", data, body)[0] + 1)
        elif kind == COLUMNS and data[body + 16] & 1:
            first, last = struct.unpack_from("<II", data, body)
            self.built.hidden_columns.append((first, min(last, 16_383)))
        elif kind == MERGED and len(self.built.merged) < MERGED_AT_MOST:
            top, bottom, left, right = struct.unpack_from("<IIII", data, body)
            self.built.merged.append((top, left, bottom, right))


def _cell(kind: int, column: int, rest: bytes) -> bytes:
    """A long cell record; an error as a marked text. `rest` is its style and value."""
    if kind in (CELL_ERROR, FORMULA_ERROR):
        text = f"{MARK}{ERRORS.get(rest[4], '#ERROR')}".encode("utf-16-le")
        kind, rest = CELL_TEXT, rest[:4] + struct.pack("<I", len(text) // 2) + text
    body = struct.pack("<I", column) + rest
    length, sized = len(body), b""
    while length > 0x7F:
        sized += bytes((length & 0x7F | 0x80,))
        length >>= 7
    return bytes((kind,)) + sized + bytes((length,)) + body
