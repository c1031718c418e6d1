"""Fields of the listings that the seller's own template has no column for: what they hold would be missing from the upload."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from listingkit.config import Config
from listingkit.fields import parse
from listingkit.finding import Flaw, Safety
from listingkit.mapping.listings import Listings
from listingkit.marketplace import Marketplace
from listingkit.rules.engine import catalogue, given, wanted
from listingkit.rules.findings import Batch

if TYPE_CHECKING:
    from listingkit.inventory.template import Template

given(
    "TPL013",
    "field-without-column",
    "The template has a column for every field that the listings fill.",
    category="template",
    why="What has no column is not uploaded: the listing goes live without it, or keeps the value that it has.",
    source="design of listingkit: no input is left out in silence",
    checked=date(2026, 11, 27),
    severity="warning",
    good=["a template with Brand Name, and a master with brands"],
    bad=["a price-and-quantity template, and a master with brands and titles"],
)


def unplaced_batches(names: Sequence[str], listings: Listings, store: Marketplace, template: "Template", config: Config) -> Iterator[Batch]:
    """One finding a field, about the sheet as a whole. `names` are columns of the listings' frame."""
    if not wanted("TPL013", config):
        return
    rule = catalogue()["TPL013"]
    origins = {name for source in listings.sources for name in source.origins}
    for name in names:
        if name.endswith("_unit") and name not in origins:
            continue  # goes with its value
        source = next((number for number, one in enumerate(listings.sources) if name in one.origins), 0)
        place = {"index": None, "row": None, "source": source, "sku": None, "value": None}
        schema = {"index": pl.UInt32, "row": pl.UInt32, "source": pl.UInt16, "sku": pl.String, "value": pl.String}
        yield Batch(
            code=rule.code,
            name=rule.name,
            severity=rule.severity,
            safety=Safety.ASK,
            field=parse(name).plain,
            column=name,
            marketplaces=(store.code,),
            stores=(store.code,),
            places=pl.DataFrame([place], schema=schema),
            flaws=[Flaw(f"{template.name} has no column for {_said(name)}: what the sheet holds there is not uploaded")],
        )


def _said(name: str) -> str:
    """A column of the listings in words; a template may well have the field in another language."""
    plain, qualifier, _, _ = parse(name)
    return f"{plain} in {qualifier}" if qualifier else plain
