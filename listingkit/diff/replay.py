"""The state of a store after several uploads: what is live, as one upload to compare with."""

from collections.abc import Iterable

import polars as pl
from msgspec.structs import replace

from listingkit.diff import keys
from listingkit.diff.side import DELETE, FULL, PARTIAL, Side, place, side
from listingkit.inventory.upload import Upload


def replay(uploads: Iterable[Upload]) -> Upload | None:
    """What is live after these uploads, the first one first; None where there are none.

    The result has the template of the last upload and one full row a listing. The first upload stands for itself: what its
    partial updates merged into is not known.
    """
    state: Upload | None = None
    for upload in uploads:
        state = after(state, upload)
    return state


def after(state: Upload | None, upload: Upload) -> Upload:
    """What is live after one more upload."""
    new = side(upload)
    old = side(state, place(upload)[1]) if state is not None else None
    known = old.sku if old else new.sku.clear()
    acts = new.action == FULL
    merges = (new.action == PARTIAL).fill_null(value=False)
    if old is not None:
        merges &= new.sku.is_in(known.to_list())
    kept = new.sku.filter((acts.fill_null(value=False)) | merges)
    gone = new.sku.filter((new.action == DELETE).fill_null(value=False))
    rows = pl.DataFrame({"sku": known}).with_row_index("old_row").filter(~pl.col("sku").is_in(gone.to_list()))
    sent = pl.DataFrame({"sku": new.sku, "merges": merges}).with_row_index("new_row").filter(pl.col("sku").is_in(kept.to_list()))
    matched = rows.join(sent, on="sku", how="full", coalesce=True).sort("sku")
    columns = {new.paths.get(keys.SKU, keys.SKU): matched.get_column("sku")}
    names = [*new.frame.columns, *(key for key in (old.frame.columns if old else ()) if key not in new.frame.columns)]
    for key in names:
        columns[new.paths.get(key, key)] = _cells(key, old, new, matched)
    frame = pl.DataFrame(columns)
    return replace(upload, frame=frame, template=replace(upload.template, default_action=FULL))


def _cells(key: str, old: Side | None, new: Side, matched: pl.DataFrame) -> pl.Series:
    """One column of the new state: what was sent, what stays where nothing was sent or the row merges."""
    news = matched.get_column("new_row")
    said = _at(new, key, news)
    if old is None:
        return said
    was = _at(old, key, matched.get_column("old_row"))
    stays = news.is_null() | matched.get_column("merges").fill_null(value=False)
    if key in new.erased:
        stays &= ~(news.is_in(new.erased[key].to_list())).fill_null(value=False)
    frame = pl.DataFrame({"said": said, "was": was, "stays": stays})
    return frame.select(pl.when("stays").then(pl.coalesce("said", "was")).otherwise("said")).to_series()


def _at(one: Side, key: str, rows: pl.Series) -> pl.Series:
    if key not in one.frame.columns:
        return pl.repeat(None, len(rows), dtype=pl.String, eager=True)
    return one.frame.get_column(key).gather(rows)
