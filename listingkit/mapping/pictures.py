"""Pictures: several in one cell, and file names behind a base address."""

from collections.abc import Collection, Mapping
from urllib.parse import quote

import polars as pl

from listingkit.fields import fields
from listingkit.mapping.candidates import MAIN_IMAGE, OTHER_IMAGE

MARKS = r"[;|,\n]"
# A mark separates pictures where the next address begins after it, or where a file name ended before it: addresses may hold marks.
BETWEEN = {r"\s*[;|,\n]\s*(?i:(https?://))": "\n${1}", r"(?i:(\.(?:jpe?g|png|gif|tiff?|webp|bmp|avif|heic)))\s*[;|,\n]": "${1}\n"}


def places() -> tuple[str, ...]:
    """Every field that holds one picture of a gallery, in their order."""
    return (MAIN_IMAGE, *fields()[OTHER_IMAGE].names)


def free_place(name: str, taken: Collection[str]) -> str:
    """The field itself, or for a picture whose place another column fills the next place that is free."""
    if name not in taken or name not in places():
        return name
    return next((place for place in places()[places().index(name) :] if place not in taken), name)


def in_one_cell(column: pl.Series, separator: str | None) -> int:
    """How many pictures the fullest cell holds; 0 where every cell is one address as it stands."""
    items = _items(column, separator)
    if items is None or (separator is None and not bool(((items.list.len() > 1) | (items.list.first() != column)).any())):
        return 0
    most = items.list.len().max()
    return most if isinstance(most, int) else 0


def read_pictures(column: pl.Series, name: str, count: int, separator: str | None, base_url: str | None) -> Mapping[str, pl.Series]:
    """Up to `count` pictures a cell by field, from `name` on, as far as there are places; 0 takes each cell as one address."""
    order = places()[places().index(name) :][: count or 1]
    items = _items(column, separator) if count else None
    if items is None:
        blank = pl.repeat(None, len(column), dtype=pl.String, eager=True)
        return dict.fromkeys(order, blank) | {name: addresses(column, base_url)}
    return {place: addresses(items.list.get(at, null_on_oob=True), base_url) for at, place in enumerate(order)}


def _items(column: pl.Series, separator: str | None) -> pl.Series | None:
    """Each cell as a list, or None where no cell holds a mark."""
    if separator is None:
        if not column.str.contains(MARKS).any():
            return None
        for between, apart in BETWEEN.items():
            column = column.str.replace_all(between, apart)
    item = pl.element().str.strip_chars().str.strip_chars(";|, ")
    return column.str.split(separator or "\n").list.eval(item.filter(item != ""))


def addresses(column: pl.Series, base_url: str | None) -> pl.Series:
    """File names behind the base address; whole addresses stay."""
    if not base_url:
        return column
    base = base_url.rstrip("/") + "/"
    names = column.filter(~column.str.contains("://", literal=True)).unique().drop_nulls().to_list()
    return column.replace({name: base + quote(name.replace("\\", "/").lstrip("/"), safe="/%~") for name in names}) if names else column
