"""Fulfillment by Amazon: what a package must say of itself, and the size tier it comes to."""

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from listingkit.finding import Flaw
from listingkit.mapping.units import units
from listingkit.rules.engine import given
from listingkit.rules.fba_tiers import Table, Tier, table_for
from listingkit.rules.findings import Batch
from listingkit.rules.sheetwide import listed, once, sheetwide, told
from listingkit.rules.task import Run, kept

CHECKED = date(2026, 11, 27)
_SIDES = ("package_length", "package_width", "package_height")
_PACKAGE = (*_SIDES, "package_weight")

given(
    "FBA001",
    "fba-package-unmeasured",
    "A listing that Amazon fulfils states length, width, height and weight of its package.",
    category="fba",
    why="Amazon books fees and storage by the package; without measures it measures itself, and stock waits.",
    source="Amazon templates 2025 and 2026: package dimensions and weight, conditionally required; Seller Central 201105770",
    checked=CHECKED,
    severity="warning",
    good=["AMAZON_EU; 30; 20; 10; 0.9"],
    bad=["AMAZON_EU; 30; 20; (blank); 0.9"],
)
given(
    "FBA002",
    "fba-size-tier",
    "Packages that Amazon fulfils are of standard size.",
    category="fba",
    why="A centimetre may double the fee: the size tiers are better known before the stock is sent. Told once, as information.",
    source="data/fba_tiers.toml: tables by region with source and date; those of 2025 and later were not found",
    checked=CHECKED,
    severity="info",
    good=["AMAZON_NA; 15 x 12 x 0.75 inches, 1 pound: small standard-size"],
    bad=["AMAZON_NA; 30 x 12 x 8 inches, 10 pounds: large bulky"],
)
given(
    "FBA003",
    "fba-package-refused",
    "No package is larger or heavier than FBA takes.",
    category="fba",
    why="The fulfilment centre refuses it.",
    source="Seller Central G201105770 (JP): over 260 cm in total or over 50 kg is not eligible",
    checked=CHECKED,
    severity="warning",
    good=["AMAZON_JP; 100 x 80 x 70 cm; 30 kg"],
    bad=["AMAZON_JP; 120 x 90 x 60 cm; 30 kg"],
)


def _fields() -> tuple[str, ...]:
    return ("fulfillment_channel_code", "parentage_level", "quantity", *_PACKAGE, *(f"{name}_unit" for name in _PACKAGE))


def _fulfilled(columns: Mapping[str, str]) -> pl.Expr:
    fulfilled = pl.col(columns["fulfillment_channel_code"]).str.starts_with("AMAZON").fill_null(value=False)
    if "quantity" in columns:
        fulfilled &= pl.col(columns["quantity"]).is_null()  # with one it is open who ships, which OFR010 asks first
    return fulfilled


def _sold(run: Run, columns: Mapping[str, str]) -> pl.Expr:
    level = pl.col(columns["parentage_level"]) if "parentage_level" in columns else pl.lit(None, pl.String)
    return level.str.to_lowercase().ne_missing("parent") & kept(run)


def _by_view(run: Run) -> Iterator[tuple[dict[str, str], list[str]]]:
    """The columns about packages, with the marketplaces that see the same ones."""
    seen: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for code, view in run.views.items():
        if "fulfillment_channel_code" in view.columns:
            seen.setdefault(tuple((name, view.columns[name]) for name in _fields() if name in view.columns), []).append(code)
    for columns, codes in seen.items():
        yield dict(columns), codes


