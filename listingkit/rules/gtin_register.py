"""Whose number it is: licensed blocks, the brand's own licences, and the register of exemptions, as `listingkit.toml` states them."""

from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from listingkit.config import Config
from listingkit.finding import Flaw
from listingkit.gtin.triage import triage
from listingkit.rules.engine import Context, rule
from listingkit.rules.gtin_cell import CELLS, CHECKED, cells, is_gtin_cell, table_of, verdict_of
from listingkit.rules.gtin_use import EXEMPT

if TYPE_CHECKING:
    from listingkit.gtin.blocks import Blocks

_OWN = Config(gs1={"brands": {"Example Brand": {"prefixes": ["0614141"]}, "Other Brand": {"prefixes": ["4006381"]}}})
_EXEMPTIONS = Config(
    exemptions=(
        {"brand": "Example Brand", "product_type": "HOME", "marketplace": "US", "case": "1234567890", "date": "2026-03-01"},
        {"brand": "Wide Brand", "marketplace": "US"},
    )
)


@lru_cache(maxsize=4)
def _blocks(where: str) -> "Blocks":
    from listingkit.gtin import blocks as block_lists

    return block_lists.from_biip() if where == "biip" else block_lists.load(where)


def _long_numbers(product_id: pl.Expr, config: Config) -> pl.Expr:
    """Cells that the list of blocks has something to say about; none without a list."""
    return product_id.str.len_bytes() > 11 if config.gs1.get("gcp") else product_id.is_null() & False


