"""Limits move through time, scope by marketplace and product group, and every one says who says so."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.marketplace import marketplaces
from listingkit.rules.limits import coming, groups, in_force, limits

STORES = marketplaces()


def test_titles_before_and_after_july_2026():
    before, after = date(2026, 7, 26), date(2026, 7, 27)
    assert in_force("item_name.policy_chars", STORES["DE"], before).value == 200
    assert in_force("item_name.policy_chars", STORES["DE"], after).value == 75
    assert in_force("item_name.policy_chars", STORES["SA"], after).value == 200
    assert in_force("item_name.policy_chars", STORES["DE"], after, "media").value == 200


def test_a_marketplace_has_its_own():
    day = date(2026, 11, 1)
    assert in_force("bullet_point.max_chars", STORES["JP"], day).value == 500
    assert in_force("bullet_point.max_chars", STORES["US"], day).value == 700


def test_nothing_is_in_force_before_it_began():
    assert in_force("title_differentiation.max_chars", STORES["US"], date(2026, 7, 26)) is None


@given(st.sampled_from(limits()), st.sampled_from(list(STORES.values())), st.integers(0, 3000))
def test_what_is_in_force_has_begun_and_covers(limit, store, days):
    as_of = date(2020, 1, 1) + timedelta(days)
    found = in_force(limit.name, store, as_of)
    if found is not None:
        assert found.effective_from <= as_of
        assert found.covers(store, "")


def test_a_limit_about_to_change_is_known():
    assert {limit.name for limit in coming(date(2026, 6, 30))} >= {"item_name.policy_chars"}
    assert coming(date(2026, 7, 27)) == ()


@pytest.mark.parametrize("limit", limits(), ids=lambda limit: f"{limit.name}-{limit.effective_from}")
def test_every_limit_says_who_says_so(limit):
    assert limit.value > 0
    assert limit.source
    assert limit.checked >= date(2026, 1, 1)
    assert {*limit.marketplaces, *limit.except_marketplaces} <= set(STORES)
    assert {*limit.groups, *limit.except_groups} <= set(groups().values())
    assert limit.confidence in {"official", "secondary", "unconfirmed"}
