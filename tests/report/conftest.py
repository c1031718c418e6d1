"""One browser for all tests of pages."""

from browsing import browser

__all__ = ["browser"]
