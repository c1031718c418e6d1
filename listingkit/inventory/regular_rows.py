"""Rows of a data sheet written as nearly every program writes them, taken out of the part before a parser sees it.

A row that one strict expression accounts for, from its first character to its last, costs no parser; whatever is written in any other
way is passed on. What the parser gets is the part as it stands without the regular rows, but for one of each kind of row tag, so that all
that is wrong with a part is still found.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from io import BytesIO

import polars as pl

from listingkit.master.sheet import ROW, index

_PIECE = 1 << 18  # bytes looked at together, so few that they stay in the cache of the processor
_LONGEST = 4 << 20  # bytes of one row, beyond which the part is left to the parser
_SAMPLE = 1 << 18  # characters of rows from which columns and their styles are learnt
_MOST_LETTERS, _MOST_LESSONS = 1_024, 24
_BLOCK_CELLS = 1_000_000
_BETWEEN, _END = b"\x01", b"\x02"  # of cells and rows: characters that XML does not allow

_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^<>?]*\?>)?([^?!]*?)<sheetData>")
_ENCODING = re.compile(rb"""<\?xml[^<>?]*\bencoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
_NUMBER = re.compile(r'\s*+<row r="([1-9][0-9]{0,6})"')
_ROW_TAG = re.compile(rb"<(?:\w+:)?row\b")
_TAIL = re.compile(rb"\s*</sheetData")
_CELL = re.compile(r'<c r="([A-Z]{1,3})[0-9]++"(?:((?: s="[0-9]{1,6}")?+ t="s")><v>[0-9]{1,9}+</v></c>)?+')  # its shared string's mark

_CHARS = r"[^<>&\x00-\x08\x0b-\x1f]*+"
_FORMS = ("&", "<f", "<is>")  # what only some sheets have; an expression without them is made in a third of the time
_RAW_END = "(?:>|(?:</v>|</t></is>)?+</c>)"
_ROW_START = r'[ \t\n]*+<row r="([1-9][0-9]{0,6})"((?: [A-Za-z_][A-Za-z0-9_.:-]*+="[^"<>&\x00-\x1f]*+")*+)(?:/>|>(?>'

_SHARED = "><v>([^<]*+)</v></c>"  # up to the tag is quicker than to the last digit; `_block` refuses what is no number
_OF_ROW = 2  # groups of the expression before those of cells

PLACE, _TAG = "#place", "#tag"


class Irregular(Exception):
    """What rows were taken for regular ones are none."""


