"""Small masters that the tests of the build share."""

from typing import Any

import polars as pl

from listingkit.gtin.check_digit import check_digit

EANS = [payload + check_digit(payload) for payload in ("426073500010", "426073500011", "426073500012")]
HEAD = (
    "sku,product_type,parentage_level,parent_sku,variation_theme,brand,product_id,item_name,bullet_point_1,product_description,"
    "price,quantity,item_type_keyword,country_of_origin,supplier_declared_dg_hz_regulation,color"
)


def row(sku: Any, **cells: Any) -> Any:
    good = {
        "product_type": "HOME",
        "brand": "Havnegade",
        "product_id": EANS[0],
        "item_name": f"Havnegade Mug {sku}",
        "bullet_point_1": "Glazed stoneware, fired twice",
        "product_description": "A mug for every day.",
        "price": "9.90",
        "quantity": "5",
        "item_type_keyword": "coffee-cups-mugs",
        "country_of_origin": "PT",
        "supplier_declared_dg_hz_regulation": "not_applicable",
        "color": sku,
    }
    return {"sku": sku, **good, **cells}


def master(path: Any, *rows: Any) -> Any:
    names = HEAD.split(",")
    pl.DataFrame([[one.get(name) for name in names] for one in rows], schema=dict.fromkeys(names, pl.String), orient="row").write_csv(path)
    return path


def family() -> Any:
    parent = row("P", parentage_level="Parent", variation_theme="COLOR", product_id=None, price=None, quantity=None, color=None)
    children = [
        row(sku, parentage_level="Child", parent_sku="P", variation_theme="COLOR", product_id=code)
        for sku, code in (("C1", EANS[0]), ("C2", EANS[1]))
    ]
    return parent, *children
