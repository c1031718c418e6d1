"""Which rows of a master the uploads lack: one answer for what announces it and for what makes them.

A marketplace does not get the rows that an error keeps out of its upload (their own, one of another row that names them, one of a whole
column) and the children of rows that it does not get, however deep. Over all marketplaces a row is counted once, as held back, where at
least one does not get it. A check tells this of the master as it is, and a build of what is left to find when safe fixes are applied:
beside it the build tells how many rows these have brought in order, and how many have an error only with them, so that the numbers add up.
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Literal

import polars as pl

from listingkit.finding import Severity
from listingkit.mapping.listings import Listings
from listingkit.marketplace import Marketplace
from listingkit.rules.findings import Findings, marked

Policy = Literal["hold", "strict", "all"]  # rows with errors: hold them back, ship nothing while there are any, ship them too
UNWRITABLE = "FIL011"  # what no text file can hold is held back whatever was asked
GENERATIONS = 4  # that are looked for in all rows together; marketplaces know two
FAMILY = ("sku", "parent_sku")  # the columns of all rows that tell whose child a row is


def held_by(policy: Policy, listings: Listings, findings: Findings, store: Marketplace) -> pl.Series:
    """Mask of the rows that this marketplace does not get."""
    if policy == "strict" and findings.severities()[Severity.ERROR]:
        return marked(range(listings.frame.height), listings.frame.height)
    errors = findings.error_rows(store.code, UNWRITABLE if policy == "all" else "")
    return with_children(listings, marked(errors, listings.frame.height))


def wrong_by(policy: Policy, listings: Listings, findings: Findings, store: Marketplace, held: pl.Series) -> pl.Series:
    """Mask of the rows that this marketplace gets with errors."""
    errors = findings.error_rows(store.code) if policy == "all" else frozenset[int]()
    return marked(errors, listings.frame.height) & ~held


def with_children(listings: Listings, held: pl.Series) -> pl.Series:
    """Mask of these rows and of the children of any of them, however deep. Of the listings only `FAMILY` is looked at."""
    frame = listings.frame
    if not set(FAMILY) <= set(frame.columns):
        return held
    fresh = held
    for _ in range(GENERATIONS):
        parents = _skus(frame, fresh)
        fresh = frame["parent_sku"].is_in(parents.implode()).fill_null(value=False) & ~held
        held = held | fresh
        if not fresh.any():
            return held
    return held | marked(_descendants(frame.with_row_index("#at").filter(~held), _skus(frame, fresh)), frame.height)


def _skus(frame: pl.DataFrame, rows: pl.Series) -> pl.Series:
    return frame["sku"].filter(rows).drop_nulls().unique()


def _descendants(rows: pl.DataFrame, parents: pl.Series) -> Iterator[int]:
    """The numbers of the rows below these parents, one by one: a pass over all rows for each generation of a long line would never end."""
    children = rows.drop_nulls("parent_sku").group_by("parent_sku").agg("#at", "sku").iter_rows()
    below = {parent: (numbers, skus) for parent, numbers, skus in children}
    waiting = parents.to_list()
    while waiting:
        numbers, skus = below.pop(waiting.pop(), ((), ()))
        yield from numbers
        waiting += filter(None, skus)


def anywhere(masks: Iterable[pl.Series], height: int) -> pl.Series:
    """Mask of the rows of so many listings that are in one of these masks."""
    return reduce(or_, masks, marked((), height))
