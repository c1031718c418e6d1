"""The data rows that a template already has: replaced by ours, kept above them, or kept and winning over ours."""

from typing import Literal, get_args

import polars as pl
from msgspec.structs import replace

from listingkit.inventory.paths import place
from listingkit.inventory.template import Template
from listingkit.inventory.upload import Upload
from listingkit.inventory.upload_read import read_upload

Existing = Literal["replace", "append", "keep"]
EXISTING: tuple[Existing, ...] = get_args(Existing)


def to_add(upload: Upload, template: Template, rows: Existing) -> pl.DataFrame:
    """The rows of the upload that are to be written: with `keep` none whose SKU the template has already."""
    sku = next((column.path for column in template.columns if (found := place(column.path)) and found.plain == "sku"), None)
    if rows != "keep" or template.file is None or sku is None or sku not in upload.frame.columns:
        return upload.frame
    held = read_upload(template.file).frame[sku]
    return upload.frame.filter(~pl.col(sku).is_in(held.drop_nulls().to_list()).fill_null(value=False))


def met(upload: Upload) -> tuple[int, int]:
    """How many rows the template already has, and how many of ours have the SKU of one of them."""
    template = upload.template
    if template.file is None:
        return 0, 0
    return read_upload(template.file).frame.height, upload.frame.height - to_add(upload, template, "keep").height


def with_existing(upload: Upload, rows: Existing) -> Upload:
    """What the filled template holds: the rows it had, where they stay, and ours below them. Raises `Unreadable`."""
    template = upload.template
    if rows == "replace" or template.file is None:
        return upload
    held = read_upload(template.file).frame
    if not held.height:
        return upload
    filled = [name for name in held.columns if name in upload.frame.columns or held[name].null_count() < held.height]
    return replace(upload, frame=pl.concat([held.select(filled), to_add(upload, template, rows)], how="diagonal"))
