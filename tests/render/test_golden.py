"""Rendered files byte for byte. After a wanted change: `python tests/render/test_golden.py` writes them anew; read the diff."""

from pathlib import Path

import polars as pl
import pytest

from listingkit.inventory.builtin import template
from listingkit.mapping.listings import SOURCE, Listings
from listingkit.marketplace import marketplace
from listingkit.master.sheet import ROW
from listingkit.render.rows import render
from listingkit.render.text import text

GOLDEN = Path(__file__).parent / "golden"
FILES = [
    ("unified_full", "DE"),
    ("unified_full", "JP"),
    ("unified_price_quantity", "ES"),
    ("unified_price_quantity", "US"),
    ("unified_listing_loader", "IT"),
    ("listing_loader", "JP"),
    ("inventory_loader", "UK"),
    ("legacy_category", "UK"),
    ("legacy_category", "US"),
]


def rendered(layout: str, code: str) -> bytes:
    columns: dict[str, list[str | None]] = {
        "sku": ["MUG-P", "MUG-B", "007"],
        "product_type": ["DRINKING_CUP"] * 3,
        "record_action": [None, "partial_update", "delete"],
        "parentage_level": ["parent", "child", None],
        "parent_sku": [None, "MUG-P", None],
        "child_relationship_type": [None, "variation", None],
        "item_name@de_DE": ["Becher", 'Becher 3" blau', "Zeile\neins"],
        "item_name@en_US": ["Mug", 'Mug 3" blue', "Line\tone"],
        "item_name@en_GB": ["Mug", "Mug, blue", "Line"],
        "item_name@ja_JP": ["マグ", "マグ 青", None],
        "product_id": [None, "036000291452", "4006381333931"],
        "condition_type": ["New", "used_good", "New"],
        "price": [None, "1200.00", "19.99"],
        "price@DE": [None, "9.5", None],
        "quantity": [None, "25", "0"],
        "item_weight": [None, "453.59237", "2"],
        "item_weight_unit": [None, "grams", "kilograms"],
        "batteries_required": ["false", "true", None],
        "country_of_origin": ["PT", "PT", "DE"],
    }
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    frame = frame.with_columns(pl.Series(ROW, [2, 3, 4], pl.UInt32), pl.lit(0, pl.UInt16).alias(SOURCE))
    store = marketplace(code)
    return text(render(Listings(frame, ()), store, template(layout, store, product_types=("DRINKING_CUP",))))


@pytest.mark.parametrize(("layout", "code"), FILES)
def test_a_rendered_file_is_the_golden_one(layout: str, code: str) -> None:
    assert rendered(layout, code) == (GOLDEN / f"{layout}_{code}.txt").read_bytes()


if __name__ == "__main__":
    for layout, code in FILES:
        (GOLDEN / f"{layout}_{code}.txt").write_bytes(rendered(layout, code))
