"""How a number is used: on which rows, beside which id type, on which products."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from listingkit.config import Config
from listingkit.finding import Flaw, Safety, Severity
from listingkit.gtin.columns import as14
from listingkit.gtin.describe import kind_of
from listingkit.rules.engine import across, rule
from listingkit.rules.gtin_cell import CHECKED, NOT_GTINS, verdict_of

EXEMPT = frozenset(("exempt", "gtin exempt", "gtin-freistellung"))
TYPES = {"GTIN-12": "UPC", "GTIN-8": "EAN", "GTIN-13": "EAN", "GTIN-14": "GTIN", "ISBN-13": "EAN", "ISMN-13": "EAN", "ISSN-13": "EAN"}
"""Id type by kind of number."""


@across(
    "GTN040",
    fields=("product_id", "sku", "parentage_level", "parent_sku", "item_name", "condition_type", "fulfillment_channel_code"),
    keys=("product_id",),
    normal=as14,
    good=[
        [("4006381333931", "A", None, None, "Pen", None, None), ("4006381333948", "B", None, None, "Pencil", None, None)],
        [("4006381333931", "P", "Parent", None, "Pen", None, None), ("4006381333931", "A", "Child", "P", "Pen", None, None)],
        [("4006381333931", "A", None, None, "Pen", None, None), ("4006381333931", "A", None, None, "Pen", None, None)],
    ],
    bad=[
        [("036000291452", "A", None, None, "Pen", None, None), ("0036000291452", "B", None, None, "Box", None, None)],
        [("4006381333931", "A", "Child", "P", "Pen red", None, None), (" 4006381333931", "B", "Child", "P", "Pen blue", None, None)],
        [("4006381333931", "A", None, None, "Pen", "new_new", None), ("4006381333931", "B", None, None, "Pen", "used_good", None)],
    ],
    why="One number is one product: Amazon puts both SKUs on one ASIN, and buyers get the wrong colour or size.",
    source="Amazon 8541 and 8542; GS1 GTIN management: every colour and size has its own number",
    checked=CHECKED,
    errors=("8541", "8542"),
    several=True,
    suspects=lambda: pl.len() > 1,
)
def gtin_duplicate(rows: Sequence[Any]) -> Iterator[tuple[int, Flaw]]:
    """A GTIN stands on one product.

    Numbers are compared as 14 digits, however they are written. Two SKUs of one product that differ in condition or fulfilment are
    usual and a warning; different titles or children are an error.
    """
    held = [(n, row) for n, row in enumerate(rows) if (row.parentage_level or "").casefold() != "parent"]
    skus = sorted({row.sku or "" for _, row in held})
    if len(skus) < 2:
        return
    from listingkit.gtin.licences import folded

    offers = {(row.condition_type, row.fulfillment_channel_code) for _, row in held}
    one_product = len({folded(row.item_name or "") for _, row in held}) == 1 and held[0][1].item_name and len(offers) > 1
    shown = ", ".join(skus[:5]) + (" ..." if len(skus) > 5 else "")
    told = f"GTIN {verdict_of(rows[0].product_id).gtin or rows[0].product_id} is on {len(skus)} SKUs ({shown})"
    flaw = Flaw(f"{told} of one product", severity=Severity.WARNING) if one_product else Flaw(f"{told}, which are not one product")
    for position, _ in held:
        yield position, flaw


@rule(
    "GTN041",
    fields=("product_id", "parentage_level"),
    fix="safe",
    good=[("4006381333931", "Child"), ("4006381333931", None)],
    bad={("4006381333931", "Parent"): "", ("N/A", "Parent"): "", ("123", "parent"): ""},
    why="A parent is not for sale and has no number; Amazon refuses the family or merges it with another product.",
    source="Lengow 9374999371164: on a parent value and type of the product id must be empty",
    checked=CHECKED,
    errors=("8541", "90244"),
    suspects=lambda parentage_level: parentage_level.str.to_lowercase().eq_missing("parent"),
)
def gtin_on_parent(product_id: str, parentage_level: str | None) -> Flaw | None:
    """A parent has no GTIN."""
    if (parentage_level or "").casefold() != "parent":
        return None
    what = "no GTIN belongs here, nor a word for none" if verdict_of(product_id).status == "missing" else f"{product_id} belongs to a child"
    return Flaw(f"a parent has no GTIN: {what}", fix="", safety=Safety.SAFE)


def _goes_together(product_id: pl.Expr, stated: pl.Expr) -> pl.Expr:
    """Digits of the length that the id type has; a UPC may be a padded GTIN-8."""
    length = product_id.str.len_bytes()
    upc = (length == 12) & (stated == "UPC") & ~product_id.str.starts_with("0000")
    ean = length.is_in([8, 13]) & (stated == "EAN")
    return (upc | ean | ((length == 14) & (stated == "GTIN"))) & product_id.str.contains(r"^[0-9]+$")


def _types_of(code: str) -> tuple[str, ...]:
    """Id types that go with a usable number, the usual one first."""
    kind = kind_of(code)
    return ("EAN", "ISBN") if kind == "ISBN-13" else (TYPES[kind],)


@rule(
    "GTN043",
    fields=("product_id", "product_id_type"),
    fix="safe",
    good=[
        ("036000291452", "UPC"),
        ("0036000291452", "EAN"),
        ("96385074", "EAN"),
        ("9780306406157", "ISBN"),
        ("14006381333938", "GTIN"),
        ("00036000291452", "GTIN"),
        ("B00MARS7N2", "ASIN"),
        ("4006381333931", None),
        ("4006381333931", "GTIN Exempt"),
    ],
    bad={
        ("4006381333931", "UPC"): "EAN",
        ("036000291452", "ean"): "UPC",
        ("4006381333931", "GTIN"): "EAN",
        ("14006381333938", "EAN"): "GTIN",
        ("4006381333931", "ASIN"): "EAN",
        ("9790260000438", "ISBN"): "EAN",
    },
    why="Amazon measures the number by its type and answers that it is too short or too long; the number is right, the type is not.",
    source="GS1 Ireland help desk: GTIN with 13 digits is refused, pick EAN; Amazon templates 2026-02; EAN with 8 digits: unconfirmed",
    checked=CHECKED,
    errors=("5505", "90225", "90244"),
    suspects=lambda product_id, product_id_type: (
        product_id_type.is_not_null() & ~_goes_together(product_id, product_id_type.str.to_uppercase())
    ),
)
def gtin_id_type(product_id: str, product_id_type: str | None, config: Config) -> Flaw | None:
    """The id type says what the number is: UPC for 12 digits, EAN for 13 and 8, GTIN for 14.

    The fix changes the type, never the number.
    """
    stated = (product_id_type or "").upper()
    found = verdict_of(product_id, config)
    if (
        found.gtin is None
        or stated.casefold() in EXEMPT
        or stated not in {*TYPES.values(), "ISBN", *(other.upper() for other in NOT_GTINS)}
    ):
        return None
    right = _types_of(found.gtin)
    if stated in right or (stated == "GTIN" and len(product_id) == 14):
        return None
    return Flaw(
        f"{found.gtin} has {len(found.gtin)} digits: its type is {right[0]}, not {product_id_type}", fix=right[0], field="product_id_type"
    )


_NEVER_ISBN = r"^(?:(?:[0-8][0-9]|9[0-689])[0-9]{11}|[0-9]{12}|[0-9]{8})$"  # plain digits that begin otherwise


@rule(
    "GTN044",
    fields=("product_id", "product_type"),
    severity="warning",
    good=[("9780306406157", "ABIS_BOOK"), ("9780306406157", None), ("4006381333931", "HOME"), ("9790260000438", "SHEET_MUSIC")],
    bad=[("9780306406157", "HOME"), ("0-306-40615-2", "SHIRT")],
    why="An ISBN on anything but a book matches the listing to a book.",
    source="GS1 General Specifications 26.0, table 1-4: 978 and 979 are Bookland; calendars and toys from publishers do have ISBNs",
    checked=CHECKED,
    errors=("8541",),
    suspects=lambda product_id, product_type: product_type.is_not_null() & ~product_id.str.contains(_NEVER_ISBN),
)
def isbn_outside_books(product_id: str, product_type: str | None, config: Config) -> Flaw | None:
    """An ISBN is on a book."""
    found = verdict_of(product_id, config)
    if not product_type or any(word in product_type.upper() for word in _BOOKS):
        return None
    if found.gtin is None or kind_of(found.gtin) != "ISBN-13":
        return None
    return Flaw(f"{found.gtin} is an ISBN, and the product type is {product_type}")


_BOOKS = ("BOOK", "CALENDAR", "PUBLICATION", "SHEET_MUSIC", "MAGAZINE", "MAP")


@rule(
    "GTN061",
    fields=("product_id", "product_id_type", "gtin_exemption_reason"),
    good=[("4006381333931", "EAN", None), ("4006381333931", None, None)],
    bad=[("4006381333931", "GTIN Exempt", None), ("036000291452", "UPC", "bundle")],
    why="Amazon takes one or the other; a product that has a GTIN cannot be listed as exempt.",
    source="Amazon ASIN creation policy; templates 2025-11 and 2026-02 grey the id where the type says exempt",
    checked=CHECKED,
    errors=("8560", "13013"),
    suspects=lambda product_id_type, gtin_exemption_reason: (
        product_id_type.str.to_lowercase().is_in(list(EXEMPT)).fill_null(value=False) | gtin_exemption_reason.is_not_null()
    ),
)
def gtin_with_exemption(product_id: str, product_id_type: str | None, gtin_exemption_reason: str | None) -> Flaw | None:
    """A row has a GTIN or an exemption from having one, not both."""
    if (product_id_type or "").casefold() not in EXEMPT and not gtin_exemption_reason:
        return None
    found = verdict_of(product_id)
    if found.status == "missing":
        return None
    return Flaw("the row claims an exemption from GTINs and has a number as well; drop one of them")
