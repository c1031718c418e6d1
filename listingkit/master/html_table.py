"""The HTML table that shop systems and ERPs export under the name .xls."""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import IO

import polars as pl

from listingkit.errors import Unreadable
from listingkit.master import header
from listingkit.master.blanks import without_blank_cells
from listingkit.master.choice import alike
from listingkit.master.encoding import encoding_of, known
from listingkit.master.notes import Notebook
from listingkit.master.reading import Block, Plain
from listingkit.master.sheet import ROW, letter

LARGEST = 128 << 20  # bytes
WIDEST = 4_096
MOST = 20_000_000  # cells
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_TOKEN = re.compile(r"<(/?)(table|tr|td|th)\b([^<>]*+)>", re.IGNORECASE)
_SPAN = re.compile(r"""\b(colspan|rowspan)\s*=\s*["']?\s*(\d{1,9})""", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]*+>", re.IGNORECASE)
_DROPPED = (("<!--", "-->"), ("<script", "</script"), ("<style", "</style"))
_TAG = re.compile(r"<[^<>]*+>")
_SPACE = re.compile(r"[ \t\r\f\n]+")


class HtmlSheet(Plain):
    """The largest table of an HTML file."""

    kind = "html"
    sheet: str | None = None
    delimiter: str | None = None

    def __init__(self, stream: IO[bytes], name: str, *, encoding: str | None = None) -> None:
        self.notes = Notebook(name)
        content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise Unreadable(f"{name}: the HTML table is larger than {LARGEST >> 20} MB; export it as csv")
        self.encoding = known(encoding) if encoding else self._declared(content[:4096], stream, name)
        try:
            text = content.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise Unreadable(
                f"{name}: is not {self.encoding} (byte {error.object[error.start]:#04x}); name its encoding with --encoding"
            ) from None
        self._tables: list[list[dict[int, str]]] = []
        self._merges: list[list[header.Range]] = []
        self._covered: list[dict[int, int]] = []  # by table: column -> last row that a cell above reaches into
        self._cells = 0
        self._take_apart(text)
        if not self._tables:
            raise Unreadable(f"{name}: the HTML holds no table")
        self._best = max(range(len(self._tables)), key=lambda place: sum(map(len, self._tables[place])))
        self._tell_others()

    def _declared(self, head: bytes, stream: IO[bytes], name: str) -> str:
        stream.seek(0)
        if not head.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) and (match := _CHARSET.search(head)):
            declared = known(match[1].decode("ascii", "replace"))
            return "gb18030" if declared in {"gb2312", "gbk"} else "cp1252" if declared == "iso8859-1" else declared
        return encoding_of(stream, name).encoding

    def _tell_others(self) -> None:
        """Note other tables like the one that is read, as programs write them that cut a long table into pages."""
        own = self._labels(self._best)
        others = [place for place in range(len(self._tables)) if place != self._best and alike(own, self._labels(place))]
        if others:
            rows = sum(len(self._tables[place]) for place in others)
            table = "table" if len(others) == 1 else "tables"
            self.notes.add("FIL013", f"{len(others)} more {table} with the same columns ({rows} rows) not read: join them into one table")

    def _labels(self, place: int) -> tuple[str, ...]:
        rows = self._tables[place][: header.LOOKED_AT]
        texts = {number: [row.get(at) for at in range(max(row, default=-1) + 1)] for number, row in enumerate(rows, 1) if any(row.values())}
        found = header.find(texts)
        return tuple(filter(None, found.labels)) if found else ()

    def _take_apart(self, text: str) -> None:
        """Cells of all tables; a table inside a cell counts as text of its own table only."""
        text = _without_dropped(text)
        open_tables: list[int] = []
        cell_from = None
        place, span = 0, (1, 1)
        for token in _TOKEN.finditer(text):
            closing, tag = bool(token[1]), token[2].lower()
            if (cell_from is not None and open_tables and tag != "table") or (closing and tag == "table" and cell_from is not None):
                place = self._put(open_tables[-1], place, span, text[cell_from : token.start()])
                cell_from = None
                self._cells += 1
                if self._cells > MOST:
                    raise Unreadable(f"{self.notes.file}: the HTML table has more than {MOST} cells; export it as csv")
            if tag == "table":
                if closing:
                    open_tables = open_tables[:-1]
                else:
                    self._tables.append([])
                    self._merges.append([])
                    self._covered.append({})
                    open_tables.append(len(self._tables) - 1)
                    cell_from = None
            elif not closing and open_tables:
                if tag == "tr":
                    self._tables[open_tables[-1]].append({})
                    place = 0
                else:
                    if not self._tables[open_tables[-1]]:
                        self._tables[open_tables[-1]].append({})
                    spans = {match[1].lower(): int(match[2]) for match in _SPAN.finditer(token[3])}
                    span = (max(1, min(spans.get("rowspan", 1), 1_048_576)), max(1, min(spans.get("colspan", 1), WIDEST)))
                    cell_from = token.end()

    def _put(self, table: int, place: int, span: tuple[int, int], inside: str) -> int:
        rows, merges = self._tables[table], self._merges[table]
        number = len(rows)
        while self._covered[table].get(place, 0) >= number:
            place += 1
        if place >= WIDEST:
            raise Unreadable(f"{self.notes.file}: the HTML table has more than {WIDEST} columns")
        rows[-1][place] = _plain(inside)
        if span != (1, 1):
            merges.append((number, place, number + span[0] - 1, place + span[1] - 1))
        if span[0] > 1:
            self._covered[table].update(dict.fromkeys(range(place, place + span[1]), number + span[0] - 1))
            self._cells += span[1]
        return place + span[1]

    def blocks(self) -> Iterator[Block]:
        """All rows at once."""
        rows = self._tables[self._best]
        width = max((max(row, default=-1) for row in rows), default=-1) + 1
        if width * len(rows) > MOST:
            raise Unreadable(f"{self.notes.file}: the HTML table has more than {MOST} cells; export it as csv")
        columns = {letter(place): [row.get(place) for row in rows] for place in range(width)}
        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        frame = frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.UInt32))
        yield Block(without_blank_cells(frame) if width else frame)

    def merged(self) -> Sequence[header.Range]:
        return self._merges[self._best]


def _without_dropped(text: str) -> str:
    """The HTML without comments, scripts and styles; one that is not closed goes on to the end."""
    for start, end in _DROPPED:
        if start not in text.lower():
            continue
        lower, kept, at = text.lower(), [], 0
        while (found := lower.find(start, at)) >= 0:
            kept.append(text[at:found])
            stop = lower.find(end, found)
            at = len(text) if stop < 0 else lower.find(">", stop) + 1 or len(text)
        text = "".join(kept) + text[at:]
    return text


def _plain(inside: str) -> str:
    if "<" not in inside and "&" not in inside:
        return _SPACE.sub(" ", inside).strip()
    lines = [unescape(_TAG.sub("", line)) for line in _BREAK.split(_SPACE.sub(" ", inside))]
    return "\n".join(line.strip(" ") for line in lines).strip()
