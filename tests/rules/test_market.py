"""One master, many marketplaces: currencies, scripts, languages, translations."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from listingkit.config import Config
from listingkit.finding import Severity
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import select
from listingkit.master.sheet import ROW
from listingkit.rules import language
from listingkit.rules.run import check

DAY = date(2026, 11, 27)
EN = "Glazed by hand and checked piece by piece before it leaves our workshop in the old harbour."
DE = "Von Hand glasiert und Stück für Stück geprüft, bevor es unsere Werkstatt am alten Hafen verlässt."
FR = "Émaillé à la main et contrôlé pièce par pièce avant de quitter notre atelier du vieux port."


def listings(columns: Any, **more: Any) -> Listings:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(
        pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE)
    )
    return Listings(frame, (Source("master.csv", None, {}, {}),), **more)


def found(table: Listings, codes: str, *stores: str) -> list[Any]:
    return list(check(table, select(stores), as_of=DAY, config=Config(select=tuple(codes.split()))))


def test_prices_in_another_currency_are_told_once_a_marketplace() -> None:
    table = listings({"sku": ["A"], "price": ["9.90"]}, currencies={"price": "EUR"})
    (one,) = found(table, "MKT001", "DE", "US")
    assert (one.marketplace, one.severity, one.row) == ("US", Severity.WARNING, None)
    assert one.message == "price in EUR, and US takes USD: this upload has none of them"


def test_a_price_whose_row_names_another_currency_is_held_back() -> None:
    table = listings({"sku": ["A", "B", "C", "D"], "price": ["9.90", "9", "8", None], "currency": ["USD", "€", "Taler", "GBP"]})
    there = [(one.marketplace, one.sku, one.severity, one.field) for one in found(table, "MKT007 MKT008", "DE", "US")]
    assert there == [("DE", "A", Severity.ERROR, "price"), ("US", "B", Severity.ERROR, "price")]
    stated = listings({"sku": ["A"], "price@DE": ["9.90"], "currency": ["USD"]})
    assert not found(stated, "MKT007 MKT008", "DE")
    assert not found(replace(listings({"sku": ["A"], "price": ["9"], "currency": ["USD"]}), currencies={"price": "EUR"}), "MKT007", "DE")


def test_one_number_for_several_currencies_is_told() -> None:
    table = listings({"sku": ["A"], "price": ["9.90"], "sale_price": [None]})
    told = found(table, "MKT008", "DE", "FR", "US")
    assert {(one.marketplace, one.field, one.severity, one.row) for one in told} == {
        (code, "price", Severity.WARNING, None) for code in ("DE", "US")
    }
    assert "DE in EUR and US in USD" in told[0].message
    assert not found(table, "MKT008", "DE", "FR")
    assert not found(listings({"sku": ["A"], "price@DE": ["9"], "price@US": ["9"]}), "MKT008", "DE", "US")


@pytest.mark.parametrize(
    ("store", "title", "flawed"),
    [
        ("JP", "Stoneware Mug with Wooden Lid, Blue", True),
        ("JP", "Havnegade マグカップ ブルー 350ml", False),
        ("JP", "Sony WH-1000XM5", False),
        ("DE", "手作りのマグカップ ブルー", True),
        ("DE", "Кружка ручной работы, синяя", True),
        ("DE", "Größenverstellbare Bürstenöffnung", False),
        ("PL", "Żółć gęślą jaźń, łąka źdźbło", False),
        ("US", "Tea Mug 茶", False),
    ],
)
def test_a_title_in_another_script(store: str, title: str, flawed: bool) -> None:
    assert [one.row for one in found(listings({"sku": ["A"], "item_name": [title]}), "MKT002", store)] == ([2] if flawed else [])


def test_a_whole_sheet_in_another_script_is_one_finding() -> None:
    table = listings({"sku": list("ABCDE"), "item_name": ["Stoneware Mug with Wooden Lid, Blue"] * 5})
    (one,) = found(table, "MKT002", "US", "JP")
    assert (one.marketplace, one.row) == ("JP", None)
    assert one.message.startswith("5 of 5 titles are not in Japanese")


def test_a_missing_translation_is_one_finding_a_row_with_all_its_texts() -> None:
    texts = {
        "bullet_point_2@en_US": [EN, EN],
        "bullet_point_2@de_DE": [DE, None],
        "style@en_US": ["Plain"] * 2,
        "style@de_DE": ["Schlicht", None],
    }
    (one,) = found(listings({"sku": ["A", "B"], **texts}), "MKT003", "US", "DE")
    assert (one.marketplace, one.row, one.field) == ("DE", 3, "bullet_point_2@de_DE")
    assert one.message == "not in de_DE, though in another language: bullet_point_2, style"


def test_what_the_product_type_asks_for_is_told_by_that_alone() -> None:
    table = listings({"sku": ["A"], "item_name@en_US": ["Mug"], "item_name@de_DE": [None]})
    assert found(table, "MKT003", "DE") == []
    assert [one.code for one in found(table, "MKT REQ001", "DE") if one.field == "item_name@de_DE"] == ["REQ001"]


def test_a_language_that_the_sheet_lacks_is_told_once() -> None:
    table = listings({"sku": ["A", "B"], "style@en_US": ["Plain", "Plain"]})
    (one,) = found(table, "MKT003", "US", "JP")
    assert (one.marketplace, one.row) == ("JP", None)
    assert "style in other languages, not in ja_JP" in one.message


def test_an_empty_column_of_another_language_lacks_nothing() -> None:
    assert found(listings({"sku": ["A"], "style@en_US": [None]}), "MKT003", "JP") == []


def test_a_copied_text_is_told_at_the_language_of_the_marketplace() -> None:
    texts = {"product_description@en_US": [EN, EN], "product_description@de_DE": [DE, EN]}
    (one,) = found(listings({"sku": ["A", "B"], **texts}), "MKT004", "DE")
    assert (one.row, one.field) == (3, "product_description@de_DE")
    assert one.message == "the same text in de_DE and en_US: product_description"


@pytest.mark.parametrize("same", ["Havnegade SM-350 Ultramarin", "USB-C", None])
def test_names_are_the_same_everywhere(same: Any) -> None:
    assert found(listings({"sku": ["A"], "item_name@en_US": [same], "item_name@de_DE": [same]}), "MKT004", "DE", "US") == []


def test_two_countries_of_one_language_may_share_a_text() -> None:
    assert found(listings({"sku": ["A"], "item_name@en_US": [EN], "item_name@en_GB": [EN]}), "MKT", "UK", "US") == []


def test_a_listing_that_one_marketplace_lacks_is_information() -> None:
    table = listings({"sku": list("ABC"), "price@US": ["9", "9", None], "price@DE": ["9", None, None]})
    (one,) = found(table, "MKT005", "US", "DE")
    assert (one.marketplace, one.severity) == ("DE", Severity.INFO)
    assert one.message == "1 listing has a price in US and none in DE: B"


@pytest.mark.parametrize(("text", "store", "told"), [(EN, "DE", "English"), (DE, "US", "German"), (FR, "DE", "French"), (DE, "DE", None)])
def test_a_text_in_another_language(text: str, store: str, told: Any) -> None:
    rows = listings({"sku": ["A"], "product_description": [text]})
    assert [told in one.message for one in found(rows, "MKT006", store)] == ([True] if told else [])


@pytest.mark.parametrize("store", ["BR", "TR"])
def test_a_language_without_words_of_its_own_is_asked_of_the_detector_alone(store: str) -> None:
    rows = listings({"sku": ["A"], "product_description": [EN]})
    assert ["English" in one.message for one in found(rows, "MKT006", store)] == [True]


def test_a_column_in_another_language_is_one_finding() -> None:
    rows = listings({"sku": list("ABCDEF"), "product_description": [f"{EN} No. {n}" for n in range(6)]})
    (one,) = found(rows, "MKT006", "US", "DE")
    assert (one.marketplace, one.row) == ("DE", None)
    assert "in English, not in German (6 of 6" in one.message


@given(st.text(max_size=70))
def test_the_detector_judges_only_what_is_long_enough(text: str) -> None:
    if sum(char.isalpha() for char in text) < language.LETTERS:
        assert language.other_language(text, "de") is None


def test_without_the_extra_nothing_is_said(monkeypatch: Any) -> None:
    monkeypatch.setattr(language, "find_spec", lambda _: None)
    assert found(listings({"sku": ["A"], "product_description": [EN]}), "MKT006", "DE") == []


def test_the_stated_language_of_the_profile_counts() -> None:
    rows = replace(listings({"sku": ["A"], "product_description": [EN]}), language="en_US")
    assert found(rows, "MKT006", "US") == []
