"""Delimited text cut into records, the forgiving way: for chunks in which the fast reader could be wrong.

Quotes are read as RFC 4180 has them. A quote inside an unquoted cell is a quote. After a closing quote the rest of the cell
is taken as it is. A quote that never closes, or closes in the middle of a later line, is a plain character up to the end
of its own cell.
"""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

QUOTED_AT_MOST = 1 << 20  # characters of one quoted cell


class Record(Struct, frozen=True):
    """One record: its cells, how many lines of the file it spans, and whether a quote was left open."""

    cells: list[str]
    lines: int
    unclosed: bool
    end: int  # offset after its line break


@cache
def _grammar(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    mark = re.escape(delimiter)
    quoted = re.compile(rf'"([^"]*+(?:""[^"]*+)*+)"([^{mark}\r\n]*+)({mark}|\r\n|\n|\r|\Z)')
    plain = re.compile(rf"([^{mark}\r\n]*+)({mark}|\r\n|\n|\r|\Z)")
    return quoted, plain


def cells(text: str, at: int, delimiter: str) -> Iterator[tuple[int, int, str]]:
    """The cells of the record that begins at `at`, as `records` cuts it: where each begins and ends, quotes included, and what it holds."""
    quoted, plain = _grammar(delimiter)
    stop = delimiter
    while stop == delimiter:
        match = quoted.match(text, at) if text.startswith('"', at) else None
        if match and not (match[2] and "\n" in match[1]):
            yield at, match.end(2), match[1].replace('""', '"') + match[2]
        else:
            match = plain.match(text, at)
            assert match is not None  # it matches everything
            yield at, match.end(1), match[1]
        stop = match[match.lastindex or 0]
        at = match.end()


def records(text: str, delimiter: str, *, final: bool) -> Iterator[Record]:
    """Cut a text into records. Unless it is `final`, an incomplete last record is left for the next call."""
    quoted, plain = _grammar(delimiter)
    at, size = 0, len(text)
    quote = text.find('"')
    while at < size:
        if 0 <= quote < at:
            quote = text.find('"', at)
        line_end = text.find("\n", at)
        if line_end >= 0 and not at <= quote < line_end:  # a line without quotes, as most are
            line = text[at:line_end].removesuffix("\r")
            if "\r" not in line:
                at = line_end + 1
                yield Record(line.split(delimiter), 1, unclosed=False, end=at)
                continue
        cells: list[str] = []
        start, unclosed = at, False
        while True:
            match = quoted.match(text, at) if text.startswith('"', at) else None
            if match and not (match[2] and "\n" in match[1]):
                cells.append(match[1].replace('""', '"') + match[2])
            else:
                if match is None and not final and text.startswith('"', at) and size - start < QUOTED_AT_MOST:
                    return
                unclosed = unclosed or text.startswith('"', at)
                match = plain.match(text, at)
                assert match is not None  # it matches everything
                cells.append(match[1])
            stop = match[match.lastindex or 0]
            at = match.end()
            if stop != delimiter:
                break
        if not stop and not final:
            return
        yield Record(cells, max(1, text.count("\n", start, at)), unclosed, at)
