"""A sheet that we write as a whole: what stands around its rows, its links and its comments."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from listingkit.master.sheet import index, letter
from listingkit.report.cell_text import attribute, escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BLOCK = 1024  # numbers of boxes, as Office gives them out


class Link(NamedTuple):
    """A cell that jumps to `target`, as `place` writes it."""

    cell: str
    target: str
    tip: str | None = None


class Note(NamedTuple):
    """A comment on a cell, with the size of its box in pixels."""

    cell: str
    text: str
    width: int
    height: int


class Column(NamedTuple):
    """A column: its width in characters and the style of its blank cells."""

    width: float
    style: int = 0


class Sheet(Struct):
    """A sheet; `rows` are its `<row>` elements. It prints on landscape pages of its width."""

    title: str
    rows: Iterable[bytes]
    columns: Mapping[str, Column]  # by letter
    last: str  # its last cell
    frozen: str | None = None  # the first cell that scrolls
    filtered: str | None = None  # range
    repeated: int | None = None  # row that every printed page begins with
    gridlines: bool = True
    texts: bool = False  # numbers that stand as texts are meant so: no green corners
    merged: Sequence[str] = ()
    links: Sequence[Link] = ()
    notes: Sequence[Note] = field(default_factory=list)
    author: str = ""  # of the notes
    large: bool = False  # its part may grow beyond 4 GB

    def part(self, *, selected: bool = False) -> Iterator[bytes]:
        """The sheet's part; `selected`: it is the one that is shown first."""
        yield (
            f'{DECLARATION}<worksheet xmlns="{MAIN}" xmlns:r="{_RELATIONS}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<dimension ref="A1:{self.last}"/><sheetViews>{self._view(selected=selected)}</sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{"".join(self._columns())}</cols><sheetData>'
        ).encode()
        yield from self.rows
        yield b"</sheetData>"
        if self.filtered:
            yield f'<autoFilter ref="{self.filtered}"/>'.encode()
        if self.merged:
            cells = "".join(f'<mergeCell ref="{cells}"/>' for cells in self.merged)
            yield f'<mergeCells count="{len(self.merged)}">{cells}</mergeCells>'.encode()
        if self.links:
            yield f"<hyperlinks>{''.join(_link(link) for link in self.links)}</hyperlinks>".encode()
        yield b'<pageMargins left="0.75" right="0.75" top="1" bottom="1" header="0.5" footer="0.5"/>'
        yield b'<pageSetup orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        if self.texts:
            yield f'<ignoredErrors><ignoredError sqref="A1:{self.last}" numberStoredAsText="1"/></ignoredErrors>'.encode()
        yield b'<legacyDrawing r:id="boxes"/></worksheet>' if self.notes else b"</worksheet>"

    def _view(self, *, selected: bool) -> str:
        shown = ("" if self.gridlines else ' showGridLines="0"') + (' tabSelected="1"' if selected else "")
        if not self.frozen:
            return f'<sheetView{shown} workbookViewId="0"/>'
        column, row = _split(self.frozen)
        across = f' xSplit="{column}"' if column else ""
        down = f' ySplit="{row - 1}"' if row > 1 else ""
        pane = "bottomRight" if across and down else "topRight" if across else "bottomLeft"
        return (
            f'<sheetView{shown} workbookViewId="0"><pane{across}{down} topLeftCell="{self.frozen}" activePane="{pane}" state="frozen"/>'
            f'<selection pane="{pane}" activeCell="{self.frozen}" sqref="{self.frozen}"/></sheetView>'
        )

    def _columns(self) -> Iterator[str]:
        for number, (width, style) in sorted((index(name) + 1, column) for name, column in self.columns.items()):
            styled = f' style="{style}"' if style else ""
            yield f'<col min="{number}" max="{number}" width="{width}"{styled} customWidth="1"/>'


def _link(link: Link) -> str:
    tip = f' tooltip="{attribute(link.tip)}"' if link.tip else ""
    return f'<hyperlink ref="{link.cell}" location="{attribute(link.target)}"{tip}/>'


def place(sheet: str, cell: str) -> str:
    """The target of a link inside the workbook."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}"


def _split(cell: str) -> tuple[int, int]:
    """The 0-based column and the row of an address."""
    name = cell.rstrip("0123456789")
    return index(name), int(cell[len(name) :])


def comments(notes: Sequence[Note], author: str) -> Iterator[bytes]:
    """The part with the texts of the notes."""
    yield f'{DECLARATION}<comments xmlns="{MAIN}"><authors><author>{escape(author)}</author></authors><commentList>'.encode()
    for note in notes:
        text = f'<text><t xml:space="preserve">{escape(note.text)}</t></text>'
        yield f'<comment ref="{note.cell}" authorId="0">{text}</comment>'.encode()
    yield b"</commentList></comments>"


def blocks(notes: Sequence[Note]) -> int:
    """How many blocks of numbers the boxes of the notes take."""
    return len(notes) // _BLOCK + 1


def boxes(notes: Sequence[Note], block: int) -> Iterator[bytes]:
    """The part with the boxes that the notes are shown in, numbered from this block on: no two boxes of a workbook share a number."""
    taken = ",".join(str(block + number) for number in range(blocks(notes)))
    yield (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{taken}"/></o:shapelayout>'
        '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
        '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
    ).encode()
    for number, note in enumerate(notes, 1):
        column, row = _split(note.cell)
        size = f"width:{note.width}px;height:{note.height}px"
        yield (
            f'<v:shape id="_x0000_s{block * _BLOCK + number}" type="#_x0000_t202" fillcolor="#ffffe1" o:insetmode="auto" '
            f'style="position:absolute;margin-left:59.25pt;margin-top:1.5pt;{size};z-index:{number};visibility:hidden">'
            '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
            '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
            '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
            f"<x:Row>{row - 1}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
        ).encode()
    yield b"</xml>"


def fixed(cells: str) -> str:
    """A range as names write it: `$A$1:$D$9`."""
    ends = (_split(cell) for cell in cells.split(":"))
    return ":".join(f"${letter(column)}${row}" for column, row in ends)
