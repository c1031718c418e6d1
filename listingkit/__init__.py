"""Check a product master, render upload files for marketplaces, and diff them against the previous upload."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from collections.abc import Mapping

    from listingkit.api import check as check
    from listingkit.api import diff as diff
    from listingkit.api import map_columns as map_columns
    from listingkit.api import read as read
    from listingkit.api import render as render
    from listingkit.api import report as report
    from listingkit.errors import ListingkitError as ListingkitError
    from listingkit.finding import Finding as Finding
    from listingkit.rules.engine import Rule

    RULES: Mapping[str, Rule]

_HOMES = {
    "read": "listingkit.api",
    "map_columns": "listingkit.api",
    "check": "listingkit.api",
    "Gtin": "listingkit.gtin",
    "Finding": "listingkit.finding",
    "ListingkitError": "listingkit.errors",
}

_CALLABLE = ("diff", "render", "report")  # packages that are also the function of their name

__all__ = ["RULES", "__version__", *_CALLABLE, *_HOMES]  # noqa: PLE0604 - the names stand above


def __getattr__(name: str) -> Any:
    """Public names load when they are used: `import listingkit` stays light."""
    from importlib import import_module

    if name == "RULES":
        return import_module("listingkit.rules.engine").catalogue()
    if name in _CALLABLE:
        return import_module(f"listingkit.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'listingkit' has no attribute {name!r}")
