"""What the values of a column say about its meaning, whatever its header."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property

import polars as pl
from msgspec import Struct

from listingkit.fields import Field
from listingkit.gtin.check_digit import holds
from listingkit.master.texts import ERROR

LOOKED_AT = 2000  # rows
DISTINCT = 200  # values
LONGEST = 500  # characters of one value
IMAGE = re.compile(r"\.(jpe?g|png|gif|tiff?|webp|bmp|avif|heic)(\?\S*)?$", re.IGNORECASE)
NUMBER = re.compile(r"^[^\d\w]{0,3}[A-Z€£$¥]{0,4}\s?[+-]?\d[\d.,'\s]{0,30}(e[+-]?\d+)?\s?[^\d]{0,12}$", re.IGNORECASE)
GTINS = 0.5  # part with right check digits that no other numbers reach by chance
LISTS = 0.3  # part of the cells that must hold several items
SEPARATORS = ("\n", "|", ";")


class Values(Struct, frozen=True, dict=True):
    """A sample of a column's filled cells."""

    filled: tuple[str, ...]  # distinct, in order of first appearance
    cells: int  # filled cells looked at

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Iterator["Values"]:
        """Of each column of a frame of texts, all looked at in one pass."""
        if not frame.width:
            return
        cell = pl.all().str.slice(0, LONGEST)
        head = frame.lazy().head(LOOKED_AT).select(pl.when(~cell.str.contains(ERROR)).then(cell))  # a lookup that failed says nothing
        filled = head.select(pl.all().drop_nulls().unique(maintain_order=True).head(DISTINCT).implode())
        samples, counts = pl.collect_all([filled, head.select(pl.all().count())])
        yield from (cls(tuple(sample), count) for sample, count in zip(samples.row(0), counts.row(0), strict=True))

    @property
    def unique(self) -> bool:
        """No value came twice (as far as we looked)."""
        return len(self.filled) == min(self.cells, DISTINCT)

    def share(self, test: Callable[[str], object]) -> float:
        """Part of the distinct values that pass; 0 where there are none."""
        return sum(1 for value in self.filled if test(value)) / len(self.filled) if self.filled else 0.0

    @cached_property
    def gtins(self) -> float:
        return self.share(is_gtin)

    @cached_property
    def images(self) -> float:
        return self.share(lambda value: "://" in value and IMAGE.search(value.splitlines()[0].strip()))

    @cached_property
    def separator(self) -> str | None:
        """What separates the items of a list in one cell; None where cells hold single items."""
        return next((separator for separator in SEPARATORS if self._lists(separator) >= LISTS), None)

    def _lists(self, separator: str) -> float:
        return self.share(lambda value: separator in value.strip(separator))


def is_gtin(value: str) -> bool:
    """A product number of 8, 12, 13 or 14 digits with the right check digit."""
    text = value.strip()
    return text.isascii() and text.isdigit() and len(text) in (8, 12, 13, 14) and holds(text)


def contradiction(field: Field, values: Values) -> str | None:
    """Why the values of a column cannot be this field, or None. Blank columns contradict nothing."""
    if not values.filled:
        return None
    if field.kind == "gtin" and values.share(lambda value: sum(char.isdigit() for char in value) >= 6) < 0.3:
        return "its values are no product codes"
    if field.kind in ("number", "integer", "price") and values.share(NUMBER.match) < 0.5:
        return "its values are no numbers"
    if field.kind == "url" and values.share(lambda value: "/" in value or IMAGE.search(value.strip())) < 0.5:
        return "its values are no addresses"
    if field.name == "product_type" and values.share(re.compile(r"^[A-Z][A-Z0-9_]{2,60}$").match) < 0.8:
        return "its values are no Amazon product types (such as SHIRT)"
    return None


def decide(candidates: tuple[str, ...], values: Values) -> tuple[str, str] | None:
    """(field, why) where the values of an ambiguous column leave only one of its candidates, or None."""
    if not values.filled:
        return None
    if "product_id" in candidates and values.gtins >= GTINS and len(values.filled) >= 2:
        return "product_id", "its values are GTINs"
    if "hazmat" in candidates and values.share(re.compile(r"^UN\s?\d{4}$", re.IGNORECASE).match) >= 0.8:
        return "hazmat", "its values are UN numbers"
    if "fabric_type" in candidates and values.share(lambda value: "%" in value) >= 0.8:
        return "fabric_type", "its values are percentages of fibres"
    if "item_dimensions" in candidates and values.share(re.compile(r"^[\d.,\s]+[x×*]\s*[\d.,\s]+", re.IGNORECASE).match) >= 0.8:
        return "item_dimensions", "its values are lengths times widths"
    if "main_product_image_locator" in candidates and "source_url" in candidates:
        return ("main_product_image_locator", "its values are pictures") if values.images >= 0.8 else ("source_url", "its values are pages")
    if "product_type" in candidates and values.share(re.compile(r"^[A-Z][A-Z0-9_]{2,60}$").match) >= 0.8:
        return "product_type", "its values look like Amazon product types"
    if set(candidates) == {"product_tax_code", "vat_rate"}:
        return ("vat_rate", "its values are rates") if values.share(NUMBER.match) >= 0.8 else ("product_tax_code", "its values are codes")
    return None
