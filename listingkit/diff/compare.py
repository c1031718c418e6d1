"""Compare two uploads by SKU and meaning, column by column."""

from collections.abc import Iterator

import polars as pl

from listingkit.diff import keys, risks
from listingkit.diff.cells import differing, known, within
from listingkit.diff.changes import SCHEMA, Cells, Changes
from listingkit.diff.settings import DEFAULT, Settings
from listingkit.diff.side import DELETE, FULL, IGNORE, PARTIAL, Side, place, side
from listingkit.diff.slots import reordered
from listingkit.inventory.upload import Upload

UNSEEN = "the previous upload holds partial updates: what their blank cells left live is not known"


def compare(old: Upload, new: Upload, settings: Settings = DEFAULT) -> Changes:
    """What the upload `new` would change in the state that `old` describes.

    Rows of `old` that delete are no part of that state. Each row of `new` acts as its record action says: a full update replaces
    (blank cells erase), a partial one merges (blank cells stay), a row that is not there does nothing.
    """
    after = side(new)
    before = side(old, place(new)[1])
    rows = _matched(before, after)
    acts = pl.col("action").is_null() | pl.col("action").is_in([FULL, PARTIAL])
    both = rows.filter(acts & pl.col("old_row").is_not_null() & pl.col("new_row").is_not_null())
    cells = differing(before, after, both, settings)
    listed = pl.concat([_of_rows(before, after, rows), _of_cells(before, after, cells)])
    same = both.join(cells.select("new_row").unique(), on="new_row", how="anti").get_column("new_row")
    unchanged = after.sku.gather(same).sort()
    return Changes(
        frame=_sorted(risks.judge(listed, before, after, settings), before, after),
        unchanged=unchanged,
        old=before,
        new=after,
        cells=Cells(cells, rows),
        advice=_advice(after, cells, unchanged),
        uncompared=tuple(sorted(before.paths[key] for key in before.frame.columns if not within(key, after))),
        notes=tuple(_notes(before, after)),
    )


def _matched(before: Side, after: Side) -> pl.DataFrame:
    """Every row of either side: old_row, new_row (null where there is none), action of the new row."""
    gone = before.action.is_in([DELETE, IGNORE]).fill_null(value=False)
    live = pl.DataFrame({"sku": before.sku}).with_row_index("old_row").filter(~gone)
    sent = pl.DataFrame({"sku": after.sku, "action": after.action}).with_row_index("new_row")
    return sent.join(live, on="sku", how="full", coalesce=True).select("old_row", "new_row", "action").sort("new_row", "old_row")


def _of_rows(before: Side, after: Side, rows: pl.DataFrame) -> pl.DataFrame:
    """The changes that are about whole rows."""
    fresh, gone = pl.col("old_row").is_null(), pl.col("new_row").is_null()
    action = pl.col("action")
    kind = (
        pl.when(gone)
        .then(pl.lit("vanished"))
        .when(action == IGNORE)
        .then(None)
        .when(fresh & action.is_in([PARTIAL, DELETE]))
        .then(pl.lit("unknown"))
        .when(action == DELETE)
        .then(pl.lit("removed"))
        .when(fresh & action.is_not_null())
        .then(pl.lit("added"))
        .when(action.is_null())
        .then(pl.lit("unclear"))
    )
    plain = _listed(rows.select("old_row", "new_row", kind=kind).drop_nulls("kind"), before, after)
    special = [
        _listed(pl.DataFrame({"sku": skus}).with_columns(kind=pl.lit(kind)), before, after)
        for kind, skus in (("duplicate", after.twice), ("misordered", risks.orphaned(before, after)))
    ]
    return pl.concat([plain, *special])


def _of_cells(before: Side, after: Side, cells: pl.DataFrame) -> pl.DataFrame:
    """The changes that are about cells, slots summed up."""
    return _listed(reordered(cells, before, after), before, after)


_LISTED = {"old_row": pl.UInt32, "new_row": pl.UInt32, "sku": pl.String, "kind": pl.String, "key": pl.String}


