"""Triage is total, says what it says once, and comes home."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum import ean

from listingkit.gtin import triage
from listingkit.gtin.check_digit import complete
from listingkit.gtin.reasons import reasons

numbers = st.sampled_from([8, 12, 13, 14]).flatmap(lambda n: st.text("0123456789", min_size=n - 1, max_size=n - 1)).map(complete)
likely = st.text("0123456789 .,-eE+()'=\"OlXM/\u200b\u00a0", max_size=24)


@given(st.one_of(st.text(st.characters(codec=None), max_size=40), likely))
@example("\ud800")
@example("1" * 10_000)
@example("9e99")
@example("0" * 18)
@example("=" * 50)
@example("]C101")
def test_any_text_gets_a_verdict_that_is_whole(text: str) -> None:
    found = triage(text)
    if found.status == "valid":
        assert (found.gtin, found.rule, found.message) == (text, "", "")
        return
    reason = reasons()[found.rule]
    assert found.status == reason.status
    assert found.message
    assert "{" not in found.message
    assert (found.gtin is not None) == (found.status in ("fix", "warn"))
    assert found.status != "suggest" or found.candidates


@given(st.one_of(likely, numbers))
def test_what_it_offers_is_usable_and_stays_so(text: str) -> None:
    found = triage(text)
    for code in (found.gtin, *found.candidates):
        if code is not None:
            again = triage(code)
            assert again.status in ("valid", "warn")
            assert again.gtin == code


@given(st.one_of(likely, numbers))
def test_whatever_passes_has_the_check_digit_of_stdnum(text: str) -> None:
    found = triage(text)
    assert all(ean.is_valid(code) for code in (found.gtin, *found.candidates) if code)


@given(numbers)
def test_a_wrong_digit_never_passes(code: str) -> None:
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert not triage(wrong).usable


@pytest.mark.parametrize("text", [" " * 10_000_000, "9" * 10_000_000, "x" * 10_000_000, "\ufeff" * 1_000_000, " " * 10_000_000 + "1"])
def test_huge_cells_are_answered(text: str) -> None:
    assert triage(text).status in ("missing", "reject")


@pytest.mark.parametrize(("value", "status"), [(None, "missing"), (4006381333931, "valid"), (4006381333931.0, "fix"), (True, "reject")])
def test_other_objects_are_read_as_they_print(value: object, status: str) -> None:
    assert triage(value).status == status
