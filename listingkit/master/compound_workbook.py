"""xls: what calamine does not tell of its sheets. Error cells, hidden rows and columns, read from the records by their own lengths.

Source: [MS-CFB] 2.2 to 2.6 for the container, [MS-XLS] 2.4 for the records named here.
"""

import struct
from collections.abc import Iterator

from listingkit.master.binary_workbook import ERRORS, ERRORS_AT_MOST, Built
from listingkit.master.sheet import letter

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FREE = 0xFFFFFFFA  # sector numbers from here on are marks
SMALL, SMALL_SECTOR = 4096, 64  # bytes below which a stream lies in the mini stream, and those of its sectors
EOF, FORMULA, SHEET, COLUMNS, BOOLERR, ROW = 0x0A, 0x06, 0x85, 0x7D, 0x205, 0x208


def built_of(content: bytes) -> dict[str, Built]:
    """How the sheets are built, by name; nothing of a container that is damaged or of an older format. Raises `MemoryError`."""
    try:
        return dict(_sheets(_stream(content)))
    except (struct.error, IndexError, UnicodeDecodeError):
        return {}


def _stream(content: bytes) -> bytes:
    """The workbook's stream."""
    if not content.startswith(MAGIC):
        return b""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    directory, first_small = (struct.unpack_from("<I", content, at)[0] for at in (48, 60))
    sectors = content[size:]
    following = _following(content, sectors, size)
    entries = _chain(sectors, directory, following, size)
    for at in range(0, len(entries), 128):
        (length,) = struct.unpack_from("<H", entries, at + 64)
        start, total = struct.unpack_from("<II", entries, at + 116)
        if entries[at : at + max(length - 2, 0)].decode("utf-16-le") in ("Workbook", "Book"):
            if total < SMALL:
                (root,) = struct.unpack_from("<I", entries, 116)
                small = _numbers(_chain(sectors, first_small, following, size))
                return _chain(_chain(sectors, root, following, size), start, small, SMALL_SECTOR)[:total]
            return _chain(sectors, start, following, size)[:total]
    return b""


def _following(content: bytes, sectors: bytes, size: int) -> tuple[int, ...]:
    """Of each sector the one that follows it."""
    heads = list(struct.unpack_from("<109I", content, 76))
    (more,) = struct.unpack_from("<I", content, 68)
    limit = len(content) // size + 110
    while more < FREE and len(heads) <= limit:
        *found, more = _numbers(_sector(sectors, more, size))
        heads += found
    return _numbers(b"".join(_sector(sectors, head, size) for head in heads if head < FREE))


def _numbers(table: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(table) // 4}I", table)


def _sector(sectors: bytes, number: int, size: int) -> bytes:
    return sectors[number * size : (number + 1) * size].ljust(size, b"\0")


def _chain(sectors: bytes, start: int, following: tuple[int, ...], size: int) -> bytes:
    parts: list[bytes] = []
    while start < FREE:
        if len(parts) > len(following):  # it runs in a circle
            raise IndexError
        parts.append(_sector(sectors, start, size))
        start = following[start]
    return b"".join(parts)


def _sheets(stream: bytes) -> Iterator[tuple[str, Built]]:
    for kind, body, _ in _records(stream, 0):
        if kind == SHEET:
            (offset,) = struct.unpack_from("<I", stream, body)
            count, wide = stream[body + 6], stream[body + 7] & 1
            name = stream[body + 8 : body + 8 + count * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
            yield name, _sheet(stream, offset)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """(type, start of body, length) up to the end of the part that begins here."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, length
        if kind == EOF:
            return
        at += 4 + length


def _sheet(stream: bytes, offset: int) -> Built:
    built = Built()
    for kind, body, _ in _records(stream, offset):
        if kind == ROW and stream[body + 12] & 0x20:
            built.hidden_rows.append(struct.unpack_from("<H", stream, body)[0] + 1)
        elif kind == COLUMNS and stream[body + 8] & 1:
            first, last = struct.unpack_from("<HH", stream, body)
            built.hidden_columns.append((first, min(last, 255)))
        elif (error := _error(kind, stream, body)) is not None:
            if len(built.errors) == ERRORS_AT_MOST:
                raise MemoryError
            row, column = struct.unpack_from("<HH", stream, body)
            built.errors.append((row + 1, letter(column), ERRORS.get(error, "#ERROR")))
    return built


def _error(kind: int, stream: bytes, body: int) -> int | None:
    """The number of the error that a cell holds, or None."""
    if kind == BOOLERR and stream[body + 7]:
        return stream[body + 6]
    if kind == FORMULA and stream[body + 12 : body + 14] == b"\xff\xff" and stream[body + 6] == 2:
        return stream[body + 8]
    return None
