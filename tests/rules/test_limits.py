"""Limits move through time, scope by marketplace and product group, and every one says who says so."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.marketplace import marketplaces
from listingkit.rules.limits import coming, groups, in_force, limits

STORES = marketplaces()


def value(name: str, store: str, day: date, group: str = "") -> int:
    limit = in_force(name, STORES[store], day, group)
    assert limit
    return limit.value


def test_titles_before_and_after_july_2026() -> None:
    before, after = date(2026, 7, 26), date(2026, 7, 27)
    assert value("item_name.policy_chars", "DE", before) == 200
    assert value("item_name.policy_chars", "DE", after) == 75
    assert value("item_name.policy_chars", "SA", after) == 200
    assert value("item_name.policy_chars", "DE", after, "media") == 200


def test_a_marketplace_has_its_own() -> None:
    day = date(2026, 11, 1)
    assert value("bullet_point.max_chars", "JP", day) == 500
    assert value("bullet_point.max_chars", "US", day) == 700


def test_nothing_is_in_force_before_it_began() -> None:
    assert in_force("title_differentiation.max_chars", STORES["US"], date(2026, 7, 26)) is None


@given(st.sampled_from(limits()), st.sampled_from(list(STORES.values())), st.integers(0, 3000))
def test_what_is_in_force_has_begun_and_covers(limit: Any, store: Any, days: Any) -> None:
    as_of = date(2020, 1, 1) + timedelta(days)
    found = in_force(limit.name, store, as_of)
    if found is not None:
        assert found.effective_from <= as_of
        assert found.covers(store, "")


def test_a_limit_about_to_change_is_known() -> None:
    assert {limit.name for limit in coming(date(2026, 6, 30))} >= {"item_name.policy_chars"}
    assert coming(date(2026, 7, 27)) == ()


@pytest.mark.parametrize("limit", limits(), ids=lambda limit: f"{limit.name}-{limit.effective_from}")
def test_every_limit_says_who_says_so(limit: Any) -> None:
    assert limit.value > 0
    assert limit.source
    assert limit.checked >= date(2026, 1, 1)
    assert {*limit.marketplaces, *limit.except_marketplaces} <= set(STORES)
    assert {*limit.groups, *limit.except_groups} <= set(groups().values())
    assert limit.confidence in {"official", "secondary", "unconfirmed"}
