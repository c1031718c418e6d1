"""The data rows that a template already has: replaced by ours, kept above them, or kept and winning over ours."""

from typing import Literal, get_args

import polars as pl
from msgspec.structs import replace

from listingkit.inventory.paths import place
from listingkit.inventory.template import Template
from listingkit.inventory.upload import Upload
from listingkit.inventory.upload_read import rows_as_wired

Existing = Literal["replace", "append", "keep"]
EXISTING: tuple[Existing, ...] = get_args(Existing)


def to_add(upload: Upload, template: Template, rows: Existing) -> pl.DataFrame:
    """The rows of the upload that are to be written: with `keep` none whose SKU the template has already."""
    if rows != "keep" or template.file is None:
        return upload.frame
    return _beside(upload, template, rows_as_wired(template.file, template))


def met(upload: Upload) -> tuple[int, int]:
    """How many rows the template already has, and how many of ours have the SKU of one of them."""
    template = upload.template
    if template.file is None:
        return 0, 0
    held = rows_as_wired(template.file, template)
    return held.height, upload.frame.height - _beside(upload, template, held).height


def with_existing(upload: Upload, rows: Existing) -> Upload:
    """What the filled template holds: the rows it had, where they stay, and ours below them. Raises `Unreadable`."""
    template = upload.template
    if rows == "replace" or template.file is None:
        return upload
    held = rows_as_wired(template.file, template)
    if not held.height:
        return upload
    filled = [name for name in held.columns if name in upload.frame.columns or held[name].null_count() < held.height]
    ours = _beside(upload, template, held) if rows == "keep" else upload.frame
    return replace(upload, frame=pl.concat([held.select(filled), ours], how="diagonal"))


def _beside(upload: Upload, template: Template, held: pl.DataFrame) -> pl.DataFrame:
    """Those of our rows whose SKU is not among the rows that the template has."""
    sku = next((column.path for column in template.columns if (found := place(column.path)) and found.plain == "sku"), None)
    if sku is None or sku not in upload.frame.columns:
        return upload.frame
    return upload.frame.filter(~pl.col(sku).is_in(held[sku].drop_nulls().to_list()).fill_null(value=False))
