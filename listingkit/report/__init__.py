"""Findings for people and programs; callable as `listingkit.report(findings, style, stream)`."""

from listingkit.callable_package import make_callable

make_callable(__name__)
