"""Documents that listings ask for, against the project's register: what is missing, what runs out, what is not where it should be."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from listingkit.finding import Flaw, Severity
from listingkit.rules.document_register import Ask, Document, asks, register
from listingkit.rules.engine import given
from listingkit.rules.findings import Batch
from listingkit.rules.sheetwide import Look, listed, located, once, sheetwide
from listingkit.rules.task import Run, kept

CHECKED = date(2026, 11, 27)
SOON = timedelta(days=30)
_NAMED = 6  # SKUs that are looked at for a message
_SOURCE = "data/documents.toml: which listings ask for which documents, each with its source and date"

given(
    "DOC001",
    "document-missing",
    "Every document that a product type or attribute asks for stands in the register with a valid entry.",
    category="documents",
    why="Amazon takes listings of high-risk products down, or stops their stock, until it has the document.",
    source=_SOURCE,
    checked=CHECKED,
    severity="warning",
    good=['TOYS_AND_GAMES in US, and [[documents]] document = "CPC", product_type = "TOYS_AND_GAMES"'],
    bad=["TOYS_AND_GAMES in US, and no valid CPC in the register; information only where no register is kept"],
)
given(
    "DOC002",
    "document-runs-out",
    "No document that a listing needs runs out within 30 days.",
    category="documents",
    why="A laboratory takes weeks: after the last day the listing stands without its document.",
    source=_SOURCE,
    checked=CHECKED,
    severity="warning",
    good=['document = "CPC", valid_until in a year'],
    bad=['document = "CPC", valid_until in ten days, and no other valid one'],
)
given(
    "DOC003",
    "document-not-there",
    "A document whose file the register names is there.",
    category="documents",
    why="Amazon gives days to show a document, and a path that leads nowhere is found out then.",
    source="design of listingkit: a register that cannot be shown is none",
    checked=CHECKED,
    severity="warning",
    good=['file = "certificates/cpc.pdf", which is there'],
    bad=['file = "certificates/cpc.pdf", which is not there'],
)


def _fields() -> Iterator[str]:
    yield from ("sku", "product_type", "parentage_level")
    yield from (field for ask in asks() for field, _ in ask.when)


def _asked(run: Run) -> Iterator[tuple[str, int, Ask, list[str]]]:
    """Every ask that is in force and whose columns are there: marketplace, number, and its fields."""
    for code, view in run.views.items():
        for number, ask in enumerate(asks()):
            fields = [field for field, _ in ask.when] + (["product_type"] if ask.product_types else [])
            if ask.in_force(code, run.contexts[code].as_of) and all(field in view.columns for field in fields):
                yield code, number, ask, fields


def _uncovered_rows(run: Run) -> Iterator[Look]:
    """How many rows lack a document, the first of them, and one of each product type."""
    entries = register(run.config.documents)
    known: dict[str, frozenset[str]] = {}
    for code, number, ask, fields in _asked(run):
        columns = run.views[code].columns
        if _may_concern(ask, {field: _values(run, columns[field], known) for field in fields}):
            kind = columns.get("product_type", "product_type")
            for rule, rows in _uncovered(run, ask, _fit(entries, ask, code), run.contexts[code].as_of, code):
                first, one_each = (rows["row"].head(_NAMED), rows.filter(pl.col("kind").is_first_distinct())["row"])
                yield Look((rule, number, code), rows.height, located(run, first, kind))
                yield Look((rule, number, code, "kinds"), rows.height, located(run, one_each, kind))


@sheetwide("DOC001", "DOC002", fields=_fields, look=_uncovered_rows)
def documents_missing(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """One finding for each ask with the same listings; what runs out soon is told beside."""
    entries = register(run.config.documents)
    seen = {look.about: look for look in looks if look.of}
    missing: dict[tuple[str, Ask, tuple[str, ...], tuple[str, ...], int], list[str]] = defaultdict(list)
    for code, number, ask, _ in _asked(run):
        for rule in ("DOC001", "DOC002"):
            if (rule, number, code) in seen:
                (_, count, first), (_, _, types) = (seen[rule, number, code, *rest] for rest in ((), ("kinds",)))
                kinds = tuple(types["value"].drop_nulls().unique().sort().to_list())
                missing[rule, ask, kinds, tuple(first["sku"].head(_NAMED).fill_null("").to_list()), count].append(code)
    for (rule, ask, kinds, skus, count), stores in missing.items():
        yield once(run, rule, stores, _flaw(rule, ask, kinds, skus, count, entries), column=ask.when[0][0] if ask.when else "product_type")


def _values(run: Run, column: str, known: dict[str, frozenset[str]]) -> frozenset[str]:
    """The different values of a column, in lower case; looked up once."""
    if column not in known:
        known[column] = frozenset(run.frame[column].drop_nulls().unique().str.to_lowercase().to_list())
    return known[column]


def _may_concern(ask: Ask, values: Mapping[str, frozenset[str]]) -> bool:
    """Whether any row can be meant, from the values of its columns alone."""
    wanted = all(values[field] & {value.lower() for value in allowed} for field, allowed in ask.when)
    return wanted and (not ask.product_types or any(ask.is_type(kind) for kind in values["product_type"]))


def _fit(entries: Sequence[Document], ask: Ask, store: str) -> list[Document]:
    return [entry for entry in entries if entry.document in ask.any_of and entry.marketplace in ("", store)]


def _uncovered(run: Run, ask: Ask, entries: Sequence[Document], day: date, store: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Rows without a valid document (DOC001), and rows that will have none in 30 days (DOC002)."""
    columns = run.views[store].columns

    def cell(field: str) -> pl.Expr:
        return pl.col(columns[field]) if field in columns else pl.lit(None, pl.String)

    sku, kind = cell("sku"), cell("product_type")
    sold = cell("parentage_level").str.to_lowercase().ne_missing("parent") & kept(run)
    asked = ask.concerns(kind, {field: cell(field) for field, _ in ask.when}) & sold
    rows = run.frame.with_row_index("row").filter(asked).select("row", sku.alias("sku"), kind.alias("kind"))
    now, then = (_covered(rows, [entry for entry in entries if entry.valid(on)]) for on in (day, day + SOON))
    yield "DOC001", rows.filter(~now)
    yield "DOC002", rows.filter(now & ~then)


