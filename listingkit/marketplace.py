"""The marketplaces: 23 Amazon stores, as data."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from msgspec import Struct

from listingkit.errors import UnknownName
from listingkit.resources import data


class Marketplace(Struct, frozen=True):
    """One store. `doubts` names the attributes below that no source confirmed."""

    code: str  # as Amazon writes it: UK, not GB
    country: str  # ISO 3166
    id: str
    language: str  # tag of the listing texts
    other_languages: tuple[str, ...]
    currency: str
    decimals: int  # of the currency
    channels: tuple[str, ...]  # known fulfilment channel codes; the list is open
    region: str  # of the selling API: na, eu, fe
    domain: str
    timezone: str
    weight_units: tuple[str, ...]  # taken by product type definitions; empty: any
    length_units: tuple[str, ...]
    report_encoding: str
    doubts: frozenset[str]

    @property
    def languages(self) -> tuple[str, ...]:
        """Language tags that listings may have here, the main one first."""
        return (self.language, *self.other_languages)


@cache
def marketplaces() -> Mapping[str, Marketplace]:
    """Every marketplace by its code, in the order of the data file."""
    table: dict[str, dict[str, Any]] = tomllib.loads(data("marketplaces.toml").read_text("utf-8"))["marketplace"]
    return {code: _marketplace(code, row) for code, row in table.items()}


def _marketplace(code: str, row: dict[str, Any]) -> Marketplace:
    held: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Marketplace(code=code, **{**held, "doubts": frozenset(row["doubts"])})


def marketplace(code: str) -> Marketplace:
    """The marketplace of this code (any case; GB is UK). Raises `UnknownName`."""
    known = marketplaces()
    wanted = code.strip().upper()
    if wanted in known:
        return known[wanted]
    for store in known.values():
        if wanted in (store.country, store.id):
            return store
    raise UnknownName("marketplace", code, known)


def select(codes: Iterable[str]) -> tuple[Marketplace, ...]:
    """The marketplaces of these codes, each once; `all` names every one. Raises `UnknownName`."""
    chosen: dict[str, Marketplace] = {}
    for code in codes:
        for store in marketplaces().values() if code.strip().lower() == "all" else (marketplace(code),):
            chosen[store.code] = store
    return tuple(chosen.values())
