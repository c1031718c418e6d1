"""The previous state in every form people have it."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from msgspec import structs

from listingkit.diff import ledger
from listingkit.diff.compare import compare
from listingkit.diff.delta import delta
from listingkit.diff.previous import load
from listingkit.diff.side import side
from listingkit.errors import ListingkitError, Unreadable
from listingkit.inventory.paths import place
from listingkit.inventory.upload import Upload
from listingkit.render import text

Make = Callable[..., Upload]
ROWS = [
    {
        "sku": f"M-{n}",
        "product_type": "home",
        "record_action": "full_update",
        "parentage_level": "child",
        "parent_sku": "M",
        "child_relationship_type": "variation",
        "item_name": f"Becher {n}",
        "brand": "Nordsee",
        "product_id_type": "ean",
        "product_id": "4006381333931",
        "bullet_point_1": "Steinzeug",
        "bullet_point_2": "spülmaschinenfest",
        "price": "19.9",
        "quantity": "5",
        "condition_type": "new_new",
        "fulfillment_channel_code": "DEFAULT",
        "item_weight": "0.5",
        "item_weight_unit": "kilograms",
    }
    for n in (1, 2)
]
REPORT = """item-name\titem-description\tlisting-id\tseller-sku\tprice\tquantity\titem-condition\tproduct-id\tfulfillment-channel\tstatus
Becher 1\t\t1234\tM-1\t19.90\t5\t11\tB000TEST01\tDEFAULT\tActive
Becher 2\t\t1235\tM-2\t17.90\t5\t11\tB000TEST02\tDEFAULT\tActive
"""


@pytest.fixture
def wanted(upload: Make) -> Upload:
    return upload(ROWS)


@pytest.mark.parametrize("layout", ["unified_full", "legacy_category"])
def test_our_own_text_in_both_dialects(tmp_path: Path, upload: Make, wanted: Upload, layout: str) -> None:
    text.write(upload(ROWS, layout=layout), tmp_path / "upload.txt")
    changes = compare(load(tmp_path / "upload.txt"), wanted)
    assert list(changes) == []
    assert changes.unchanged.to_list() == ["M-1", "M-2"]


def test_legacy_words_against_unified_ones(tmp_path: Path, upload: Make, wanted: Upload) -> None:
    content = text.text(upload(ROWS, layout="legacy_category")).decode("cp1252")
    assert "\tAktualisierung\t" in content or "\tUpdate\t" in content
    for german, english in (("\tAktualisierung\t", "\tUpdate\t"), ("0.5", "500"), ("Kilograms", "Grams")):
        content = content.replace(german, english)
    (tmp_path / "upload.txt").write_text(content, "cp1252")
    assert list(compare(load(tmp_path / "upload.txt"), wanted)) == []


def test_an_all_listings_report(tmp_path: Path, wanted: Upload) -> None:
    (tmp_path / "All Listings Report.txt").write_text(REPORT, "utf-8")
    changes = compare(load(tmp_path / "All Listings Report.txt", wanted), wanted)
    assert [(change.sku, change.field, change.old, change.new) for change in changes] == [("M-2", "price", "17.90", "19.9")]
    assert "tells nothing of" in changes.notes[0]
    sent = delta(changes).upload.frame
    assert sent.height == 1
    assert sent["::record_action"].to_list() == ["partial_update"]


HEADINGS = {
    "DE": ("Artikelbezeichnung\tAngebotsnummer\tHändler-SKU\tPreis\tMenge\tArtikelzustand\tVersender", "latin-1"),
    "FR": ("nom-produit\tid-offre\tsku-vendeur\tprice\tquantity\tétat-produit\tcanal-traitement", "latin-1"),
    "IT": ("Nome dell'articolo\tid\tSKU venditore\tPrezzo\tQuantità\tCondizione dell'articolo\tCanale di gestione", "utf-8"),
    "JP": ("商品名\t出品ID\t出品者SKU\t価格\t数量\tコンディション\tフルフィルメント・チャンネル", "cp932"),
}


@pytest.mark.parametrize("code", HEADINGS)
def test_an_all_listings_report_in_the_words_of_its_marketplace(tmp_path: Path, upload: Make, code: str) -> None:
    heading, encoding = HEADINGS[code]
    row = {"sku": "M-1", "item_name": "Becher", "price": "19", "quantity": "5", "condition_type": "used_good"}
    row["fulfillment_channel_code"] = "DEFAULT"
    wanted = upload([row, {**row, "sku": "M-2", "price": "18"}], store=code)
    rows = [f"Becher\t1\t{sku}\t19\t5\t3\tDEFAULT" for sku in ("M-1", "M-2")]
    (tmp_path / "report.txt").write_bytes("\n".join([heading, *rows, ""]).encode(encoding))
    changes = compare(load(tmp_path / "report.txt", wanted), wanted)
    assert [(change.sku, change.field, change.old, change.new) for change in changes] == [("M-2", "price", "19", "18")]
    assert changes.unchanged.to_list() == ["M-1"]


@pytest.mark.parametrize("name", ["Category+Listings+Report.txt", "Category Listings Report.xlsm"])
@pytest.mark.parametrize("generation", ["legacy", "unified"])
def test_a_category_listings_report_is_a_filled_template(templates: ModuleType, tmp_path: Path, name: str, generation: str) -> None:
    """As Amazon makes it: the template of the category with the rows that are live, actions blank."""
    description = templates.unified() if generation == "unified" else templates.legacy()
    words = {"Acme": "brand", "Mug": "item_name", "EAN": "product_id_type", "4006381333931": "product_id", "12.5": "price"}
    paths = {found.plain: column.path for column in description.columns if (found := place(column.path))}
    row = {paths["sku"]: "M-1", paths["product_type"]: description.product_types[0]} | {paths[field]: word for word, field in words.items()}
    live = load(templates.build(replace(description, rows=[row]), tmp_path / name))
    wanted = structs.replace(live, frame=live.frame.with_columns(pl.lit("12.50").alias(paths["price"])))
    assert list(compare(live, wanted)) == []
    dearer = structs.replace(live, frame=live.frame.with_columns(pl.lit("13.50").alias(paths["price"])))
    assert [(change.sku, change.field, change.old, change.new) for change in compare(live, dearer)] == [("M-1", "price", "12.5", "13.50")]


def test_a_plain_table_by_its_sku_column(tmp_path: Path, wanted: Upload) -> None:
    (tmp_path / "live.csv").write_text("Code;Title;Price DE\nM-1;Becher 1;19,90\nM-9;Teller;5,00\n", "utf-8")
    changes = compare(load(tmp_path / "live.csv", wanted, key="Code"), wanted)
    assert [(change.sku, change.kind) for change in changes] == [("M-2", "added"), ("M-9", "vanished")]
    with pytest.raises(ListingkitError, match="has no column 'Artikel': its columns are Code, Title"):
        load(tmp_path / "live.csv", wanted, key="Artikel")


def test_the_folder_of_a_build(tmp_path: Path, wanted: Upload) -> None:
    text.write(wanted, tmp_path / "DE" / "upload.txt")
    text.write(wanted, tmp_path / "DE" / "delta.txt")
    text.write(wanted, tmp_path / "US" / "upload.txt")
    assert load(tmp_path, wanted).frame.height == 2
    with pytest.raises(Unreadable, match="holds no upload for FR"):
        load(tmp_path, store="FR")


def test_a_folder_of_earlier_uploads_needs_to_know_which_was_sent(tmp_path: Path, upload: Make, wanted: Upload) -> None:
    older = upload([{**row, "price": "15"} for row in ROWS])
    text.write(older, tmp_path / "march.txt")
    assert load(tmp_path, wanted).frame.height == 2
    text.write(wanted, tmp_path / "april.txt")
    with pytest.raises(ListingkitError, match=r"holds 2 uploads \(april.txt, march.txt\) and no ledger"):
        load(tmp_path, wanted)
    ledger.record(tmp_path / ledger.NAME, [("DE", tmp_path / "march.txt")])
    assert {change.old for change in compare(load(tmp_path, wanted), wanted)} == {"15"}
    elsewhere = tmp_path / "files"
    for name, one in (("march.txt", older), ("april.txt", wanted)):
        text.write(one, elsewhere / name)
    assert {change.old for change in compare(load(elsewhere, wanted, home=tmp_path / ledger.NAME), wanted)} == {"15"}
    ledger.record(tmp_path / "other", [("DE", elsewhere / "april.txt")])
    assert list(compare(load(elsewhere, wanted, home=tmp_path / "other"), wanted)) == []
    ledger.record(tmp_path / "third", [("DE", Path(__file__))])
    with pytest.raises(ListingkitError, match="no ledger says which was sent last"):
        load(elsewhere, wanted, home=tmp_path / "third")
    assert {change.old for change in compare(load(tmp_path / ledger.NAME, wanted), wanted)} == {"15"}


def test_the_ledger_replays_deltas(tmp_path: Path, upload: Make, wanted: Upload) -> None:
    home = tmp_path / "ledger"
    text.write(wanted, tmp_path / "1.txt")
    ledger.record(home, [("DE", tmp_path / "1.txt")])
    cheaper = upload([{**ROWS[0], "price": "18"}, ROWS[1]])
    text.write(delta(compare(load(home, cheaper), cheaper)).upload, tmp_path / "2.txt")
    ledger.record(home, [("DE", tmp_path / "2.txt")])
    changes = compare(load(home, cheaper), cheaper)
    assert list(changes) == []
    assert len(changes.unchanged) == 2


def test_places_that_hold_nothing(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="there is no upload"):
        load(tmp_path / "missing.txt")
    with pytest.raises(Unreadable, match="holds no upload: name the file"):
        load(tmp_path)
    (tmp_path / "empty.txt").write_bytes(b"")
    with pytest.raises(ListingkitError):
        load(tmp_path / "empty.txt")


REAL = Path(os.environ.get("LISTINGKIT_REAL_FILES", "nowhere")) / "templates"


@pytest.mark.skipif(not REAL.is_dir(), reason="LISTINGKIT_REAL_FILES is not set")
@pytest.mark.parametrize("path", sorted(REAL.glob("*.xlsm")), ids=lambda path: path.stem)
def test_real_templates_say_nothing_against_themselves(path: Path) -> None:
    one = load(path)
    changes = compare(one, one)
    assert len(changes) == 0
    assert len(changes.unchanged) == len(side(one).sku)
