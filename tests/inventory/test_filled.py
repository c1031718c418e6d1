"""Filled templates as listings, linted by their own rules."""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from listingkit.config import Config
from listingkit.finding import Finding
from listingkit.inventory.filled import Filled, read_filled_template
from listingkit.inventory.migrate import migrate
from listingkit.inventory.read import read_filled, read_template, read_whole
from listingkit.inventory.sniff import is_template
from listingkit.inventory.wire import dictionary
from listingkit.inventory.workbook import Workbook
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import marketplace, select
from listingkit.master.sheet import ROW, Column, letter
from listingkit.render.rows import render, sources
from listingkit.rules.filled import check_filled
from listingkit.rules.findings import Findings
from listingkit.rules.graded import graded
from listingkit.rules.migrated import with_lists_of_rows
from listingkit.rules.template_rows import template_batches, template_notes, upload_batches

AT, TAG = "[marketplace_id=ATVPDKIKX0DER]", "[language_tag=en_US]"
PRICE = f"purchasable_offer{AT}[audience=ALL]#1.our_price#1.schedule#1.value_with_tax"
WHOLE: Mapping[str, str | float] = {
    "contribution_sku#1.value": "A-1",
    "::record_action": "Create or Replace (Full Update)",
    "product_type#1.value": "MUG",
    f"item_name{AT}{TAG}#1.value": "Mug",
    f"brand{AT}{TAG}#1.value": "Acme",
    "amzn1.volt.ca.product_id_type": "EAN",
    "amzn1.volt.ca.product_id_value": "4006381333931",
    PRICE: 9.5,
}


def filled(templates: ModuleType, folder: Path, *changes: Mapping[str, Any], description: Any = None) -> Filled:
    rows = [{**WHOLE, "contribution_sku#1.value": f"A-{at}", **change} for at, change in enumerate(changes, 1)]
    known = description or templates.unified()
    path = templates.build(replace(known, rows=rows), folder / "filled.xlsx")
    return read_filled_template(path)


def lint(found: Filled, config: Config | None = None) -> list[Finding]:
    batches = template_batches(
        found.template,
        found.rows.frame,
        names=found.names,
        texts=found.rows.texts,
        store=found.template.marketplaces[0],
        config=config or Config(),
    )
    return list(Findings(list(graded(batches, found.listings.frame, config or Config())), found.listings.sources))


def said(
    templates: ModuleType, folder: Path, change: Mapping[str, Any], description: Any = None
) -> list[tuple[str, str | None, str | None]]:
    return [
        (finding.code, finding.cell, finding.fix.value if finding.fix else None)
        for finding in lint(filled(templates, folder, change, description=description))
    ]


def test_a_formula_that_was_never_calculated_holds_its_row_back(templates: ModuleType, tmp_path: Path) -> None:
    filled(templates, tmp_path, {}, {})
    path = tmp_path / "formula.xlsx"
    with zipfile.ZipFile(tmp_path / "filled.xlsx") as given, zipfile.ZipFile(path, "w") as made:
        for name in given.namelist():
            made.writestr(name, re.sub(rb'<c r="D8"[^>]*>.*?</c>', b'<c r="D8"><f>A8</f></c>', given.read(name)))
    found = check_filled(read_filled_template(path), as_of=date(2026, 11, 1), config=Config(select=("FIL008",)))
    assert [(one.code, one.cell, one.sku, one.column) for one in found] == [("FIL008", "D8", "A-2", "Item Name")]
    assert found.error_rows("US") == {1}


