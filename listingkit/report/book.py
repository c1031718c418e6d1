"""A workbook that we write as a whole. Its bytes depend on nothing but its contents."""

from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from listingkit.render.package import Member, write_members
from listingkit.report.cell_text import attribute, escape
from listingkit.report.sheet import DECLARATION, MAIN, Sheet, blocks, boxes, comments, fixed, place
from listingkit.report.styles import Styles

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STAMP = "2020-01-01T00:00:00Z"  # of every workbook: the clock is no content


def save(sheets: Sequence[Sheet], styles: Styles, stream: IO[bytes]) -> None:
    """Write the workbook; its first sheet is shown first."""
    write_members(_parts(sheets, styles), stream)


def _parts(sheets: Sequence[Sheet], styles: Styles) -> Iterator[Member]:
    yield _member("[Content_Types].xml", _content_types(sheets))
    roots = [("officeDocument", "xl/workbook.xml", "rId1"), ("core-properties", "docProps/core.xml", "rId2")]
    yield _member("_rels/.rels", _relations(roots))
    yield _member("docProps/core.xml", _properties())
    yield _member("xl/workbook.xml", _workbook(sheets))
    targets = [("worksheet", f"worksheets/sheet{number}.xml", f"rId{number}") for number in range(1, len(sheets) + 1)]
    yield _member("xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles.xml", "styles")]))
    block = 1
    for number, sheet in enumerate(sheets, 1):
        yield Member(f"xl/worksheets/sheet{number}.xml", sheet.part(selected=number == 1), sheet.large)
        if sheet.notes:
            mine = [("comments", f"../comments{number}.xml", "notes"), ("vmlDrawing", f"../drawings/vmlDrawing{number}.vml", "boxes")]
            yield _member(f"xl/worksheets/_rels/sheet{number}.xml.rels", _relations(mine))
            yield Member(f"xl/comments{number}.xml", comments(sheet.notes, sheet.author))
            yield Member(f"xl/drawings/vmlDrawing{number}.vml", boxes(sheet.notes, block))
            block += blocks(sheet.notes)
    yield _member("xl/styles.xml", styles.xml())  # the last: rows give looks their numbers while they are written


def _member(name: str, text: str) -> Member:
    return Member(name, [text.encode()])


def _content_types(sheets: Sequence[Sheet]) -> str:
    parts = [("/xl/workbook.xml", f"{_TYPES}.sheet.main+xml"), ("/xl/styles.xml", f"{_TYPES}.styles+xml")]
    parts.append(("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"))
    for number, sheet in enumerate(sheets, 1):
        parts.append((f"/xl/worksheets/sheet{number}.xml", f"{_TYPES}.worksheet+xml"))
        if sheet.notes:
            parts.append((f"/xl/comments{number}.xml", f"{_TYPES}.comments+xml"))
    listed = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts)
    return (
        f'{DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        f"{listed}</Types>"
    )


def _relations(targets: Iterable[tuple[str, str, str]]) -> str:
    listed = "".join(f'<Relationship Id="{name}" Type="{_kind(kind)}" Target="{target}"/>' for kind, target, name in targets)
    return f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _kind(kind: str) -> str:
    return f"{_PACKAGE}/relationships/metadata/{kind}" if kind == "core-properties" else f"{_OFFICE}/relationships/{kind}"


def _properties() -> str:
    return (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>listingkit</dc:creator>'
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{_STAMP}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{_STAMP}</dcterms:modified></cp:coreProperties>'
    )


def _workbook(sheets: Sequence[Sheet]) -> str:
    listed = "".join(
        f'<sheet name="{attribute(sheet.title)}" sheetId="{number}" r:id="rId{number}"/>' for number, sheet in enumerate(sheets, 1)
    )
    names = "".join(_names(sheets))
    return (
        f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}/relationships"><bookViews><workbookView activeTab="0"/></bookViews>'
        f"<sheets>{listed}</sheets>{f'<definedNames>{names}</definedNames>' if names else ''}</workbook>"
    )


def _names(sheets: Sequence[Sheet]) -> Iterator[str]:
    """What Excel keeps as names: where filters stand, what is printed."""
    for number, sheet in enumerate(sheets):
        if sheet.filtered:
            told = escape(place(sheet.title, fixed(sheet.filtered)))
            yield f'<definedName name="_xlnm._FilterDatabase" localSheetId="{number}" hidden="1">{told}</definedName>'
        if sheet.repeated:
            told = escape(place(sheet.title, fixed(f"A1:{sheet.last}")))
            yield f'<definedName name="_xlnm.Print_Area" localSheetId="{number}">{told}</definedName>'
            told = escape(place(sheet.title, f"${sheet.repeated}:${sheet.repeated}"))
            yield f'<definedName name="_xlnm.Print_Titles" localSheetId="{number}">{told}</definedName>'
