"""Rows that are spread over buckets: each goes, once and in its order, wherever one of its keys meets others."""

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from listingkit.mapping.listings import SOURCE
from listingkit.master.sheet import ROW
from listingkit.rules.groups import bucket_of
from listingkit.rules.shuffle import buckets

KEYS = ("sku", "parent_sku", "product_id")
cells = st.none() | st.sampled_from(["A", "B", "C", "D", "E"])


@given(
    rows=st.lists(st.tuples(cells, cells, cells), max_size=20),
    keys=st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True),
    count=st.integers(1, 7),
)
def test_a_bucket_has_the_rows_of_which_a_key_belongs_there(rows: Any, keys: list[str], count: int) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(KEYS, pl.String), orient="row").select(
        pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE), pl.all()
    )
    numbers = frame.select(bucket_of(pl.col(key), count).alias(key) for key in keys)
    found = {number: mine[ROW].to_list() for number, mine in buckets(frame, numbers)}
    meant = {
        number: frame.filter(pl.any_horizontal(bucket_of(pl.col(key), count) == number for key in keys))[ROW].to_list()
        for number in range(count)
    }
    assert found == {number: there for number, there in meant.items() if there}
    for _, mine in buckets(frame, numbers):
        assert mine.equals(frame.filter(pl.col(ROW).is_in(mine[ROW].implode())))