@rule(
    "GTN020",
    fields=CELLS,
    severity="warning",
    setting=Config(gs1={"gcp": "biip"}),
    good=[cells("4006381333931"), cells("7600291047352"), cells("036000291452")],
    bad=[cells("4090219294730")],
    why="The strongest offline hint of an invented number: its organisation publishes every block, and this one is not among them.",
    source="GS1 company prefix length list (listingkit[gcp], or [gs1] gcp = FILE); 0.21 % of real codes (Open Food Facts 2019-06-14)",
    checked=CHECKED,
    errors=("8572",),
    suspects=_long_numbers,
)
def gtin_without_licensed_block(product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """A GTIN lies in a block that was licensed to a company.

    Asked only where `[gs1] gcp` names the list (`"biip"` or a file of GS1's), and of organisations that publish their blocks.
    """
    where = config.gs1.get("gcp")
    if not where or not is_gtin_cell(product_id_type, parentage_level):
        return None
    found = triage(product_id, table=table_of(config), blocks=_blocks(str(where)))
    return Flaw(found.message) if found.rule == "no-block" else None


@rule(
    "GTN050",
    fields=("product_id", "brand", "product_id_type", "parentage_level"),
    setting=_OWN,
    good=[
        ("614141000036", "Example Brand", None, None),
        ("614141000036", "EXAMPLE  brand", None, None),
        ("5903938801983", "Somebody Else", None, None),
        ("4006381333932", "Example Brand", None, None),
    ],
    bad=[
        ("5903938801983", "Example Brand", None, None),
        ("4006381333931", "Example Brand", None, None),
        ("4006381333931", "Somebody Else", None, None),
    ],
    why="Amazon checks the number against GS1: bought codes get listings removed and cost the right to create new ones.",
    source="Amazon 8572 and 5461; Seller Central 200317470 (GTINs are checked against the GS1 database)",
    checked=CHECKED,
    errors=("8572", "5461"),
    suspects=lambda product_id, config: product_id.is_not_null() if config.gs1.get("brands") else product_id.is_null() & False,
)
def gtin_of_another_owner(
    product_id: str, brand: str | None, product_id_type: str | None, parentage_level: str | None, config: Config
) -> Flaw | None:
    """A GTIN was licensed to the brand that it is listed under.

    Asked where `[gs1.brands]` states what each brand owns: company prefixes, exports of licensed numbers. Nothing is sent anywhere.
    """
    found = verdict_of(product_id, config)
    if not config.gs1.get("brands") or found.gtin is None or not is_gtin_cell(product_id_type, parentage_level):
        return None
    from listingkit.gtin.licences import licences

    held, number = licences(config.gs1), found.gtin.zfill(14)
    own = held.brand(brand or "")
    if own and own.owns(number):
        return None
    owner = held.owner(number)
    if owner:
        return Flaw(f"{found.gtin} was licensed to {owner.name}, not to {brand or 'a row without brand'}")
    return Flaw(f"{found.gtin} is not among the numbers licensed to {own.name}") if own else None


@rule(
    "GTN051",
    fields=("brand", "product_id"),
    severity="warning",
    fix="ask",
    setting=_OWN,
    good=[("Example Brand", "614141000036"), ("Somebody Else", "5903938801983"), ("Other Brand", None)],
    bad={("EXAMPLE BRAND", "614141000036"): "Example Brand", ("other brand", "4006381333931"): "Other Brand"},
    why="Amazon compares the brand with GS1's record letter by letter; another spelling suspends the listing.",
    source="Amazon 8572; GS1 US Data Hub: BrandName is case-sensitive",
    checked=CHECKED,
    errors=("8572", "5665"),
    suspects=lambda brand, config: brand.is_not_null() if config.gs1.get("brands") else brand.is_null() & False,
)
def brand_unlike_its_licence(brand: str, product_id: str | None, config: Config) -> Flaw | None:
    """A brand is spelled as in its GS1 licence."""
    found = verdict_of(product_id or "", config)
    if not config.gs1.get("brands") or found.gtin is None:
        return None
    from listingkit.gtin.licences import licences

    number = found.gtin.zfill(14)
    own = licences(config.gs1).brand(brand)
    if own is None or not own.owns(number):
        return None
    licensed = own.spellings.get(number) or own.name
    return None if brand == licensed else Flaw(f"the licence of {found.gtin} spells the brand {licensed!r}", fix=licensed)


@rule(
    "GTN060",
    fields=("brand", "product_id_type", "gtin_exemption_reason", "product_type", "merchant_suggested_asin"),
    blank=True,
    setting=_EXEMPTIONS,
    good=[
        ("Example Brand", "GTIN Exempt", None, "HOME", None),
        ("Example Brand", "EAN", None, "SHIRT", None),
        ("Somebody Else", None, None, "HOME", None),
    ],
    bad=[
        ("Somebody Else", "GTIN Exempt", None, "HOME", None),
        ("example brand", "exempt", None, "HOME", None),
        ("Example Brand", None, "bundle", "SHIRT", None),
        ("Wide Brand", "exempt", None, "HOME", None),
    ],
    why="An exemption is approved for one brand, product type and store, spelled exactly so; without one the row fails with 8560 or 13013.",
    source="Seller Central UK G200426310; selling-partner-api-models 5311 (2026-07-09); in the US brand and type are always named",
    checked=CHECKED,
    errors=("8560", "13013", "4000001"),
    suspects=lambda product_id_type, gtin_exemption_reason, config: (
        product_id_type.str.to_lowercase().is_in(list(EXEMPT)).fill_null(value=False) | gtin_exemption_reason.is_not_null()
        if config.exemptions
        else product_id_type.is_null() & False
    ),
)
def exemption_not_in_register(
    brand: str | None,
    product_id_type: str | None,
    gtin_exemption_reason: str | None,
    product_type: str | None,
    merchant_suggested_asin: str | None,
    at: Context,
) -> Flaw | None:
    """A row that claims a GTIN exemption has its entry in the register.

    Asked where `[[exemptions]]` lists them. An entry that is bound to an ASIN covers that ASIN only.
    """
    if not at.config.exemptions or ((product_id_type or "").casefold() not in EXEMPT and not gtin_exemption_reason):
        return None
    from listingkit.gtin.exemptions import objection, register

    why = objection(
        register(at.config.exemptions),
        brand=brand,
        product_type=product_type,
        marketplace=at.store.code if at.store else None,
        asin=merchant_suggested_asin,
        as_of=at.as_of,
    )
    claim = "product_id_type" if (product_id_type or "").casefold() in EXEMPT else "gtin_exemption_reason"
    return Flaw(why, field=claim) if why else None
