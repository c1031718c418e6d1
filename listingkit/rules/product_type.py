"""Product types: which look like a slip, and of which nothing is known. That each row has one is asked by the schemas."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from listingkit.finding import Flaw
from listingkit.master.texts import ERROR
from listingkit.rules.engine import given
from listingkit.rules.findings import Batch
from listingkit.rules.sheetwide import Look, listed, located, once, rowwise, sheetwide
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

given(
    "REQ006",
    "product-type-without-schema",
    "What a product type asks is known, so that its rows can be checked for it.",
    category="schema",
    why="A clean report says nothing of required fields and accepted values where nobody knows what the product type asks.",
    source="the schemas of this tool: listingkit schemas",
    checked=date(2026, 11, 28),
    severity="info",
    good=["HOME, which has a schema", "GROCERY with --schema GROCERY.json"],
    bad=["GROCERY, with neither --schema nor --template"],
)


def _kinds(run: Run) -> Iterator[Look]:
    """How many rows have which product type, and the first rows of those of which no schema speaks."""
    if "product_type" not in run.frame.columns:
        return
    written = run.frame.select(pl.col("product_type").alias("kind"), kept(run).alias("kept")).with_row_index("row")
    written = written.filter(pl.col("kept") & ~pl.col("kind").str.contains(ERROR))
    folded = pl.col("kind").str.strip_chars().str.to_uppercase()
    counts = written.group_by("kind").agg(pl.len().alias("rows")).group_by(folded).agg(pl.col("rows").sum())
    yield Look(("counts",), written.height, counts.sort("kind").head(_MOST + 1))
    unknown = [kind for kind in counts["kind"].head(_MOST + 1) if not exists(kind)] if counts.height <= _MOST else []
    rows = written.filter(folded.is_in(unknown)).select("row", folded) if unknown else written.head(0).select("row", "kind")
    rows = rows.filter(pl.int_range(pl.len()).over("kind") <= _SHOWN)
    yield Look(("rows",), 0, located(run, rows["row"], "product_type").with_columns(rows["kind"]))


@sheetwide("REQ003", "REQ006", fields=lambda: ("product_type",), look=_kinds)
def types_without_schema(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """Of types that no schema knows: a finding a row where one is nearly written like a far more frequent one, one for all others."""
    if not looks:
        return
    stores = tuple(run.views)
    (_, rows, some), (_, _, unknown) = looks
    counts = dict(some.group_by("kind").agg(pl.col("rows").sum()).iter_rows())
    strange: list[str] = []
    for kind in sorted(counts) if len(counts) <= _MOST else ():
        if exists(kind):
            continue
        meant = _meant(kind, counts)
        if meant is None:
            strange.append(kind)
        else:
            message = f"{kind} stands in {counts[kind]} of {rows} rows, {meant} in {counts[meant]}: is it a slip?"
            if counts[kind] > _SHOWN:
                yield once(run, "REQ003", stores, Flaw(message), column="product_type")
            else:
                places = unknown.filter(pl.col("kind") == kind).drop("kind")
                yield rowwise(run, "REQ003", stores, places, [Flaw(message, fix=meant)] * places.height, column="product_type")
    yield from _unchecked(run, strange, counts)


def _unchecked(run: Run, kinds: Sequence[str], counts: Mapping[str, int]) -> Iterator[Batch]:
    """One finding for the marketplaces in which nothing speaks of the same types."""
    by_kinds: dict[tuple[str, ...], list[str]] = {}
    for code in run.contexts:
        if code and ("", code) not in run.elsewhere:
            by_kinds.setdefault(tuple(kind for kind in kinds if (kind, code) not in run.elsewhere), []).append(code)
    for mine, stores in by_kinds.items():
        if mine:
            named = listed([f"{kind} ({counts[kind]} {'row' if counts[kind] == 1 else 'rows'})" for kind in mine])
            message = f"only what every product type asks is checked of {named}: no schema says more; name one with --schema or --template"
            yield once(run, "REQ006", stores, Flaw(message), column="product_type")


def _meant(kind: str, counts: Mapping[str, int]) -> str | None:
    from difflib import get_close_matches

    near = [other for other, count in counts.items() if count >= _RARE * counts[kind]]
    return next(iter(get_close_matches(kind, sorted(near), n=1, cutoff=_ALIKE)), None)
