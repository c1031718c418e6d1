"""Cells of a text file rewritten where they stand: every other byte stays."""

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from listingkit.errors import ListingkitError
from listingkit.master.records import cells, records
from listingkit.master.sheet import letter

Place = tuple[int, str]
Rewrite = Callable[[Place, str, str], str | None]  # place, the cell as written, the cell as read; None to leave it

_BOMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF8: "utf-8"}


class TextFile:
    """A text master: its encoding, its delimiter, and how it quotes. `quoted`: cells may stand in quotes and span lines."""

    def __init__(self, path: Path, encoding: str, delimiter: str, *, quoted: bool = True) -> None:
        self.path, self.delimiter, self.quoted = path, delimiter, quoted
        content = path.read_bytes()
        self.encoding = next((name for mark, name in _BOMS.items() if content.startswith(mark)), encoding.removesuffix("-sig"))
        self.text = content.decode(self.encoding, "replace")
        if self.text.encode(self.encoding, "replace") != content:
            raise ListingkitError(
                f"{path} is not {encoding} throughout, so a copy would differ in more than the fixes: save it as UTF-8 first"
            )

    def holds(self, text: str) -> bool:
        """Whether a cell of this file can hold this text."""
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return self.quoted or not re.search("[\t\r\n]", text)

    def is_cell(self, raw: str, value: str) -> bool:
        """Whether this is how a cell of this file could be written, to be read as this value."""
        read = list(cells(raw, 0, self.delimiter)) if self.quoted else [(0, len(raw), raw)]
        return self.holds(raw) and [(last, text.strip()) for _, last, text in read] == [(len(raw), value.strip())]

    def written(self, text: str, before: str) -> str:
        """A text as a cell: in quotes where it needs them, or where the cell had them before."""
        if not self.quoted:
            return text
        needs = before.startswith('"') or any(char in text for char in (self.delimiter, '"', "\r", "\n"))
        return '"' + text.replace('"', '""') + '"' if needs else text

    def rewritten(self, wanted: Mapping[Place, Rewrite]) -> bytes:
        """The file with these cells rewritten."""
        rows = {row for row, _ in wanted}
        pieces: list[str] = []
        end = 0
        for number, start, stop in self._records():
            if number not in rows:
                continue
            for place, (first, last, value) in enumerate(self._cells(start, stop)):
                here = (number, letter(place))
                if here in wanted and (made := wanted[here](here, self.text[first:last], value)) is not None:
                    pieces += (self.text[end:first], made)
                    end = last
        return "".join([*pieces, self.text[end:]]).encode(self.encoding)

    def _records(self) -> Iterator[tuple[int, int, int]]:
        """The number of each record, where it begins and where it ends."""
        start = int(self.text.startswith("\ufeff"))
        if self.quoted:
            body = self.text[start:]
            begin = start
            for number, record in enumerate(records(body, self.delimiter, final=True), 1):
                yield number, begin, start + record.end
                begin = start + record.end
            return
        for number, found in enumerate(re.finditer(r"[^\r\n]*(?:\r\n|\r|\n|\Z)", self.text[start:]), 1):
            yield number, start + found.start(), start + found.end()

    def _cells(self, start: int, stop: int) -> Iterator[tuple[int, int, str]]:
        if self.quoted:
            yield from cells(self.text, start, self.delimiter)
            return
        for raw in self.text[start:stop].rstrip("\r\n").split(self.delimiter):
            yield start, start + len(raw), raw
            start += len(raw) + 1
