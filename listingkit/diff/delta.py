"""The delta: the smallest upload that turns the previous state into the wanted one, under the marketplace's update semantics."""

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from listingkit.diff import keys
from listingkit.diff.cells import cells_of
from listingkit.diff.changes import Changes
from listingkit.diff.order import ranks
from listingkit.diff.side import DELETE, DELETE_WIRE, FULL, IGNORE, PARTIAL, Side, erases, wire_action
from listingkit.inventory.upload import LISTING, Upload

Erase = Literal["hold", "delete_values", "blanks"]

_CELL = {"new_row": pl.UInt32, "key": pl.String, "value": pl.String}


class Delta(Struct, frozen=True):
    """`held`: what the new upload says and the delta does not send (sku, path, field, old, new), because it would erase live values.

    `ranks`: what each row does, see `order.ranks`; the rows stand in this order.
    """

    upload: Upload
    held: pl.DataFrame
    ranks: pl.Series


def delta(changes: Changes, erase: Erase = "hold") -> Delta:
    """Only what changed: new rows whole, changed rows as partial updates of the attributes that differ, deletions as they stand.

    A row that is missing from the new upload is never deleted; a row whose action nobody knows is left out. What becomes of blank
    cells that would erase a live value: `hold` keeps the value, `delete_values` writes the template's own delete value where it
    has one, `blanks` also sends rows as full updates.
    """
    after = changes.new
    cells = changes.cells.frame
    wiped = cells.filter(pl.col("new").is_null()).join(_explicit(after), on=["new_row", "key"], how="anti")
    tokens = pl.DataFrame(schema=_CELL)
    if erase != "hold":
        wiped, tokens = _by_delete_values(wiped, after)
    whole = wiped.get_column("new_row").unique() if erase == "blanks" else pl.Series("new_row", [], dtype=pl.UInt32)
    tokens = tokens.filter(~pl.col("new_row").is_in(whole.to_list()))
    held = _with_their_family(wiped.filter(~pl.col("new_row").is_in(whole.to_list())), cells, changes)
    if not takes_partial(after):
        whole, held = _all_whole(cells, held, after)
    frame, rank = _Rows(changes, cells.join(held, on=["new_row", "key"], how="anti"), held, tokens, whole).frame()
    return Delta(replace(after.upload, frame=frame), _told(held, changes), rank)


def takes_partial(after: Side) -> bool:
    """Whether the template can say that a row is a partial update."""
    template, column = after.upload.template, after.columns.get(keys.ACTION)
    if column is None:
        return keys.ACTION in after.paths or template.default_action == PARTIAL
    offered = {*column.aliases, *(label for values in column.values.values() for label in values.labels)}
    known = {wire_action(word, template) for word in offered} - {None}
    return PARTIAL in known or not known


def _explicit(after: Side) -> pl.DataFrame:
    """Cells that the upload erases by a delete value of its own."""
    parts = [pl.DataFrame({"new_row": rows, "key": key}, schema_overrides={"new_row": pl.UInt32}) for key, rows in after.erased.items()]
    return pl.concat([pl.DataFrame(schema={"new_row": pl.UInt32, "key": pl.String}), *parts])