def test_a_whole_row_is_clean(templates: ModuleType, tmp_path: Path) -> None:
    assert said(templates, tmp_path, {}) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({f"item_name{AT}{TAG}#1.value": ""}, ("REQ010", "D7", None)),
        ({f"item_dimensions{AT}#1.width.value": 3.5}, ("REQ010", "P7", None)),
        ({"product_type#1.value": "PLATE", f"glaze{AT}{TAG}#1.value": "Matt"}, ("REQ011", "R7", "")),
        (
            {"fulfillment_availability#1.fulfillment_channel_code": "AMAZON_NA", "fulfillment_availability#1.quantity": 3},
            ("REQ012", "I7", ""),
        ),
        ({"fulfillment_availability#1.fulfillment_channel_code": "WAREHOUSE"}, ("VAL029", "H7", None)),
        ({"amzn1.volt.ca.product_id_type": "ean"}, ("VAL021", "F7", "EAN")),
        ({"amzn1.volt.ca.product_id_type": " EAN"}, ("VAL021", "F7", "EAN")),
        ({"amzn1.volt.ca.product_id_type": "ISBN-13"}, ("VAL020", "F7", None)),
        ({"::record_action": "full_update"}, ("VAL022", "B7", "Create or Replace (Full Update)")),
        ({"::record_action": "Löschen"}, ("VAL022", "B7", "Delete")),
        ({"::record_action": "Edit (Partal Update)"}, ("VAL020", "B7", "Edit (Partial Update)")),
        ({"::record_action": "(Default) Create or Replace"}, ("TPL011", "B7", "Create or Replace (Full Update)")),
        ({"product_type#1.value": "mug"}, ("TPL007", "C7", "MUG")),
        ({"contribution_sku#1.value": "ABC123"}, ("TPL006", "A7", None)),
        ({PRICE: "149.10"}, ("VAL024", "J7", None)),
        ({PRICE: "149,10"}, ("VAL023", "J7", "149.10")),
        ({PRICE: "cheap"}, ("VAL023", "J7", None)),
        (
            {"fulfillment_availability#1.quantity": 2.5, "fulfillment_availability#1.fulfillment_channel_code": "DEFAULT"},
            ("VAL023", "I7", None),
        ),
        ({f"merchant_release_date{AT}#1.value": "30.11.2026"}, ("VAL023", "K7", None)),
        ({"variation_theme#1.name": "SIZE_NAME (Deprecated: Do Not Use)"}, ("VAL025", "N7", None)),
        ({f"brand{AT}{TAG}#1.value": "Löwe"}, ("VAL027", "E7", "Löwen")),
        ({f"merchant_shipping_group{AT}#1.value": "Expres"}, ("VAL028", "S7", "Express")),
    ],
)
def test_each_flaw_is_found_once_at_its_cell(
    change: Mapping[str, Any], expected: tuple[str, str, str | None], templates: ModuleType, tmp_path: Path
) -> None:
    assert said(templates, tmp_path, change) == [expected]


PACK = "epr_product_packaging#{n}.main_material"
GRAIN = "epr_product_packaging#{n}.granular_materials#1.granular_material"
NESTED = {"Paper": ["Carton", "Newsprint"], "Glass & Co": ["Bottle glass"]}


@pytest.mark.parametrize(
    ("material", "grain", "expected"),
    [
        ("Paper", "Carton", []),
        ("paper", "Newsprint", []),
        ("Glass & Co", "Bottle glass", []),
        ("Glass & Co", "Carton", [("VAL020", "U7", None)]),
        ("Paper", "Carto", [("VAL020", "U7", "Carton")]),
        ("", "Carton", []),
        ("", "Straw", [("VAL020", "U7", None)]),
    ],
)
def test_a_list_that_another_cell_chooses(
    templates: ModuleType, tmp_path: Path, material: str, grain: str, expected: list[tuple[str, str, str | None]]
) -> None:
    known = templates.unified()
    columns = (
        *known.columns,
        templates.Col(PACK.format(n=1)),
        templates.Col(GRAIN.format(n=1), control=PACK.format(n=1), chosen=NESTED),
        templates.Col(GRAIN.format(n=2), control=PACK.format(n=1), chosen=NESTED),
    )
    description = replace(known, columns=columns)
    change = {PACK.format(n=1): material, GRAIN.format(n=1): grain, GRAIN.format(n=2): "Newsprint"}
    assert said(templates, tmp_path, change, description) == expected
    old = filled(templates, tmp_path, change, description=description)
    moved = with_lists_of_rows(migrate(old, old.template))
    assert [(path, rows) for path, _, rows in moved.foreign] == [(GRAIN.format(n=1), 1) for _ in expected]


def test_a_product_type_of_another_template(templates: ModuleType, tmp_path: Path) -> None:
    found = said(templates, tmp_path, {"product_type#1.value": "CHAIR"})
    assert ("TPL007", "C7", None) in found
    assert {code for code, _, _ in found} == {"TPL007"}, "said once for the row, not once a cell"


