"""Images: what can be said from the URL alone."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import polars as pl

from listingkit.fields import fields
from listingkit.finding import Flaw
from listingkit.rules.engine import rule
from listingkit.rules.marks import any_twice
from listingkit.rules.sieve import Holds

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
_SOUND = r"^(?i:https?)://[^\s\x1c-\x1f/?#]+[^\s\x1c-\x1f]*$|^s3://[^\s\x1c-\x1f]+$"  # Python's \s has four more characters


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
    each=True,
    fields=("other_product_image_locator", "swatch_product_image_locator"),
    good=_GOOD,
    bad=_BAD,
    why=_WHY,
    source=_SOURCE,
    checked=CHECKED,
    fix="ask",
    errors=("20000",),
    suspects=lambda text: ~text.str.contains(_SOUND),
)
def other_image_address(text: str) -> Flaw | None:
    """Every further image is a full web address."""
    return _judge(text)


_LOCATORS = ("main_product_image_locator", "other_product_image_locator*")
_SHARED = (
    r"drive\.google\.com|docs\.google\.com|photos\.google\.com|dropbox\.com|1drv\.ms|onedrive\.live\.com"
    r"|sharepoint\.com|wetransfer\.com|pan\.baidu\.com|1688\.com|alicdn\.com|icloud\.com"
)
_SHARE = re.compile(rf"(?i)^https?://(?:[\w-]+\.)*({_SHARED})(?:/|$)")
_DRIVE = re.compile(r"https://drive\.google\.com/(?:file/d/([\w-]{20,})|open\?id=([\w-]{20,}))")
_WRONG_FORMAT = r"\.(webp|avif|heic|heif|psd|svg|bmp|pdf|ai|eps)(?:$|[?#])"
_EXPIRING = r"[?&](x-amz-expires|x-amz-signature|expires|x-goog-expires|x-oss-expires|se|token|sig)="


def _in_column(pattern: str) -> str:
    """The pattern in any case, as polars writes patterns; Python takes two more for an i, and a last line break for the end."""
    written = pattern.replace("i", "[iİı]").replace("$", r"\n?$")
    return f"(?i:{written})"


def _direct(url: str) -> str | None:
    """The direct address behind a share link, where there is one."""
    if "dropbox.com/" in url and "dl=0" in url:
        return url.replace("dl=0", "raw=1")
    drive = _DRIVE.match(url)
    return f"https://drive.google.com/uc?export=download&id={drive[1] or drive[2]}" if drive else None


def _about_each(values: Sequence[str | None], judge: Callable[[str], Flaw | None]) -> Flaw | None:
    """The first flaw among the image slots, at its own field."""
    for name, url in zip(_SLOTS, values, strict=True):
        flaw = judge(url) if url else None
        if flaw:
            return replace(flaw, field=name)
    return None


_SLOTS = ("main_product_image_locator", *fields()["other_product_image_locator"].names)
_NONE = (None,) * 8


@rule(
    "IMG003",
    fields=_LOCATORS,
    blank=True,
    good=[("https://img.example.com/a.jpg", _NONE), (None, _NONE)],
    bad=[
        ("https://drive.google.com/file/d/1AbCdEfGhIjKlMnOpQrStUvWxYz/view?usp=sharing", _NONE),
        ("https://img.example.com/a.jpg", ("https://www.dropbox.com/s/abc/b.jpg?dl=0", *_NONE[1:])),
        ("https://cbu01.alicdn.com/img/ibank/a.jpg", _NONE),
    ],
    why="A share link opens a page, not a picture, and others' shops forbid it: the download fails with 20000.",
    source="Amazon Images sheet 2026: direct address without redirect; sellers' reports on Drive, Dropbox and 1688 links",
    checked=CHECKED,
    fix="ask",
    errors=("20000",),
    suspects=lambda main_product_image_locator, other_product_image_locator: Holds(
        (main_product_image_locator, *other_product_image_locator), _in_column(_SHARED)
    ),
)
def image_share_link(main_product_image_locator: str | None, other_product_image_locator: tuple[str | None, ...]) -> Flaw | None:
    """An image address leads to the picture itself, not to a page that shares it."""

    def judge(url: str) -> Flaw | None:
        found = _SHARE.match(url)
        if not found or url == _direct(url) or "uc?export=download" in url or "raw=1" in url:
            return None
        return Flaw(f"{found[1]} shares a page, not the picture", fix=_direct(url))

    return _about_each((main_product_image_locator, *other_product_image_locator), judge)


@rule(
    "IMG004",
    fields=_LOCATORS,
    blank=True,
    good=[("https://img.example.com/a.jpg", _NONE), ("https://img.example.com/a.png?width=2000", _NONE)],
    bad=[("https://img.example.com/a.webp", _NONE), ("https://img.example.com/a.jpg", ("https://img.example.com/b.HEIC", *_NONE[1:]))],
    why="Amazon takes JPEG, PNG, TIFF and GIF; other formats fail with 20000.",
    source="Amazon Images sheet 2026: JPEG preferred, TIFF, GIF; PNG by newer pages",
    checked=CHECKED,
    errors=("20000",),
    suspects=lambda main_product_image_locator, other_product_image_locator: Holds(
        (main_product_image_locator, *other_product_image_locator), _in_column(_WRONG_FORMAT)
    ),
)
def image_format(main_product_image_locator: str | None, other_product_image_locator: tuple[str | None, ...]) -> Flaw | None:
    """An image is a JPEG, PNG, TIFF or GIF."""

    def judge(url: str) -> Flaw | None:
        found = re.search(f"(?i){_WRONG_FORMAT}", url)
        return Flaw(f"{found[1].lower()} is no format that Amazon takes") if found else None

    return _about_each((main_product_image_locator, *other_product_image_locator), judge)


@rule(
    "IMG005",
    fields=_LOCATORS,
    blank=True,
    good=[("https://img.example.com/a.jpg?width=2000", _NONE)],
    bad=[("https://bucket.s3.amazonaws.com/a.jpg?X-Amz-Expires=3600&X-Amz-Signature=ab", _NONE)],
    why="An address that expires works today and fails when Amazon fetches it, or fetches it again.",
    source="Amazon Images sheet 2026: the address must stay reachable",
    checked=CHECKED,
    severity="warning",
    errors=("20000",),
    suspects=lambda main_product_image_locator, other_product_image_locator: Holds(
        (main_product_image_locator, *other_product_image_locator), _in_column(_EXPIRING)
    ),
)
def image_expires(main_product_image_locator: str | None, other_product_image_locator: tuple[str | None, ...]) -> Flaw | None:
    """An image address does not expire."""

    def judge(url: str) -> Flaw | None:
        found = re.search(f"(?i){_EXPIRING}", url)
        return Flaw(f"the address carries a signature ({found[1]}) and will expire") if found else None

    return _about_each((main_product_image_locator, *other_product_image_locator), judge)


@rule(
    "IMG006",
    fields=_LOCATORS,
    blank=True,
    good=[("https://img.example.com/a.jpg", ("https://img.example.com/b.jpg", *_NONE[1:])), (None, _NONE)],
    bad=[
        ("https://img.example.com/a.jpg", ("https://img.example.com/a.jpg", *_NONE[1:])),
        ("https://img.example.com/a.jpg", ("https://img.example.com/b.jpg", "https://img.example.com/b.jpg", *_NONE[2:])),
    ],
    why="The same picture twice wastes a place; Amazon shows it once.",
    source="Amazon Images sheet 2026: other images show other views",
    checked=CHECKED,
    severity="warning",
    suspects=lambda main_product_image_locator, other_product_image_locator: any_twice(
        [main_product_image_locator, *other_product_image_locator]
    ),
)
def image_twice(main_product_image_locator: str | None, other_product_image_locator: tuple[str | None, ...]) -> Flaw | None:
    """No image stands twice in a listing."""
    seen: dict[str, str] = {}
    for name, url in zip(_SLOTS, (main_product_image_locator, *other_product_image_locator), strict=True):
        if url and url in seen:
            return Flaw(f"the same image as {seen[url]}", field=name)
        if url:
            seen[url] = name
    return None


@rule(
    "IMG007",
    fields=("other_product_image_locator*",),
    good=[("https://img.example.com/b.jpg", *_NONE[1:])],
    bad=[("https://img.example.com/b.jpg", None, "https://img.example.com/d.jpg", *_NONE[3:])],
    why="Images are shown in order; an empty place before a filled one is a column that was lost.",
    source="Amazon templates: other images are numbered from 1 to 8",
    checked=CHECKED,
    severity="warning",
    suspects=lambda other_product_image_locator: pl.any_horizontal(
        later.is_not_null() & earlier.is_null() for earlier, later in pairwise(other_product_image_locator)
    ),
)
def image_gap(other_product_image_locator: tuple[str | None, ...]) -> Flaw | None:
    """Further images are filled from the first place on."""
    for number, (earlier, later) in enumerate(pairwise(other_product_image_locator), 1):
        if later and not earlier:
            return Flaw(f"image {number} is blank, image {number + 1} is filled", field=f"other_product_image_locator_{number + 1}")
    return None
