"""Reading templates of every generation, whole and damaged."""

import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.errors import Unreadable
from listingkit.inventory.read import read_filled, read_rows, read_template
from listingkit.inventory.settings import parse
from listingkit.inventory.sniff import is_workbook
from listingkit.inventory.workbook import Workbook


def test_unified(templates: ModuleType, tmp_path: Path) -> None:
    found = read_template(templates.build(templates.unified("DE", "de_DE"), tmp_path / "t.xlsm"))
    assert (found.generation, found.flavor, found.version, found.made) == ("unified", "full-seller", "2026.0901", date(2026, 9, 1))
    assert (found.marketplaces, found.language, found.header_language) == (("DE",), "de_DE", "de_DE")
    assert (found.label_row, found.attribute_row, found.data_row, found.sheet) == (4, 5, 7, "Vorlage")
    assert (found.product_types, found.default_action) == (("MUG", "PLATE"), "full_update")
    assert found.browse == {"MUG": ("11", "22"), "PLATE": ("11", "22")}
    brand, unit = found.columns[4], found.columns[15]
    assert (brand.label, brand.group, brand.requirement) == ("Brand Name", "Product Identity", "Required")
    assert {kind: (held.labels, held.closed) for kind, held in brand.values.items()} == {
        "MUG": (("Löwen", "Acme"), False),
        "PLATE": (("Acme",), False),
    }
    assert unit.values["MUG"].labels == ("Centimeters", "Inches"), "a list in the extension list"
    assert unit.aliases == {"Centimeters": "centimeters", "Inches": "inches"}
    assert found.columns[11].values[""].labels == ("Eltern", "Kind"), "doubled labels stand once"
    assert [column.type for column in found.columns[8:11]] == ["integer", "decimal", "date"]
    assert [column.path for column in found.columns if column.hidden] == ["batteries_included[marketplace_id=A1PA6795UKMFR9]#1.value"]
    assert found.columns[6].example == "714532191586"
    assert found.oddities == ()


def test_prefilled_note_moves_the_data_down(templates: ModuleType, tmp_path: Path) -> None:
    description = replace(templates.unified(), prefilled=True, rows=[{"contribution_sku#1.value": "A-1"}])
    path = templates.build(description, tmp_path / "t.xlsm")
    found = read_template(path)
    assert found.data_row == 8
    assert read_rows(path, found).select("#row", "contribution_sku#1.value").rows() == [(8, "A-1")]


def test_legacy_and_multistore(templates: ModuleType, tmp_path: Path) -> None:
    found = read_template(templates.build(templates.legacy(), tmp_path / "l.xlsm"))
    assert (found.generation, found.data_row, found.product_types, found.marketplaces) == ("legacy", 4, ("mug",), ("UK",))
    assert found.by_path["color_name"].requirement == "Recommended"
    found = read_template(templates.build(templates.legacy("multistore"), tmp_path / "m.xlsm"))
    assert (found.generation, found.marketplaces) == ("multistore", ("UK", "DE", "IT"))


def test_vendor(templates: ModuleType, tmp_path: Path) -> None:
    found = read_template(templates.build(templates.vendor(), tmp_path / "v.xlsx"))
    assert (found.generation, found.attribute_row, found.data_row) == ("vendor", 4, 7)
    assert [column.requirement for column in found.columns] == ["Required", "Required", "Conditionally Required", "Optional"]
    assert found.columns[0].example == "ABC123"


@pytest.mark.parametrize("kind", ["unified", "legacy", "vendor"])
def test_text_twin_reads_like_the_workbook(kind: str, templates: ModuleType, tmp_path: Path) -> None:
    description = getattr(templates, kind)()
    paths = [column.path for column in description.columns]
    rows = [{paths[0]: "A-1", paths[2]: "x \u00e4"}, {paths[0]: "A-2"}]
    book = templates.build(replace(description, rows=rows), tmp_path / "t.xlsx")
    text = templates.build(replace(description, rows=rows), tmp_path / "t.txt")
    from_book, from_text = read_template(book), read_template(text)
    assert [column.path for column in from_text.columns] == [column.path for column in from_book.columns]
    for name in ("generation", "marketplaces", "product_types", "data_row", "default_action", "version", "browse"):
        assert getattr(from_text, name) == getattr(from_book, name), name
    assert read_rows(text, from_text).equals(read_rows(book, from_book))


