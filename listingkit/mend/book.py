"""Cells of a workbook rewritten where they stand: every other byte of the sheet, and every other part, stays."""

import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from html import escape
from io import BytesIO
from pathlib import Path
from xml.parsers.expat import ExpatError

from msgspec import Struct

from listingkit.errors import ListingkitError, Unreadable
from listingkit.inventory.safe_xml import parser
from listingkit.master.sheet import index
from listingkit.master.unpacking import DAMAGED
from listingkit.master.workbook import Workbook
from listingkit.render.package import replace_member
from listingkit.render.splice import cut

Place = tuple[int, str]  # row, column letter
Rewrite = Callable[[Place, "Element"], bytes | None]  # the new element, None to leave the cell as it is

_CELL = re.compile(rb"<((?:\w+:)?)c(?=[\s/>])([^<>]*?)(?:/>|>(.*?)</\1c>)", re.DOTALL)
_ADDRESS = re.compile(rb"""\br=["']([A-Za-z]{1,3})\d+["']""")
_NAMED = re.compile(rb"""\br=["']([^"']*)["']""")
_STYLE = re.compile(rb"""\ss=["'](\d+)["']""")
_TYPE = re.compile(rb"""\st=["'](\w+)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)[\s>]")
_FORMATS = re.compile(rb"(<(?:\w+:)?cellXfs\b[^>]*>)(.*?)(</(?:\w+:)?cellXfs>)", re.DOTALL)
_FORMAT = re.compile(rb"<((?:\w+:)?)xf\b[^>]*?(?:/>|>.*?</\1xf>)", re.DOTALL)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML cannot hold them
LONGEST = 32_767  # UTF-16 units of a cell
AS_TEXT = b"49"  # the number format @


class Element(Struct, frozen=True):
    """A cell as its sheet writes it."""

    raw: bytes
    prefix: bytes  # of the namespace, with its colon
    attributes: bytes
    inside: bytes

    @property
    def fixable(self) -> bool:
        """Whether the cell holds a plain value: no formula that would be lost, and something to replace."""
        return not _FORMULA.search(self.inside) and _VALUE.search(self.inside) is not None

    @property
    def style(self) -> int:
        found = _STYLE.search(b" " + self.attributes)
        return int(found[1]) if found else 0

    @property
    def is_text(self) -> bool:
        found = _TYPE.search(b" " + self.attributes)
        return found is not None and found[1] in (b"s", b"str", b"inlineStr")

    def with_text(self, text: str, style: int | None = None) -> bytes:
        """The cell with a text in it, blank for ""; its address and, unless another is named, its style stay."""
        kept = _TYPE.sub(b"", b" " + self.attributes.strip()).strip()
        if style is not None and style != self.style:
            kept = b" ".join((_STYLE.sub(b"", b" " + kept).strip(), b's="%d"' % style))
        p = self.prefix
        if not text:
            return b"<%bc %b/>" % (p, kept)
        written = escape(text, quote=False).replace("\r", "&#13;").encode()
        return b'<%bc %b t="inlineStr"><%bis><%bt xml:space="preserve">%b</%bt></%bis></%bc>' % (p, kept, p, p, written, p, p, p)


def is_cell(raw: str, address: str) -> bool:
    """Whether this is how a sheet could write the cell of this address."""
    found = _CELL.fullmatch(raw.encode())
    if found is None:
        return False
    try:
        parser().Parse(found[0], True)
    except ExpatError:
        return False
    named = _NAMED.search(found[2])
    return named is None or named[1].decode().upper() == address.upper()


def holds(text: str) -> bool:
    """Whether a cell can hold this text."""
    return not _UNWRITABLE.search(text) and len(text.encode("utf-16-le")) // 2 <= LONGEST


def rewritten(path: Path, wanted: Mapping[str, Mapping[Place, Rewrite]], *, styles: "Styles | None" = None) -> bytes:
    """The workbook with these cells of these sheets rewritten. Raises `Unreadable`."""
    content = path.read_bytes()
    for sheet, cells in wanted.items():
        member = _member(content, path, sheet)
        part = _part(content, member, path)
        content = _replaced(content, member, b"".join(_sheet(part, cells, f"{path}, sheet {sheet}")))
    if styles is not None and styles.added:
        content = _replaced(content, styles.member, styles.part())
    return content


def _sheet(part: bytes, wanted: Mapping[Place, Rewrite], where: str) -> Iterable[bytes]:
    if part[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable(f"{where} is written in UTF-16, as no spreadsheet program does; open it in Excel and save it again")
    rows = {row for row, _ in wanted}
    sheet = cut(part, 1, where)
    yield sheet.head
    end = 0
    for row in sheet.rows:
        if row.number in rows:
            yield sheet.body[end : row.start]
            yield _row(sheet.body[row.start : row.end], row.number, wanted)
            end = row.end
    yield sheet.body[end:]
    yield sheet.tail


def _row(raw: bytes, number: int, wanted: Mapping[Place, Rewrite]) -> bytes:
    from listingkit.master.sheet import letter

    place = -1

    def replaced(found: re.Match[bytes]) -> bytes:
        nonlocal place
        address = _ADDRESS.search(found[2])
        place = index(address[1].decode()) if address else place + 1
        here = (number, letter(place))
        rewrite = wanted.get(here)
        made = rewrite(here, Element(found[0], found[1], found[2], found[3] or b"")) if rewrite else None
        return found[0] if made is None else made

    return _CELL.sub(replaced, raw)


def _member(content: bytes, path: Path, sheet: str) -> str:
    try:
        with Workbook(BytesIO(content), str(path), "xlsx") as book:
            part = next((entry.part for entry in book.entries if entry.name == sheet), None)
    except zipfile.BadZipFile:
        part = None
    if part is None:
        raise Unreadable(f"{path} has no sheet {sheet!r} any more")
    return _named(content, part)


def _named(content: bytes, part: str) -> str:
    """The name of a part in the zip, which may be written in other case."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return next(name for name in package.namelist() if name.lstrip("/").replace("\\", "/").lower() == part.lower())


def _part(content: bytes, member: str, path: Path) -> bytes:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            return package.read(member)
    except (KeyError, *DAMAGED) as error:
        raise ListingkitError(f"{path} cannot be copied cell by cell ({error}): open it in Excel and save it again") from None


def _replaced(content: bytes, member: str, part: bytes) -> bytes:
    stream = BytesIO()
    replace_member(BytesIO(content), member, [part], stream, level=3)
    return stream.getvalue()


class Styles:
    """The cell formats of a workbook, with copies of some of them that hold texts; nothing else about them changes."""

    def __init__(self, path: Path) -> None:
        content = path.read_bytes()
        with Workbook(BytesIO(content), str(path), "xlsx") as book:
            part = book.styles_part
        self.member = _named(content, part) if part else ""
        self._xml = _part(content, self.member, path) if part else b""
        table = _FORMATS.search(self._xml)
        self._formats = [found[0] for found in _FORMAT.finditer(table[2])] if table else []
        self._of_text: dict[int, int] = {}
        self.added: list[bytes] = []

    def as_text(self, style: int) -> int:
        """A style that looks like this one and keeps what is typed as text."""
        if style >= len(self._formats) or b'numFmtId="%b"' % AS_TEXT in self._formats[style]:
            return style
        if style not in self._of_text:
            clone = re.sub(rb'\s(?:numFmtId|applyNumberFormat)="[^"]*"', b"", self._formats[style])
            clone = re.sub(rb"xf\b", b'xf numFmtId="%b" applyNumberFormat="1"' % AS_TEXT, clone, count=1)
            self._of_text[style] = len(self._formats) + len(self.added)
            self.added.append(clone)
        return self._of_text[style]

    def part(self) -> bytes:
        """The part with the copies behind the formats that it had."""

        def longer(found: re.Match[bytes]) -> bytes:
            opening = re.sub(rb'count="\d+"', b'count="%d"' % (len(self._formats) + len(self.added)), found[1])
            return opening + found[2] + b"".join(self.added) + found[3]

        return _FORMATS.sub(longer, self._xml, count=1)
