"""What image addresses answer when they are asked (`check --probe-images`): found by `listingkit.images`, told here."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from listingkit.config import Config
from listingkit.fields import fields
from listingkit.finding import Flaw, Severity
from listingkit.images.address import Resolver, public_addresses
from listingkit.mapping.listings import Listings
from listingkit.rules.engine import given, wanted
from listingkit.rules.findings import Batch
from listingkit.rules.graded import graded
from listingkit.rules.limits import Limit, in_force
from listingkit.rules.sheetwide import once, rowwise
from listingkit.rules.task import Run, start

if TYPE_CHECKING:
    from listingkit.images.fetch import Fetched

CHECKED = date(2026, 9, 30)
_SHEET = "Images sheet of Amazon templates 2026"
_TAKEN = {"jpeg", "png", "tiff", "gif"}
_COLUMNS = ("main_product_image_locator", "other_product_image_locator", "swatch_product_image_locator")


def _document(
    code: str, name: str, doc: str, why: str, source: str, good: str, bad: str, severity: str = "warning", fix: str | None = None
) -> None:
    given(
        code,
        name,
        doc,
        category="image_probe",
        why=why,
        source=source,
        checked=CHECKED,
        severity=severity,
        fix=fix,
        errors=("20000", "18320"),
        good=[good],
        bad=[bad],
    )


_document(
    "IMG020",
    "image-not-there",
    "An image address answers with a picture.",
    "Amazon fetches it from there, once, and then the listing has no image.",
    _SHEET + ": direct address, reachable",
    "200, image/jpeg",
    "404, 403, a host that does not answer, a page instead of a picture",
)
_document(
    "IMG021",
    "image-redirects",
    "An image address leads to the picture without a detour.",
    "Amazon does not follow redirects.",
    _SHEET + ": no redirect",
    "https://img.example.com/a.jpg answers itself",
    "https://example.com/a.jpg sends on to https://img.example.com/a.jpg",
    fix="ask",
)
_document(
    "IMG022",
    "image-of-another-format",
    "A picture is a JPEG, PNG, TIFF or GIF, whatever its name says.",
    "Other formats fail with 20000; shops often hand out WebP under the name of a JPEG.",
    _SHEET + ": JPEG preferred, TIFF, GIF; PNG by newer pages",
    "a.jpg that is a JPEG",
    "a.jpg that is a WebP",
)
_document(
    "IMG023",
    "image-too-small",
    "A picture has at least 500 pixels on its longest side, and 1000 where shoppers shall zoom.",
    "Below 500 pixels it is refused, below 1000 there is no zoom.",
    "data/limits.toml: image.min_pixels, image.zoom_pixels",
    "2000 x 2000",
    "640 x 480; information where only the zoom is missing",
)
_document(
    "IMG024",
    "image-too-large",
    "A picture has at most 10,000 pixels on its longest side and 10 MB.",
    "Amazon refuses it.",
    "data/limits.toml: image.max_pixels, image.max_bytes",
    "3 MB, 3000 x 3000",
    "14 MB",
)
_document(
    "IMG025",
    "image-not-asked",
    "Every image address could be asked.",
    "Private addresses are never asked, and no more than a bound in one run: these images are unchecked.",
    "design of listingkit: bounded, polite, never to private addresses",
    "https://img.example.com/a.jpg",
    "http://192.168.0.4/a.jpg",
    severity="info",
)
Judge = Callable[["Fetched", Mapping[str, Limit]], Flaw | None]


def _there(found: "Fetched", _: Mapping[str, Limit]) -> Flaw | None:
    if found.refused:
        return None
    if found.problem:
        return Flaw(f"the image could not be fetched: {found.problem}")
    if found.status != 200:
        return Flaw(f"the address answers {found.status}")
    return Flaw("the address answers with a web page, not with a picture") if found.picture.kind == "html" else None


def _direct(found: "Fetched", _: Mapping[str, Limit]) -> Flaw | None:
    if not found.redirects or found.problem or found.status != 200 or found.picture.kind == "html":
        return None
    return Flaw(f"the address redirects to {found.final}", fix=found.final)


def _format(found: "Fetched", _: Mapping[str, Limit]) -> Flaw | None:
    kind = found.picture.kind
    if found.status != 200 or found.problem or kind in _TAKEN or kind == "html":
        return None
    return Flaw(f"the picture is {kind.upper() if kind else found.media_type or 'of no known format'}, which Amazon does not take")


def _small(found: "Fetched", limits: Mapping[str, Limit]) -> Flaw | None:
    if found.picture.pixels is None or found.picture.kind not in _TAKEN:
        return None
    width, height = found.picture.pixels
    least, zoom = limits["image.min_pixels"].value, limits["image.zoom_pixels"].value
    if max(width, height) < least:
        return Flaw(f"the picture has {width} x {height} pixels, the longest side needs {least}")
    if max(width, height) < zoom:
        return Flaw(f"the picture has {width} x {height} pixels: no zoom below {zoom}", severity=Severity.INFO)
    return None


def _large(found: "Fetched", limits: Mapping[str, Limit]) -> Flaw | None:
    pixels, size = limits["image.max_pixels"].value, limits["image.max_bytes"].value
    if found.picture.pixels is not None and max(found.picture.pixels) > pixels:
        return Flaw(f"the picture has {found.picture.pixels[0]} x {found.picture.pixels[1]} pixels, at most {pixels} are taken")
    if found.picture.kind in _TAKEN and found.size is not None and found.size > size:
        return Flaw(f"the picture has {found.size / 1e6:.1f} MB, at most {size / 1e6:g} are taken")
    return None


_JUDGES: Mapping[str, Judge] = {"IMG020": _there, "IMG021": _direct, "IMG022": _format, "IMG023": _small, "IMG024": _large}


def probed(
    listings: Listings, *, as_of: date, config: Config, resolve: Resolver = public_addresses, most: int | None = None
) -> list[Batch]:
    """Fetch every image of the listings once, and say what is wrong with it at each cell that names it.

    `resolve` is for tests against a server on this machine.
    """
    from listingkit.images.probe import MOST, probe

    run = start(listings, (), as_of=as_of, config=config)
    columns = [name for field in _COLUMNS for name in fields()[field].names if name in listings.frame.columns]
    urls = [url for name in columns for url in listings.frame[name].drop_nulls().unique(maintain_order=True).to_list()]
    asked = [url for url in dict.fromkeys(urls) if url.lower().startswith(("http://", "https://"))]
    found = probe(asked, resolve=resolve, most=MOST if most is None else most)
    limits = {name: limit for name in _LIMITS if (limit := in_force(name, None, as_of)) is not None}
    batches = [batch for name in columns for batch in _of_column(run, name, found, limits)]
    return list(graded([*batches, *_unasked(run, columns, asked, found)], listings.frame, config))


_LIMITS = ("image.min_pixels", "image.zoom_pixels", "image.max_pixels", "image.max_bytes")


def _of_column(run: Run, column: str, found: "Mapping[str, Fetched]", limits: Mapping[str, Limit]) -> Iterator[Batch]:
    for code, judge in _JUDGES.items():
        if not wanted(code, run.config):
            continue
        flaws = {url: flaw for url, answer in found.items() if (flaw := judge(answer, limits))}
        rows = run.frame[column].is_in(list(flaws)).arg_true()
        if len(rows):
            yield rowwise(run, code, ("",), rows.to_list(), [flaws[url] for url in run.frame[column].gather(rows)], column=column)


def _unasked(run: Run, columns: list[str], asked: list[str], found: "Mapping[str, Fetched]") -> Iterator[Batch]:
    """One finding for what was refused, and one for what was too many."""
    refused = [answer for answer in found.values() if answer.refused]
    if refused and wanted("IMG025", run.config):
        count = f"{len(refused)} image {'address was' if len(refused) == 1 else 'addresses were'} not asked"
        yield once(run, "IMG025", ("",), Flaw(f"{count}: {refused[0].url}: {refused[0].problem}"), column=columns[0])
    if len(asked) > len(found) and wanted("IMG025", run.config):
        told = f"{len(asked) - len(found)} of {len(asked)} image addresses were not asked: one run asks {len(found)}"
        yield once(run, "IMG025", ("",), Flaw(told), column=columns[0])
