"""Filling a workbook: only its data rows change."""

import os
import re
import shutil
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.errors import Unwritable
from listingkit.inventory.builtin import template as builtin_template
from listingkit.inventory.read import read_template
from listingkit.inventory.template import Template
from listingkit.inventory.upload import LISTING, Upload
from listingkit.inventory.upload_read import read_upload
from listingkit.inventory.wire import dictionary, to_label
from listingkit.mapping.listings import Listings
from listingkit.marketplace import marketplace
from listingkit.render.cells import kind_of
from listingkit.render.rows import render
from listingkit.render.text import text
from listingkit.render.workbook import fill

sys.path.insert(0, str(Path(__file__).parent.parent / "inventory"))
from build_templates import Col, Description, build

Listed = Callable[..., Listings]
US, DE = "[marketplace_id=ATVPDKIKX0DER]", "[marketplace_id=A1PA6795UKMFR9]"
OFFER = "purchasable_offer{}[audience=ALL]#1.our_price#1.schedule#1.value_with_tax"
UNIFIED = (
    Col("contribution_sku#1.value", "SKU", "Identity", example="ABC123"),
    Col("product_type#1.value", "Product Type", values={"": ["MUG"]}),
    Col(
        "::record_action",
        "Action",
        values={"": ["Create or Replace", "Delete"]},
        aliases={"Create or Replace": "full_update", "Delete": "delete"},
    ),
    Col(f"item_name{US}[language_tag=en_US]#1.value", "Name"),
    Col("amzn1.volt.ca.product_id_value", "Product Id"),
    Col(OFFER.format(US), "Price", "Offer", type="decimal"),
    Col("fulfillment_availability#1.quantity", "Quantity", type="integer"),
    Col("fulfillment_availability#1.restock_date", "Restock Date", type="date"),
    Col(
        f"country_of_origin{US}#1.value",
        "Origin",
        values={"": ["Portugal", "Germany"]},
        extended=True,
        aliases={"Portugal": "PT", "Germany": "DE"},
    ),
)
MULTI = (
    Col("item_sku", "Seller SKU", asked="required"),
    Col("update_delete", "Update Delete", values={"coat": ["Update", "PartialUpdate", "Delete"]}),
    Col("item_name", "Product Name"),
    Col(OFFER.format("[marketplace_id=A1F83G8C2ARO7P]").replace("[audience=ALL]", ""), "Price UK", type="decimal"),
    Col(OFFER.format(DE).replace("[audience=ALL]", ""), "Price DE", type="decimal"),
)
BLANK = {
    "unified": Description(columns=UNIFIED),
    "absolute": Description(columns=UNIFIED, absolute_targets=True, prefilled=True, cut=600),
    "multistore": Description("multistore", MULTI, ("coat",), "UK", ("DE",), "en_GB"),
    "legacy": Description("legacy", MULTI[:3], ("coat",), "UK", language="en_GB"),
}
SKUS = {"unified": UNIFIED[0].path, "multistore": "item_sku", "legacy": "item_sku"}


def made(tmp_path: Path, name: str, **changes: object) -> Template:
    description = BLANK[name]
    return read_template(build(Description(**{**vars(description), **changes}), tmp_path / f"{name}.xlsm"))


def members(path: Path) -> dict[str, tuple[object, ...]]:
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {
            info.filename: (info.CRC, info.compress_size, info.date_time, info.external_attr, info.extra) for info in package.infolist()
        }


def around_the_cells(path: Path, part: str) -> str:
    """The sheet without what may change: its cells and the range they take."""
    with zipfile.ZipFile(path) as package:
        xml = package.read(part).decode()
    xml = re.sub(r"<((?:\w+:)?)sheetData.*</\1sheetData>|<(?:\w+:)?sheetData\s*/>", "", xml, flags=re.DOTALL)
    return re.sub(r"<dimension[^>]*>", "", xml)


def data_part(template: Template, out: Path) -> str:
    """The one member that changed."""
    assert template.file
    before, after = members(template.file), members(out)
    assert list(before) == list(after)
    (part,) = [name for name in before if before[name] != after[name]]
    assert around_the_cells(template.file, part) == around_the_cells(out, part)
    return part