def _covered(rows: pl.DataFrame, entries: Sequence[Document]) -> pl.Series:
    if not entries or not rows.height:
        return pl.Series([False] * rows.height, dtype=pl.Boolean)
    covers = [entry.covers(pl.col("sku"), pl.col("kind")) for entry in entries]
    return rows.select(pl.any_horizontal(covers).alias("covered"))["covered"]


def _flaw(rule: str, ask: Ask, kinds: Sequence[str], skus: Sequence[str], count: int, entries: Sequence[Document]) -> Flaw:
    wanted = " or ".join(ask.any_of)
    what = " and ".join(f"{field} {'/'.join(values[:3])}" for field, values in ask.when) or listed(kinds, 3)
    rows = f"{count} {'listing' if count == 1 else 'listings'} ({listed([sku for sku in skus if sku], 5 if count > 5 else 6)})"
    if rule == "DOC002":
        ends = sorted(str(entry.valid_until) for entry in entries if entry.document in ask.any_of and entry.valid_until)
        return Flaw(f"{what}: the {wanted} of {rows} runs out within 30 days (the register says {listed(ends, 3)})")
    told = f"{what} asks for {wanted}, and {rows} {'has' if count == 1 else 'have'} no valid entry in [[documents]]: {ask.why}"
    return Flaw(told, severity=None if entries else Severity.INFO)


@sheetwide("DOC003", fields=tuple)
def documents_not_there(run: Run) -> Iterator[Batch]:
    """One finding for each file of the register that is not there."""
    for entry in register(run.config.documents):
        if entry.file and not Path(entry.file).is_file():
            flaw = Flaw(f"[[documents]] number {entry.number} ({entry.document}): there is no file {Path(entry.file).name}")
            yield once(run, "DOC003", tuple(run.views), flaw, column="product_type")
