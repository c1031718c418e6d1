"""Hypothesis strategies for other people's tests. Names are imported when they are used.

from listingkit.testing import gtins, broken_gtins, written, listings
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from listingkit.testing.definitions import attributes as attributes
    from listingkit.testing.definitions import broken_attributes as broken_attributes
    from listingkit.testing.gtin import broken_gtins as broken_gtins
    from listingkit.testing.gtin import gtins as gtins
    from listingkit.testing.gtin import written as written
    from listingkit.testing.listing import listings as listings
    from listingkit.testing.listing import rows as rows
    from listingkit.testing.listing import setting as setting

_HOMES = {
    "attributes": "listingkit.testing.definitions",
    "broken_attributes": "listingkit.testing.definitions",
    "broken_gtins": "listingkit.testing.gtin",
    "gtins": "listingkit.testing.gtin",
    "listings": "listingkit.testing.listing",
    "rows": "listingkit.testing.listing",
    "setting": "listingkit.testing.listing",
    "written": "listingkit.testing.gtin",
}

__all__ = ["attributes", "broken_attributes", "broken_gtins", "gtins", "listings", "rows", "setting", "written"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'listingkit.testing' has no attribute {name!r}")
