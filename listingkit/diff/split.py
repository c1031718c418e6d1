"""An upload in several files: by product type, by rows, by size, in an order that the marketplace accepts."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from listingkit.diff import keys
from listingkit.diff.order import ranks
from listingkit.diff.side import DELETE, Side, side
from listingkit.errors import ListingkitError
from listingkit.inventory.upload import Upload
from listingkit.render import text

_NAMED = re.compile(r"(?:delta|upload)-\d{2,}(?:-[\w-]+)?\.\w+")


class Split(Struct, frozen=True):
    """How an upload is cut. `size`: bytes of a text file with its header rows."""

    by_product_type: bool = False
    rows: int | None = None
    size: int | None = None

    def __bool__(self) -> bool:
        return self.by_product_type or self.rows is not None or self.size is not None


WHOLE = Split()  # one file


class Part(Struct, frozen=True):
    """One file of a split upload; `name` tells its place and product type: `02-AUTO_PART`."""

    name: str
    upload: Upload


def parts(upload: Upload, how: Split, rank: pl.Series | None = None) -> list[Part]:
    """The files of an upload, to be uploaded in their order; an upload without rows is one empty file.

    `rank` says what each row does (see `order.ranks`) and that the rows stand in that order; without it they are ordered here.
    Raises `ListingkitError` for a row that alone is larger than a file may be.
    """
    if rank is None:
        upload, rank = _ordered(upload)
    groups = _by_product_type(upload, rank) if how.by_product_type else [("", upload)]
    cut = [(kind, replace(upload, frame=frame)) for kind, group in groups for frame in _cut(group, how)]
    width = max(2, len(str(len(cut))))
    return [Part(f"{number:0{width}}{f'-{kind}' if kind else ''}", one) for number, (kind, one) in enumerate(cut, 1)]


def write(whole: Upload, how: Split, place: Path, stem: str, *, rank: pl.Series | None = None, suffix: str = "") -> list[dict[str, Any]]:
    """Write the files into a folder as text and, with a `suffix`, as filled templates; what the manifest says of each."""
    told = []
    for part in parts(whole, how, rank):
        path = place / f"{stem}-{part.name}.txt"
        text.write(part.upload, path)
        if suffix:
            from listingkit.render import workbook

            workbook.fill(part.upload, part.upload.template, path.with_suffix(suffix))
        told.append({"file": path.name, "rows": part.upload.frame.height, "bytes": path.stat().st_size})
    return told


def is_part(path: Path) -> bool:
    """Whether a file is named like a part of an upload."""
    return _NAMED.fullmatch(path.name) is not None


def _ordered(upload: Upload) -> tuple[Upload, pl.Series]:
    """An upload that nobody has ordered: parents before children, deletions last."""
    one = side(upload)
    if one.upload.frame.height != upload.frame.height:  # a SKU twice, or none: the marketplace sees the rows as they stand
        return upload, pl.Series("rank", [1]).new_from_index(0, upload.frame.height)
    rank = ranks(one, one, (one.action != DELETE).fill_null(value=True))
    order = pl.DataFrame({"rank": rank}).with_row_index("at").sort("rank", "at").get_column("at")
    return replace(upload, frame=upload.frame[order]), rank.gather(order)


def _by_product_type(upload: Upload, rank: pl.Series) -> Iterator[tuple[str, Upload]]:
    """One group a product type; what depends on a group of another type comes in a later one."""
    one = side(upload)
    path = one.paths.get(keys.PRODUCT_TYPE)
    if path not in upload.frame.columns or one.upload.frame.height != upload.frame.height:
        yield "", upload
        return
    kind = upload.frame.get_column(path).fill_null("")
    table = pl.DataFrame({"kind": kind, "phase": _phases(one, kind, rank)}).with_row_index("at")
    for (_, name), rows in sorted(
        ((key, rows) for key, rows in table.group_by("phase", "kind", maintain_order=True)), key=lambda found: int(str(found[0][0]))
    ):
        yield re.sub(r"[^A-Za-z0-9_-]", "_", str(name)), replace(upload, frame=upload.frame[rows.get_column("at")])


def _phases(one: Side, kind: pl.Series, rank: pl.Series) -> pl.Series:
    """0: what depends on no other type; 1: children of a parent of another type; 2: deletions; 3: deletions of parents."""
    table = pl.DataFrame({"sku": one.sku, "kind": kind, "rank": rank})
    table = table.with_columns(parent=one.frame.get_column(keys.PARENT) if keys.PARENT in one.frame.columns else pl.lit(None, pl.String))
    parents = table.filter(pl.col("rank") < 3).select(parent="sku", kind_of_parent="kind")
    table = table.join(parents, on="parent", how="left", maintain_order="left")
    mixed = table.filter(pl.col("rank") >= 3).get_column("kind").n_unique() > 1
    phase = (
        pl.when(pl.col("rank") == 4)
        .then(3 if mixed else 2)
        .when(pl.col("rank") == 3)
        .then(2)
        .when(pl.col("kind_of_parent") != pl.col("kind"))
        .then(1)
        .otherwise(0)
    )
    return table.select(phase.alias("phase")).to_series()


def _cut(upload: Upload, how: Split) -> Iterator[pl.DataFrame]:
    frame = upload.frame
    if frame.height == 0 or not (how.rows or how.size):
        yield frame
        return
    header, sizes = text.sizes(upload) if how.size else (0, [0] * frame.height)
    most = how.size or 1
    largest = header + max(sizes)
    if largest > most:
        row = sizes.index(max(sizes))
        sku = upload.frame.get_column(side(upload).paths[keys.SKU])[row]
        raise ListingkitError(
            f"the row of {sku} and the header rows alone make {largest:,} bytes, more than a file of {most:,} bytes holds: allow more"
        )
    start, used = 0, header
    for at, size in enumerate(sizes):
        if at > start and ((how.rows and at - start >= how.rows) or used + size > most):
            yield frame[start:at]
            start, used = at, header
        used += size
    yield frame[start:]
