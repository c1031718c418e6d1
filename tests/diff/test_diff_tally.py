"""What is seen of a table is what is seen of its parts."""

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from listingkit.diff.tally import Tally
from listingkit.mapping.assign import Assignment
from listingkit.mapping.profile import From
from listingkit.master.sheet import Column

FIELDS = {"A": "price", "B": "product_description", "C": "bullet_point", "D": "item_name", "E": "main_product_image_locator"}
CELLS = st.sampled_from([None, "1", "1,5", "<b>x</b>", "one; two", "one; two; three", "https://i.example/a.jpg;https://i.example/b.jpg"])
ROWS = st.lists(st.tuples(*[CELLS] * len(FIELDS)), max_size=6)


def tally(rows: list[Any]) -> Tally:
    made = Tally(Assignment(field, Column(letter, field), From(separator=";")) for letter, field in FIELDS.items())
    for at in range(0, len(rows), 2):
        made.add(pl.DataFrame(rows[at : at + 2], schema=dict.fromkeys(FIELDS, pl.String), orient="row"))
    return made


def told(made: Tally) -> dict[str, Any]:
    return {
        one.field: (None if seen.distinct is None else set(seen.distinct), seen.longest, seen.filled, seen.tagged)
        for one, seen in made.seen().items()
    }


@given(kept=ROWS, gone=ROWS, more=ROWS)
def test_rows_that_were_exchanged(kept: list[Any], gone: list[Any], more: list[Any]) -> None:
    exchanged = tally([*gone, *kept]).exchanged(tally(gone), tally(more))
    expected = told(tally([*kept, *more]))
    if exchanged is None:
        assert any(told(tally(gone))[field][1] > told(tally(more))[field][1] for field in expected)
    else:
        assert told(exchanged) == expected
