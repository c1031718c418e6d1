"""FBA size tiers: dated tables by region, and the tier of every package of a frame."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Literal

import polars as pl
from msgspec import Struct

from listingkit.mapping.units import units
from listingkit.resources import data

_SLACK = 1 + 1e-9  # a package exactly on a bound keeps it, whatever the unit it was converted from


class Tier(Struct, frozen=True):
    """The bounds of one tier, in the units of its table; None is no bound. `refused`: FBA does not take the package."""

    name: str
    weight: float | None = None
    volumetric: float | None = None
    longest: float | None = None
    median: float | None = None
    shortest: float | None = None
    girth: float | None = None  # longest side and twice the other two
    sum: float | None = None
    larger: bool = False  # the larger of weight and volumetric weight keeps the bound
    refused: bool = False
    usual: bool = False  # standard size


class Table(Struct, frozen=True):
    """The tiers of a region, smallest first; the last takes everything."""

    name: str
    marketplaces: frozenset[str]
    effective_from: date
    length_unit: str
    weight_unit: str
    divisor: float  # cubic length units for one unit of volumetric weight
    source: str
    checked: date
    confidence: Literal["official", "secondary", "unconfirmed"]
    tiers: tuple[Tier, ...]

    def tier(self, sides: Sequence[pl.Expr], weight: pl.Expr) -> pl.Expr:
        """The name of the tier, from three sides in millimetres and a weight in grams (Float64); null where one is missing."""
        length, mass = float(units()[self.length_unit].size or 1), float(units()[self.weight_unit].size or 1)
        ordered = pl.concat_list([side / length for side in sides]).list.sort(descending=True)
        longest, median, shortest = (ordered.list.get(place) for place in range(3))
        own, volumetric = weight / mass, longest * median * shortest / self.divisor
        said: dict[str, pl.Expr] = {
            "weight": own,
            "volumetric": volumetric,
            "longest": longest,
            "median": median,
            "shortest": shortest,
            "girth": longest + 2 * (median + shortest),
            "sum": longest + median + shortest,
        }
        found = pl.lit(self.tiers[-1].name)
        for tier in self.tiers[-2::-1]:
            found = pl.when(self._keeps(tier, said)).then(pl.lit(tier.name)).otherwise(found)
        known = pl.all_horizontal(*(side.is_not_null() for side in sides), weight.is_not_null())
        return pl.when(known).then(found)

    @staticmethod
    def _keeps(tier: Tier, said: Mapping[str, pl.Expr]) -> pl.Expr:
        bounds = {name: bound for name in said if (bound := getattr(tier, name)) is not None}
        held = [said[name] <= bound * _SLACK for name, bound in bounds.items()]
        if tier.larger and tier.weight is not None:
            held.append(said["volumetric"] <= tier.weight * _SLACK)
        return pl.all_horizontal(held)


@cache
def tables() -> tuple[Table, ...]:
    """Every table of the data file."""
    rows: list[dict[str, Any]] = tomllib.loads(data("fba_tiers.toml").read_text("utf-8"))["table"]
    return tuple(
        Table(**{**row, "marketplaces": frozenset(row["marketplaces"]), "tiers": tuple(Tier(**tier) for tier in row["tiers"])})
        for row in rows
    )


def table_for(store: str, as_of: date) -> Table | None:
    """The latest table of a marketplace that has begun."""
    begun = [table for table in tables() if store in table.marketplaces and table.effective_from <= as_of]
    return max(begun, key=lambda table: table.effective_from, default=None)