def opened(path: Path) -> Any:
    """By another reader, which warns of what it would lose in writing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path)


def cells(path: Path, sheet: str) -> list[list[object]]:
    book = opened(path)
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


@pytest.mark.parametrize("name", BLANK)
def test_only_the_data_rows_change(listed: Listed, tmp_path: Path, name: str) -> None:
    template = made(tmp_path, name)
    out = tmp_path / "out.xlsm"
    store = marketplace(template.marketplaces[0])
    fill(
        render(listed({"sku": ["A", "B"], "item_name@en_US": ["Mug <1> & 'co'", "x"], "price": ["1.5", "2"]}), store, template),
        template,
        out,
    )
    data_part(template, out)
    before, after = cells(template.file or out, template.sheet), cells(out, template.sheet)
    assert after[: template.data_row - 1] == [row + [None] * (len(after[0]) - len(row)) for row in before[: template.data_row - 1]]
    assert [row[0] for row in after[template.data_row - 1 :]] == ["A", "B"]
    assert read_template(out).columns == template.columns


def test_text_stays_text_numbers_are_numbers_and_dates_are_dates(listed: Listed, tmp_path: Path) -> None:
    template = made(tmp_path, "unified")
    listings = listed(
        {
            "sku": ["007", "=1+1"],
            "product_id": ["036000291452", "0012345678905"],
            "item_name@en_US": [" _x000D_ 100% ", "12"],
            "price": ["19.99", "n/a"],
            "quantity": ["0", "007"],
            "restock_date": ["2026-12-24", "soon"],
            "country_of_origin": ["PT", "xx"],
        }
    )
    out = tmp_path / "out.xlsm"
    fill(render(listings, marketplace("US"), template), template, out)
    sheet = opened(out)[template.sheet]
    seven, eight = ({sheet.cell(4, at).value: sheet.cell(row, at) for at in range(1, 10)} for row in (7, 8))
    assert {key: cell.value for key, cell in seven.items()} == {
        "SKU": "007",
        "Product Type": None,
        "Action": None,
        "Name": " _x005F_x000D_ 100% ",
        "Product Id": "036000291452",
        "Price": 19.99,
        "Quantity": 0,
        "Restock Date": datetime(2026, 12, 24),  # noqa: DTZ001 - a sheet knows no zones
        "Origin": "Portugal",
    }
    assert [cell.value for cell in eight.values()] == ["=1+1", None, None, "12", "0012345678905", "n/a", "007", "soon", "xx"]
    assert [cell.number_format for cell in seven.values() if cell.value is not None] == ["@", "@", "@", "0.0#", "0", "mm-dd-yy", "@"]
    with zipfile.ZipFile(out) as package:
        assert not re.search(rb"<f[ >/]", package.read(data_part(template, out)))
    assert read_upload(out).frame[UNIFIED[3].path][0] == " _x000D_ 100% "


def test_every_marketplace_of_a_file_gets_its_own_price(listed: Listed, tmp_path: Path) -> None:
    template = made(tmp_path, "multistore")
    listings = listed({"sku": ["A"], "price": ["10"], "price@DE": ["12.5"], "record_action": ["partial_update"]})
    out = tmp_path / "out.xlsm"
    fill(render(listings, marketplace("UK"), template), template, out)
    assert cells(out, template.sheet)[3] == ["A", "PartialUpdate", None, 10, 12.5]


HELD = [{UNIFIED[0].path: "old", UNIFIED[3].path: "kept", UNIFIED[5].path: 3.5}, {}, {UNIFIED[0].path: "both", UNIFIED[3].path: "theirs"}]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("replace", [["both", "ours"], ["new", "ours"]]),
        ("append", [["old", "kept"], [None, None], ["both", "theirs"], ["both", "ours"], ["new", "ours"]]),
        ("keep", [["old", "kept"], [None, None], ["both", "theirs"], ["new", "ours"]]),
    ],
)
def test_rows_that_are_there_are_replaced_appended_to_or_kept(listed: Listed, tmp_path: Path, rows: str, expected: list[list[str]]) -> None:
    template = made(tmp_path, "unified", rows=HELD)
    out = tmp_path / "out.xlsm"
    upload = render(listed({"sku": ["both", "new"], "item_name@en_US": ["ours", "ours"]}), marketplace("US"), template)
    fill(upload, template, out, rows=rows)  # type: ignore[arg-type]
    assert [[row[0], row[3]] for row in cells(out, template.sheet)[6:]] == expected
    data_part(template, out)


def test_blank_rows_below_make_room(listed: Listed, tmp_path: Path) -> None:
    template = made(tmp_path, "unified", rows=[HELD[0], {}, {}, {}])
    out = tmp_path / "out.xlsm"
    fill(render(listed({"sku": ["A", "B"]}), marketplace("US"), template), template, out, rows="append")
    with zipfile.ZipFile(out) as package:
        numbers = re.findall(rb'<row r="(\d+)"', package.read(data_part(template, out)))
    assert numbers == [b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b"9", b"10"]


def test_formulas_among_the_data_rows_are_not_replaced_silently(listed: Listed, tmp_path: Path) -> None:
    template = made(tmp_path, "unified", rows=HELD)
    assert template.file
    book = opened(template.file)
    book[template.sheet]["B9"] = "=A9"
    book.save(template.file)
    upload = render(listed({"sku": ["A"]}), marketplace("US"), template)
    with pytest.raises(Unwritable, match=r"has formulas among its data rows.*append"):
        fill(upload, template, tmp_path / "out.xlsm")
    fill(upload, template, tmp_path / "out.xlsm", rows="append")
    assert cells(tmp_path / "out.xlsm", template.sheet)[9][0] == "A"


def test_a_text_too_long_for_a_cell_is_named(listed: Listed, tmp_path: Path) -> None:
    template = made(tmp_path, "unified")
    upload = render(listed({"sku": ["A", "B"], "item_name@en_US": ["short", "😀" * 16_384]}), marketplace("US"), template)
    with pytest.raises(Unwritable, match="cell D8 would hold 16384 characters"):
        fill(upload, template, tmp_path / "out.xlsm")
    assert not (tmp_path / "out.xlsm").exists()


def test_a_built_in_template_is_no_workbook(listed: Listed, tmp_path: Path) -> None:
    template = builtin_template("unified_full", marketplace("US"))
    with pytest.raises(Unwritable, match="is no workbook: write it as text"):
        fill(render(listed({"sku": ["A"]}), marketplace("US"), template), template, tmp_path / "out.xlsm")


def test_the_same_input_gives_the_same_bytes(listed: Listed, tmp_path: Path) -> None:
    template = made(tmp_path, "unified")
    assert template.file
    same, twice = tmp_path / "same.xlsm", tmp_path / "twice.xlsm"
    upload = render(listed({"sku": ["A"], "price": ["1"]}), marketplace("US"), template)
    fill(upload, template, same)
    fill(upload, template, twice)
    assert same.read_bytes() == twice.read_bytes()


def test_the_template_itself_is_never_written_to(listed: Listed, tmp_path: Path) -> None:
    template = made(tmp_path, "unified")
    assert template.file
    before = template.file.read_bytes()
    (tmp_path / "link.xlsm").symlink_to(template.file)
    upload = render(listed({"sku": ["A"]}), marketplace("US"), template)
    for out in (template.file, tmp_path / "." / "unified.xlsm", tmp_path / "link.xlsm"):
        with pytest.raises(Unwritable, match="is the template itself"):
            fill(upload, template, out)
    assert template.file.read_bytes() == before


CELL = st.one_of(
    st.none(),
    st.sampled_from(["full_update", "PT", "007", "12.50", "2026-07-01", "1900-01-05", "1e5", "_x0041_", "&lt;", "]]>", " a ", "-0"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"]), min_size=1, max_size=8),
)


@settings(max_examples=40)
@given(data=st.data())
def test_a_filled_workbook_reads_back_as_the_upload(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("fill")
    template = made(folder, data.draw(st.sampled_from(["unified", "multistore"])))
    height = data.draw(st.integers(1, 4))
    columns = {column.path: data.draw(st.lists(CELL, min_size=height, max_size=height)) for column in template.columns}
    columns[template.columns[0].path] = [f"S{row}" for row in range(height)]
    wanted = normal(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), template)
    fill(Upload(template, wanted), template, folder / "out.xlsm")
    again = read_upload(folder / "out.xlsm")
    assert comparable(again.frame.select(wanted.columns), template) == comparable(wanted, template)
    assert text(Upload(again.template, wanted), encoding="utf-8") == text(Upload(template, wanted), encoding="utf-8")


def normal(frame: pl.DataFrame, template: Template) -> pl.DataFrame:
    """As rendering leaves values: wire values, on one line, nothing that is only white space."""
    from listingkit.inventory.wire import to_wire
    from listingkit.render.values import written

    return frame.select(
        written(to_wire(pl.col(column.path), dictionary(column, template.generation, template.header_language))).alias(column.path)
        for column in template.columns
    )


def comparable(frame: pl.DataFrame, template: Template) -> list[tuple[object, ...]]:
    """Rows with numbers as numbers, where a cell of that column may hold one."""
    numeric = {column.path for column in template.columns if kind_of(column) == "number"}
    return [
        tuple(
            float(cell) if cell and name in numeric and re.fullmatch(r"-?\d+(\.\d+)?", cell) else cell
            for name, cell in zip(frame.columns, row, strict=True)
        )
        for row in frame.iter_rows()
    ]


def random_rows(template: Template, height: int, width: int) -> pl.DataFrame:
    """Values of every kind for the first columns of a template, the same each time."""
    words = ["stoneware", "Tasse & Teller", "café <b>", "0036000291452", "naïve 漢字 😀", " lead", "lorem ipsum dolor sit amet"]
    columns: dict[str, list[str | None]] = {}
    for column in template.columns:
        wires = list(dict.fromkeys(dictionary(column, template.generation, template.header_language).values()))
        kind = kind_of(column)
        at = len(columns)
        if at < width and column.path not in columns:
            columns[column.path] = [
                None
                if (row * 7 + at) % 5 == 0 and at
                else wires[(row + at) % len(wires)]
                if wires
                else f"{row}.{at % 9 + 1}"
                if kind == "number"
                else date(2026, 1 + row % 12, 1 + at % 28).isoformat()
                if kind == "date"
                else f"{words[(row + at) % len(words)]}{row}"
                for row in range(height)
            ]
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def check_against_libreoffice(template: Template, folder: Path, height: int) -> None:
    wanted = random_rows(template, height, 60)
    out = folder / "filled.xlsm"
    fill(Upload(template, wanted), template, out)
    data_part(template, out)
    again = read_upload(out).frame.select(wanted.columns)
    assert comparable(again, template) == comparable(wanted, template)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        ["soffice", "--headless", profile, "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "lo"), str(out)],
        check=True,
        capture_output=True,
        timeout=600,
    )
    sheet = opened(folder / "lo" / "filled.xlsx")[template.sheet]
    first = {column.path: column for column in reversed(template.columns)}
    labels = wanted.select(
        to_label(pl.col(name), dictionary(first[name], template.generation, template.header_language)).alias(name)
        for name in wanted.columns
    )
    shown = sheet.iter_rows(min_row=template.data_row, max_row=template.data_row + height - 1, values_only=True)
    for row, expected in zip(shown, labels.iter_rows(), strict=True):
        for name, cell in zip(labels.columns, expected, strict=True):
            at = first[name].index
            assert as_shown(row[at] if at < len(row) else None) == as_shown(cell, number=kind_of(first[name]) == "number")


def as_shown(cell: object, *, number: bool = False) -> object:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, (int, float)) or (number and re.fullmatch(r"\d+(\.\d+)?", str(cell))):
        return float(str(cell))
    return cell or None


needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice Calc")


@pytest.mark.slow
@needs_libreoffice
@pytest.mark.parametrize("name", BLANK)
def test_libreoffice_shows_the_same_cells(tmp_path: Path, name: str) -> None:
    check_against_libreoffice(made(tmp_path, name), tmp_path, 200)


REAL = Path(os.environ.get("LISTINGKIT_REAL_FILES", "/nonexistent")) / "templates"


@pytest.mark.slow
@needs_libreoffice
@pytest.mark.parametrize("path", sorted(REAL.glob("*.xlsm")), ids=lambda path: path.stem)
def test_libreoffice_shows_the_same_cells_in_real_templates(tmp_path: Path, path: Path) -> None:
    check_against_libreoffice(read_template(path), tmp_path, 5000)


def test_a_rendered_upload_can_be_filled_into_its_template(listed: Listed, tmp_path: Path) -> None:
    template = made(tmp_path, "unified")
    upload = render(listed({"sku": ["A", "B"], "quantity": ["1", None]}), marketplace("US"), template, keep=pl.Series([False, True]))
    fill(upload, template, tmp_path / "out.xlsm")
    assert upload.frame[LISTING].to_list() == [1]
    assert cells(tmp_path / "out.xlsm", template.sheet)[6][:1] == ["B"]
