"""Check a product master, render upload files for marketplaces, and diff them against the previous upload."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from listingkit.errors import ListingkitError as ListingkitError
    from listingkit.finding import Finding as Finding

_HOMES = {
    "ListingkitError": "listingkit.errors",
    "Finding": "listingkit.finding",
}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    """Public names load when they are used: `import listingkit` stays light."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'listingkit' has no attribute {name!r}")
