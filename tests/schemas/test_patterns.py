"""Patterns: linear in time, one meaning in both engines, and refused in one sentence."""

import re
import time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.schemas.patterns import automaton, counted, matcher, suspect

PATTERNS = [
    "^(https?|s3)://",
    r"^UN\d{4}$",
    "^[A-Z0-9]{10}$",
    r"^.{3,2000}$",
    r"^[\s\S]{2,5}$",
    r"a\.b",
    r"^\w+$",
    r"^[\w-]+$",
    "^(a|b)*c$",
    "[^0-9]$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(value=st.one_of(st.text(max_size=12), st.from_regex(r"(https://|UN1234|a\.b|[ab]*c|\w+|٣)\n?", fullmatch=True)))
def test_value_and_column_agree(pattern: str, value: str) -> None:
    column = pl.DataFrame({"value": [value]}).select(suspect(pattern, pl.col("value"))).item()
    assert column == (not matcher(pattern)(value))


def test_the_end_is_the_very_end_and_digits_are_ascii() -> None:
    assert not matcher(r"^UN\d{4}$")("UN1234\n")
    assert not matcher(r"^UN\d{4}$")("UN١٢٣٤")
    assert not matcher(r"^\w+$")("ä")


@pytest.mark.parametrize(
    ("pattern", "bounds"),
    [("^.{3,2000}$", (3, 2000, False)), (r"^[\s\S]*$", (0, None, True)), ("^.+$", (1, None, False)), ("^a{3}$", None), (".{3}", None)],
)
def test_counts_become_length_checks(pattern: str, bounds: object) -> None:
    assert counted(pattern) == bounds


@pytest.mark.parametrize("pattern", ["^(a+)+$", "(x|x)*y", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*=", r"^(\w+\s?)*$"])
def test_catastrophic_patterns_stay_fast(pattern: str) -> None:
    holds = matcher(pattern)
    start = time.process_time()
    holds("a" * 20_000 + "!")
    assert time.process_time() - start < 1


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?=a)b", "(?<!a)b", "(", "a" * 3000, "(?P<x>a)(?(x)b|c)", "((a{1000}){1000}){1000}"])
def test_what_no_automaton_can_do_is_refused_in_one_sentence(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern") as refused:
        matcher(pattern)
    assert "\n" not in str(refused.value)


def test_the_automaton_means_the_same_for_escaped_backslashes() -> None:
    assert re.search(r"\\d", "\\d")
    assert pl.Series(["\\d"]).str.contains(automaton(r"\\d"))[0]
