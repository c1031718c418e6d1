"""A sample of a column is the same wherever its values stand, and samples of parts make that of the whole."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.rules import sample as module
from listingkit.rules.sample import sample

VALUES = st.lists(st.none() | st.integers(0, 60).map(str), max_size=80)


@given(VALUES, st.integers(1, 40), st.integers(0, 80))
def test_it_holds_the_values_with_the_smallest_hashes(values: list[str | None], most: int, cut: int) -> None:
    column = pl.Series("value", values, dtype=pl.String)
    ordered = column.drop_nulls().unique().to_frame().sort(pl.col("value").hash(seed=0), "value")["value"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST", most)
        assert sample(column).to_list() == ordered.head(most).to_list()
        assert sample(pl.concat([sample(column.head(cut)), sample(column.slice(cut))])).to_list() == ordered.head(most).to_list()
