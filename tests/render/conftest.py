"""Listings made by hand, for tests of rendering."""

from collections.abc import Callable, Mapping, Sequence

import polars as pl
import pytest

from listingkit.mapping.listings import SOURCE, Listings
from listingkit.master.sheet import ROW

Listed = Callable[..., Listings]


@pytest.fixture(scope="session")
def listed() -> Listed:
    """Listings from columns of text, as the mapping leaves them."""

    def make(columns: Mapping[str, Sequence[str | None]], *, language: str | None = None) -> Listings:
        height = len(next(iter(columns.values())))
        frame = pl.DataFrame(dict(columns), schema=dict.fromkeys(columns, pl.String)).with_columns(
            pl.int_range(2, height + 2, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE)
        )
        return Listings(frame, (), language)

    return make
