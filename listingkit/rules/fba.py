"""Fulfillment by Amazon: what a package must say of itself, and the size tier it comes to."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from listingkit.finding import Flaw
from listingkit.mapping.units import units
from listingkit.rules.engine import given
from listingkit.rules.fba_tiers import Table, table_for
from listingkit.rules.findings import Batch
from listingkit.rules.sheetwide import Look, listed, located, once, sheetwide, told
from listingkit.rules.task import Run, kept

CHECKED = date(2026, 11, 27)
_SIDES = ("package_length", "package_width", "package_height")
_PACKAGE = (*_SIDES, "package_weight")
_NAMED = 3  # SKUs of a tier that a message names

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


def _unmeasured(run: Run) -> Iterator[Look]:
    """The rows that lack a measure, of those that Amazon fulfils."""
    for columns, codes in _by_view(run):
        fulfilled = _fulfilled(columns) & _sold(run, columns)
        blank = [pl.col(columns[name]).is_null() if name in columns else pl.lit(value=True) for name in _PACKAGE]
        found = run.frame.select(fulfilled=fulfilled, lacks=fulfilled & pl.any_horizontal(blank))
        first = next((columns[name] for name in _PACKAGE if name in columns), _PACKAGE[0])
        yield Look((*columns.items(), *codes), int(found["fulfilled"].sum()), located(run, found["lacks"].arg_true(), first))


@sheetwide("FBA001", fields=_fields, look=_unmeasured)
def unmeasured(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """A finding a row, or one where most packages are unmeasured."""
    for (columns, codes), (_, count, found) in zip(_by_view(run), looks, strict=True):
        lacks = [name for name in _PACKAGE if name not in columns] or list(_PACKAGE)
        whole = f"of {count} listings that Amazon fulfils {found.height} lack measures of the package ({', '.join(lacks)})"
        first = next((columns[name] for name in _PACKAGE if name in columns), _PACKAGE[0])
        yield from told(
            run, "FBA001", codes, found, of=count, row="Amazon fulfils this, and the package is not measured", whole=whole, column=first
        )


def _grams_or_millimetres(columns: Mapping[str, str], name: str) -> pl.Expr:
    """A measure in its base unit; null where value or unit is missing or not a number."""
    if name not in columns or f"{name}_unit" not in columns:
        return pl.lit(None, pl.Float64)
    sizes = {unit.name: float(unit.size) for unit in units().values() if unit.size}
    size = pl.col(columns[f"{name}_unit"]).replace_strict(sizes, default=None, return_dtype=pl.Float64)
    amount = pl.col(columns[name]).cast(pl.Float64, strict=False) * size
    return pl.when(amount > 0).then(amount)


def _by_table(run: Run) -> Iterator[tuple[Table, dict[str, str], list[str]]]:
    """The tables in force, and the marketplaces of each that see the same columns."""
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
    return ((table, columns, codes) for table, views in by_table.items() for columns, codes in views)


def _tiers(run: Run) -> Iterator[Look]:
    """How many packages are of which tier; of the tiers beyond standard size the first SKUs, and the packages that FBA refuses."""
    for table, columns, codes in _by_table(run):
        sides = [_grams_or_millimetres(columns, name) for name in _SIDES]
        tier = table.tier(sides, _grams_or_millimetres(columns, "package_weight"))
        found = run.frame.select(pl.when(_fulfilled(columns) & _sold(run, columns)).then(tier).alias("tier"))["tier"]
        there = set(found.drop_nulls().unique())
        for one in (one for one in table.tiers if one.name in there):
            about = (table.name, codes[0], one.name)
            rows = (found == one.name).fill_null(value=False).arg_true()
            column = columns.get(_SIDES[0], _SIDES[0])
            yield Look(about, len(rows), located(run, rows if one.refused else [], column))
            if not one.usual and "sku" in run.frame.columns:
                named = rows.filter(run.frame["sku"].gather(rows).is_not_null())
                yield Look((*about, "named"), len(named), located(run, named.head(_NAMED), column))


@sheetwide("FBA002", "FBA003", fields=_fields, look=_tiers)
def size_tiers(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """How many packages are of which tier, and those that FBA does not take."""
    seen = {look.about: look for look in looks}
    for table, columns, codes in _by_table(run):
        there = {one: seen[about] for one in table.tiers if (about := (table.name, codes[0], one.name)) in seen}
        column = columns.get(_SIDES[0], _SIDES[0])
        if any(not one.usual for one in there):
            said = [f"{look.of} {one.name}{_named(seen.get((*look.about, 'named')))}" for one, look in there.items()]
            source = table.name + (", not confirmed" if table.confidence == "unconfirmed" else "")
            yield once(run, "FBA002", codes, Flaw(f"FBA size tiers ({source}): {listed(said, 13)}"), column=column)
        refused = [look.places for one, look in there.items() if one.refused]
        if refused:
            rows = pl.concat(refused).sort("index")
            bound = max(one.sum or 0 for one in table.tiers)
            most = f"{bound:g} {table.length_unit} in total, {table.tiers[-2].weight:g} {table.weight_unit}"
            row = f"the package is larger or heavier than FBA takes here ({most})"
            yield from told(run, "FBA003", codes, rows, of=rows.height * 3, row=row, whole=row, column=column)


def _named(look: Look | None) -> str:
    """The first SKUs of a tier beyond standard size, in brackets."""
    if look is None or not look.of:
        return ""
    first = look.places["sku"].head(_NAMED).to_list()
    return f" ({', '.join(first)}{f' and {look.of - len(first)} more' if look.of > len(first) else ''})"