@pytest.mark.parametrize(
    ("header", "generation"),
    [
        ("TemplateType=Offer\tVersion=1.4\nsku\tprice\tquantity\tproduct-id\n", "loader"),
        ("sku\tproduct-id\tproduct-id-type\tprice\titem-condition\tquantity\tadd-delete\n", "inventory_loader"),
        ("sku\tprice\tquantity\n", "price_quantity"),
    ],
)
def test_loaders(header: str, generation: str, tmp_path: Path) -> None:
    path = tmp_path / "l.txt"
    path.write_text(header + 'A-1\t"12"" ruler"\n\t\n', "utf-8")
    found = read_template(path)
    assert found.generation == generation
    rows = read_rows(path, found)
    assert rows.height == 1
    assert rows[found.columns[1].path].to_list() == ['12" ruler']


@pytest.mark.parametrize(("encoding", "word"), [("utf-8", "Größe"), ("utf-8-sig", "Größe"), ("cp1252", "Größe"), ("utf-16", "大きさ")])
def test_encodings_of_text(encoding: str, word: str, templates: ModuleType, tmp_path: Path) -> None:
    description = replace(templates.legacy(), rows=[{"item_sku": "A-1", "item_name": word}])
    path = tmp_path / "t.txt"
    path.write_bytes(templates.text_twin(description).encode(encoding))
    assert read_rows(path, read_template(path))["item_name"].to_list() == [word]


@settings(max_examples=25)
@given(st.integers(60, 3000), st.text(min_size=1, max_size=30))
def test_settings_may_be_cut_anywhere(cut: int, label: str) -> None:
    import build_templates as builder

    description = builder.unified("DE", "de_DE")
    columns = list(description.columns)
    columns[1] = replace(columns[1], aliases={label: "full_update"})
    whole = parse(builder.first_row(replace(description, columns=columns)))
    pieces = builder.first_row(replace(description, columns=columns, cut=cut))
    assert parse(reversed(pieces)) == whole


def test_absolute_part_names_and_missing_sheets(templates: ModuleType, tmp_path: Path) -> None:
    description = replace(templates.unified(), absolute_targets=True, definitions=False)
    found = read_template(templates.build(description, tmp_path / "t.xlsx"))
    assert len(found.columns) == 19
    assert found.columns[0].requirement == "Required", "without definitions the rules tell"
    assert found.by_path["fulfillment_availability#1.quantity"].requirement == "Conditionally Required"


def test_two_million_merged_cells_cost_nothing(templates: ModuleType, tmp_path: Path) -> None:
    path = templates.build(replace(templates.unified(), merged=True), tmp_path / "t.xlsm")
    before = time.process_time()
    read_template(path)
    assert time.process_time() - before < 1


def test_oddities(templates: ModuleType, tmp_path: Path) -> None:
    description = templates.unified()
    doubled = replace(description, columns=[*description.columns, replace(description.columns[3], label="Again")])
    found = read_template(templates.build(doubled, tmp_path / "t.xlsx"))
    assert found.oddities == (f"columns D and T both hold {description.columns[3].path}",)
    strange = replace(description.columns[0], rules=[("required", "VLOOKUP({.},A:B,2)>0")])
    found = read_template(templates.build(replace(description, columns=[strange, *description.columns[1:]]), tmp_path / "s.xlsx"))
    assert found.oddities == ("1 requirement rule could not be read, so not applied",)