def test_the_label_of_another_language(templates: ModuleType, tmp_path: Path) -> None:
    at = "[marketplace_id=A1PA6795UKMFR9]"
    change = {
        "product_type#1.value": "MUG",
        "::record_action": "Delete",
        f"parentage_level{at}#1.value": "Parent",
    }
    found = said(templates, tmp_path, change, templates.unified("DE", "de_DE"))
    assert ("VAL022", "B7", "Löschen") in found
    assert ("VAL022", "L7", "Eltern") in found


def test_deletes_and_partial_updates_may_leave_blanks(templates: ModuleType, tmp_path: Path) -> None:
    blank = dict.fromkeys([path for path in WHOLE if path not in ("contribution_sku#1.value", "product_type#1.value")], "")
    for action in ("Delete", "Edit (Partial Update)"):
        assert said(templates, tmp_path, {**blank, "::record_action": action}) == []
    assert {code for code, _, _ in said(templates, tmp_path, {**blank, "::record_action": "Create or Replace (Full Update)"})} == {"REQ010"}


def test_the_catalogue_asks_for_nothing_where_the_template_itself_makes_of_a_row_a_partial_update(
    templates: ModuleType, tmp_path: Path
) -> None:
    blank = {"::record_action": "", f"brand{AT}{TAG}#1.value": ""}
    blanks = {}
    for default in ("partial_update", "full_update"):
        description = replace(templates.unified(), default_action=default)
        found = check_filled(filled(templates, tmp_path, blank, description=description), as_of=date(2026, 11, 1))
        blanks[default] = [one.code for one in found if one.field == "brand"]
    assert blanks == {"partial_update": [], "full_update": ["REQ010"]}


def test_the_prefilled_note_among_the_data(templates: ModuleType, tmp_path: Path) -> None:
    assert ("TPL006", "A7", None) in said(templates, tmp_path, {"contribution_sku#1.value": "  ✅ We've prefilled attributes"})


def test_notes_about_the_template_itself(templates: ModuleType, tmp_path: Path) -> None:
    description = templates.unified()
    old = replace(description, version="2024.0101", columns=[*description.columns, description.columns[3]])
    found = template_notes(filled(templates, tmp_path, {}, description=old).template, as_of=date(2026, 11, 1))
    assert [(note.code, note.severity.value, note.cell) for note in found] == [("TPL003", "warning", None), ("TPL010", "error", "T5")]
    assert template_notes(filled(templates, tmp_path, {}).template, as_of=date(2026, 11, 1)) == []


def test_config_chooses_and_weighs(templates: ModuleType, tmp_path: Path) -> None:
    found = filled(templates, tmp_path, {"amzn1.volt.ca.product_id_type": "ean", PRICE: "cheap"})
    assert [finding.code for finding in lint(found, Config(ignore=("VAL023",)))] == ["VAL021"]
    assert [finding.severity.value for finding in lint(found, Config(severity={"VAL021": "error", "VAL023": "off"}))] == ["error"]


def test_listings_know_their_cells(templates: ModuleType, tmp_path: Path) -> None:
    found = filled(templates, tmp_path, {f"parentage_level{AT}#1.value": "Child", f"batteries_included{AT}#1.value": "No"}, {})
    frame = found.listings.frame
    assert frame["sku"].to_list() == ["A-1", "A-2"]
    assert frame["#row"].to_list() == [7, 8]
    assert frame["record_action"].to_list() == ["full_update", "full_update"]
    assert frame["parentage_level"].to_list() == ["Child", None]
    assert frame["batteries_included"].to_list() == ["false", None]
    assert frame["price"].to_list() == ["9.5", "9.5"]
    origins = found.listings.sources[0].origins
    assert (origins["item_name"].letter, origins["item_name"].header) == ("D", "Item Name")
    assert found.listings.sources[0].sheet == "Template"


def test_offers_of_several_marketplaces_keep_apart(templates: ModuleType, tmp_path: Path) -> None:
    description = templates.legacy("multistore")
    prices = {column.path: 9.0 + at for at, column in enumerate(description.columns[-3:])}
    path = templates.build(replace(description, rows=[{"item_sku": "A-1", "feed_product_type": "mug", **prices}]), tmp_path / "m.xlsx")
    frame = read_filled_template(path).listings.frame
    assert frame.select("price@UK", "price@DE", "price@IT").row(0) == ("9", "10", "11")


def test_what_is_a_template(templates: ModuleType, tmp_path: Path) -> None:
    assert is_template(templates.build(templates.unified(), tmp_path / "t.xlsm"))
    assert is_template(templates.build(templates.legacy(), tmp_path / "t.txt"))
    other = tmp_path / "master.txt"
    other.write_text("sku\tname\nA-1\tMug\n", "utf-8")
    assert not is_template(other)
    assert not is_template(tmp_path / "master.csv")


