"""Text as the XML of a workbook writes it: escapes, shared strings."""

import re
from collections.abc import Iterable, Iterator
from html import unescape

import polars as pl

from listingkit.errors import Unreadable
from listingkit.master.blanks import without_blanks

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ONE_RUN = re.compile(r"<si><t(?: [^<>]*+)?+>([^<]*+)</t></si>")
_ITEM = re.compile(r"<(?:\w+:)?si\b[^<>]*+>(?:(?<=/>)|([^<]*+(?:<(?!/?(?:\w+:)?si\b)[^<]*+)*+)</(?:\w+:)?si>)")
_PHONETIC = re.compile(r"<(?:\w+:)?rPh\b[^<]*+(?:<(?!/?(?:\w+:)?rPh\b)[^<]*+)*+</(?:\w+:)?rPh>")
_RUN = re.compile(r"<(?:\w+:)?t(?:\s[^<>]*+)?+>([^<]*)</(?:\w+:)?t>")
ERROR = r"^#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|NV|BEZUG!|WERT!|ZAHL!)$"  # a cell whose formula failed, as text
CHUNK = 1 << 20  # small enough for what is made of it to stay in the processor's cache
LONGEST = 64 << 20  # bytes of one string or row


def unescaped(texts: pl.Series) -> pl.Series:
    """XML and spreadsheet escapes undone."""
    odd = texts.str.contains_any(["&", "_x", "\r"])
    if not odd.any():
        return texts
    distinct = texts.filter(odd).unique()
    return texts.replace(distinct, pl.Series([plain(text) for text in distinct], dtype=pl.String))


def plain(text: str) -> str:
    """One text without escapes."""
    text = unescape(text.replace("\r\n", "\n").replace("\r", "\n")) if "&" in text or "\r" in text else text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text).replace("\r\n", "\n") if "_x" in text else text


def runs(xml: str) -> str:
    """The text of a string item of several formatted runs, still escaped, without the reading aids of Japanese sheets."""
    return "".join(match[1] for match in _RUN.finditer(_PHONETIC.sub("", xml)))


def shared_strings(blocks: Iterable[bytes], name: str) -> pl.Series:
    """The shared strings table."""
    parts: list[pl.Series] = []
    for chunk in cut(blocks, "si", name):
        found: list[str] = _ONE_RUN.findall(chunk)
        if len(found) != chunk.count("</si>"):
            found = [runs(match[1]) if match[1] else "" for match in _ITEM.finditer(chunk)]
        parts.append(unescaped(pl.Series(found, dtype=pl.String)))
    return without_blanks(pl.concat(parts)) if parts else pl.Series([], dtype=pl.String)


def cut(blocks: Iterable[bytes], tag: str, name: str, size: int = CHUNK, after: str = "") -> Iterator[str]:
    """Blocks joined and cut again where an element of this local name ends; the rest comes last.

    Past the end of the element `after` no such element is expected, and any tag ends a piece.
    """
    ending = re.compile(rf"</(?:\w+:)?{tag}>".encode())
    last = re.compile(rf"</(?:\w+:)?{after}>".encode()) if after else None
    end, rest = b"", b""
    for block in blocks:
        rest += block
        if len(rest) < size:
            continue
        if not end and (match := ending.search(rest)):
            end = match[0]
        at = rest.rfind(end) + len(end) if end and end in rest else 0
        if not at and last and last.search(rest):
            end, last = b">", None
            at = rest.rfind(end) + 1
        if at:
            yield _decoded(rest[:at], name)
            rest = rest[at:]
        elif len(rest) > LONGEST:
            raise Unreadable(f"{name}: one row or text of the workbook is longer than {LONGEST >> 20} MB")
    if rest:
        yield _decoded(rest, name)


def _decoded(chunk: bytes, name: str) -> str:
    try:
        return chunk.decode()
    except UnicodeDecodeError:
        raise Unreadable(f"{name}: the workbook holds text that is not UTF-8; open it in Excel and save it again") from None
