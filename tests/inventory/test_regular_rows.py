"""The quick way through a data sheet gives what the careful way gives, to the last cell."""

import gc
import re
import weakref
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.errors import Unreadable
from listingkit.inventory import regular_rows
from listingkit.inventory.cells import CellReader, shown
from listingkit.inventory.read import read_filled, read_template
from listingkit.inventory.regular_cells import parted
from listingkit.inventory.regular_rows import RegularRows
from listingkit.inventory.strings import SharedStrings
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.template_book import rows_of
from listingkit.inventory.workbook import Workbook
from listingkit.master import unpacking
from listingkit.master.sheet import ROW, letter

KINDS: tuple[Any, ...] = ("text", "integer", "date", "text", "decimal", "text")
TEMPLATE = Template(
    "t.xlsx", "unified", tuple(TemplateColumn(at, f"p{at}", "", type=kind) for at, kind in enumerate(KINDS)), 1, 2, 3, (), sheet="T"
)
DECLARED = '<?xml version="1.0" encoding="UTF-8"?>'
CAREFULLY = "<?read carefully?>"  # an instruction that no regular sheet has
NAMESPACES = 'xmlns="m" xmlns:x="m" xmlns:r="r"'
STRINGS = (
    f'{DECLARED}<sst {NAMESPACES}><si><t>first</t></si><si><t xml:space="preserve"> </t></si><si><t>a &amp; b</t></si><si/>'
    "<si><r><t>ri</t></r><r><t>ch</t></r><rPh><t>aid</t></rPh></si><si><t>li\r\nne_x000D_</t></si><x:si><x:t>other</x:t></x:si>"
    "<si><t></t></si><si> <t>loose</t> </si><si><t>_x0041_</t></si><si><t>\u3000</t></si></sst>"
)
STYLES = (
    f'<styleSheet {NAMESPACES}><numFmts><numFmt numFmtId="170" formatCode="yyyy-mm-dd"/></numFmts><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="49"/><xf numFmtId="170"/><xf numFmtId="2"/></cellXfs></styleSheet>'
)

PLAIN = 3  # of the forms of a value, those that are regular
TEXTS = st.sampled_from((
    "", " ", "x", "Mug, red", "a &amp; b", "&lt;b&gt;", "&#10;", "&#x41;", "_x000D_", "_x0041_", "two\nlines", "\r\n", "\t",
    "é\u3000", "]]&gt;",
))  # fmt: skip
NUMBERS = st.sampled_from((
    "0", "1", "-7", "007", "12.5", "1.10", "3.6000291452E10", "1e400", "45000", "45000.5", "-1", "123456789012345678", " 5 ",
    "nan", "", "--3",
))  # fmt: skip
INDEXES = st.sampled_from((
    *map(str, range(13)), "999999999", "4294967295", "4294967296", "99999999999", " 1", "1 ", "1x", "1&#48;", "x", "", "+1", "01", "1\r\n",
))  # fmt: skip


@st.composite
def cells(draw: st.DrawFn, column: int, row: int, *, tidy: bool) -> str:
    """One cell as some program might write it; a tidy one as nearly all do."""
    kind = draw(st.sampled_from(["s", "s", "s", "n", "n", "inlineStr", "str", "b", "e", "d", "blank"]))
    style = draw(st.sampled_from(["", ' s="0"', ' s="1"', ' s="2"', ' s="3"', ' s="99"']))
    address = f' r="{letter(column)}{row}"'
    if not tidy:
        address = draw(st.sampled_from([address] * 4 + ["", f' r="{letter(column)}1"', f" r='{letter(column)}{row}'"]))
    type_ = "" if kind == "blank" or (kind == "n" and draw(st.booleans())) else f' t="{kind}"'
    attributes = address + style + type_
    if not tidy:
        attributes = draw(st.sampled_from([attributes] * 4 + [type_ + style + address, address + type_ + style + ' cm="1"']))
    if kind == "blank":
        return draw(st.sampled_from([f"<c{attributes}/>", f"<c{attributes}></c>", f"<c{attributes}><v/></c>"]))
    values = {"s": st.sampled_from(["0", "1", "4", "9"]) if tidy else INDEXES, "n": NUMBERS, "b": st.sampled_from(["0", "1", "true"])}
    value = draw(values.get(kind, TEXTS))
    if kind == "inlineStr":
        forms = [f"<is><t>{value}</t></is>"] * 4 + [
            f'<is><t xml:space="preserve">{value}</t></is>',
            f"<is><r><rPr/><t>{value}</t></r><r><t>x</t></r><rPh><t>aid</t></rPh></is>",
        ]
    else:
        forms = [
            f"<v>{value}</v>",
            f"<f>A1&gt;2</f><v>{value}</v>",
            f'<f t="shared" ref="A1:B2" si="0"/><v>{value}</v>',
            "<f>A1</f><v/>",
            f'<v xml:space="preserve">{value}</v>',
            f'<!-- <c r="A1"><v>1</v></c> --><v>{value}</v>',
            f"<v><![CDATA[{value}]]></v>" if "&" not in value else "<v>1</v>",
            f"\n  <v>{value}</v>\n",
        ]
    return f"<c{attributes}>{draw(st.sampled_from(forms[:PLAIN] if tidy else forms))}</c>"


