"""Product types: which of them look like a slip. That each row has one is asked by the schemas."""

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches

import polars as pl

from listingkit.finding import Flaw
from listingkit.rules.engine import given
from listingkit.rules.findings import Batch
from listingkit.rules.sheetwide import once, rowwise, sheetwide
from listingkit.rules.task import Run, kept
from listingkit.schemas.category import exists

_RARE = 10  # a slip stands in one row for at least so many that have the type that was meant
_ALIKE = 0.85  # HOMME and HOME; SHIRT and SKIRT, both types of Amazon's, are less alike
_MOST = 500  # product types of a catalogue; a column of more holds something else, and each is compared with all others
_SHOWN = 20  # rows that are told one by one

given(
    "REQ003",
    "product-type-like-another",
    "A product type that few rows have is no slip of one that many have.",
    category="schema",
    why="Nothing is asked of a row under a type that no schema speaks of, and Amazon refuses it, or lists the product elsewhere.",
    source="sellers' sheets; Amazon templates: the product type is one of the template's list",
    checked=date(2026, 11, 27),
    severity="warning",
    errors=("8058", "90244"),
    good=["HOME in 40 rows, CANDLE in 2"],
    bad=["HOME in 40 rows, HOMME in 2"],
)


@sheetwide("REQ003", fields=lambda: ("product_type",))
def type_like_another(run: Run) -> Iterator[Batch]:
    """A finding for each row of a type that is nearly written like a far more frequent one, and of which no schema speaks."""
    if "product_type" not in run.frame.columns:
        return
    stores = tuple(run.views)
    kinds = pl.col("product_type").str.strip_chars().str.to_uppercase()
    rows = run.frame.select(kinds.alias("kind"), kept(run).alias("kept")).with_row_index("row")
    rows = rows.filter(pl.col("kept") & pl.col("kind").is_not_null())
    counts = dict(rows["kind"].value_counts().iter_rows())
    for kind in sorted(counts) if len(counts) <= _MOST else ():
        meant = None if exists(kind) else _meant(kind, counts)
        if meant:
            places = rows.filter(pl.col("kind") == kind)["row"]
            message = f"{kind} stands in {len(places)} of {rows.height} rows, {meant} in {counts[meant]}: is it a slip?"
            if len(places) > _SHOWN:
                yield once(run, "REQ003", stores, Flaw(message), column="product_type")
            else:
                yield rowwise(run, "REQ003", stores, places.to_list(), [Flaw(message, fix=meant)] * len(places), column="product_type")


def _meant(kind: str, counts: Mapping[str, int]) -> str | None:
    near = [other for other, count in counts.items() if count >= _RARE * counts[kind]]
    return next(iter(get_close_matches(kind, sorted(near), n=1, cutoff=_ALIKE)), None)
