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
    """The part declares a document type, which no spreadsheet program writes."""


def parser(handler: Handler | None = None, encoding: str | None = None) -> expat.XMLParserType:
    """An expat parser that refuses document types and tells the handler of elements and text."""
    made = expat.ParserCreate(encoding)
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse
    if handler is not None:
        made.StartElementHandler = handler.start
        made.EndElementHandler = handler.end
        made.CharacterDataHandler = handler.text
    return made


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
