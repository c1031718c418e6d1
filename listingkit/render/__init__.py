"""Listings into upload files; callable as `listingkit.render(listings, marketplace)`."""

from listingkit.callable_package import make_callable

make_callable(__name__)
