"""The order of rows that a marketplace accepts, and files of a size that it accepts."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from listingkit.diff import keys
from listingkit.diff.side import DELETE, Side, side
from listingkit.inventory.upload import Upload


def ranks(after: Side, before: Side, created: pl.Series) -> pl.Series:
    """For each row of the upload: 0 new parent, 1 other new row, 2 change, 3 deletion, 4 deletion of a parent. UInt8.

    Parents come before the children that name them, and go after them; changes in between let children move away first.
    """
    parent = _is_parent(after) | after.sku.is_in(_parents(before).to_list())
    deleted = (after.action == DELETE).fill_null(value=False)
    rows = pl.DataFrame({"created": created, "deleted": deleted, "parent": parent})
    rank = pl.when("deleted").then(pl.when("parent").then(4).otherwise(3)).when("created").then(pl.when("parent").then(0).otherwise(1))
    return rows.select(rank.otherwise(2).cast(pl.UInt8).alias("rank")).to_series()


def _is_parent(one: Side) -> pl.Series:
    named = one.sku.is_in(_parents(one).to_list())
    if keys.LEVEL not in one.frame.columns:
        return named
    return named | one.frame.get_column(keys.LEVEL).str.to_lowercase().str.strip_chars().eq_missing("parent")


def _parents(one: Side) -> pl.Series:
    if keys.PARENT not in one.frame.columns:
        return one.sku.clear()
    return one.frame.get_column(keys.PARENT).drop_nulls().unique()


def split(upload: Upload, *, rows: int | None = None, size: int | None = None, by_product_type: bool = False) -> list[Upload]:
    """Files of at most `rows` rows and `size` bytes of cells, one product type each where asked; every row in its old order.

    A row larger than `size` gets a file of its own. The parts are meant to be uploaded in their order.
    """
    frame = upload.frame
    kinds = side(upload).paths.get(keys.PRODUCT_TYPE) if by_product_type else None
    groups = frame.partition_by(kinds, maintain_order=True) if kinds in frame.columns else [frame]
    return [replace(upload, frame=part) for group in groups for part in _parts(group, rows, size)]


def _parts(frame: pl.DataFrame, rows: int | None, size: int | None) -> Iterator[pl.DataFrame]:
    if frame.height == 0:
        yield frame
        return
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    weight = frame.select(pl.sum_horizontal(pl.col(name).str.len_bytes().fill_null(0) + 1 for name in texts).cast(pl.UInt64)).to_series()
    start = used = 0
    for at, bytes_ in enumerate(weight):
        if at > start and ((rows and at - start >= rows) or (size and used + bytes_ > size)):
            yield frame[start:at]
            start, used = at, 0
        used += bytes_
    yield frame[start:]
