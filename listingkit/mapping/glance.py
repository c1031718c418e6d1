"""What all columns of a sheet are asked at once: one pass for all of them costs much less than one for each."""

from collections.abc import Collection, Mapping

import polars as pl
from msgspec import Struct, field

from listingkit.mapping.markup import MARK
from listingkit.mapping.numbers import PLAIN, WHOLE


class Glance(Struct, frozen=True):
    """What the columns of a sheet, by their letters, are known to hold."""

    unmarked: frozenset[str] = frozenset()  # no cell can hold HTML
    plain: frozenset[str] = frozenset()  # every cell is a decimal as we write it
    whole: frozenset[str] = frozenset()  # every cell is an integer as we write it
    distinct: Mapping[str, pl.Series] = field(default_factory=dict)  # the different cells


NOTHING = Glance()


def glance(frame: pl.DataFrame, texts: Collection[str], counted: Collection[str]) -> Glance:
    """Look at columns of texts for markup, and at those whose different cells are `counted` for numbers."""
    marked = [pl.col(name).str.contains(MARK, literal=True).any().alias(f"<{name}") for name in texts]
    cells = [pl.col(name).unique().implode().alias(f"={name}") for name in counted]
    found = frame.lazy().select(*marked, *cells).collect().row(0, named=True) if texts or counted else {}
    distinct = {name: pl.Series(name, found[f"={name}"], pl.String) for name in counted}
    return Glance(
        frozenset(name for name in texts if not found[f"<{name}"]),
        frozenset(name for name, held in distinct.items() if held.str.contains(PLAIN).all()),
        frozenset(name for name, held in distinct.items() if held.str.contains(WHOLE).all()),
        distinct,
    )