@st.composite
def rows(draw: st.DrawFn, number: int) -> str:
    """One row; its columns mostly in order, now and then one that the template lacks."""
    columns = draw(st.lists(st.integers(0, 7), max_size=8, unique=True))
    tidy = draw(st.integers(0, 3)) > 0
    if tidy or draw(st.booleans()):
        columns.sort()
    inside = "".join(draw(cells(column, number, tidy=tidy)) for column in columns)
    address = draw(st.sampled_from([f' r="{number}"'] * 6 + ["", ' r="4"', ' r="0"'][: 0 if tidy else None]))
    more = draw(st.sampled_from([""] * 4 + [' spans="1:6" ht="15"', ' x:dyDescent="0.25" hidden="1"', " hidden='1'"]))
    if not inside and draw(st.booleans()):
        return f"<row{address}{more}/>"
    row = f"<row{address}{more}>{inside}</row>"
    if tidy:
        return row
    if draw(st.integers(0, 9)) == 0:
        row = re.sub(r"<(/?)(?=[a-z])", r"<\1x:", row)
    return draw(st.sampled_from(["", "", "", "", "\n", "  ", "<!-- <row> -->"])) + row


@st.composite
def sheets(draw: st.DrawFn) -> str:
    """The part of a sheet after its XML declaration."""
    body = "".join(draw(rows(number)) for number in range(1, draw(st.integers(2, 12))))
    tail = draw(st.sampled_from(["", '<dataValidations count="0"/>', '<row r="50"><c r="A50"><v>1</v></c></row>']))
    return f"<worksheet {NAMESPACES}><sheetData>{body}</sheetData>{tail}</worksheet>"


