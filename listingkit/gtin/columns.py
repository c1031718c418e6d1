"""Columns of GTINs: polars decides which values are surely clean, triage looks at the rest, once per distinct value."""

from functools import lru_cache
from typing import Any

import polars as pl

from listingkit.gtin.blocks import Blocks
from listingkit.gtin.check_digit import GROUPS
from listingkit.gtin.numbers import ASCENDING
from listingkit.gtin.prefixes import Prefixes, prefixes
from listingkit.gtin.reasons import samples
from listingkit.gtin.triage import triage

VERDICT: dict[str, Any] = {
    "status": pl.String,
    "gtin": pl.String,
    "rule": pl.String,
    "message": pl.String,
    "candidates": pl.List(pl.String),
}
"""Columns of a frame of verdicts."""

_SUMS = pl.Series(list(GROUPS), dtype=pl.UInt8)
_DIGITS = r"^[0-9]{8,18}$"


def check_digit_holds(code: pl.Expr) -> pl.Expr:
    """Whether values of 8 to 18 ASCII digits end with their check digit; null and false for other texts."""
    return code.str.contains(_DIGITS) & _holds(_number(code))


def surely_clean(code: pl.Expr, table: Prefixes | None = None) -> pl.Expr:
    """True only where `triage` says `valid` (blocks aside); false or null elsewhere, and for some rare valid codes."""
    table = table or prefixes()
    number = _number(code)
    length = code.str.len_bytes()
    open13 = _lookup(_open13(table), number // 10**10)
    open8 = _lookup(_open8(table), number // 10**5)
    whole, heads = samples()
    dubious = (
        (number % 10**6 == 0)
        | ((number // 10**5) % 10**4 % 1111 == 0)  # four equal digits where every run of eight passes through
        | code.str.contains(_common(ASCENDING), literal=True)
        | number.is_in([int(sample) for sample in whole])
        | (number // 10**6).is_in([int(head) for head in heads])
    )
    known = (length.is_in([12, 13]) & open13) | ((length == 8) & open8)
    return code.str.contains(_DIGITS) & known & _holds(number) & ~dubious


def triage_column(codes: pl.Series, table: Prefixes | None = None, blocks: Blocks | None = None) -> pl.DataFrame:
    """The verdict of `triage` on each value: columns as in `VERDICT`, one row a value."""
    frame = codes.alias("code").to_frame().with_columns(pl.col("code").fill_null(""))
    clean = surely_clean(pl.col("code"), table).fill_null(value=False) if blocks is None else pl.lit(value=False)
    frame = frame.with_columns(clean.alias("clean"))
    doubtful = frame.filter(~pl.col("clean"))["code"].unique(maintain_order=True)
    verdicts = pl.DataFrame([triage(code, table=table, blocks=blocks) for code in doubtful], schema=VERDICT, orient="row")
    place = pl.col("code").replace_strict(doubtful, pl.int_range(len(doubtful), eager=True), default=None, return_dtype=pl.UInt32)
    places = frame.select(pl.when(~pl.col("clean")).then(place))["code"]
    found = verdicts.select(pl.all().gather(places)).with_columns(frame["clean"], frame["code"])
    return found.select(
        pl.when("clean").then(pl.lit("valid")).otherwise("status").alias("status"),
        pl.when("clean").then("code").otherwise("gtin").alias("gtin"),
        pl.when("clean").then(pl.lit("")).otherwise("rule").alias("rule"),
        pl.when("clean").then(pl.lit("")).otherwise("message").alias("message"),
        pl.when("clean").then(pl.lit([], pl.List(pl.String))).otherwise("candidates").alias("candidates"),
    )


def as14(code: pl.Expr) -> pl.Expr:
    """The number as 14 digits, however it was written: what numbers are compared by. Null where triage finds no usable number."""
    return code.map_batches(_as14, return_dtype=pl.String)


def _as14(codes: pl.Series) -> pl.Series:
    frame = codes.alias("code").to_frame().with_columns(surely_clean(pl.col("code")).fill_null(value=False).alias("clean"))
    doubtful = frame.filter(~pl.col("clean") & pl.col("code").is_not_null())["code"].unique().to_list()
    found = {code: triage(code).gtin for code in doubtful}
    odd = (
        pl.col("code").replace_strict(list(found), list(found.values()), default=None, return_dtype=pl.String)
        if found
        else pl.lit(None, pl.String)
    )
    return frame.select(pl.when("clean").then("code").otherwise(odd).str.zfill(14).alias(codes.name))[codes.name]


def _number(code: pl.Expr) -> pl.Expr:
    return code.cast(pl.Int64, strict=False)


def _holds(number: pl.Expr) -> pl.Expr:
    """The table of four digits at a time, as in `check_digit.holds`."""
    sums = [pl.lit(_SUMS).gather((number // 10**shift % 10_000).cast(pl.UInt32)) for shift in (0, 4, 8, 12, 16)]
    return sum(sums[1:], sums[0]) % 10 == 0


def _lookup(values: pl.Series, index: pl.Expr) -> pl.Expr:
    """The value at an index; null beyond the end."""
    inside = pl.when(index.is_between(0, len(values) - 1)).then(index).cast(pl.UInt32)
    return pl.lit(values).gather(inside)


@lru_cache(maxsize=8)
def _open13(table: Prefixes) -> pl.Series:
    """By the first three of 13 digits, whether nothing speaks against any number that starts so."""
    heads = [f"{head:03}" for head in range(1000)]
    return pl.Series([head not in table.split and not table.of13(head).reason for head in heads])


@lru_cache(maxsize=8)
def _open8(table: Prefixes) -> pl.Series:
    """The same for GTIN-8."""
    heads = [f"{head:03}" for head in range(1000)]
    split = {prefix[:3] for prefix in table.rows8 if len(prefix) > 3}
    return pl.Series([not any(table.of8(head + digit).reason for digit in ("0123456789" if head in split else "0")) for head in heads])


def _common(runs: tuple[str, ...]) -> str:
    """The longest text that all runs contain."""
    first = runs[0]
    pieces = (first[a:b] for a in range(len(first)) for b in range(len(first), a, -1))
    return max((piece for piece in pieces if all(piece in run for run in runs)), key=len)
