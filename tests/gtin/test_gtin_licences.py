"""Licences, exemptions and licensed blocks: read, matched, and wrong files told."""

import json
from datetime import date
from pathlib import Path

import pytest
from biip.gs1_prefixes import GS1CompanyPrefix
from hypothesis import given
from hypothesis import strategies as st

from listingkit.errors import BadProfile, ListingkitError, Unreadable
from listingkit.gtin import describe, triage
from listingkit.gtin.blocks import from_biip, load
from listingkit.gtin.check_digit import complete
from listingkit.gtin.exemptions import objection, register
from listingkit.gtin.licences import licences, read
from listingkit.gtin.prefixes import prefixes

HUB = """Action,GS1CompanyPrefix,GTIN,PackagingLevel,Description,Desc1Language,BrandName,Brand1Language,Status,SKU
,0614141,00614141000036,Each,Mug,en,Example Brand,en,In Use,MUG-1
,0614141,00614141000043,Each,Bowl,en,EXAMPLE BRAND,en,PreMarket,
,0614141,not a number,Each,,,,,,
"""


def test_a_data_hub_export_is_read(tmp_path: Path) -> None:
    export = tmp_path / "hub.csv"
    export.write_text(HUB, "utf-8-sig")
    first, second = read(export)
    assert (first.gtin, first.brand, first.status, first.company_prefix) == ("00614141000036", "Example Brand", "In Use", "0614141")
    assert second.brand == "EXAMPLE BRAND"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Marke;EAN\nMüller;4006381333931\n", "cp1252"),
        ("title row\nBrand\tUPC-A\nX\t36000291452\nX\t4006381333931\n", "utf-8"),
        ("a,b\nx,4006381333931\ny,036000291452\n", "utf-8"),
        ("4006381333931\n", "utf-8"),
        ('GTIN\n"4006381333931\n', "utf-8"),
    ],
)
def test_a_plain_list_is_read(tmp_path: Path, content: str, encoding: str) -> None:
    export = tmp_path / "plain.csv"
    export.write_text(content, encoding)
    assert read(export)[0].gtin == "04006381333931"


def test_files_without_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sku,name\nA,B\n", "utf-8")
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "c.csv").write_bytes(b"")
    (tmp_path / "wide.csv").write_text("," * 1_000_000 + "\nx" * 500, "utf-8")  # nobody looks at each of its columns
    for name, words in (
        ("a.csv", "no column of GTINs"),
        ("b.xlsx", "save its sheet as csv"),
        ("c.csv", "no column"),
        ("d.csv", "cannot read"),
        ("wide.csv", "no column of GTINs"),
    ):
        with pytest.raises(Unreadable, match=words):
            read(tmp_path / name)


def test_a_brand_owns_its_prefixes_and_its_exported_numbers(tmp_path: Path) -> None:
    export = tmp_path / "hub.csv"
    export.write_text(HUB, "utf-8")
    held = licences({"brands": {"Example Brand": {"prefixes": ["4012345"], "exports": [str(export)]}, "Other": {"prefixes": ["0036000"]}}})
    brand = held.brand("example  BRAND")
    assert brand is not None
    assert brand.owns("00614141000036")
    assert brand.owns(complete("401234500001").zfill(14))
    assert not brand.owns("00036000291452")
    assert brand.spellings["00614141000043"] == "EXAMPLE BRAND"
    owner = held.owner("00036000291452")
    assert owner is not None
    assert owner.name == "Other"
    assert held.owner("04006381333931") is None
    assert held.brand("nobody") is None


@pytest.mark.parametrize(
    ("brands", "words"),
    [
        ({"B": {"prefix": ["0614141"]}}, "not prefix"),
        ({"B": {"prefixes": "0614141"}}, "list of texts"),
        ({"B": {"prefixes": ["61"]}}, "no company prefix"),
        ({"B": {"prefixes": [614141]}}, "list of texts"),
        ({"B": "0614141"}, "takes prefixes"),
        (["B"], "table of brands"),
    ],
)
def test_a_wrong_config_says_what_it_takes(brands: object, words: str) -> None:
    with pytest.raises(BadProfile, match=words):
        licences({"brands": brands})


def ask(brand: str = "Example Brand", kind: str = "HOME", store: str | None = "US", asin: str | None = None, day: int = 24) -> str | None:
    entries = register(
        (
            {"brand": "Example Brand", "product_type": "HOME", "marketplace": "US", "case": "1", "date": date(2026, 3, 1)},
            {"brand": "Bound", "product_type": "HOME", "marketplace": "DE", "asin": "B00MARS7N2"},
            {"brand": "Late", "product_type": "HOME", "marketplace": "US", "date": "2026-12-01"},
            {"brand": "Wide", "marketplace": "US"},
            {"brand": "Wide", "marketplace": "DE"},
        )
    )
    return objection(entries, brand=brand, product_type=kind, marketplace=store, asin=asin, as_of=date(2026, 11, day))


def test_an_entry_covers_its_brand_type_and_store() -> None:
    assert ask() is None
    assert ask(kind="home") is None
    assert ask(store=None) is None
    assert "no exemption of Example Brand for HOME in DE" in str(ask(store="DE"))
    assert "no exemption" in str(ask(kind="SHIRT"))
    assert "no exemption of no brand" in str(ask(brand=""))


