"""From listings to the rows of one template."""

from collections.abc import Iterator

import polars as pl
from msgspec.structs import replace

from listingkit.fields import Field, parse, plain_names
from listingkit.inventory.paths import place
from listingkit.inventory.template import Template, TemplateColumn
from listingkit.inventory.upload import LISTING, Upload
from listingkit.inventory.wire import to_wire, understood
from listingkit.mapping.listings import Listings
from listingkit.marketplace import Marketplace, marketplaces
from listingkit.render.measures import allowed_units, in_allowed
from listingkit.render.values import as_written, to_currency

_ID_TYPES = {12: "UPC", 13: "EAN", 8: "EAN", 14: "GTIN"}  # by the number of digits


def render(listings: Listings, store: Marketplace, template: Template, *, keep: pl.Series | None = None) -> Upload:
    """Put the listings into the template's columns, as wire values.

    `keep` is a mask of the rows to ship (all, when None). Fields without a column are left out; `unplaced` names them.
    """
    frame = listings.frame.with_row_index(LISTING).with_columns(pl.col(LISTING).cast(pl.UInt32))
    if keep is not None:
        frame = frame.filter(keep)
    frame = _in_store_units(frame, listings, store)
    cells = [
        to_wire(cell, understood(column, template.generation, template.header_language)).alias(column.path)
        for column in _first_of_each_path(template)
        if (cell := _cell(column, listings, store, template)) is not None
    ]
    rows = as_written(frame.select(LISTING, *cells))
    return Upload(template, rows, store.code, proven=rows)


def sources(listings: Listings, store: Marketplace, template: Template) -> dict[str, str]:
    """Template path -> the listings' column that fills it."""
    found = {column.path: _source(column, listings, store, template) for column in _first_of_each_path(template)}
    return {path: column for path, column in found.items() if column}


def unplaced(listings: Listings, store: Marketplace, template: Template) -> tuple[str, ...]:
    """Columns of the listings' frame that hold something for this marketplace and that the template has no place for.

    What is never part of a listing, such as the cost, is not among them.
    """
    placed = {_source(column, listings, store, template) for column in template.columns}
    seen = [column for column in listings.view(store).columns.values() if column not in placed and parse(column).field.group]
    return tuple(column for column in seen if listings.frame[column].null_count() < listings.frame.height)


def _first_of_each_path(template: Template) -> Iterator[TemplateColumn]:
    first = {column.path: column for column in reversed(template.columns)}
    return reversed(first.values())


def _source(column: TemplateColumn, listings: Listings, store: Marketplace, template: Template) -> str | None:
    """The listings' column that fills a template column.

    A column of another marketplace (a file may carry many) takes only what was stated for that marketplace: a price without
    a code is in the currency of the primary one.
    """
    where = place(column.path)
    if where is None:
        return None
    other = where.store not in (None, store.code)
    seller = marketplaces()[where.store] if where.store and other else store
    language = where.language or (seller.language if other else template.language or store.language)
    if language != seller.language:
        seller = replace(seller, language=language, other_languages=())
    found = listings.view(seller).columns.get(where.plain)
    if found and other and plain_names()[where.plain][0].regional and parse(found).qualifier is None:
        return None
    return found


def _cell(column: TemplateColumn, listings: Listings, store: Marketplace, template: Template) -> pl.Expr | None:
    where = place(column.path)
    found = _source(column, listings, store, template)
    if where is None:
        return None
    field: Field = plain_names()[where.plain][0]
    if field.name == "product_id_type":
        return _product_id_type(found, listings.view(store).columns.get("product_id"))
    if field.name == "currency":
        return _currency(store, listings.view(store).columns.get("price"))
    if found is None:
        return None
    if field.name == "product_type" and template.generation in ("legacy", "multistore"):
        return pl.col(found).str.to_lowercase().str.replace_all("_", "", literal=True)
    if field.kind == "price":
        return to_currency(pl.col(found), marketplaces()[where.store or store.code].decimals)
    return pl.col(found)


def _product_id_type(stated: str | None, product_id: str | None) -> pl.Expr | None:
    """What the master says, else what the number of digits says."""
    if product_id is None:
        return pl.col(stated) if stated else None
    number = pl.col(product_id)
    digits = pl.when(number.str.contains(r"^\d+$")).then(number.str.len_bytes())
    derived = digits.replace_strict(_ID_TYPES, default=None, return_dtype=pl.String)
    return pl.coalesce(pl.col(stated), derived) if stated else derived


def _currency(store: Marketplace, price: str | None) -> pl.Expr | None:
    """The marketplace's own, where there is a price."""
    return pl.when(pl.col(price).is_not_null()).then(pl.lit(store.currency)) if price else None


def _in_store_units(frame: pl.DataFrame, listings: Listings, store: Marketplace) -> pl.DataFrame:
    columns = listings.view(store).columns
    for plain, value in columns.items():
        unit = columns.get(f"{plain}_unit")
        field = plain_names()[plain][0]
        if field.unit and unit:
            frame = frame.with_columns(in_allowed(frame[value], frame[unit], allowed_units(field, store)))
    return frame
