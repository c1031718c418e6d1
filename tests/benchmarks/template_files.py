"""Amazon templates and filled ones of any width, for the cases that need them."""

import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
from generate import master

sys.path.insert(0, str(Path(__file__).parent.parent / "inventory"))
from build_templates import Col, Description, build

from listingkit.inventory import builtin
from listingkit.inventory.template import TemplateColumn
from listingkit.mapping.apply import map_columns
from listingkit.mapping.listings import Listings
from listingkit.marketplace import Marketplace, marketplace
from listingkit.master.read import read
from listingkit.render.rows import render

KIND = "product_type#1.value"
WIDTH, WIDE = 250, 173
KNOWN = f'{{{KIND}}}<>""'
RULES = (
    ("not_applicable", f'AND({KNOWN},NOT({{{KIND}}}="HOME"))'),
    ("filled", "IF(LEN({.})>0,1,0)"),
    ("required", f'AND(NOT(LEN({{.}})>0),{KNOWN},{{{KIND}}}="NONE")'),
)
REPORTED = {"Item Name": "Title", "Brand Name": "Brand", "Parentage Level": "Parentage"}  # how listing reports call them


def template(code: str, path: Path, width: int = WIDTH) -> None:
    """A template for one marketplace: the columns that the masters fill, three requirement rules in each, more columns up to `width`."""
    build(_description(marketplace(code), width), path)


def wide(rows: int, path: Path) -> None:
    """A filled workbook as Amazon's listing reports are, for the US: 173 columns, nearly every cell filled."""
    store = marketplace("US")
    filled = render(
        _listings(rows, path.with_suffix(".csv")), store, builtin.template("unified_full", store, product_types=("HOME",))
    ).frame
    known = [column for column in _description(store, WIDTH).columns if column.path in filled.columns]
    more = _details(store, WIDE - len(known))
    number = (pl.int_range(pl.len()) % 997).cast(pl.String)
    cells = filled.select(
        *(column.path for column in known), *((pl.lit(f"{column.label}, kind ") + number).alias(column.path) for column in more)
    )
    columns = [replace(one, label=REPORTED.get(one.label, one.label), rules=(), word="Optional") for one in (*known, *more)]
    data = [{one.path: _written(one, cell) for one, cell in zip(columns, row, strict=True) if cell} for row in cells.iter_rows()]
    build(Description(columns=columns, product_types=("HOME",), rows=data), path)


def _written(column: Col, cell: str) -> str | float:
    """A cell as a person writes it: the label of a listed value, a number as a number."""
    if column.type in ("integer", "decimal") and cell.lstrip("-").replace(".", "", 1).isdecimal():
        return float(cell) if "." in cell else int(cell)
    return next((label for label, wire in column.aliases.items() if wire.lower() == cell.lower()), cell)


def _listings(rows: int, path: Path) -> Listings:
    master(rows).write_csv(path)
    listings = map_columns(read(path))
    path.unlink()
    return listings


def _description(store: Marketplace, width: int) -> Description:
    known = builtin.template("unified_full", store, product_types=("HOME",)).columns
    columns = [*map(_column, known), *_details(store, width - len(known))]
    return Description(columns=columns, product_types=("HOME",), store=store.code, language=store.language)


def _details(store: Marketplace, count: int) -> list[Col]:
    at = f"[marketplace_id={store.id}]"
    return [Col(f"detail_{number}{at}#1.value", f"Detail {number}", "Product Details", rules=RULES) for number in range(count)]


def _column(known: TemplateColumn) -> Col:
    values = {"": list(known.aliases)} if known.aliases else {}
    return Col(known.path, known.label, known.group, known.type, values=values, aliases=known.aliases, rules=RULES)
