"""Images of a sheet as a whole: products without one, and products that share one; addresses that need escaping."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import takewhile
from typing import Any
from urllib.parse import quote

import polars as pl

from listingkit.finding import Flaw
from listingkit.rules.engine import across, given, rule
from listingkit.rules.findings import Batch
from listingkit.rules.sheetwide import Look, located, once, sheetwide, told
from listingkit.rules.task import Run, kept

CHECKED = date(2026, 9, 30)
_MAIN = "main_product_image_locator"
_FIELDS = (_MAIN, "item_name", "parentage_level", "record_action", "merchant_suggested_asin")
_KEPT = "/:?#[]@!$&'()*+,;=%-._~ "

given(
    "IMG008",
    "main-image-missing",
    "A listing that has a title has a main image.",
    category="image_use",
    why="Amazon hides listings without main image from the search (18320).",
    source="Amazon error 18320: missing main image; Amazon Images sheet 2026",
    checked=CHECKED,
    severity="warning",
    errors=("18320",),
    good=["Stoneware Mug, Blue; https://img.example.com/a.jpg", "a parent, a partial update, an offer on an ASIN that is there"],
    bad=["Stoneware Mug, Blue; no main image"],
)


def _bare(run: Run) -> Iterator[Look]:
    """The listings without main image, of those that need one; without such a column they are only counted."""
    seen: dict[tuple[str | None, ...], list[str]] = {}
    for code, view in run.views.items():
        seen.setdefault(tuple(view.columns.get(name) for name in _FIELDS), []).append(code)
    for (image, title, level, action, asin), codes in seen.items():
        if title is None:
            continue
        sold = pl.col(title).is_not_null() & kept(run)
        if level:
            sold &= pl.col(level).str.to_lowercase().ne_missing("parent")
        if action:
            sold &= pl.col(action).ne_missing("partial_update")
        if asin:
            sold &= pl.col(asin).is_null()
        offered = run.frame.select(sold=sold.fill_null(value=False))["sold"]
        bare = (offered & run.frame[image].is_null()).arg_true() if image else pl.Series(dtype=pl.UInt32)
        yield Look((image, *codes), int(offered.sum()), located(run, bare, image or _MAIN))


@sheetwide("IMG008", fields=lambda: _FIELDS, look=_bare)
def main_image_missing(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """One finding a listing, or one where most have none."""
    for (image, *codes), count, found in looks:
        if image:
            whole = f"{found.height} of {count} listings have no main image"
            yield from told(run, "IMG008", codes, found, of=count, row="no main image", whole=whole, column=image)
        elif count:
            flaw = Flaw(f"the sheet has no main image: {count} {'listing' if count == 1 else 'listings'}")
            yield once(run, "IMG008", codes, flaw, column=_MAIN)


def _one_stem(skus: Sequence[str]) -> bool:
    """Whether SKUs begin alike for half of their length: variations of a sheet that names no parents."""
    stem = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(skus[0], skus[-1], strict=False)))
    return stem >= 4 and 2 * stem >= min(map(len, skus))


@across(
    "IMG009",
    fields=("main_product_image_locator", "parent_sku", "sku"),
    keys=("main_product_image_locator",),
    good=[
        [("https://img.example.com/a.jpg", None, "A"), ("https://img.example.com/b.jpg", None, "B")],
        [("https://img.example.com/a.jpg", "P", "A"), ("https://img.example.com/a.jpg", "P", "B")],
        [("https://img.example.com/a.jpg", None, "P"), ("https://img.example.com/a.jpg", "P", "B")],
        [("https://img.example.com/a.jpg", None, "489400-1"), ("https://img.example.com/a.jpg", None, "489400-2")],
    ],
    bad=[[("https://img.example.com/none.jpg", None, "A"), ("https://img.example.com/none.jpg", None, "B")]],
    why="One picture on different products is a placeholder or a slip: shoppers see the wrong thing.",
    source="Amazon Images sheet 2026: the main image shows the product itself",
    checked=CHECKED,
    severity="warning",
    several=True,
    suspects=lambda: pl.len() > 1,
)
def image_of_another_product(rows: Sequence[Any]) -> Iterator[tuple[int, Flaw]]:
    """Products that are no variations of each other have different main images.

    SKUs that begin alike for half of their length are taken for variations: many sheets name no parents.
    """
    families = {row.parent_sku or row.sku for row in rows}
    skus = {row.sku for row in rows}
    if len(families) > 1 and len(skus) > 1 and None not in skus and not _one_stem(sorted(skus)):
        for position, row in enumerate(rows):
            others = [other.sku for other in rows if other.sku != row.sku][:3]
            yield position, Flaw(f"the same main image as {', '.join(map(str, others))}")


@rule(
    "IMG010",
    each=True,
    fields=("main_product_image_locator", "other_product_image_locator", "swatch_product_image_locator"),
    good=["https://img.example.com/a%20b.jpg", "img.example.com/ä.jpg"],
    bad={
        "https://img.example.com/größe.jpg": "https://img.example.com/gr%C3%B6%C3%9Fe.jpg",
        "https://img.example.com/茶.jpg?v=1": "https://img.example.com/%E8%8C%B6.jpg?v=1",
    },
    why="Addresses are written in ASCII; other letters are escaped by browsers, not by every program that fetches.",
    source="RFC 3986, 2.1 and 2.2; Amazon Images sheet 2026: full path, case-sensitive",
    checked=CHECKED,
    severity="warning",
    fix="safe",
    errors=("20000",),
    suspects=lambda text: text.str.len_bytes() != text.str.len_chars(),
)
def image_address_not_ascii(text: str) -> Flaw | None:
    """An image address has ASCII characters only."""
    host = text.partition("://")[2].partition("/")[0]
    if text.isascii() or not text.lower().startswith(("http://", "https://")) or not host.isascii() or any(char.isspace() for char in text):
        return None  # what is no address is told by IMG001 and IMG002
    return Flaw("the address has letters that must be escaped", fix=quote(text, safe=_KEPT))
