"""What a change may do to live listings: the catalogue of risks, and which change is which."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache

import polars as pl
from msgspec import Struct

from listingkit.diff import keys
from listingkit.diff.cells import cells_of, kind_of
from listingkit.diff.settings import Settings
from listingkit.diff.side import DELETE, Side
from listingkit.finding import Severity
from listingkit.resources import data

OF_ROW = {
    "removed": "OPS002",
    "vanished": "OPS003",
    "unclear": "OPS004",
    "unknown": "OPS008",
    "misordered": "OPS010",
    "duplicate": "OPS019",
}
CHANNEL = "fulfillment_availability.fulfillment_channel_code"
QUANTITY = "fulfillment_availability.quantity"


class Risk(Struct, frozen=True):
    """One class of risk. `attributes`: the attributes a change of which it is."""

    code: str
    name: str
    sentence: str
    why: str
    severity: Severity
    dangerous: bool
    source: str
    checked: date
    attributes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


@cache
def risks() -> Mapping[str, Risk]:
    """Every risk by its code."""
    table = tomllib.loads(data("risks.toml").read_text("utf-8"))
    return {
        code: Risk(
            code=code,
            severity=Severity(row.pop("severity")),
            attributes=tuple(row.pop("attributes", ())),
            errors=tuple(row.pop("errors", ())),
            **row,
        )
        for code, row in table.items()
    }


def judge(listed: pl.DataFrame, before: Side, after: Side, settings: Settings) -> pl.DataFrame:
    """Changes (old_row, new_row, kind, key, old, new, path, field) with their `risk` and whether it is `dangerous`."""
    priced = [key for key in listed.get_column("key").drop_nulls().unique() if kind_of(key, before, after) == "price"]
    by_attribute = {name: risk.code for risk in risks().values() for name in risk.attributes}
    named = {key: by_attribute[keys.name(key)] for key in listed.get_column("key").drop_nulls().unique() if keys.name(key) in by_attribute}
    old, new = (pl.col(name).cast(pl.Float64, strict=False) for name in ("old", "new"))
    jump = (new - old).abs() > old.abs() * (settings.max_price_change / 100) + 1e-9
    replaced = pl.col("old").is_not_null() & pl.col("new").is_not_null()
    wiped = pl.col("old").is_not_null() & pl.col("new").is_null()
    risk = (
        pl.when(pl.col("key").is_null())
        .then(pl.col("kind").replace_strict(OF_ROW, default=None, return_dtype=pl.String))
        .when(wiped)
        .then(pl.when("language_lost").then(pl.lit("OPS017")).otherwise(pl.lit("OPS001")))
        .when(pl.col("key").is_in(priced) & replaced & jump)
        .then(pl.lit("OPS012"))
        .when((pl.col("key") == QUANTITY) & replaced & (new == 0) & (old != 0))
        .then(pl.lit("OPS013"))
        .when((pl.col("key") == CHANNEL) & (replaced | pl.col("by_seller") & pl.col("new").str.starts_with("AMAZON")))
        .then(pl.lit("OPS020"))
        .when((pl.col("key") == QUANTITY) & pl.col("old").is_null() & pl.col("by_amazon"))
        .then(pl.lit("OPS020"))
        .when(replaced)
        .then(pl.col("key").replace_strict(named, default=None, return_dtype=pl.String))
        .alias("risk")
    )
    known = listed.with_columns(_language_lost(listed, after), _by_amazon(listed, before), _by_seller(listed, before))
    return _dangers(known.with_columns(risk), settings).drop("language_lost", "by_amazon", "by_seller")


def _language_lost(listed: pl.DataFrame, after: Side) -> pl.Series:
    """Whether the change is one of those that leave a listing without any text in a further language."""
    tags = {key: tag for key in listed.get_column("key").drop_nulls().unique() if (tag := keys.bracket(key, "language_tag"))}
    lost = pl.repeat(value=False, n=listed.height, dtype=pl.Boolean, eager=True).alias("language_lost")
    for tag in sorted(set(tags.values())):
        texts = [key for key in after.frame.columns if keys.bracket(key, "language_tag") == tag]
        here = listed.get_column("key").is_in([key for key, one in tags.items() if one == tag]).fill_null(value=False)
        spoken = pl.repeat(value=False, n=listed.height, dtype=pl.Boolean, eager=True)
        for key in texts:
            spoken |= cells_of(after, key, listed.get_column("new_row")).is_not_null()
        lost |= here & ~spoken
    return lost


def _by_amazon(listed: pl.DataFrame, before: Side) -> pl.Series:
    """Whether the marketplace fulfils the offer so far."""
    return cells_of(before, CHANNEL, listed.get_column("old_row")).str.starts_with("AMAZON").fill_null(value=False).alias("by_amazon")


def _by_seller(listed: pl.DataFrame, before: Side) -> pl.Series:
    """Whether the seller ships the offer so far: a quantity without a channel is the default channel's."""
    rows = listed.get_column("old_row")
    return (
        (cells_of(before, QUANTITY, rows).is_not_null() & cells_of(before, CHANNEL, rows).is_null())
        .fill_null(value=False)
        .alias("by_seller")
    )


def _dangers(judged: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Mark the dangerous ones; deletions and wipes only where there are more than the settings let through."""
    flags = {code: settings.dangerous.get(code, risk.dangerous) for code, risk in risks().items()}
    counted = dict(judged.drop_nulls("risk").group_by("risk").len().iter_rows())
    if counted.get("OPS002", 0) <= settings.max_deletes:
        flags["OPS002"] = False
    if counted.get("OPS001", 0) + counted.get("OPS017", 0) <= settings.max_wipes:
        flags["OPS001"] = flags["OPS017"] = False
    dangerous = [code for code, flag in flags.items() if flag]
    return judged.with_columns(pl.col("risk").is_in(dangerous).fill_null(value=False).alias("dangerous"))


def orphaned(before: Side, after: Side) -> pl.Series:
    """Parents that a row deletes before its children, or without them: SKUs, sorted."""
    if keys.PARENT not in before.frame.columns:
        return after.sku.clear()
    rows = pl.DataFrame({"sku": after.sku, "action": after.action, "parent_now": cells_of(after, keys.PARENT, _every(after))})
    rows = rows.with_row_index("at")
    deleted = rows.filter(pl.col("action") == DELETE).select("at", parent="sku")
    children = pl.DataFrame({"sku": before.sku, "parent": before.frame.get_column(keys.PARENT), "was": before.action})
    children = children.filter((pl.col("was") != DELETE).fill_null(value=True)).drop("was")
    met = deleted.join(children, on="parent").join(
        rows.select("sku", child_at="at", then="action", parent_now="parent_now"), on="sku", how="left"
    )
    gone_first = (pl.col("then") == DELETE) & (pl.col("child_at") < pl.col("at"))
    moved_on = (pl.col("then") != DELETE) & pl.col("parent_now").is_not_null() & (pl.col("parent_now") != pl.col("parent"))
    return met.filter(~(gone_first | moved_on).fill_null(value=False)).get_column("parent").unique().sort()


def _every(side: Side) -> pl.Series:
    return pl.int_range(len(side.sku), dtype=pl.UInt32, eager=True)
