"""Files that tell what is live: uploads, templates and reports of any generation, plain tables."""

from functools import cache
from pathlib import Path

import polars as pl
from msgspec.structs import replace

from listingkit.errors import ListingkitError, Unreadable
from listingkit.inventory import builtin
from listingkit.inventory.read import read_rows, read_template
from listingkit.inventory.sniff import is_workbook
from listingkit.inventory.template import Template
from listingkit.inventory.text_file import begins_as_template
from listingkit.inventory.upload import Upload
from listingkit.inventory.upload_read import read_upload
from listingkit.inventory.wire import dictionary, known_values, to_wire
from listingkit.mapping.apply import map_columns
from listingkit.mapping.listings import Listings
from listingkit.mapping.profile import From, Profile
from listingkit.marketplace import marketplace
from listingkit.master.read import read
from listingkit.master.sheet import Master
from listingkit.render.rows import render
from listingkit.resources import data

REPORT = "All Listings Report"
ENOUGH = 3  # known columns, the SKU among them, that make a table a report


def read_file(path: Path, like: Upload | None = None, *, store: str = "", key: str | None = None) -> Upload:
    """What a file says is live. Tables take their columns from `like`; `key` names their SKU column. Raises `ListingkitError` children."""
    if not path.exists():
        raise Unreadable(f"there is no upload {path}: name the file, or the folder of an earlier build")
    if is_upload_text(path):
        return read_upload(path)
    if is_inventory_file(path):
        return _from_template(path)
    return _from_table(path, like, store, key)


def is_inventory_file(path: Path) -> bool:
    """Whether the file is an inventory file by its own header, or a table of another kind."""
    try:
        return (is_workbook(path) or begins_as_template(path)) and bool(read_template(path).columns)
    except Unreadable:
        return False


def is_upload_text(path: Path) -> bool:
    """Whether a file is a text that begins with the settings of an inventory file."""
    with path.open("rb") as stream:
        first = stream.readline(1 << 20)
    return b"settings" in first and b"TemplateType=" in first


def _from_template(path: Path) -> Upload:
    template = read_template(path)
    rows = read_rows(path, template)
    columns = {column.path: column for column in reversed(template.columns)}
    frame = rows.select(
        to_wire(pl.col(name), dictionary(columns[name], template.generation, template.header_language)).alias(name)
        for name in rows.columns
        if name in columns
    )
    return Upload(template, frame, next(iter(template.marketplaces), ""))


def _from_table(path: Path, like: Upload | None, store: str, key: str | None) -> Upload:
    master = read(path)
    profile = profile_of(master, key)
    return upload_of(map_columns(master, profile), profile, like, store, path.name)


def profile_of(master: Master, key: str | None) -> Profile:
    """How a plain table is mapped: as the report that it is, else with `key` as its SKU column. Raises `ListingkitError`."""
    told = _told_by_report(master)
    if not told:
        return Profile(columns={"sku": From(column=_named(key, master))} if key else {})
    known = set(told.values())
    return Profile(
        file=REPORT,
        columns={field: From(column=header) for field, header in told.items()},
        ignore=tuple(column.header for column in master.columns if column.header not in known),
    )


def upload_of(listings: Listings, profile: Profile, like: Upload | None, store: str, name: str) -> Upload:
    """The listings of a table that was mapped by this profile, in the columns of `like` or of every field."""
    if profile.file == REPORT and "condition_type" in profile.columns:
        codes = pl.col("condition_type").replace(dict(known_values("inventory_loader.item-condition")))
        listings = replace(listings, frame=listings.frame.with_columns(codes))
    template = like.template if like else every_field(store)
    upload = render(listings, marketplace(store or "US"), template)
    held = set(upload.frame.columns)
    columns = tuple(column for column in template.columns if column.path in held)
    return replace(upload, template=replace(template, name=name, columns=columns), complete=False)


@cache
def every_field(store: str) -> Template:
    """The template that tables are compared in."""
    return builtin.template("unified_full", marketplace(store or "US"))


def _named(key: str, master: Master) -> str:
    for column in master.columns:
        if key.strip().casefold() in (column.header.strip().casefold(), column.letter.casefold()):
            return column.header
    raise ListingkitError(f"{master.file} has no column {key!r}: its columns are {', '.join(one.header for one in master.columns[:20])}")


def _told_by_report(master: Master) -> dict[str, str]:
    """The fields that a report of Amazon's tells of, with its headers; empty where the table is no such report."""
    headers = {column.header.strip().casefold(): column.header for column in master.columns}
    told: dict[str, str] = {}
    for field, column in _report_columns():
        if column.casefold() in headers:
            told.setdefault(field, headers[column.casefold()])
    return told if "sku" in told and len(told) >= ENOUGH else {}


@cache
def _report_columns() -> tuple[tuple[str, str], ...]:
    lines = data("report_columns.tsv").read_text("utf-8").splitlines()[2:]
    return tuple((field, column) for field, column in (line.split("\t") for line in lines))
