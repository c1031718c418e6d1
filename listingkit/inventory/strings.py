"""The shared strings of a workbook, each parsed when it is asked for."""

import re
from functools import cached_property
from xml.parsers import expat

from listingkit.inventory import safe_xml

_END = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")
_START = re.compile(rb"<(?:\w+:)?si(?:\s[^>]*)?>")
_PLAIN = re.compile(rb"\s*<t(?: xml:space=\"preserve\")?>([^<&\r]*)</t>\s*")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class SharedStrings:
    """Texts by index. Rich text is joined, phonetic readings are left out."""

    def __init__(self, content: bytes, where: str) -> None:
        self._content = content
        self._where = f"{where}: xl/sharedStrings.xml"
        self._known: dict[int, str] = {}

    @cached_property
    def _pieces(self) -> list[bytes]:
        return _END.split(self._content)[:-1]

    def __len__(self) -> int:
        return len(self._pieces)

    def __getitem__(self, number: int) -> str:
        if number not in self._known:
            piece = self._pieces[number] if 0 <= number < len(self._pieces) else b""
            self._known[number] = self._text(piece)
        return self._known[number]

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
