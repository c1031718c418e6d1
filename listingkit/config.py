"""What a client's `listingkit.toml` says, as one immutable value. Empty sections mean the built-in behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Config:
    """The sections that the steps read. Tables keep their TOML shape; each step checks its own keys."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = _NONE  # rule code or prefix -> error, warning, info or off
    gs1: Mapping[str, Any] = _NONE  # company prefixes and licence exports by brand
    exemptions: tuple[Mapping[str, Any], ...] = ()  # GTIN exemptions: brand, product_type, marketplace, asin, case, date
    documents: tuple[Mapping[str, Any], ...] = ()  # test reports and the like: kind, sku or product_type, file, valid_until
    diff: Mapping[str, Any] = _NONE  # thresholds and tolerances


DEFAULT = Config()
