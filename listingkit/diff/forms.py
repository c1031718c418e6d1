"""Files that tell what is live: uploads, templates and reports of any generation, plain tables."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl

from listingkit.errors import ListingkitError, Unreadable
from listingkit.inventory import builtin
from listingkit.inventory.read import read_rows, read_template
from listingkit.inventory.upload import Upload
from listingkit.inventory.upload_read import read_upload
from listingkit.inventory.wire import dictionary, to_wire
from listingkit.mapping.apply import map_columns
from listingkit.mapping.profile import From, Profile
from listingkit.marketplace import marketplace
from listingkit.master.read import read
from listingkit.master.sheet import Master
from listingkit.render.rows import render
from listingkit.resources import data

REPORT = "seller-sku"  # the column that only reports have


def read_file(path: Path, like: Upload | None = None, *, store: str = "", key: str | None = None) -> Upload:
    """What a file says is live. Tables take their columns from `like`; `key` names their SKU column. Raises `ListingkitError` children."""
    if not path.exists():
        raise Unreadable(f"there is no upload {path}: name the file, or the folder of an earlier build")
    if is_upload_text(path):
        return read_upload(path)
    if _is_inventory_file(path):
        return _from_template(path)
    return _from_table(path, like, store, key)


def _is_inventory_file(path: Path) -> bool:
    """Whether the file is an inventory file by its own header, or a table of another kind."""
    try:
        return bool(read_template(path).columns)
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
    headers = {column.header.strip().casefold(): column.header for column in master.columns}
    if REPORT in headers:
        profile = Profile(
            file="All Listings Report",
            columns={field: From(column=headers[column]) for field, column in _report_columns().items() if column in headers},
            ignore=tuple(header for name, header in headers.items() if name not in _report_columns().values()),
        )
    else:
        profile = Profile(columns={"sku": From(column=_named(key, master))} if key else {})
    listings = map_columns(master, profile)
    seller = marketplace(store or "US")
    template = like.template if like else builtin.template("unified_full", seller)
    upload = render(listings, seller, template)
    told = set(upload.frame.columns)
    columns = tuple(column for column in template.columns if column.path in told)
    return replace(upload, template=replace(template, name=path.name, columns=columns), complete=False)


def _named(key: str, master: Master) -> str:
    for column in master.columns:
        if key.strip().casefold() in (column.header.strip().casefold(), column.letter.casefold()):
            return column.header
    raise ListingkitError(f"{master.file} has no column {key!r}: its columns are {', '.join(one.header for one in master.columns[:20])}")


@cache
def _report_columns() -> dict[str, str]:
    lines = data("report_columns.tsv").read_text("utf-8").splitlines()[2:]
    return dict(line.split("\t") for line in lines)
