"""Measures and their units: what belongs together, and what cannot be."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from listingkit.finding import Flaw
from listingkit.mapping.units import units
from listingkit.rules.engine import given, rule
from listingkit.rules.findings import Batch
from listingkit.rules.sheetwide import Look, listed, once, sheetwide
from listingkit.rules.task import Run

CHECKED = date(2026, 9, 30)


# What the rules of products and those of packages have in common
_BELONGS: dict[str, Any] = {
    "source": "Amazon templates 2025 and 2026: value and unit belong together",
    "checked": CHECKED,
    "errors": ("99010", "99022"),
}
_WEIGHT: dict[str, Any] = _BELONGS | {
    "good": [("0.4", "kilograms")],
    "bad": [("0.4", None)],
    "why": "A weight without unit is refused: 0.4 may be kilograms or pounds.",
}
_SIZE: dict[str, Any] = _BELONGS | {
    "blank": True,
    "good": [("12", "centimeters", None, None, "9", "centimeters"), (None,) * 6],
    "bad": [("12", None, None, None, None, None), ("12", "centimeters", "9", None, None, None)],
    "why": "A length without unit is refused: 30 may be centimetres or inches.",
}


@rule(
    "UNT001",
    fields=("item_weight", "item_weight_unit"),
    **_WEIGHT,
    suspects=lambda item_weight_unit: item_weight_unit.is_null(),
)
def weight_without_unit(item_weight: str, item_weight_unit: str | None) -> Flaw | None:
    """A weight has a unit."""
    return None if item_weight_unit else Flaw(f"weight {item_weight} has no unit", field="item_weight")


def _is_amount(column: pl.Expr) -> pl.Expr:
    return column.cast(pl.Float64, strict=False)


@rule(
    "UNT002",
    fields=("package_weight", "item_weight", "package_weight_unit", "item_weight_unit"),
    good=[("0.5", "0.4", "kilograms", "kilograms"), ("0.5", "400", "kilograms", "grams"), ("0.5", None, "kilograms", None)],
    bad=[("0.3", "0.4", "kilograms", "kilograms")],
    why="A package cannot weigh less than what is in it: usually grams and kilograms, or net and gross, were exchanged.",
    source="arithmetic; Amazon templates: item weight, package weight",
    checked=CHECKED,
    severity="warning",
    suspects=lambda package_weight, item_weight, package_weight_unit, item_weight_unit: (
        (_is_amount(package_weight) <= _is_amount(item_weight)) & (package_weight_unit == item_weight_unit)
    ),
)
def package_lighter_than_item(
    package_weight: str, item_weight: str | None, package_weight_unit: str | None, item_weight_unit: str | None
) -> Flaw | None:
    """A package weighs at least what its item weighs."""
    plain = r"[0-9]{1,12}(\.[0-9]{1,12})?"
    if not item_weight or package_weight_unit != item_weight_unit or package_weight_unit is None:
        return None
    if not re.fullmatch(plain, package_weight) or not re.fullmatch(plain, item_weight) or float(package_weight) >= float(item_weight):
        return None
    return Flaw(f"the package weighs {package_weight}, the item {item_weight} {item_weight_unit}")


@rule(
    "UNT003",
    fields=("package_weight", "package_weight_unit"),
    **_WEIGHT,
    suspects=lambda package_weight_unit: package_weight_unit.is_null(),
)
def package_weight_without_unit(package_weight: str, package_weight_unit: str | None) -> Flaw | None:
    """The weight of a package has a unit."""
    return None if package_weight_unit else Flaw(f"package weight {package_weight} has no unit", field="package_weight")


def _bare(**pairs: tuple[str | None, str | None]) -> Flaw | None:
    lacks = [name for name, (value, unit) in pairs.items() if value and not unit]
    return Flaw(f"no unit: {', '.join(f'{name} {pairs[name][0]}' for name in lacks)}", field=lacks[0]) if lacks else None


def _any_bare(*pairs: tuple[pl.Expr, pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(value.is_not_null() & unit.is_null() for value, unit in pairs)


@rule(
    "UNT004",
    fields=("item_length", "item_length_unit", "item_width", "item_width_unit", "item_height", "item_height_unit"),
    **_SIZE,
    suspects=lambda item_length, item_length_unit, item_width, item_width_unit, item_height, item_height_unit: _any_bare(
        (item_length, item_length_unit), (item_width, item_width_unit), (item_height, item_height_unit)
    ),
)
def item_size_without_unit(
    item_length: str | None,
    item_length_unit: str | None,
    item_width: str | None,
    item_width_unit: str | None,
    item_height: str | None,
    item_height_unit: str | None,
) -> Flaw | None:
    """Length, width and height of a product have units."""
    return _bare(
        item_length=(item_length, item_length_unit), item_width=(item_width, item_width_unit), item_height=(item_height, item_height_unit)
    )


@rule(
    "UNT005",
    fields=("package_length", "package_length_unit", "package_width", "package_width_unit", "package_height", "package_height_unit"),
    **_SIZE,
    suspects=lambda package_length, package_length_unit, package_width, package_width_unit, package_height, package_height_unit: _any_bare(
        (package_length, package_length_unit), (package_width, package_width_unit), (package_height, package_height_unit)
    ),
)
def package_size_without_unit(
    package_length: str | None,
    package_length_unit: str | None,
    package_width: str | None,
    package_width_unit: str | None,
    package_height: str | None,
    package_height_unit: str | None,
) -> Flaw | None:
    """Length, width and height of a package have units."""
    return _bare(
        package_length=(package_length, package_length_unit),
        package_width=(package_width, package_width_unit),
        package_height=(package_height, package_height_unit),
    )


given(
    "UNT007",
    "units-mixed",
    "The measures of a column are all metric or all imperial.",
    category="measure",
    why="Both are converted as they are stated, but a few rows in another system are usually rows with the wrong unit. Told once a column.",
    source="NIST SP 811 on units outside the SI; sellers' reports on pounds typed as kilograms",
    checked=date(2026, 11, 27),
    severity="info",
    good=["100 rows in grams and kilograms"],
    bad=["97 rows in kilograms, 3 in pounds"],
)
_IMPERIAL = ("ounces", "pounds", "hundredths_pounds", "inches", "hundredths_inches", "feet", "yards", "miles")
_UNITS = tuple(f"{name}_unit" for name in ("item_weight", "item_length", "item_width", "item_height")) + tuple(
    f"package_{name}_unit" for name in ("weight", "length", "width", "height")
)


def _used(run: Run) -> Iterator[Look]:
    """How many rows have which unit, by column."""
    for column in (name for name in _UNITS if name in run.frame.columns):
        for unit, count in run.frame[column].drop_nulls().value_counts().iter_rows():
            if unit in units() or unit in _IMPERIAL:
                yield Look((column, unit), count)


@sheetwide("UNT007", fields=lambda: _UNITS, look=_used)
def units_mixed(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """One finding a column, with the rarer units."""
    stores = tuple(run.views)
    for column in _UNITS:
        counts = {look.about[1]: look.of for look in looks if look.about[0] == column}
        imperial = {unit: count for unit, count in counts.items() if unit in _IMPERIAL}
        metric = {unit: count for unit, count in counts.items() if unit not in _IMPERIAL}
        if imperial and metric:
            few, many = sorted((imperial, metric), key=lambda one: sum(one.values()))
            told = " and ".join(f"{sum(one.values())} in {listed(sorted(one))}" for one in (many, few))
            yield once(run, "UNT007", stores, Flaw(f"{column.removesuffix('_unit')}: {told}"), column=column)


_HEAVIEST = 22.6  # grams a cubic centimetre: osmium, the densest of all materials
_LIGHTEST = 0.0012  # air


def _base(value: str | None, unit: str | None) -> float | None:
    """A measure in grams or millimetres."""
    known = units().get(unit or "")
    if known is None or known.size is None or not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,12})?", value or ""):
        return None
    return float(value or 0) * float(known.size) or None


@rule(
    "UNT006",
    fields=(
        "package_weight",
        "package_weight_unit",
        "package_length",
        "package_length_unit",
        "package_width",
        "package_width_unit",
        "package_height",
        "package_height_unit",
    ),
    good=[
        ("0.5", "kilograms", "14", "centimeters", "11", "centimeters", "12", "centimeters"),
        ("500", "kilograms", "14", "centimeters", None, None, "12", "centimeters"),
    ],
    bad=[
        ("500", "kilograms", "14", "centimeters", "11", "centimeters", "12", "centimeters"),
        ("0.5", "grams", "14", "centimeters", "11", "centimeters", "12", "centimeters"),
        ("0.5", "kilograms", "14", "millimeters", "11", "millimeters", "12", "millimeters"),
    ],
    why="A package heavier than metal or lighter than air has the wrong unit: fees and carriers are computed from it.",
    source="arithmetic: density of osmium 22.6 g/cm3, of air 0.0012 g/cm3",
    checked=CHECKED,
    severity="warning",
    suspects=lambda package_weight_unit, package_length_unit, package_length, package_width, package_height: (
        package_weight_unit.is_not_null()
        & package_length_unit.is_not_null()
        & package_length.is_not_null()
        & package_width.is_not_null()
        & package_height.is_not_null()
    ),
)
def impossible_package(
    package_weight: str,
    package_weight_unit: str | None,
    package_length: str | None,
    package_length_unit: str | None,
    package_width: str | None,
    package_width_unit: str | None,
    package_height: str | None,
    package_height_unit: str | None,
) -> Flaw | None:
    """A package is neither denser than osmium nor lighter than air."""
    grams = _base(package_weight, package_weight_unit)
    sides = (
        _base(package_length, package_length_unit),
        _base(package_width, package_width_unit),
        _base(package_height, package_height_unit),
    )
    if grams is None or sides[0] is None or sides[1] is None or sides[2] is None:
        return None
    density = grams / (sides[0] * sides[1] * sides[2] / 1000)
    if _LIGHTEST <= density <= _HEAVIEST:
        return None
    odd = "heavier than any metal" if density > _HEAVIEST else "lighter than air"
    return Flaw(f"the package would be {odd} ({density:.3g} g/cm³): look at the units of weight and size")