def test_the_filled_file_of_2024(real_files: Path) -> None:
    """Every finding was checked by hand."""
    found = read_filled_template(real_files / "templates" / "uk_legacy_sweatshirt_filled_2024.xlsm")
    findings = lint(found)
    counted: dict[tuple[str, str | None], int] = {}
    for finding in findings:
        counted[finding.code, finding.field] = counted.get((finding.code, finding.field), 0) + 1
    assert counted == {
        ("REQ010", "outer_material"): 85,
        ("REQ010", "product_id"): 84,
        ("REQ010", "product_id_type"): 84,
        ("VAL021", "parentage_level"): 85,
    }
    assert [note.code for note in template_notes(found.template, as_of=date(2026, 11, 1))] == ["TPL003"]


def test_template_and_catalogue_speak_once_of_a_blank_cell(templates: ModuleType, tmp_path: Path) -> None:
    found = filled(templates, tmp_path, {f"item_name{AT}{TAG}#1.value": ""})
    findings = list(check_filled(found, as_of=date(2026, 11, 1)))
    assert [finding.code for finding in findings if finding.field == "item_name"] == ["REQ010"]
    assert {finding.marketplace for finding in findings if finding.code == "REQ010"} == {"US"}
    assert {finding.file for finding in findings} == {"filled.xlsx"}


def test_the_template_itself_knows_its_product_types(templates: ModuleType, tmp_path: Path) -> None:
    found = filled(templates, tmp_path, {"product_type#1.value": "MUG"})
    assert "REQ006" not in {one.code for one in check_filled(found, as_of=date(2026, 9, 1))}


def test_template_and_catalogue_speak_once_of_a_value(templates: ModuleType, tmp_path: Path) -> None:
    found = filled(templates, tmp_path, {"::record_action": "zap"}, {PRICE: "free"})
    findings = check_filled(found, as_of=date(2026, 9, 30), config=Config(select=("VAL", "OFR")))
    assert [(one.code, one.row, one.field) for one in findings if one.field in ("record_action", "price")] == [
        ("VAL020", found.rows.frame[ROW][0], "record_action"),
        ("VAL023", found.rows.frame[ROW][1], "price"),
    ]


def test_a_file_for_many_marketplaces_holds_the_product_once_and_their_offers(templates: ModuleType, tmp_path: Path) -> None:
    description = templates.legacy("multistore")
    path = "purchasable_offer[marketplace_id={}]#1.our_price#1.schedule#1.value_with_tax"
    price = {code: path.format(templates.STORES[code]) for code in ("UK", "DE")}
    row = {"feed_product_type": "mug", "item_sku": "A", "item_name": "Mug", "brand_name": "Acme", price["UK"]: 5.0, price["DE"]: -1.0}
    found = read_filled_template(templates.build(replace(description, rows=[row]), tmp_path / "f.xlsx"))
    findings = list(check_filled(found, as_of=date(2026, 11, 1)))
    of_others = {(finding.marketplace, finding.code, finding.field) for finding in findings if finding.marketplace in ("DE", "IT")}
    assert of_others == {("DE", "OFR001", "price@DE"), ("IT", "MKT005", "price@IT")}, "their offers, not their titles"
    asked = list(check_filled(found, select(["IT"]), as_of=date(2026, 11, 1)))
    assert {finding.marketplace for finding in asked if finding.marketplace} == {"IT"}


