"""Items are made ahead by another thread, and nobody can tell."""

import threading
from collections.abc import Generator

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.ahead import ahead


def numbers(count: int, closed: list[bool], broken: int = -1) -> Generator[int]:
    try:
        for number in range(count):
            if number == broken:
                raise ValueError(f"no {number}")
            yield number
    finally:
        closed.append(True)


@given(count=st.integers(0, 20))
def test_the_items_are_the_same_in_the_same_order(count: int) -> None:
    closed: list[bool] = []
    assert list(ahead(numbers(count, closed))) == list(range(count))
    assert closed == [True]


@given(count=st.integers(1, 20), data=st.data())
def test_what_making_an_item_raises_comes_after_those_before_it(count: int, data: st.DataObject) -> None:
    broken = data.draw(st.integers(0, count - 1))
    closed: list[bool] = []
    seen = []
    with pytest.raises(ValueError, match=f"no {broken}"):
        for number in ahead(numbers(count, closed, broken)):
            seen.append(number)  # noqa: PERF402 - those before the error count
    assert seen == list(range(broken))
    assert closed == [True]


@given(count=st.integers(1, 20), data=st.data())
def test_who_stops_early_leaves_nothing_open(count: int, data: st.DataObject) -> None:
    closed: list[bool] = []
    items = ahead(numbers(count, closed))
    for _ in range(data.draw(st.integers(1, count))):
        next(items)
    items.close()
    assert closed == [True]


def test_one_item_is_made_while_another_is_worked_on_where_there_are_cores() -> None:
    made = threading.Event()

    def two() -> Generator[int]:
        yield 1
        made.set()
        yield 2

    items = ahead(two())
    assert next(items) == 1
    assert made.wait(10 if pl.thread_pool_size() > 1 else 0) is (pl.thread_pool_size() > 1)
    assert list(items) == [2]