def _by_delete_values(wiped: pl.DataFrame, after: Side) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Erase by delete values what they can erase: what is left to erase, and the cells to write."""
    offers = [key for key in {*wiped.get_column("key").unique(), *after.frame.columns} if keys.name(key) == "purchasable_offer"]
    tokens = [pl.DataFrame(schema=_CELL)]
    for key, wire in _delete_values(after):
        covered = erases(key, offers, whole="variant" in wire)
        rows = wiped.filter(pl.col("key").is_in(covered)).get_column("new_row").unique().sort()
        for other in covered:
            rows = rows.filter(cells_of(after, other, rows).is_null())
        tokens.append(pl.DataFrame({"new_row": rows, "key": key, "value": wire}, schema=_CELL))
        wiped = wiped.filter(~(pl.col("key").is_in(covered) & pl.col("new_row").is_in(rows.to_list())))
    return wiped, pl.concat(tokens)


def _delete_values(after: Side) -> list[tuple[str, str]]:
    """The keys whose columns take a delete value, with it; those that delete a whole offer first."""
    found = {(key, wire) for key, column in after.columns.items() for wire in column.aliases.values() if wire.startswith(DELETE_WIRE)}
    return sorted(found, key=lambda one: ("variant" not in one[1], one))


def _with_their_family(held: pl.DataFrame, cells: pl.DataFrame, changes: Changes) -> pl.DataFrame:
    """The held cells and, where one is a slot, the other slots that differ: half a reordered list would say things twice."""
    family = {
        key: name for name, members in keys.families([*changes.new.frame.columns, *changes.old.frame.columns]).items() for key in members
    }
    named = pl.col("key").replace_strict(family, default=pl.col("key"), return_dtype=pl.String).alias("family")
    wanted = held.with_columns(named).select("new_row", "family").unique()
    return cells.with_columns(named).join(wanted, on=["new_row", "family"], how="semi").drop("family")


def _all_whole(cells: pl.DataFrame, held: pl.DataFrame, after: Side) -> tuple[pl.Series, pl.DataFrame]:
    """For templates without partial updates: every changed row whole, held values filled in; a row that cannot hold one stays out."""
    homeless = held.filter(~pl.col("key").is_in([*after.paths])).get_column("new_row").unique()
    stays_out = pl.col("new_row").is_in(homeless.to_list())
    return cells.filter(~stays_out).get_column("new_row").unique(), pl.concat([held.filter(~stays_out), cells.filter(stays_out)])


def _told(held: pl.DataFrame, changes: Changes) -> pl.DataFrame:
    after, before = changes.new, changes.old
    used = held.get_column("key").unique().to_list()
    paths = {key: after.paths.get(key) or before.paths[key] for key in used}
    fields = {key: known[0] for key in used if (known := keys.field(key))}
    return held.select(
        after.sku.gather(held.get_column("new_row")).alias("sku"),
        pl.col("key").replace_strict(paths, default=None, return_dtype=pl.String).alias("path"),
        pl.col("key").replace_strict(fields, default=None, return_dtype=pl.String).alias("field"),
        "old",
        "new",
    ).sort("sku", "path")


class _Rows(Struct, frozen=True, dict=True):
    """The rows of the delta: which ones, how, and what each cell says."""

    changes: Changes
    sent: pl.DataFrame  # differing cells that are sent
    held: pl.DataFrame  # differing cells that are not
    tokens: pl.DataFrame  # delete values to write
    whole: pl.Series  # changed rows to send as full updates

    def frame(self) -> tuple[pl.DataFrame, pl.Series]:
        """The rows in their order, and the rank of each."""
        after = self.changes.new
        matched = self.changes.cells.rows.drop_nulls("new_row").sort("new_row")
        created = matched.get_column("old_row").is_null()
        known = matched.get_column("action").is_not_null() & (matched.get_column("action") != IGNORE).fill_null(value=False)
        rank = ranks(after, self.changes.old, created & (matched.get_column("action") == FULL).fill_null(value=False))
        changed = (
            self._among(matched, self.sent) | self._among(matched, self.tokens) | matched.get_column("new_row").is_in(self.whole.to_list())
        )
        deleted = (matched.get_column("action") == DELETE).fill_null(value=False)
        plan = pl.DataFrame(
            {
                "new_row": matched.get_column("new_row"),
                "rank": rank,
                "as_it_is": created,
                "deleted": deleted & ~created,
                "whole": matched.get_column("new_row").is_in(self.whole.to_list()),
            }
        ).filter(known & (created | deleted | changed))
        plan = plan.sort("rank", "new_row")
        return self._filled(plan), plan.get_column("rank")

    def _among(self, matched: pl.DataFrame, cells: pl.DataFrame) -> pl.Series:
        return matched.get_column("new_row").is_in(cells.get_column("new_row").unique().to_list())

    def _filled(self, plan: pl.DataFrame) -> pl.DataFrame:
        after = self.changes.new
        rows = plan.get_column("new_row")
        groups = self._groups()
        given = after.upload.frame
        by_path = {path: key for key, path in after.paths.items()}
        columns = {name: by_path[name] for name in given.columns if name != LISTING}
        homes = {key: after.paths[key] for key in self._written() if key in after.paths}
        columns |= {path: key for key, path in homes.items() if path not in columns}
        if keys.ACTION in after.paths:
            columns.setdefault(after.paths[keys.ACTION], keys.ACTION)
        filled = [self._column(path, key, plan, groups) for path, key in columns.items()]
        if LISTING in given.columns:
            filled.append(given.get_column(LISTING).gather(rows))
        return pl.DataFrame(filled)

    def _written(self) -> Sequence[str]:
        return sorted({*self.tokens.get_column("key").unique(), *self.held.get_column("key").unique()})

    def _groups(self) -> dict[str, pl.Series]:
        """For each group of cells that travel together the rows in which it is sent."""
        touched = pl.concat([self.sent.select("new_row", "key"), self.tokens.select("new_row", "key")])
        group = {key: keys.together(key) for key in touched.get_column("key").unique()}
        named = touched.with_columns(group=pl.col("key").replace_strict(group, default=None, return_dtype=pl.String))
        gathered = named.group_by("group").agg(pl.col("new_row").unique())
        return dict(zip(gathered.get_column("group"), gathered.get_column("new_row"), strict=True))

    @cached_property
    def _filled_in(self) -> dict[str, dict[str, pl.DataFrame]]:
        """The values that stand in for cells of the upload, by key: those that are kept, and the delete values."""
        return {"kept": _by_key(self.held.select("new_row", "key", value="old")), "token": _by_key(self.tokens)}

    def _column(self, path: str, key: str, plan: pl.DataFrame, groups: dict[str, pl.Series]) -> pl.Series:
        after = self.changes.new
        rows = plan.get_column("new_row")
        given = after.upload.frame
        cell = given.get_column(path).gather(rows) if path in given.columns else pl.repeat(None, len(rows), dtype=pl.String, eager=True)
        if key in (keys.SKU, keys.PRODUCT_TYPE):
            return cell.alias(path)
        table = plan.with_columns(cell=cell)
        if key == keys.ACTION:
            action = (
                pl.when("whole").then(pl.lit(FULL)).when("deleted").then(pl.lit(DELETE)).when(~pl.col("as_it_is")).then(pl.lit(PARTIAL))
            )
            return table.select(action.otherwise("cell").alias(path)).to_series()
        for name, cells in self._filled_in.items():
            if key in cells:
                table = table.join(cells[key].rename({"value": name}), on="new_row", how="left", maintain_order="left")
            else:
                table = table.with_columns(pl.lit(None, pl.String).alias(name))
        travels = table.get_column("new_row").is_in(groups.get(keys.together(key), rows.clear()).to_list())
        value = (
            pl.when("as_it_is")
            .then("cell")
            .when("deleted")
            .then(None)
            .when("whole")
            .then(pl.coalesce("kept", "cell"))
            .when(pl.lit(travels))
            .then(pl.coalesce("token", "kept", "cell"))
        )
        return table.select(value.alias(path)).to_series()


def _by_key(cells: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {str(key): part for (key,), part in cells.partition_by("key", as_dict=True, include_key=False).items()}
