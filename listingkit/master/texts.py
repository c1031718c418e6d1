"""Text as the XML of a workbook writes it: escapes, shared strings."""

import re
from collections.abc import Iterable, Iterator
from html import unescape

import polars as pl

from listingkit.errors import Unreadable
from listingkit.master.blanks import without_blanks
from listingkit.master.elements import elements

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SI = re.compile(rb"<(\w+:)?si\b")
_ITEM = re.compile(r"<(?:\w+:)?si\b[^<>]*+>(?:(?<=/>)|([^<]*+(?:<(?!/?(?:\w+:)?si\b)[^<]*+)*+)</(?:\w+:)?si>)")
_PHONETIC = re.compile(r"<(?:\w+:)?rPh\b[^<]*+(?:<(?!/?(?:\w+:)?rPh\b)[^<]*+)*+</(?:\w+:)?rPh>")
_RUN = re.compile(r"<(?:\w+:)?t(?:\s[^<>]*+)?+>([^<]*)</(?:\w+:)?t>")
ERROR = r"^#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|NV|BEZUG!|WERT!|ZAHL!)$"  # a cell whose formula failed, as text
CHUNK = 4 << 20
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
    parts = [unescaped(_items(chunk, name)) for chunk in cut(blocks, "si", name)]
    return without_blanks(pl.concat(parts)) if parts else pl.Series([], dtype=pl.String)


def _items(chunk: bytes, name: str) -> pl.Series:
    """The strings of a chunk, still escaped."""
    match, lines = _SI.search(chunk), elements(chunk)
    if match is None or lines is None:
        return pl.Series([runs(match[1] or "") for match in _ITEM.finditer(decoded(chunk, name))], dtype=pl.String)
    prefix = (match[1] or b"").decode()
    tag = lines.get_column("tag")
    item, text = tag.is_in([f"{prefix}si", f"{prefix}si/"]), (tag == f"{prefix}t") | tag.str.starts_with(f"{prefix}t ")
    texts = lines.filter(text).get_column("text").fill_null("")
    if (item.shift(1, fill_value=False) == text).all() and item.sum() == len(texts):
        return texts
    spoken = text & tag.shift(1).str.starts_with(f"{prefix}rPh").not_()
    at = (item.cum_sum().cast(pl.Int32) - 1).filter(spoken)
    whole = pl.DataFrame({"at": at, "text": lines.filter(spoken).get_column("text").fill_null("")})
    whole = whole.group_by("at").agg(pl.col("text").str.join(""))
    found = pl.repeat("", int(item.sum()), eager=True)
    return found.scatter(whole.get_column("at"), whole.get_column("text"))


def decoded(chunk: bytes, name: str) -> str:
    """A piece of XML as text. Raises Unreadable."""
    try:
        return chunk.decode()
    except UnicodeDecodeError:
        raise Unreadable(f"{name}: the workbook holds text that is not UTF-8; open it in Excel and save it again") from None


def cut(blocks: Iterable[bytes], tag: str, name: str, size: int = CHUNK, after: str = "") -> Iterator[bytes]:
    """Blocks joined and cut again where an element of this local name ends; the rest comes last.

    Past the end of the element `after` no such element is expected, and any tag ends a piece.
    """
    ending = re.compile(rf"</(?:\w+:)?{tag}>".encode())
    last = re.compile(rf"</(?:\w+:)?{after}>".encode()) if after else None
    end, gathered, held, enough = b"", [b""], 0, size
    for block in blocks:
        gathered.append(block)
        held += len(block)
        if held < enough:
            continue
        rest = b"".join(gathered)
        if not end and (match := ending.search(rest)):
            end = match[0]
        at = rest.rfind(end) + len(end) if end and end in rest else 0
        if not at and last and last.search(rest):
            end, last = b">", None
            at = rest.rfind(end) + 1
        if at:
            yield rest[:at]
        elif held > LONGEST:
            raise Unreadable(f"{name}: one row or text of the workbook is longer than {LONGEST >> 20} MB")
        gathered, held = [rest[at:]], held - at
        enough = size if at else held + size
    if held:
        yield b"".join(gathered)
