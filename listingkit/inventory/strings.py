"""The shared strings of a workbook, each parsed when it is asked for."""

import re
from functools import cached_property
from xml.parsers import expat

import polars as pl

from listingkit.inventory import safe_xml

_END = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")
_HEAD = 1 << 16  # bytes
_PREFIXED = re.compile(rb":si[\s/>]")
_START = re.compile(rb"<(?:\w+:)?si(?:\s[^>]*)?>")
_PLAIN = re.compile(rb"\s*<t(?: xml:space=\"preserve\")?>([^<&\r]*)</t>\s*")
_SPACE_KEPT = 't xml:space="preserve"'
_ITEM = r"(?:^|:)si(?:[\s/]|$)"
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class SharedStrings:
    """Texts by index. Rich text is joined, phonetic readings are left out."""

    def __init__(self, content: bytes, where: str) -> None:
        self._content = content
        self._where = f"{where}: xl/sharedStrings.xml"
        self._known: dict[int, str] = {}

    @cached_property
    def _first(self) -> list[bytes]:
        """The first of them, which is all that a look at the head of a sheet asks for."""
        return _END.split(self._content[:_HEAD])[:-1]

    @cached_property
    def _pieces(self) -> list[bytes]:
        pieces = self._content.split(b"</si>")
        ends = len(pieces) - 1
        if ends == self._content.count(b"<si") == self._content.count(b"</si") and not _PREFIXED.search(self._content):
            return pieces[:-1]
        return _END.split(self._content)[:-1]

    def __len__(self) -> int:
        return len(self._pieces)

    def __getitem__(self, number: int) -> str:
        if number not in self._known:
            pieces = self._first if number < len(self._first) else self._pieces
            self._known[number] = self._text(pieces[number]) if 0 <= number < len(pieces) else ""
        return self._known[number]

    @cached_property
    def _plain(self) -> pl.Series:
        """The strings that need no thought; null for the others, and for blank ones."""
        texts = _alone(self._content)
        if texts is None:
            return pl.Series([None] * len(self), dtype=pl.String)
        odd = texts.str.contains_any(["&", "_x"]) | (texts.str.strip_chars().str.len_bytes() == 0)
        return _spelled(texts).set(odd, None)

    def gather(self, numbers: pl.Series) -> pl.Series:
        """The strings with these numbers (UInt32); null where there is no number, no string or a blank one."""
        plain = self._plain
        if numbers.null_count() == len(numbers):
            return pl.Series([None] * len(numbers), dtype=pl.String)
        if (numbers >= len(plain)).any():
            numbers = numbers.set(numbers >= len(plain), None)
        texts = plain.gather(numbers)
        if texts.null_count() == numbers.null_count():
            return texts
        asked = numbers.filter(texts.is_null()).drop_nulls().unique()
        odd = [text if (text := self[number]).strip() else None for number in asked]
        return texts.zip_with(texts.is_not_null(), numbers.replace_strict(asked, odd, default=None, return_dtype=pl.String))

    def _text(self, piece: bytes) -> str:
        start = _START.search(piece)
        if start is None:
            return ""
        inner = piece[start.end() :]
        if plain := _PLAIN.fullmatch(inner):
            try:
                return unescape(plain[1].decode())
            except UnicodeDecodeError as error:
                raise safe_xml.broken(self._where, error) from error
        texts = _Texts()
        made = safe_xml.parser(texts)
        try:
            made.Parse(b"<si>" + inner + b"</si>", True)
        except (expat.ExpatError, safe_xml.Declared) as error:
            raise safe_xml.broken(self._where, error) from error
        return unescape("".join(texts.found))


class _Texts:
    """Collects the text of `<t>` elements outside phonetic readings."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._in_text = False
        self._phonetic = 0

    def start(self, tag: str, _: object) -> None:
        name = safe_xml.local(tag)
        self._phonetic += name == "rPh"
        self._in_text = name == "t" and not self._phonetic

    def end(self, tag: str) -> None:
        self._phonetic -= safe_xml.local(tag) == "rPh"
        self._in_text = False

    def text(self, text: str) -> None:
        if self._in_text:
            self.found.append(text)


def unescape(text: str) -> str:
    """Characters that Excel writes as `_x000D_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