def test_the_brand_is_spelled_exactly() -> None:
    assert ask(brand="example brand") == "the exemption is for brand 'Example Brand', spelled exactly so"


def test_an_entry_may_be_bound_to_an_asin_and_begins_on_its_day() -> None:
    assert ask("Bound", store="DE") is None
    assert ask("Bound", store="DE", asin="B00MARS7N2") is None
    assert "bound to ASIN B00MARS7N2" in str(ask("Bound", store="DE", asin="B000000000"))
    assert "no exemption" in str(ask("Late"))


def test_blankets_do_not_hold_in_the_us() -> None:
    assert "names no product type" in str(ask("Wide"))
    assert ask("Wide", store="DE") is None


@pytest.mark.parametrize(("entry", "words"), [({"brnd": "X"}, "not brnd"), ({"date": "soon"}, "YYYY-MM-DD"), ({"date": 2026}, "is a date")])
def test_a_wrong_entry_is_named(entry: dict[str, object], words: str) -> None:
    with pytest.raises(BadProfile, match=words):
        register((entry,))


@given(st.text("0123456789", min_size=12, max_size=12).map(complete))
def test_blocks_from_biip_are_those_of_biip(code: str) -> None:
    blocks = from_biip()
    known = GS1CompanyPrefix.extract(code)
    assert blocks.company_prefix(code) == (known.value if known else None)
    prefix = prefixes().of13(code)
    assert blocks.licensed(code, prefix) == (known is not None or not prefix.blocks)


def test_no_licensed_block_is_a_warning_only_where_blocks_are_published() -> None:
    blocks = from_biip()
    codes = (complete(f"{head:07}29473") for head in range(4_000_000, 4_400_000, 37))
    free = next(code for code in codes if not blocks.company_prefix(code) and prefixes().of13(code).blocks)
    assert triage(free).status == "valid"
    found = triage(free, blocks=blocks)
    assert (found.status, found.rule, found.gtin) == ("warn", "no-block", free)
    assert triage(complete("760029104735"), blocks=blocks).status == "valid"  # Switzerland publishes nothing
    assert triage("93601245", blocks=blocks).rule != "no-block"  # GTIN-8 are licensed one by one
    assert describe("4006381333931", blocks=blocks).company_prefix == "4006381"


XML = """<?xml version="1.0"?><GCPPrefixFormatList date="2026-01-28T00:00:00Z">
<entry prefix="400638" gcpLength="7"/><entry prefix="036" gcpLength="0"/></GCPPrefixFormatList>"""
JSON = {"GCPPrefixFormatList": {"date": "2026-01-28", "entry": [{"prefix": "400638", "gcpLength": 7}, {"prefix": "036", "gcpLength": 0}]}}


@pytest.mark.parametrize("text", [XML, json.dumps(JSON), json.dumps(JSON["GCPPrefixFormatList"]), "\ufeff" + XML])
def test_the_lists_of_gs1_are_read(tmp_path: Path, text: str) -> None:
    own = tmp_path / "gcp"
    own.write_text(text, "utf-8")
    blocks = load(own)
    assert blocks.date.startswith("2026-01-28")
    assert blocks.company_prefix("4006381333931") == "4006381"
    assert blocks.company_prefix("0360002914522") is None
    assert blocks.company_prefix("5901234123457") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        ("<a><entry", "not the XML"),
        ("[" * 100_000, "not the JSON"),
        ("{", "line 1: not the JSON"),
        ('{\n"entry": "\udcff"}', "line 2: .* is not UTF-8 text"),
        ("[" + "9" * 5000 + "]", "not the JSON .* too long a number"),
        ('<?xml version="1.0" encoding="UTF-1.58"?><a/>', "line 1: the encoding .* cannot be read"),
        ('<?xml version="1.0" encoding="utf-7"?><a/>', "line 1: the encoding .* cannot be read"),
        ("[1]", "no list of entries"),
        ('{"entry": {}}', "no list of entries"),
        ("<a/>", "no entries"),
        ('<a><entry prefix="x" gcpLength="7"/></a>', "want digits"),
        ('<a><entry prefix="400" gcpLength="99"/></a>', "want digits"),
    ],
)
def test_a_list_that_is_none_says_so(tmp_path: Path, text: str, words: str) -> None:
    own = tmp_path / "gcp"
    own.write_text(text, "utf-8", "surrogateescape")
    with pytest.raises(BadProfile, match=words):
        load(own)


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot read"):
        load(tmp_path / "none.xml")


def test_without_biip_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listingkit.gtin.blocks.find_spec", lambda _: None)
    with pytest.raises(ListingkitError, match=r"listingkit\[gcp\]"):
        from_biip()


def test_a_list_without_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"x" * 100)
    monkeypatch.setattr("listingkit.gtin.blocks._MAX_BYTES", 50)
    monkeypatch.setattr("listingkit.gtin.licences._MAX_BYTES", 50)
    for reader in (load, read):
        with pytest.raises(Unreadable, match="larger than"):
            reader(tmp_path / "a")