def _listed(changes: pl.DataFrame, before: Side, after: Side) -> pl.DataFrame:
    """Changes with every column that risks are judged by; what is missing is null."""
    for name, kind in {**_LISTED, "old": pl.String, "new": pl.String}.items():
        if name not in changes.columns:
            changes = changes.with_columns(pl.lit(None, dtype=kind).alias(name))
    rows = [(after.sku, changes.get_column("new_row")), (before.sku, changes.get_column("old_row"))]
    named = changes.with_columns(pl.coalesce("sku", *(skus.gather(row).alias(f"sku{n}") for n, (skus, row) in enumerate(rows))))
    return named.select(*_LISTED, "old", "new")


def _sorted(judged: pl.DataFrame, before: Side, after: Side) -> pl.DataFrame:
    """The public columns, in an order that depends on nothing but the changes themselves."""
    used = judged.get_column("key").drop_nulls().unique().to_list()
    ranks = {key: at for at, key in enumerate(sorted(used, key=keys.rank))}
    paths = {key: after.paths.get(key) or before.paths[key] for key in used}
    fields = {key: known[0] for key in used if (known := keys.field(key))}
    named = judged.with_columns(
        rank=pl.col("key").replace_strict(ranks, default=None, return_dtype=pl.Int32),
        path=pl.col("key").replace_strict(paths, default=None, return_dtype=pl.String),
        field=pl.col("key").replace_strict(fields, default=None, return_dtype=pl.String),
    )
    return named.select(*SCHEMA)[_order(named)]


def _order(named: pl.DataFrame) -> pl.Series:
    """The order by SKU, field, kind and values, nulls first. Long values are only looked at where all else is the same."""
    skus = named.get_column("sku").unique().sort().to_frame().with_row_index("sku_at")
    kinds = {kind: at for at, kind in enumerate(sorted(named.get_column("kind").unique()))}
    most = 2 + named.get_column("key").n_unique()
    place = (pl.col("sku_at").cast(pl.UInt64) * most + pl.col("rank").fill_null(-1) + 1) * len(kinds) + pl.col("kind")
    places = (
        named.select("sku", "rank", pl.col("kind").replace_strict(kinds, default=0, return_dtype=pl.UInt8))
        .join(skus, on="sku", how="left", maintain_order="left")
        .select(place.cast(pl.UInt64).alias("place"))
        .to_series()
    )
    again = places.is_duplicated()
    if not again.any():
        return places.arg_sort()
    values = named.select("old", "new").with_row_index("at").filter(again).sort("old", "new", nulls_last=False)
    tie = pl.repeat(0, len(places), dtype=pl.UInt32, eager=True)
    tie = tie.scatter(values.get_column("at"), pl.int_range(1, values.height + 1, dtype=pl.UInt32, eager=True))
    return pl.DataFrame({"place": places, "tie": tie}).with_row_index("at").sort("place", "tie").get_column("at")


def _advice(after: Side, cells: pl.DataFrame, unchanged: pl.Series) -> dict[str, pl.Series]:
    """Rows that need not have been sent at all, and full updates that a partial one could replace without any risk."""
    touched = cells.group_by("new_row").agg(pl.col("new").is_null().any().alias("wipes"))
    whole = touched.filter(~pl.col("wipes")).get_column("new_row")
    could = after.sku.gather(whole).filter((after.action.gather(whole) == FULL).fill_null(value=False))
    return {code: skus.sort() for code, skus in (("OPS009", unchanged), ("OPS018", could)) if len(skus)}


def _notes(before: Side, after: Side) -> Iterator[str]:
    old, new = place(before.upload), place(after.upload)
    if old[0] and new[0] and old[0] != new[0]:
        yield f"the previous upload is for {old[0]}, this one for {new[0]}"
    untold = sum(not known(key, before) for key in after.frame.columns)
    if untold:
        yield f"the previous state tells nothing of {untold} columns of the new upload: what their blank cells erase is not known"
    if len(before.twice):
        yield f"{len(before.twice)} SKUs stand in the previous upload more than once; the last row of each was compared"
    if (before.action == PARTIAL).any():
        yield UNSEEN