def written(folder: Path, sheet: str) -> Path:
    """A workbook of one sheet."""
    path = folder / "t.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/workbook.xml", f'<workbook {NAMESPACES}><sheets><sheet name="T" r:id="a"/></sheets></workbook>')
        book.writestr("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="a" Target="worksheets/s.xml"/></Relationships>')
        book.writestr("xl/sharedStrings.xml", STRINGS)
        book.writestr("xl/styles.xml", STYLES)
        book.writestr("xl/worksheets/s.xml", sheet)
    return path


def read(folder: Path, sheet: str) -> Any:
    """Everything that is read of a sheet, or that it cannot be."""
    with Workbook(written(folder, sheet)) as opened:
        try:
            found = rows_of(opened, TEMPLATE)
        except Unreadable:
            return "unreadable"
    assert found.frame.schema == {ROW: pl.UInt32} | {f"p{at}": pl.String for at in range(6)}
    return found.frame.rows(), found.evidence, found.texts, sorted(found.spoilt, key=repr)


@given(sheet=sheets(), small=st.booleans())
@settings(max_examples=200)
def test_both_ways_read_the_same(sheet: str, small: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    carefully = read(folder, DECLARED + CAREFULLY + sheet)
    with pytest.MonkeyPatch.context() as patch:
        if small:  # rows that begin in one piece and end in another
            patch.setattr(unpacking, "BLOCK", 50)
            patch.setattr(regular_rows, "_PIECE", 200)
            patch.setattr(regular_rows, "_BLOCK_CELLS", 30)
        assert read(folder, DECLARED + sheet) == carefully


@pytest.mark.parametrize(
    "odd", ["7x", "7 ", " 7", "+7", "7&#48;", "7\r", "\t7", "7\x01", "7\x02", "7\x02\x01\x01\x01\x017", "7]]>", "4294967296"]
)
@pytest.mark.parametrize("block", [1, 30, 1_000_000])
def test_what_is_nearly_the_number_of_a_string(odd: str, block: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    numbers = ["0", "2", "0", odd, "4", "0"]
    cell = '<c r="{0}{1}" s="1" t="s"><v>{2}</v></c>'
    body = "".join(f'<row r="{row}">{cell.format("A", row, value)}{cell.format("B", row, 0)}</row>' for row, value in enumerate(numbers, 3))
    sheet = f"<worksheet {NAMESPACES}><sheetData>{body}</sheetData></worksheet>"
    monkeypatch.setattr(regular_rows, "_PIECE", 200)
    monkeypatch.setattr(regular_rows, "_BLOCK_CELLS", block)
    carefully = read(tmp_path, DECLARED + CAREFULLY + sheet)
    assert read(tmp_path, DECLARED + sheet) == carefully
    assert (carefully == "unreadable") == ("\x01" in odd or "\x02" in odd or ">" in odd)


@given(number=st.from_regex(r"-?[0-9]{1,16}(\.[0-9]{1,6})?", fullmatch=True))
def test_numbers_are_shown_the_same(number: str) -> None:
    [(_, texts, kind, style)] = parted(pl.Series([f' s="3"><v>{number}']), CellReader(SharedStrings(b"", bytes, "")))
    assert (texts.to_list(), kind, style) == ([shown(number)], "number", 3)


@given(
    sheet=sheets(),
    cut=st.tuples(st.integers(0, 2000), st.integers(1, 40)),
    put=st.sampled_from(["", "<", ">", '"', "</row>", "&", "\x01", "\ufffe"]),
)
@settings(max_examples=150)
def test_both_ways_refuse_the_same(sheet: str, cut: tuple[int, int], put: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    broken = sheet[: cut[0]] + put + sheet[cut[0] + cut[1] :]
    assert read(folder, DECLARED + broken) == read(folder, DECLARED + CAREFULLY + broken)


def test_what_reading_held_goes_when_it_ends(tmp_path: Path) -> None:
    path = written(tmp_path, "<worksheet><sheetData/></worksheet>")
    gc.disable()
    try:
        with Workbook(path) as book:
            assert book.sheet(book.sheets[0]).rows == {}
            strings = weakref.ref(book.strings)
        del book
        assert strings() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("declared", [DECLARED, DECLARED + CAREFULLY], ids=["quick", "careful"])
@pytest.mark.parametrize(("kind", "told"), [("n", True), ("b", True), ("e", True), ("s", False), ("str", False)])
def test_a_formula_without_a_value_is_told(declared: str, kind: str, told: bool, tmp_path: Path) -> None:
    row = f'<row r="3"><c r="A3" t="{kind}"><f>A1</f><v/></c><c r="B3"><v>7</v></c></row>'
    frame, _, _, spoilt = read(tmp_path, f"{declared}<worksheet><sheetData>{row}</sheetData></worksheet>")
    assert frame == [(3, None, "7", None, None, None, None)]
    assert [(cell.row, cell.letter) for cell in spoilt] == ([(3, "A")] if told else [])


def test_regular_rows_never_meet_the_parser() -> None:
    row = '<row r="{0}" spans="1:3"><c r="A{0}" s="1" t="s"><v>{0}</v></c><c r="B{0}" s="3"><v>7.50</v></c><c r="C{0}" s="1"/></row>'
    sheet = f"<worksheet><sheetData>{''.join(map(row.format, range(1, 500)))}</sheetData></worksheet>".encode()
    taken: list[pl.DataFrame] = []
    passed: list[tuple[int, int]] = []
    left = b"".join(RegularRows((0, 1, 2), 5, taken.append, lambda *rows: passed.append(rows)).rest(iter([sheet])))
    head = "".join(map(row.format, range(1, 5)))
    assert left == f'<worksheet><sheetData>{head}<row r="5" spans="1:3"/></sheetData></worksheet>'.encode()
    assert passed == [(494, 499)]
    [block] = taken
    assert block.columns == ["#place", ROW, "0 shared 1", "1", "2"]
    assert block.row(-1) == (498, 499, 499, ' s="3"><v>7.50', ' s="1"/')
    assert block.height == 495


@pytest.mark.parametrize(
    "name", ["us_unified_auto_part_prefilled_2025", "uk_legacy_sweatshirt_filled_2024", "de_unified_food_storage_blank_2025",
             "it_unified_listing_loader_blank_2026", "uk_multistore_coat_blank_2026"]
)  # fmt: skip
def test_real_templates_read_the_same(name: str, real_files: Path, tmp_path: Path) -> None:
    path = real_files / "templates" / f"{name}.xlsm"
    template = read_template(path)
    with Workbook(path) as book:
        part = next(entry.part for entry in book.sheets if entry.name == template.sheet)
    careful = tmp_path / path.name
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(careful, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == part:
                content = re.sub(rb"(<\?xml[^>]*\?>)?", rb"\1" + CAREFULLY.encode(), content, count=1)
            new.writestr(item, content)
    quick, slow = read_filled(path, template), read_filled(careful, template)
    assert quick.frame.equals(slow.frame)
    assert (quick.evidence, quick.texts) == (slow.evidence, slow.texts)