class RegularRows:
    """Takes the regular rows out of one sheet, for the columns with these 0-based indexes and from this row on.

    `take` is given a frame of `#place` (UInt32, how many rows stand before), `#row`, `N shared S` (UInt32, the numbers of shared strings,
    S being their style) and `N` (String, a cell's tag after its address and what follows, up to the end of its value), N being an index.
    `passed` is told how many regular rows the parser was not shown since it was last told, and the number of the last of them.
    """

    def __init__(
        self, columns: Collection[int], first_row: int, take: Callable[[pl.DataFrame], None], passed: Callable[[int, int], None]
    ) -> None:
        self._columns, self._first_row, self._take, self._passed = columns, first_row, take, passed
        self._letters: dict[str, str] = {}  # letter -> the attributes of its shared strings; "" where it has none
        self._mixed: set[str] = set()  # letters that have other cells too
        self._forms: set[str] = set()
        self._lessons = 0
        self._row = re.compile(rb"(?!)")
        self._schema: dict[str, type[pl.DataType]] = {}
        self._place = 0
        self._known: set[bytes] = set()  # attributes of rows, of which the parser has seen one
        self._tags: list[bytes] = []  # those that it has yet to see
        self._unseen, self._last = 0, 0
        self._cells = BytesIO()
        self._places: list[int] = []

    def rest(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """What a parser must see of the part. Raises `Irregular`, also when it is at its end."""
        head = b""
        while b"<sheetData>" not in head and len(head) < _PIECE and (chunk := next(chunks, None)):
            head += chunk
        found = _HEAD.match(head)
        if found is None or _ENCODING.match(head) or b"row" in found[1]:
            yield head
        else:
            yield found[0]
            yield from self._pieces(head[found.end() :], chunks)
        yield from chunks

    def _pieces(self, rest: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Leaves what it does not want in `chunks`."""
        regular = True
        while regular:
            piece = _gathered(rest, chunks)
            more = len(piece) - len(rest) >= _PIECE
            if not _sound(piece):
                rest = piece
                break
            place, regular = yield from self._rows(piece)
            yield from self._told()
            if len(self._places) * len(self._schema) >= _BLOCK_CELLS:
                self._block()
            rest = piece[place:]
            regular = regular and more and len(rest) < _LONGEST and not _TAIL.match(rest)
        self._block()
        yield rest

    def _rows(self, piece: bytes) -> Generator[bytes, None, tuple[int, bool]]:
        """Returns where the last whole row ends, and whether regular rows may follow."""
        place = 0
        while True:
            place = self._taken(piece, place)
            end = piece.find(b"</row>", place) + 6
            if end < 6:
                return place, True
            odd = piece[place:end]
            if self._learns(odd.decode(), piece[place : place + _SAMPLE]):
                continue
            if b"<!" in odd or b"<?" in odd or b"</sheetData" in odd or len(_ROW_TAG.findall(odd)) != 1:
                return place, False
            yield from self._told()
            yield odd
            self._place += 1
            place = end

    def _taken(self, piece: bytes, place: int) -> int:
        """Where the regular rows from a place on end, which are taken."""
        match, first_row, join, write = self._row.match, self._first_row, _BETWEEN.join, self._cells.write
        while row := match(piece, place):
            place = row.end()
            cells = row.groups(b"")
            self._last = int(cells[0])
            if cells[1] in self._known:
                self._unseen += 1
            else:
                self._known.add(cells[1])
                self._tags.append(b'<row r="%b"%b/>' % cells[:_OF_ROW])
            if row.lastindex != _OF_ROW and self._last >= first_row:  # some cell of a known column
                write(join(cells))
                write(_END)
                self._places.append(self._place)
            self._place += 1
        return place

    def _learns(self, odd: str, sample: bytes) -> bool:
        """Whether the row has columns or forms of cells that the expression lacked; from now on it has them, and those of the sample."""
        number = _NUMBER.match(odd)
        if self._lessons == _MOST_LESSONS or (number and int(number[1]) < self._first_row):  # a header's cells look like no other row's
            return False
        cells = _CELL.findall(odd)
        forms = {form for form in _FORMS if form in odd} - self._forms
        known = self._letters
        if not forms and all(name in known and (mark == known[name] or name in self._mixed) for name, mark in cells):
            return False
        counted = Counter(cells + _CELL.findall(sample.decode(errors="replace")))
        marks = {name: mark for (name, mark), _ in counted.most_common()[::-1] if mark}
        letters = dict.fromkeys((name for name, _ in counted), "") | known | marks
        if len(letters) > _MOST_LETTERS:
            return False
        self._block()
        self._lessons += 1
        self._forms |= forms
        self._letters = letters
        everyone = letters if self._lessons > _MOST_LESSONS // 2 else ()
        self._mixed.update(everyone, (name for name, mark in (*counted, *known.items()) if mark != letters[name]))
        self._compile()
        return True

    def _compile(self) -> None:
        pattern, raw = [_ROW_START], _raw(self._forms)
        self._schema = {ROW: pl.UInt32, _TAG: pl.String}
        for name in sorted(self._letters, key=index):
            mark, column = self._letters[name], index(name)
            if column not in self._columns:
                pattern.append(f'(?:<c r="{name}\\1"{raw}{_RAW_END}|)')
                continue
            ways = []
            if mark:
                ways.append(mark + _SHARED)
                self._schema[f"{column} shared {mark[4:-7] or 0}"] = pl.UInt32
            if name in self._mixed or not mark:
                ways.append(f"({raw}){_RAW_END}")
                self._schema[str(column)] = pl.String
            cell = f"(?:{'|'.join(ways)})" if len(ways) > 1 else ways[0]
            pattern.append(f'(?:<c r="{name}\\1"{cell}|)')
        self._row = re.compile(("".join(pattern) + ")</row>)").encode())

    def _told(self) -> Iterator[bytes]:
        """The tags that the parser has yet to see; then the others have passed."""
        tags, self._tags = self._tags, []
        yield b"".join(tags)
        if self._unseen:
            self._passed(self._unseen, self._last)
            self._unseen = 0

    def _block(self) -> None:
        """Hands over the rows so far."""
        if self._places:
            cells = self._cells.getvalue()
            rows = _parsed(cells, self._schema)
            if rows.height != len(self._places) or (b"+" in cells and self._signed(cells)):
                raise Irregular
            self._take(rows.select(pl.Series(PLACE, self._places, pl.UInt32), pl.exclude(_TAG)))
        self._cells, self._places = BytesIO(), []

    def _signed(self, cells: bytes) -> bool:
        """Whether the number of some shared string has a plus, which polars reads over."""
        shared = [place for place, kind in enumerate(self._schema.values()) if kind == pl.UInt32]
        texts = _parsed(cells, dict.fromkeys(self._schema, pl.String)).select(pl.nth(shared).str.contains("+", literal=True).any())
        return any(texts.row(0))


def _parsed(cells: bytes, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    try:
        return pl.read_csv(
            cells, separator=_BETWEEN.decode(), eol_char=_END.decode(), quote_char=None, has_header=False, schema=schema
        ).rechunk()
    except pl.exceptions.PolarsError:
        raise Irregular from None


def _raw(forms: Collection[str]) -> str:
    """The expression for a cell's tag after its address and what follows, up to the end of its value."""
    text = rf"{_CHARS}(?:&(?:amp|lt|gt|quot|apos);{_CHARS})*+" if "&" in forms else _CHARS
    value = f"<v>{text}(?=</v></c>)|(?:<v ?/>)?+(?=</c>)"
    if "<is>" in forms:
        value += f'|<is><t(?: xml:space="preserve")?+>{text}(?=</t></is></c>)'
    formula = ""
    if "<f" in forms:
        said = '(?: t="[a-zA-Z]++")?+(?: aca="[a-z01]++")?+(?: ref="[A-Z0-9:]++")?+(?: ca="[01]")?+(?: si="[0-9]++")?+'
        formula = f"(?:<f{said}(?:/>|>{text}</f>))?+"
    return rf'(?: s="[0-9]{{1,6}}")?+(?: t="[A-Za-z]{{1,9}}")?+(?:/(?=>)|>{formula}(?:{value}))'


def _sound(piece: bytes) -> bool:
    """Whether up to the last tag there are no bytes or characters that XML does not allow; where there are, the parser says so."""
    if piece.isascii():
        return True
    try:
        text = piece[: piece.rfind(b">") + 1].decode()
    except UnicodeDecodeError:
        return False
    return "\ufffe" not in text and "\uffff" not in text


def _gathered(rest: bytes, chunks: Iterator[bytes]) -> bytes:
    pieces, size = [rest], len(rest)
    while size < len(rest) + _PIECE and (chunk := next(chunks, None)):
        pieces.append(chunk)
        size += len(chunk)
    return b"".join(pieces)