def test_cells_keep_their_kind(templates: ModuleType, tmp_path: Path) -> None:
    price, day = (
        "purchasable_offer[marketplace_id=ATVPDKIKX0DER][audience=ALL]#1.our_price#1.schedule#1.value_with_tax",
        "merchant_release_date",
    )
    day = f"{day}[marketplace_id=ATVPDKIKX0DER]#1.value"
    rows = [
        {"contribution_sku#1.value": "0012", price: 149.1, day: 46000, "amzn1.volt.ca.product_id_value": 4006381333931},
        {"contribution_sku#1.value": "A-2", price: "149,10", day: "2026-11-30"},
        {"contribution_sku#1.value": " "},
    ]
    path = templates.build(replace(templates.unified(), rows=rows), tmp_path / "t.xlsx")
    found = read_filled(path, read_template(path))
    assert found.frame["contribution_sku#1.value"].to_list() == ["0012", "A-2"]
    assert found.frame[price].to_list() == ["149.1", "149,10"]
    assert found.frame[day].to_list() == ["2025-12-09", "2026-11-30"]
    assert found.frame["amzn1.volt.ca.product_id_value"].to_list() == ["4006381333931", None]
    assert found.texts == {price: frozenset({8}), day: frozenset({8})}
    evidence = found.evidence[price]
    assert (evidence.numeric, evidence.text, evidence.formats) == (1, 1, {"0.0#": 1})


def damaged(templates: ModuleType, folder: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    source = templates.build(templates.unified(), folder / "whole.xlsx")
    target = folder / "damaged.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda name, content: None if name == "xl/workbook.xml" else content, "not an Excel workbook"),
        (lambda name, content: None if name.startswith("xl/worksheets") else content, "no sheet begins with Amazon's settings"),
        (lambda name, content: content[: len(content) // 2] if name == "xl/styles.xml" else content, "broken"),
        (lambda name, content: content.replace(b"</sheetData>", b"") if "sheet" in name else content, "broken"),
        (lambda name, content: content.replace(b"?>", b"?>" + BOMB, 1) if name == "xl/workbook.xml" else content, "document type"),
        (lambda name, content: content.replace(b"?>", b"?>" + BOMB, 1) if "worksheets/sheet" in name else content, "document type"),
        (lambda name, content: content.replace(b"UTF-8", b"UTF-4294967296", 1) if name == "xl/workbook.xml" else content, "its encoding"),
        (lambda name, content: content.replace(b"UTF-8", b"utf-32", 1) if "worksheets/sheet" in name else content, "its encoding utf-32"),
        (
            lambda name, content: content.replace(b"settings=", b"nothing="),
            "settings",
        ),
    ],
)
def test_damaged_workbooks_end_in_one_sentence(
    change: Callable[[str, bytes], bytes | None], says: str, templates: ModuleType, tmp_path: Path
) -> None:
    path = damaged(templates, tmp_path, change)
    with pytest.raises(Unreadable, match=says):
        read_template(path)


def test_parts_that_unpack_too_far_are_refused(templates: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = templates.build(templates.unified(), tmp_path / "t.xlsx")
    monkeypatch.setattr("listingkit.inventory.package.PART_LIMIT", 1000)
    with Workbook(path) as book, pytest.raises(Unreadable, match="more than 0 MB; this is no inventory template"):
        book.names  # noqa: B018 - reading is what raises


def test_a_password_is_said(templates: ModuleType, tmp_path: Path) -> None:
    path = templates.build(templates.unified(), tmp_path / "t.xlsx")
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/workbook.xml"))
    content[at + 8] |= 1  # the directory's mark of a member under a password
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="protected by a password"):
        read_template(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04 and then nothing", "is damaged or incomplete .* copy or download it again"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls"),
        (b"name;price\nMug;3\n", "is it an inventory file"),
        (b"settings=labelRow=4&attributeRow=5&dataRow=7\n", "not there"),
        (b"", "is it an inventory file"),
        (b"\xff\xfe\x00", "neither UTF-8"),
    ],
)
def test_files_that_are_no_template(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=says):
        read_template(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot read"):
        is_workbook(tmp_path / "nowhere.xlsx")


@settings(max_examples=40)
@given(st.binary(max_size=60), st.integers(0, 5000))
def test_scrambled_workbooks_never_crash(noise: bytes, at: int) -> None:
    import tempfile

    import build_templates as builder

    with tempfile.TemporaryDirectory() as folder:
        path = builder.build(builder.unified(), Path(folder) / "t.xlsx")
        content = bytearray(path.read_bytes())
        content[at : at + len(noise)] = noise
        path.write_bytes(content)
        try:
            template = read_template(path)
            read_rows(path, template)
        except Unreadable:
            pass
