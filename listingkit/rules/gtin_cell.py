"""The GTIN cell as rules see it: triage is the judge, each rule tells one group of its reasons."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial

import polars as pl

from listingkit.config import DEFAULT, Config
from listingkit.finding import Flaw, Safety
from listingkit.gtin.columns import surely_clean
from listingkit.gtin.evidence import LOOKED_AT, Seen, look
from listingkit.gtin.prefixes import Prefixes, load, prefixes
from listingkit.gtin.reasons import reasons
from listingkit.gtin.triage import triage
from listingkit.gtin.verdict import Verdict
from listingkit.master.sheet import Evidence

CHECKED = date(2026, 9, 30)
CELLS = ("product_id", "product_id_type", "parentage_level")
NOT_GTINS = frozenset(("asin", "gcid", "pzn", "minsan", "exempt", "gtin exempt", "gtin-freistellung"))
"""Id types that say the cell holds another number, or none."""


def table_of(config: Config) -> Prefixes:
    """The prefix table, with the rows of the client's own file where `[gs1] prefix_table` names one."""
    path = config.gs1.get("prefix_table")
    return _load(str(path)) if path else prefixes()


_load = lru_cache(maxsize=8)(load)


@lru_cache(maxsize=8)
def _remembered(table: Prefixes) -> Callable[[str], Verdict]:
    return lru_cache(maxsize=1 << 16)(partial(triage, table=table))


def verdict_of(value: str, config: Config = DEFAULT) -> Verdict:
    """What triage says, remembered."""
    return _remembered(table_of(config))(value)


def doubtful(product_id: pl.Expr, config: Config) -> pl.Expr:
    """Cells that triage must look at."""
    names = product_id.meta.root_names()
    return _doubtful(names[0], table_of(config)) if names else ~surely_clean(product_id, table_of(config))


@lru_cache(maxsize=8)
def _doubtful(column: str, table: Prefixes) -> pl.Expr:
    """The sieve of many rules, put together once."""
    return ~surely_clean(pl.col(column), table)


def study(values: pl.Series, evidence: Evidence | None) -> Seen:
    """What the different values of one sheet's column prove."""
    judged = values.to_frame("value").select("value", clean=surely_clean(pl.col("value")).fill_null(value=False))
    odd = judged.filter(~pl.col("clean"))["value"].unique(maintain_order=True).head(LOOKED_AT)
    cells = evidence or Evidence()
    return look(odd, clean=int(judged["clean"].sum()), numeric=cells.numeric, text=cells.text, formats=cells.formats)


def cells(product_id: str, product_id_type: str | None = None, parentage_level: str | None = None) -> tuple[str | None, ...]:
    """An example of the three cells."""
    return product_id, product_id_type, parentage_level


def is_gtin_cell(product_id_type: str | None, parentage_level: str | None) -> bool:
    """Whether the cell should hold a GTIN: not on a parent, not where the id type names another number."""
    return (product_id_type or "").casefold() not in NOT_GTINS and (parentage_level or "").casefold() != "parent"


def cut_short(product_id: str, seen: Seen) -> bool:
    """Whether the column proves that this number ends before its check digit, whatever it passes for."""
    return bool(seen.check_digits_missing) and len(product_id) == 12 and product_id.isdigit()


def told(code: str, product_id: str, product_id_type: str | None, parentage_level: str | None, config: Config) -> Flaw | None:
    """The flaw that this rule tells of the cell, if triage gives one of its reasons."""
    found = verdict_of(product_id, config)
    if not found.rule or reasons()[found.rule].rule != code or not is_gtin_cell(product_id_type, parentage_level):
        return None
    return flaw(found)


def flaw(found: Verdict) -> Flaw:
    """A verdict as a flaw: a lossless clean-up is safe, one candidate is a question, several are named."""
    if found.status == "fix":
        return Flaw(found.message, fix=found.gtin, safety=Safety.SAFE)
    if len(found.candidates) == 1:
        return Flaw(found.message, fix=found.candidates[0], safety=Safety.ASK)
    if found.candidates:
        return Flaw(f"{found.message}; perhaps {' or '.join(found.candidates)}")
    return Flaw(found.message)