@sheetwide("FBA001", fields=_fields)
def unmeasured(run: Run) -> Iterator[Batch]:
    """A finding a row, or one where most packages are unmeasured."""
    for columns, codes in _by_view(run):
        fulfilled = _fulfilled(columns) & _sold(run, columns)
        count = run.frame.select(fulfilled.sum()).item()
        if not count:
            continue
        blank = {name: pl.col(columns[name]).is_null() if name in columns else pl.lit(value=True) for name in _PACKAGE}
        rows = run.frame.select((fulfilled & pl.any_horizontal(blank.values())).arg_true()).to_series()
        lacks = [name for name in _PACKAGE if name not in columns] or list(_PACKAGE)
        whole = f"of {count} listings that Amazon fulfils {len(rows)} lack measures of the package ({', '.join(lacks)})"
        first = next((columns[name] for name in _PACKAGE if name in columns), _PACKAGE[0])
        yield from told(
            run, "FBA001", codes, rows, of=count, row="Amazon fulfils this, and the package is not measured", whole=whole, column=first
        )


def _grams_or_millimetres(columns: Mapping[str, str], name: str) -> pl.Expr:
    """A measure in its base unit; null where value or unit is missing or not a number."""
    if name not in columns or f"{name}_unit" not in columns:
        return pl.lit(None, pl.Float64)
    sizes = {unit.name: float(unit.size) for unit in units().values() if unit.size}
    size = pl.col(columns[f"{name}_unit"]).replace_strict(sizes, default=None, return_dtype=pl.Float64)
    amount = pl.col(columns[name]).cast(pl.Float64, strict=False) * size
    return pl.when(amount > 0).then(amount)


@sheetwide("FBA002", "FBA003", fields=_fields)
def size_tiers(run: Run) -> Iterator[Batch]:
    """How many packages are of which tier, and those that FBA does not take."""
    by_table: dict[Table, list[tuple[dict[str, str], list[str]]]] = {}
    for columns, codes in _by_view(run):
        for code in codes:
            table = table_for(code, run.contexts[code].as_of) if code else None
            if table is not None:
                views = by_table.setdefault(table, [])
                same = next((mine for seen, mine in views if seen == columns), None)
                if same is None:
                    views.append((columns, [code]))
                else:
                    same.append(code)
    for table, views in by_table.items():
        for columns, codes in views:
            yield from _of_table(run, table, columns, codes)


def _of_table(run: Run, table: Table, columns: Mapping[str, str], codes: list[str]) -> Iterator[Batch]:
    sides = [_grams_or_millimetres(columns, name) for name in _SIDES]
    tier = table.tier(sides, _grams_or_millimetres(columns, "package_weight"))
    found = run.frame.select(pl.when(_fulfilled(columns) & _sold(run, columns)).then(tier).alias("tier"))["tier"]
    counts = found.drop_nulls().value_counts()
    if not counts.height:
        return
    number = dict(counts.iter_rows())
    if any(one.name in number and not one.usual for one in table.tiers):
        said = [f"{number[one.name]} {one.name}{_named(run, found, one)}" for one in table.tiers if one.name in number]
        source = table.name + (", not confirmed" if table.confidence == "unconfirmed" else "")
        yield once(run, "FBA002", codes, Flaw(f"FBA size tiers ({source}): {listed(said, 13)}"), column=columns.get(_SIDES[0], _SIDES[0]))
    refused = [one.name for one in table.tiers if one.refused]
    rows = found.is_in(refused).arg_true() if refused else found.head(0)
    if len(rows):
        bound = max(one.sum or 0 for one in table.tiers)
        most = f"{bound:g} {table.length_unit} in total, {table.tiers[-2].weight:g} {table.weight_unit}"
        row = f"the package is larger or heavier than FBA takes here ({most})"
        yield from told(run, "FBA003", codes, rows, of=len(rows) * 3, row=row, whole=row, column=columns.get(_SIDES[0], _SIDES[0]))


def _named(run: Run, found: pl.Series, tier: Tier) -> str:
    """The first SKUs of a tier beyond standard size, in brackets."""
    if tier.usual or "sku" not in run.frame.columns:
        return ""
    skus = run.frame["sku"].filter((found == tier.name).fill_null(value=False)).drop_nulls().to_list()
    return f" ({listed(skus, 3)})" if skus else ""
