"""Sheets as people have them, read from the folder that LISTINGKIT_REAL_FILES names; nothing of them is kept here."""

import os
import warnings
from pathlib import Path

import pytest

from listingkit.mapping.apply import map_columns
from listingkit.mapping.profile import loads
from listingkit.mapping.propose import propose
from listingkit.master.read import read

REAL = Path(os.environ.get("LISTINGKIT_REAL_FILES", "")) / "sheets"
pytestmark = pytest.mark.skipif("LISTINGKIT_REAL_FILES" not in os.environ, reason="LISTINGKIT_REAL_FILES is not set")


@pytest.mark.parametrize(
    ("name", "preset", "mapped", "fields"),
    [
        ("shopify_apparel_export.csv", "Shopify product export (2017)", 27, {"sku", "brand", "price", "main_product_image_locator"}),
        ("dianxiaomi_tiktok_example.xlsx", "Dianxiaomi TikTok sheet", 34, {"sku", "product_id", "price", "other_product_image_locator_8"}),
        ("dianxiaomi_temu_51_headers.csv", "Dianxiaomi Temu sheet", 28, {"sku", "product_id", "price", "item_name@en"}),
        ("dianxiaomi_erp_export.xls", "Dianxiaomi product export", 30, {"sku", "bullet_point_3", "other_product_image_locator_8"}),
        ("mirakl_offers_template.xlsx", "Mirakl offers", 14, {"sku", "condition_type", "record_action"}),
        ("supplier_list_de.csv", None, 4, {"item_name", "manufacturer", "product_description", "category"}),
    ],
)
def test_columns_that_have_a_field_are_mapped(name: str, preset: str | None, mapped: int, fields: set[str]) -> None:
    proposal = propose(read(REAL / name))
    assert proposal.preset == preset
    assert len(proposal.accepted()) >= mapped
    assert fields <= {guess.field for guess in proposal.accepted()}


def test_every_value_comes_from_the_sheet() -> None:
    master = read(REAL / "shopify_apparel_export.csv")
    listings = map_columns(master, loads('[derived]\nsku = "{{ handle }}"'))
    for name, column in listings.sources[0].origins.items():
        if name in listings.frame.columns and name != "item_weight":
            there = set(master.frame[column.letter].drop_nulls().str.strip_chars().to_list())
            assert set(listings.frame[name].drop_nulls().str.strip_chars().to_list()) <= there, name


def test_amazons_own_files_map_by_their_ids() -> None:
    for path in sorted((REAL.parent / "templates").glob("*.xlsm")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            proposal = propose(read(path))
        assert proposal.preset is not None, path.name
        assert len(proposal.accepted()) >= 50, path.name
        assert {guess.confidence for guess in proposal.accepted()} <= {1.0, 0.98}, path.name
