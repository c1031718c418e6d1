"""Laws of the vocabulary: what is good is clean, what is bad is flawed, and no flaw escapes a column's suspects."""

from decimal import Decimal
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.finding import Safety, Severity
from listingkit.schemas.words import (
    AtLeast,
    AtMost,
    Condition,
    Constraint,
    Decimals,
    Example,
    ForbiddenWhen,
    Matches,
    MaxBytes,
    MaxChars,
    MinChars,
    Number,
    OneOf,
    Required,
    RequiredWhen,
    Word,
)

fields = st.sampled_from(["alpha", "beta", "gamma"])
texts = st.text(min_size=1, max_size=8).filter(lambda text: bool(text.strip(" _-")))
conditions = st.lists(
    st.builds(Condition, fields, st.lists(texts, max_size=3).map(tuple), st.booleans()),
    min_size=1,
    max_size=3,
    unique_by=lambda condition: condition.field,
).map(tuple)
amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3)
words: st.SearchStrategy[Word] = st.one_of(
    st.just(Required()),
    st.builds(RequiredWhen, conditions),
    st.builds(ForbiddenWhen, conditions),
    st.builds(
        OneOf,
        st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=5).map(tuple),
        st.booleans(),
        st.dictionaries(st.text(min_size=1, max_size=3), st.just("x"), max_size=2),
    ),
    st.builds(MaxChars, st.integers(1, 50)),
    st.builds(MinChars, st.integers(2, 50)),
    st.builds(MaxBytes, st.integers(1, 50)),
    st.just(Matches("^UN[0-9]{4}$", examples=("UN1234",))),
    st.just(Matches("^https?://", examples=("https://example.com/a",))),
    st.just(Matches("^.{3,2000}$", examples=("abc",))),
    st.just(Number()),
    st.builds(AtLeast, amounts, st.booleans()),
    st.builds(AtMost, amounts),
    st.builds(Decimals, st.integers(0, 20)),
)
cells = st.one_of(
    st.none(),
    st.text(max_size=60),
    st.from_regex(r"-?[0-9]{1,25}(\.[0-9]{1,25})?", fullmatch=True),
    st.sampled_from(["1e5", "NaN", "inf", "+1", " 1", "1_0", "٣", "UN1234", "UN12345", "true", "Yes", "0.0000000000000000001"]),
)


def suspected(word: Word, example: Example, *, with_row: bool) -> bool:
    row = {name: example.row.get(name) for name in word.reads}
    frame = pl.DataFrame(
        {"value": [example.value], **{name: [cell] for name, cell in row.items()}}, schema=dict.fromkeys(["value", *row], pl.String)
    )
    others = {name: pl.col(name) for name in row} if with_row else {}
    return frame.select(word.suspects(pl.col("value"), others)).item() is True


@given(word=words, draw=st.randoms(use_true_random=False))
def test_good_is_clean_and_bad_is_flawed(word: Word, draw: Random) -> None:
    assert word.flaw(*word.good(draw)) is None
    assert word.flaw(*word.bad(draw)) is not None


@given(word=words, value=cells, row=st.dictionaries(fields, cells), draw=st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_no_flaw_escapes_the_suspects(word: Word, value: str | None, row: dict[str, str | None], draw: Random) -> None:
    for example in (Example(value, row), Example(value, word.bad(draw).row), word.bad(draw)):
        if word.flaw(*example) is not None:
            assert suspected(word, example, with_row=False)
            assert suspected(word, example, with_row=True)


@given(word=words, draw=st.randoms(use_true_random=False))
def test_good_values_stay_out_of_python(word: Word, draw: Random) -> None:
    """The judge is spared what is plainly right; numbers at the very bound may be looked at, and letters beyond ASCII."""
    example = word.good(draw)
    if not isinstance(word, AtLeast | AtMost) and all(cell is None or cell.isascii() for cell in example.row.values()):
        assert not suspected(word, example, with_row=True)


@given(word=words)
def test_every_word_says_what_it_asks(word: Word) -> None:
    assert word.sentence()
    assert word.code[:3] in ("REQ", "VAL")
    hash(word)


@given(value=st.one_of(st.none(), st.just("")), word=words)
def test_only_words_about_being_there_speak_of_blanks(value: str | None, word: Word) -> None:
    if not isinstance(word, Required | RequiredWhen):
        assert word.flaw(value) is None


def test_a_value_that_only_differs_in_case_is_fixed_unasked() -> None:
    word = OneOf(("lithium_ion", "alkaline"), labels={"Lithium Ion": "lithium_ion"})
    assert word.flaw("Lithium Ion") is None
    flaw = word.flaw("LITHIUM-ION")
    assert flaw is not None
    assert (flaw.fix, flaw.safety) == ("lithium_ion", Safety.SAFE)


def test_a_near_value_is_only_offered() -> None:
    flaw = OneOf(("alkaline", "lead_acid")).flaw("alcaline")
    assert flaw is not None
    assert (flaw.fix, flaw.safety) == ("alkaline", Safety.ASK)


def test_an_open_list_only_warns_and_a_deprecated_value_too() -> None:
    word = OneOf(("a_1", "b_2"), open=True, deprecated=frozenset({"b_2"}))
    for value in ("zzz", "b_2"):
        flaw = word.flaw(value)
        assert flaw is not None
        assert flaw.severity is Severity.WARNING


def test_bytes_are_not_characters() -> None:
    flaw = MaxBytes(4).flaw("äöü")
    assert flaw is not None
    assert "6 bytes (3 characters)" in flaw.message


@pytest.mark.parametrize("more", ["0.1000000000000000000001", "0.10000000001"])
def test_a_hair_above_the_bound_is_seen(more: str) -> None:
    assert AtMost(Decimal("0.1")).flaw(more) is not None
    assert suspected(AtMost(Decimal("0.1")), Example(more), with_row=False)


def test_what_is_not_confirmed_is_never_an_error_and_says_so() -> None:
    flaw = Constraint("color", Required(), Severity.WARNING, confidence="unconfirmed").flaw(None)
    assert flaw is not None
    assert flaw.severity is Severity.WARNING
    assert "not confirmed" in flaw.message


@pytest.mark.parametrize(
    "make",
    [
        lambda: OneOf(()),
        lambda: OneOf(("", "a")),
        lambda: MaxChars(0),
        lambda: MaxBytes(True),
        lambda: Decimals(-1),
        lambda: AtLeast(Decimal("NaN")),
        lambda: RequiredWhen(()),
        lambda: RequiredWhen((Condition("a", ("x",)), Condition("a"))),
        lambda: Matches("(a"),
        lambda: Matches("^a$", examples=("b",)),
    ],
)
def test_words_that_cannot_be_meant_are_refused(make: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        make()  # type: ignore[operator]
