"""The register of GTIN exemptions: which brand may list which product type where without a number, and on what grounds.

[[exemptions]]
brand = "Example Brand"          # exactly as approved: case and spaces count
product_type = "HOME"
marketplace = "US"
case = "1234567890"              # or asin = "B0..."
date = 2026-03-01
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from msgspec import Struct

from listingkit.errors import BadProfile
from listingkit.gtin.licences import folded

_KEYS = ("brand", "product_type", "marketplace", "asin", "case", "date")
NO_BLANKETS = frozenset(("US",))
"""Marketplaces where an exemption names brand and product type, always (Amazon approves them one by one)."""


class Exemption(Struct, frozen=True):
    """One entry. A blank brand or product type stands for all of them."""

    brand: str
    product_type: str
    marketplace: str
    asin: str
    case: str
    since: date | None

    @property
    def blanket(self) -> bool:
        return not (self.brand and self.product_type)

    @property
    def grounds(self) -> str:
        """The ASIN or case it is bound to, and its date, in words."""
        bound = f"ASIN {self.asin}" if self.asin else f"case {self.case}" if self.case else "no ASIN or case noted"
        return f"{bound}, {self.since.isoformat()}" if self.since else bound


def register(entries: Iterable[Mapping[str, Any]]) -> tuple[Exemption, ...]:
    """The entries of the config. Raises `BadProfile` for unknown keys and bad dates."""
    return _register(tuple(tuple(sorted((str(key), value) for key, value in entry.items())) for entry in entries))


@cache
def _register(entries: tuple[tuple[tuple[str, Any], ...], ...]) -> tuple[Exemption, ...]:
    return tuple(_entry(number, dict(entry)) for number, entry in enumerate(entries, 1))


def _entry(number: int, entry: Mapping[str, Any]) -> Exemption:
    where = f"[[exemptions]] number {number}"
    unknown = sorted(set(entry) - set(_KEYS))
    if unknown:
        raise BadProfile(where, None, f"takes {', '.join(_KEYS)}, not {', '.join(unknown)}")
    since = entry.get("date")
    if isinstance(since, str):
        try:
            since = date.fromisoformat(since)
        except ValueError as error:
            raise BadProfile(where, None, f"date {since!r} is not YYYY-MM-DD") from error
    if since is not None and not isinstance(since, date):
        raise BadProfile(where, None, "date is a date: 2026-03-01")
    texts = {key: str(entry.get(key, "")).strip() for key in _KEYS if key != "date"}
    return Exemption(**{**texts, "marketplace": texts["marketplace"].upper()}, since=since)


def objection(
    entries: Iterable[Exemption], *, brand: str | None, product_type: str | None, marketplace: str | None, asin: str | None, as_of: date
) -> str | None:
    """Why no entry covers a row that claims to be exempt; None where one does."""
    brand, product_type = brand or "", product_type or ""
    here = [entry for entry in entries if marketplace is None or entry.marketplace in ("", marketplace)]
    here = [entry for entry in here if entry.since is None or entry.since <= as_of]
    where = f" in {marketplace}" if marketplace else ""
    fits = [entry for entry in here if entry.product_type.casefold() in ("", product_type.casefold())]
    exact = [entry for entry in fits if entry.brand in ("", brand)]
    blankets = [entry for entry in exact if entry.blanket and marketplace in NO_BLANKETS]
    bound = [entry for entry in exact if entry not in blankets]
    if any(not entry.asin or asin in (None, "", entry.asin) for entry in bound):
        return None
    if bound:
        return f"the exemption of {brand} for {product_type}{where} is bound to {bound[0].grounds}, not to ASIN {asin}"
    if blankets:
        lacks = "product type" if blankets[0].brand else "brand"
        return f"the exemption{where} names no {lacks}; there it is given for one brand and type"
    near = next((entry for entry in fits if folded(entry.brand) == folded(brand)), None)
    if near:
        return f"the exemption is for brand {near.brand!r}, spelled exactly so"
    return f"no exemption of {brand or 'no brand'} for {product_type or 'no product type'}{where} stands in the register"
