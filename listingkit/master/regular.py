"""Delimited text without pitfalls, which polars cuts into the same records as Excel does."""

import re
from functools import cache

import polars as pl
from msgspec import Struct

from listingkit.master.sheet import letter


class Regular(Struct, frozen=True):
    """How such a text is read: its delimiter, and how many columns it has."""

    delimiter: str
    width: int

    @property
    def kind(self) -> str:
        """What such a file is called."""
        return "tsv" if self.delimiter == "\t" else "csv"

    @property
    def schema(self) -> dict[str, type[pl.String]]:
        """Its columns by letter, all of them texts."""
        return {letter(place): pl.String for place in range(self.width)}

    def cut_alike(self, text: bytes | bytearray, size: int) -> bool:
        """Whether every reader cuts the first bytes of a text into the same records: there are no other line ends and no stray quotes."""
        if text.find(b"\r", 0, size) >= 0 and text.count(b"\r", 0, size) != text.count(b"\r\n", 0, size):
            return False
        return text.find(b'"', 0, size) < 0 or _quoting(self.delimiter.encode()).fullmatch(text, 0, size) is not None

    def parsed(self, piece: bytes | memoryview) -> pl.DataFrame | None:
        """The records of a text that is cut alike, columns by letter; None where one is too short. Raises what polars raises."""
        content = bytes(piece)
        if content[0] in b"\r\n":  # polars leaves out blank lines at the start
            return None
        frame = pl.read_csv(content, has_header=False, schema=self.schema, separator=self.delimiter)
        return None if self._has_short_rows(frame, content) else frame

    def _has_short_rows(self, frame: pl.DataFrame, text: bytes) -> bool:
        """Whether some row lacks its last cells: then the text has fewer delimiters outside quotes than full rows need."""
        if self.width == 1 or not frame.to_series(-1).null_count():
            return False
        inside = sum(frame.select(pl.all().str.count_matches(self.delimiter, literal=True).sum()).row(0)) if b'"' in text else 0
        return text.count(self.delimiter.encode()) - inside != (self.width - 1) * frame.height


@cache
def _quoting(mark: bytes) -> re.Pattern[bytes]:
    """Matches text in which every quote opens a cell, closes one or is doubled inside one: there no two readers disagree."""
    stop = re.escape(mark)
    rest = b'"' + stop + rb'|"\r?\n|(?:""[^"]*+)*+"(?![^' + stop + rb"\r\n])"
    return re.compile(rb'(?:[^"]*+(?<![^' + stop + rb'\n])"[^"]*+(?:' + rest + rb'))*+[^"]*+')
