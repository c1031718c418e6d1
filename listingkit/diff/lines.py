"""Large files: rows that say the same in both are unchanged, and only the others are compared cell by cell.

A million rows are mostly rows that nobody touched. Of every row the SKU and a hash are kept, so that memory depends on what
changed instead of on what there is.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from msgspec.structs import replace

from listingkit.diff import table_lines, table_parts, upload_lines
from listingkit.diff.changes import Changes
from listingkit.diff.compare import compare
from listingkit.diff.forms import read_file
from listingkit.diff.rows import Outlined, once
from listingkit.diff.settings import DEFAULT, Settings
from listingkit.diff.side import DELETE, FULL, PARTIAL, side
from listingkit.inventory.upload import Upload

SMALL = 8 << 20  # bytes of a file below which it is simply read


def compare_files(
    old: Path, new: Path, settings: Settings = DEFAULT, *, store: str = "", key: str | None = None, apart: pl.Series | None = None
) -> Changes:
    """Compare two files as `compare` does the uploads in them. SKUs that are set `apart` are as if the old file had none of them."""
    with TemporaryDirectory(prefix="listingkit-") as folder:
        pair = _outlined(old, new, store, key, Path(folder))
        if pair is None:
            wanted = read_file(new, store=store, key=key)
            return compare(without(read_file(old, wanted, store=store, key=key), apart), wanted, settings)
        same = _unchanged(pair, apart)
        wanted = pair[1].without(same.get_column("new"), None)
        changes = compare(without(pair[0].without(same.get_column("old"), wanted), apart), wanted, settings)
    unchanged = pl.concat([changes.unchanged, same.get_column("sku")]).sort()
    said = {"OPS009": unchanged} if len(unchanged) else {}
    return replace(changes, unchanged=unchanged, advice=said | {**changes.advice} | said)


def without(upload: Upload, apart: pl.Series | None) -> Upload:
    """The upload without these SKUs."""
    if apart is None or not len(apart):
        return upload
    before = side(upload)
    return replace(before.upload, frame=before.upload.frame.filter(~before.sku.is_in(apart.to_list()).fill_null(value=False)))


def _outlined(old: Path, new: Path, store: str, key: str | None, folder: Path) -> tuple[Outlined, Outlined] | None:
    """Both files in outline, where they are large. The quickest way that fits: rows as they are written, else as they are mapped."""
    if not all(path.is_file() and path.stat().st_size > SMALL for path in (old, new)):
        return None
    return upload_lines.alike(old, new) or table_lines.alike(old, new, store, key) or table_parts.spilled(old, new, store, key, folder)


def _unchanged(pair: tuple[Outlined, Outlined], apart: pl.Series | None) -> pl.DataFrame:
    """Rows whose SKU stands once in each file, in the same words, and is neither deleted nor left alone there: sku, old, new (records).

    Children of parents that the new file deletes are looked at, for they would lose their parent; so is one partial update of the
    old file, so that the comparison can say that there are some.
    """
    before, after = (one.rows for one in pair)
    same = _settled(before).select("hash", "at", old="record").join(_settled(after).select("hash", new="record"), on="hash")
    same = same.select("old", "new", *(before.get_column(name).gather(same.get_column("at")) for name in ("sku", "action")))
    deleted = after.filter(pl.col("action") == DELETE).get_column("sku").drop_nulls()
    family = pair[0].children_of(deleted) if len(deleted) else deleted
    partial = same.filter(pl.col("action") == PARTIAL).get_column("sku").head(1)
    looked_at = pl.concat([family, partial, *([] if apart is None else [apart])])
    apart_from = ~pl.col("sku").is_in(looked_at.implode()) if len(looked_at) else True
    return same.filter(apart_from, pl.col("sku").is_not_null()).select("sku", "old", "new")


def _settled(rows: pl.DataFrame) -> pl.DataFrame:
    """Hash, record and place (`at`) of the rows whose SKU stands once and that are neither deleted nor left alone."""
    kept = rows.select(
        "hash",
        "record",
        at=pl.int_range(pl.len(), dtype=pl.UInt32),
        sku=pl.col("sku").hash(seed=0),
        wanted=pl.col("action").is_in([FULL, PARTIAL]),
    )
    return once(kept, "sku").filter("wanted")
