"""XML from strangers: a streaming parser that declares no entities."""

from collections.abc import Iterable, Mapping
from typing import Protocol
from xml.parsers import expat

from listingkit.errors import Unreadable


class Handler(Protocol):
    """What listens to a part."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def text(self, text: str) -> None: ...


class _Unheard:
    """What nobody listens to."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def text(self, text: str) -> None: ...


UNHEARD: Handler = _Unheard()


class Declared(Exception):
    """The part declares a document type, which no spreadsheet program writes, or an encoding that nobody knows."""


def parser(handler: Handler | None = None, encoding: str | None = None) -> expat.XMLParserType:
    """An expat parser that refuses document types and tells the handler of elements and text."""
    made = expat.ParserCreate(encoding)
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse
    if encoding is None:
        made.XmlDeclHandler = _known
    if handler is not None:
        made.StartElementHandler = handler.start
        made.EndElementHandler = handler.end
        made.CharacterDataHandler = handler.text
    return made


_BUILT_IN = ("UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "US-ASCII")


def _known(_version: str, encoding: str | None, _standalone: int) -> None:
    """Refuse an encoding that expat does not know and Python cannot tell it byte by byte."""
    if encoding is None or encoding.upper() in _BUILT_IN:
        return
    try:
        told = len(bytes(range(256)).decode(encoding, "replace"))
    except (LookupError, ValueError):
        told = 0
    if told != 256:
        raise Declared(f"its encoding {encoding[:40]} is none of XML")


def read(chunks: Iterable[bytes], handler: Handler, where: str) -> None:
    """Tell the handler of everything in a part. Raises `Unreadable`."""
    made = parser(handler)
    try:
        for chunk in chunks:
            made.Parse(chunk, False)
        made.Parse(b"", True)
    except (expat.ExpatError, Declared) as error:
        raise broken(where, error) from error


def broken(where: str, error: Exception) -> Unreadable:
    """The error to raise for a part that is no proper XML."""
    return Unreadable(f"{where} is broken ({error}); open the file in Excel and save it again")


def local(tag: str) -> str:
    """An element's name without its namespace prefix."""
    return tag.rpartition(":")[2]


def _refuse(*_: object) -> None:
    raise Declared("it declares a document type")
