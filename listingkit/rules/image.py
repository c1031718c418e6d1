"""Images: what can be said from the URL alone."""

import re
from datetime import date

from listingkit.finding import Flaw
from listingkit.rules.engine import rule

CHECKED = date(2026, 9, 30)
_GOOD = ["https://img.example.com/abc/main.jpg", "http://img.example.com/a%20b.png"]
_BAD = [
    "img.example.com/main.jpg",
    "C:\\images\\main.jpg",
    "https://img.example.com/a b.jpg",
    "ftp://example.com/a.jpg",
    "https:///a.jpg",
]
_WHY = "Amazon's schema takes only full http(s) addresses, and a space or a missing host makes the download fail."
_SOURCE = "Amazon product type definition HOME: pattern ^(https?|s3)://; Images sheet of Amazon templates 2026: full path"
_SOUND = r"^(?i:https?)://[^\s/?#]+[^\s]*$|^s3://[^\s]+$"


def _judge(url: str) -> Flaw | None:
    if re.fullmatch(r"(?i:https?)://[^\s/?#]+\S*|s3://\S+", url):
        return None
    if re.search(r"\s", url):
        return Flaw(
            f"image address {url!r} has white space in it",
            fix=re.sub(" ", "%20", url) if re.fullmatch(r"https?://[^\s/]+/[^\s]*( [^\s]+)+", url) else None,
        )
    return Flaw(f"image address {url!r} is not a full http(s) address")


@rule(
    "IMG001",
    fields=("main_product_image_locator",),
    good=_GOOD,
    bad=_BAD,
    why=_WHY,
    source=_SOURCE,
    checked=CHECKED,
    fix="ask",
    errors=("20000", "18320"),
    suspects=lambda main_product_image_locator: ~main_product_image_locator.str.contains(_SOUND),
)
def main_image_address(main_product_image_locator: str) -> Flaw | None:
    """The main image is a full web address."""
    return _judge(main_product_image_locator)


@rule(
    "IMG002",
    fields=("other_product_image_locator",),
    good=_GOOD,
    bad=_BAD,
    why=_WHY,
    source=_SOURCE,
    checked=CHECKED,
    fix="ask",
    errors=("20000",),
    suspects=lambda other_product_image_locator: ~other_product_image_locator.str.contains(_SOUND),
)
def other_image_address(other_product_image_locator: str) -> Flaw | None:
    """Every further image is a full web address."""
    return _judge(other_product_image_locator)
