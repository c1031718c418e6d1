"""The front half of every job: masters read, mapped and checked. What reads and maps is loaded where there is a master."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from msgspec import Struct, structs

from listingkit.checker import Checker, template_for
from listingkit.config import DEFAULT, Config
from listingkit.defined import NOTHING, Definitions
from listingkit.errors import ListingkitError
from listingkit.mapping.listings import Listings
from listingkit.marketplace import Marketplace, marketplaces, select
from listingkit.master.sheet import Master
from listingkit.progress import tell
from listingkit.rules.exceptions import accept
from listingkit.rules.findings import Batch, Findings
from listingkit.rules.graded import graded

if TYPE_CHECKING:
    from listingkit.inventory.template import Template


class Inputs(Struct, frozen=True):
    """What a person names on the command line."""

    masters: tuple[str, ...]  # paths; `-` is standard input
    profile: str | None = None
    sheet: str | None = None  # name or pattern
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    category: str | None = None  # product type of rows that state none


def read_masters(inputs: Inputs) -> tuple[Master, ...]:
    """Read every sheet of every master. Raises `Unreadable`."""
    seen: set[Path] = set()
    for source in inputs.masters:
        path = Path(source).resolve()
        if path in seen:
            raise ListingkitError(f"{source} is named twice: every row would be its own duplicate; name each master once")
        seen.add(path)
    return tuple(master for source in inputs.masters for master in _read(source, inputs))


def _read(source: str, inputs: Inputs) -> tuple[Master, ...]:
    from listingkit.master.read import read_all

    tell(f"reading {display(source)}")
    return read_all(
        source,
        sheets=inputs.sheet,
        encoding=inputs.encoding,
        delimiter=inputs.delimiter,
        header_row=inputs.header_row,
    )


def listings_of(inputs: Inputs, masters: Sequence[Master]) -> Listings:
    """Map the masters to listings. Raises `BadProfile` and what mapping cannot do."""
    from listingkit.mapping.apply import map_columns
    from listingkit.mapping.profile import load

    tell("mapping columns")
    named = [renamed(master, display(master.file, inputs.masters)) for master in masters]
    listings = map_columns(named, load(inputs.profile) if inputs.profile else None)
    return with_product_type(listings, inputs.category)


def renamed(master: Master, name: str) -> Master:
    """The master as findings are to call it."""
    return structs.replace(master, file=name, notes=tuple(replace(note, file=name) for note in master.notes))


def display(path: str, among: Sequence[str] = ()) -> str:
    """How reports name an input: without its folders, unless another input has the same name."""
    name = Path(path).name
    return path if sum(Path(other).name == name for other in among) > 1 else name


def with_product_type(listings: Listings, product_type: str | None) -> Listings:
    """The listings with this product type in rows that state none."""
    if product_type is None:
        return listings
    column = pl.lit(product_type.strip().upper())
    if "product_type" in listings.frame.columns:
        column = pl.col("product_type").fill_null(column)
    return structs.replace(listings, frame=listings.frame.with_columns(column.alias("product_type")))


def named_marketplaces(listings: Listings) -> tuple[Marketplace, ...]:
    """Marketplaces that the sheet itself names: by code (`price@UK`), or as the only one of a language (`item_name@ja_JP`)."""
    named = {name.qualifier for name in listings.names if name.qualifier}
    return tuple(store for store in marketplaces().values() if store.code in named or store.language in named)


def checked(
    listings: Listings,
    stores: Sequence[Marketplace],
    *,
    as_of: date,
    config: Config = DEFAULT,
    templates: "Sequence[Template]" = (),
    definitions: Definitions = NOTHING,
    also: Sequence[Batch] = (),
) -> Findings:
    """Check listings for these marketplaces, or for those that the sheet names, or for what holds everywhere.

    Where a seller's own template is given for a marketplace, its lists and requirement rules are asked too; where Amazon's
    definition of a product type is given, it is asked in place of our schema. `also`: what was found out elsewhere.
    """
    stores = stores or named_marketplaces(listings)
    checker = Checker(stores, as_of=as_of, config=config, templates=templates, definitions=definitions)
    batches = [*checker.whole(listings), *checker.part(listings, telling=True), *graded(also, listings.frame, config)]
    return accept(Findings(batches, listings.sources, checker.notes(listings.notes)), listings, stores, config, as_of=as_of)


def stores_of(codes: Sequence[str], listings: Listings, templates: "Sequence[Template]", config: Config) -> tuple[Marketplace, ...]:
    """The marketplaces that the command names, else the templates, else the config, else the sheet itself.

    Raises `ListingkitError` for a template that none of them would use.
    """
    primary = dict.fromkeys(code for template in templates for code in template.marketplaces[:1])
    stores = select(codes) or select(primary) or select(config.marketplaces) or named_marketplaces(listings)
    used = [template_for(templates, store) for store in stores]
    for template in templates:
        if not any(one is template for one in used):
            raise ListingkitError(_unused(template, templates, stores))
    return stores


def _unused(template: "Template", templates: "Sequence[Template]", stores: Sequence[Marketplace]) -> str:
    """Why no marketplace would get this template."""
    code = next((store.code for store in stores if store.code in template.marketplaces), None)
    if code is not None:
        first = next(one for one in templates if code in one.marketplaces)
        return f"{first.name} and {template.name} are both for {code}: build with one of them at a time, each from the rows that it is for"
    made_for = " ".join(template.marketplaces) or "no marketplace that it names"
    asked = " ".join(store.code for store in stores)
    return f"{template.name} is a template for {made_for}, and {asked} is asked for: leave -m away, or give a template for {asked}"
