"""Weights and lengths in the units a marketplace takes."""

from collections.abc import Sequence

import polars as pl

from listingkit.fields import Field
from listingkit.mapping.units import convert, unit_named
from listingkit.marketplace import Marketplace


def allowed_units(field: Field, store: Marketplace) -> tuple[str, ...]:
    """The units that this marketplace takes for a measured field; empty: any."""
    return {"weight": store.weight_units, "length": store.length_units}.get(field.unit, ())


def in_allowed(value: pl.Series, unit: pl.Series, allowed: Sequence[str]) -> tuple[pl.Series, pl.Series]:
    """Values and their units by Amazon's names, converted exactly to the first of `allowed` where the unit is none of them.

    A cell that cannot be converted (no number, unknown unit) stays as it is: the rules speak about it.
    """
    names = {word: name for word in unit.drop_nulls().unique() if (name := unit_named(word))}
    unit = unit.replace(names) if names else unit
    if not allowed:
        return value, unit
    pairs = pl.DataFrame({"value": value, "unit": unit})
    foreign = pairs.drop_nulls().unique().filter(~pl.col("unit").is_in(list(allowed)))
    converted = [_converted(value, unit, allowed[0]) for value, unit in foreign.iter_rows()]
    new = foreign.with_columns(pl.Series("new", converted, pl.String)).drop_nulls("new")
    joined = pairs.with_row_index("at").join(new, on=["value", "unit"], how="left").sort("at")
    changed = pl.col("new").is_not_null()
    return (
        joined.select(pl.coalesce("new", "value").alias(value.name)).to_series(),
        joined.select(pl.when(changed).then(pl.lit(allowed[0])).otherwise("unit").alias(unit.name)).to_series(),
    )


def _converted(value: str, unit: str, target: str) -> str | None:
    if unit_named(unit) is None:
        return None
    try:
        return convert(value, unit, target)
    except ValueError:
        return None
