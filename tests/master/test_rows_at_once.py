"""The fast way through a worksheet's rows finds what the careful way finds, and what other readers find."""

import random
from collections.abc import Callable
from html import escape
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from workbook_parts import row, worksheet

from listingkit.master import rowscan, texts, unpacking
from listingkit.master.elements import elements
from listingkit.master.package import Package
from listingkit.master.read import read
from listingkit.master.sheet import ROW, letter

HIDDEN = " hidden='1'"
COLUMNS = (*range(4), 25, 26, 27, 700, 701, 702, 703)
HEAD = row(1, ["SKU", "Title", "Price", "Note"])
STRINGS = "<sst><si><t>one</t></si><si><t xml:space='preserve'> two </t></si><si><r><t>th</t></r><r><t>ree</t></r></si><si/></sst>"
STYLES = '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="49"/></cellXfs></styleSheet>'
FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

letters = st.text("aZ09 ,\"'&<é家😀\n\t=/_x", max_size=12).map(lambda text: escape(text, quote=False))
styles = st.sampled_from(["", ' s="1"', ' s="2"'])
bodies = st.one_of(
    st.builds(' t="s"><v>{}</v>'.format, st.integers(0, 3)),
    st.builds("><v>{}</v>".format, st.sampled_from(["1", "-2.50", "45322", "1.5E3", "007"])),
    st.builds(' t="inlineStr"><is><t xml:space="preserve">{}</t></is>'.format, letters),
    st.builds(' t="inlineStr"><is><t>{}</t></is>'.format, letters),
    st.builds(' t="str"><f>A1&amp;"&lt;"</f><v>{}</v>'.format, letters),
    st.builds('><f t="shared" si="0"/><v>{}</v>'.format, st.integers(0, 9)),
    st.sampled_from(["><f>1+1</f>", ' t="b"><v>1</v>', ' t="e"><v>#N/A</v>', "", ">", "><v></v>", "><v/>", ' t="inlineStr"><is><t/></is>']),
)
rows = st.lists(st.tuples(st.integers(1, 3), st.dictionaries(st.sampled_from(COLUMNS), st.tuples(styles, bodies), max_size=5)), max_size=6)


def written(table: list[tuple[int, dict[int, tuple[str, str]]]], between: str, hidden: bool) -> str:
    """Rows of XML below the header; each first number is how many rows further down a row is."""
    number, lines = 1, []
    for gap, cells in table:
        number += gap
        inside = between.join(
            f'<c r="{letter(place)}{number}"{style}{body}' + ("</c>" if ">" in body else "/>")
            for place, (style, body) in sorted(cells.items())
        )
        lines.append(f'<row r="{number}"{HIDDEN if hidden else ""}>{inside}</row>')
    return between.join(lines)


@FEW
@given(table=rows, between=st.sampled_from(["", "\n  ", "\r\n"]), prefix=st.sampled_from(["", "x:"]), hidden=st.booleans())
def test_the_fast_way_is_the_careful_way(
    book: Callable[..., Path], table: list[tuple[int, dict[int, tuple[str, str]]]], between: str, prefix: str, hidden: bool
) -> None:
    xml = f"{HEAD}{between}{written(table, between, hidden)}"
    xml = xml.replace("</", "<\0").replace("<", f"<{prefix}").replace(f"<{prefix}\0", f"</{prefix}")
    assert elements(xml.encode()) is not None
    fast = read(book(worksheet(xml), strings=STRINGS, styles=STYLES))
    careful = read(book(worksheet(f"<!-- for a reader with patience -->{xml}"), strings=STRINGS, styles=STYLES))
    assert fast.frame.equals(careful.frame)
    assert (fast.columns, fast.evidence, fast.notes, fast.spoilt) == (careful.columns, careful.evidence, careful.notes, careful.spoilt)


@FEW
@given(table=st.lists(st.lists(letters, min_size=4, max_size=4), max_size=8), at_once=st.booleans())
def test_other_readers_find_the_same(tmp_path: Path, table: list[list[str]], at_once: bool) -> None:
    """What openpyxl writes, row by row with texts in the cells or at once with shared ones, as calamine reads it."""
    lines = [["SKU", "Title", "Price", "Note"], *table]
    book = openpyxl.Workbook(write_only=not at_once)
    sheet = book.create_sheet("P", 0)
    for line in lines:
        sheet.append([None if text.startswith("=") else text for text in line])
    book.save(tmp_path / "a.xlsx")
    frame = read(tmp_path / "a.xlsx").frame
    theirs = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name("P").to_python(skip_empty_area=False)
    filled = {(number, place): text for number, line in enumerate(theirs, 1) for place, text in enumerate(line) if str(text).strip()}
    ours = {(number, place): text for number, *line in frame.rows() for place, text in enumerate(line) if text}
    assert {place: text for place, text in ours.items() if place[0] > 1} == {
        (number, place): str(text).replace("\r\n", "\n") for (number, place), text in filled.items() if number > 1
    }


def test_a_text_with_a_bare_angle_is_read(book: Callable[..., Path]) -> None:
    cells = '<c r="A2" t="inlineStr"><is><t>a > b</t></is></c><c r="B2" t="inlineStr"><is><t><![CDATA[c]]></t></is></c>'
    assert elements(b"<t>a > b</t>") is None
    assert read(book(worksheet(f'{HEAD}<row r="2">{cells}</row>'))).frame["A"].to_list() == ["a > b"]


def test_chunks_are_put_together(book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    texts_of = {True: ["a", "ü" * 40, "", "7"], False: ["", "b"]}
    lines = "".join(row(number, texts_of[number % 3 > 0]) for number in range(2, 400))
    whole = read(book(worksheet(HEAD + lines))).frame
    monkeypatch.setattr(texts.cut, "__defaults__", (2000, ""))
    pieces = read(book(worksheet(HEAD + lines))).frame
    assert pieces.equals(whole)
    assert whole[ROW].to_list() == list(range(2, 400))


@pytest.mark.parametrize(("block", "size"), [(1, 300), (50, 3_000), (unpacking.BLOCK, 3 * unpacking.BLOCK)])
@pytest.mark.parametrize("kind", ["alike", "unlike"])
def test_members_of_any_size_and_packing_unpack(tmp_path: Path, block: int, size: int, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "BLOCK", block)
    content = bytes(range(256)) * (size // 256) + b"end" if kind == "alike" else random.Random(7).randbytes(size)
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        for method in (0, 8, 12):
            archive.writestr(f"{method}.bin", content, method)
            archive.writestr(f"empty-{method}.bin", b"", method)
    with (tmp_path / "a.zip").open("rb") as stream:
        package = Package(stream, "a.zip")
        for method in (0, 8, 12):
            assert b"".join(package.blocks(f"{method}.bin", "sheet")) == content
            assert b"".join(package.blocks(f"empty-{method}.bin", "sheet")) == b""


def test_columns_of_three_letters() -> None:
    wide = "".join(f'<c r="{letter(place)}1"><v>{place}</v></c>' for place in range(800))
    cells = rowscan.RowScan("a").scan(f'<row r="1">{wide}</row>'.encode())
    assert cells.width == 800
    assert cells.table.sort("column").get_column("value").to_list() == [str(place) for place in range(800)]
