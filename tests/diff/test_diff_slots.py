"""Which rows may be told in fewer changes: none is overlooked, and each is told in as few as there can be."""

from collections import Counter
from itertools import combinations, product

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.diff.slots import Slot, _may_be_shorter, fewest

values = st.lists(st.none() | st.sampled_from("abc"), min_size=2, max_size=5)


@settings(max_examples=400)
@given(values, values)
def test_a_row_that_is_passed_over_has_one_change_a_slot(old: list[str | None], new: list[str | None]) -> None:
    pairs = list(zip(old, new, strict=False))
    cells = {name: [value] for at, (was, will) in enumerate(pairs) for name, value in ((f"was{at}", was), (f"will{at}", will))}
    table = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String))
    lines = fewest([Slot(str(at), was, will, was, will) for at, (was, will) in enumerate(pairs)])
    differing = sum(was != will for was, will in pairs)
    if differing and not table.select(_may_be_shorter(len(pairs))).item():
        assert len(lines) == differing
        assert {line.kind for line in lines} == {"changed"}


def test_no_choice_among_equal_values_tells_less() -> None:
    """All families of four slots with two values, against every way to leave as many values as possible where they are."""
    for old, new in product(product((None, "a", "b"), repeat=4), repeat=2):
        if old == new:
            continue
        lines = fewest([Slot(str(at), was, will, was, will) for at, (was, will) in enumerate(zip(old, new, strict=True))])
        assert len(lines) == least([value for value in old if value], [value for value in new if value]), (old, new)


def least(old: list[str], new: list[str]) -> int:
    stay = (Counter(old) & Counter(new)).total()
    exchanged = max(len(old), len(new)) - stay
    in_order = bool({*combinations(old, stay)} & {*combinations(new, stay)})
    return exchanged + (not exchanged or not in_order)
