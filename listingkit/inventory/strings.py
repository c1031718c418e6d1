"""The shared strings of a workbook, each parsed when it is asked for."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from xml.parsers import expat

import polars as pl

from listingkit.inventory import safe_xml
from listingkit.master.blanks import without_blanks
from listingkit.master.elements import elements

_END = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")
_HEAD = 1 << 16  # bytes
_PREFIXED = re.compile(rb":si[\s/>]")
_START = re.compile(rb"<(?:\w+:)?si(?:\s[^>]*)?>")
_PLAIN = re.compile(rb"\s*<t(?: xml:space=\"preserve\")?>([^<&\r]*)</t>\s*")
_SPACE_KEPT = 't xml:space="preserve"'
_ONE_TEXT = r'^<si><t(?: xml:space="preserve")?>([^<\r]+)</t>$'
_ITEM = r"(?:^|:)si(?:[\s/]|$)"
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class SharedStrings:
    """Texts by index. Rich text is joined, phonetic readings are left out. `head` is how the part that `read` gives begins."""

    def __init__(self, head: bytes, read: Callable[[], bytes], where: str) -> None:
        self._head, self._read = head[:_HEAD], read
        self._where = f"{where}: xl/sharedStrings.xml"
        self._known: dict[int, str] = {}

    @cached_property
    def _first(self) -> list[bytes]:
        """The first of them, which is all that a look at the head of a sheet asks for."""
        return _END.split(self._head)[:-1]

    @cached_property
    def _content(self) -> bytes:
        return self._read()

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
            self._known[number] = self._found(number)
        return self._known[number]

    def _found(self, number: int) -> str:
        if number < len(self._first):
            return self._text(self._first[number])
        if number >= len(self._plain):
            return ""
        return text if (text := self._plain[number]) is not None else self._text(self._pieces[number])

    @cached_property
    def _plain(self) -> pl.Series:
        """The strings that need no thought; null for the others, and for blank ones."""
        texts = _alone(self._content)
        if texts is None:
            texts = _decoded(self._pieces).str.extract(_ONE_TEXT)
        return _spelled(without_blanks(texts))

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

    def columns(self, numbers: pl.DataFrame) -> dict[str, pl.Series]:
        """What `gather` gives of each column, of nearly all at once."""
        plain = self._plain
        known = [name for name, most in zip(numbers.columns, numbers.max().row(0), strict=True) if most is not None and most < len(plain)]
        texts = numbers.select(pl.lit(plain).gather(name).alias(name) for name in known)
        told = {name: texts[name] for name in known if texts[name].null_count() == numbers[name].null_count()}
        return {name: told[name] if name in told else self.gather(numbers[name]) for name in numbers.columns}

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


def _alone(content: bytes) -> pl.Series | None:
    """The texts of strings that are one text and no more, still escaped; null for the others. None where it is not told so easily."""
    lines = elements(content)
    if lines is None:
        return None
    tag = lines.get_column("tag")
    item, text = tag == "si", (tag == "t") | (tag == _SPACE_KEPT)
    if tag.filter(~(item | text)).str.contains(_ITEM).any():
        return None
    alone = item & text.shift(-1, fill_value=False) & item.shift(-2, fill_value=True)
    return lines.get_column("text").shift(-1).set(~alone, None).filter(item)


def _decoded(pieces: Sequence[bytes]) -> pl.Series:
    """The XML of strings; null where one is not UTF-8, which is said when somebody asks for it."""
    try:
        return pl.Series(pieces, dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        told = (piece.decode(errors="replace") for piece in pieces)
        return pl.Series([text if text.encode() == piece else None for text, piece in zip(told, pieces, strict=True)], dtype=pl.String)


def _spelled(texts: pl.Series) -> pl.Series:
    """The entities that XML knows undone; null where there are others, or escapes of Excel's."""
    places = texts.str.contains_any(["&", "_x"]).arg_true()
    if not len(places):
        return texts
    some = texts.gather(places)
    strange = some.str.replace_many(list(_ENTITIES), [""]).str.contains_any(["&", "_x"])
    return texts.scatter(places, some.str.replace_many(_ENTITIES).set(strange, None))


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