def test_labels_without_aliases_mean_what_amazon_stores(templates: ModuleType, tmp_path: Path) -> None:
    """Generations and languages meet in wire values: a German condition, a country by name, an action of the newest multi-store files."""
    at = "[marketplace_id=A1PA6795UKMFR9]"
    german = templates.unified("DE", "de_DE")
    columns = (
        *german.columns,
        templates.Col(f"condition_type{at}#1.value", values={"MUG": ["Neu", "Gebraucht - Wie neu"]}),
        templates.Col(f"country_of_origin{at}#1.value", values={"": ["Deutschland", "Kap Verde", "Elfenbeiküste", "Zaire"]}),
    )
    template = read_template(templates.build(replace(german, columns=columns), tmp_path / "de.xlsx"))
    told = {path: dictionary(column, "unified", "de_DE") for path, column in template.by_path.items()}
    assert told[f"condition_type{at}#1.value"] == {"Neu": "new_new", "Gebraucht - Wie neu": "used_like_new"}
    assert told[f"country_of_origin{at}#1.value"] == {"Deutschland": "DE", "Kap Verde": "CV", "Elfenbeiküste": "CI", "Zaire": "Zaire"}
    old = templates.legacy("multistore")
    action = replace(old.columns[3], values={"mug": ["Delete", "Partial Update", "Full Update"]})
    template = read_template(templates.build(replace(old, columns=(*old.columns[:3], action)), tmp_path / "uk.xlsx"))
    wires = {"Delete": "delete", "Partial Update": "partial_update", "Full Update": "full_update"}
    assert dictionary(template.by_path["update_delete"], "multistore", "en_GB") == wires


def test_a_filled_template_is_a_master_too(templates: ModuleType, tmp_path: Path) -> None:
    master = filled(templates, tmp_path, {}).master
    assert (master.file, master.sheet, master.header_row, master.kind) == ("filled.xlsx", "Template", 4, "xlsx")
    assert master.frame["A"].to_list() == ["A-1"]
    assert (master.columns[3].letter, master.columns[3].header) == ("D", "Item Name")


def of_one_pass(path: Path) -> None:
    template, rows = read_whole(path)
    apart = read_filled(path, template)
    assert template == read_template(path)
    assert rows.frame.equals(apart.frame)
    assert (rows.evidence, rows.texts, rows.spoilt) == (apart.evidence, apart.texts, apart.spoilt)


@pytest.mark.parametrize("generation", ["unified", "legacy", "multistore", "vendor"])
@pytest.mark.parametrize("count", [0, 3, 30])
def test_one_pass_reads_what_two_read(generation: str, count: int, templates: ModuleType, tmp_path: Path) -> None:
    known = templates.legacy("multistore") if generation == "multistore" else getattr(templates, generation)()
    rows = [{column.path: f"x{row}" for column in known.columns} for row in range(count)]
    of_one_pass(templates.build(replace(known, rows=rows), tmp_path / "filled.xlsx"))


def test_one_pass_reads_what_two_read_of_real_files(real_files: Path) -> None:
    for path in sorted((real_files / "templates").glob("*.xlsm")):
        of_one_pass(path)


def test_the_data_sheet_is_unpacked_once(templates: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(templates, tmp_path, *[{}] * 200)
    unpacked: Counter[str] = Counter()
    plain = Workbook.chunks

    def counted(self: Workbook, part: str) -> Iterator[bytes]:
        for chunk in plain(self, part):
            unpacked[part] += len(chunk)
            yield chunk

    monkeypatch.setattr(Workbook, "chunks", counted)
    monkeypatch.setattr("listingkit.master.unpacking.BLOCK", 1000)
    read_whole(tmp_path / "filled.xlsx")
    with Workbook(tmp_path / "filled.xlsx") as book:
        part = next(entry.part for entry in book.sheets if entry.name == "Template")
        size = len(book.content(part))
    assert unpacked[part] < 1.5 * size


def test_an_upload_is_judged_by_the_template_it_is_for(templates: ModuleType, tmp_path: Path) -> None:
    template = read_template(templates.build(templates.unified(), tmp_path / "t.xlsx"))
    cells = {"sku": ["A-1", "A-2"], "product_type": ["MUG", "MUG"], "item_name": ["Mug", None], "brand": ["Acme", "Acme"]}
    cells |= {"product_id": ["4006381333931", "4006381333931"], "product_id_type": ["EAN", "PZN"]}
    frame = pl.DataFrame(cells).with_columns(pl.Series(ROW, [5, 9], dtype=pl.UInt32), pl.lit(0, pl.UInt16).alias(SOURCE))
    origin = {name: Column(letter(at), name) for at, name in enumerate(cells)}
    listings = Listings(frame, (Source("master.csv", None, origin, {}),), "en_US")
    upload = render(listings, marketplace("US"), template)
    found = Findings(upload_batches(upload, listings, sources(listings, marketplace("US"), template)), listings.sources)
    assert [(finding.code, finding.file, finding.cell, finding.sku) for finding in found] == [
        ("REQ010", "master.csv", "C9", "A-2"),
        ("VAL020", "master.csv", "F9", "A-2"),
    ]
