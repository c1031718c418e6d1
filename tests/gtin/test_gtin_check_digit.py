"""Check digits agree with python-stdnum, wherever it is right."""

import biip.upc
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean, isbn, ismn, issn

from listingkit.gtin import related
from listingkit.gtin.check_digit import check_digit, complete, holds

digits = st.text("0123456789", min_size=1, max_size=20)


@given(digits)
def test_the_check_digit_is_that_of_stdnum(payload: str) -> None:
    assert check_digit(payload) == ean.calc_check_digit(payload)


@given(digits)
def test_exactly_one_last_digit_holds(payload: str) -> None:
    assert [digit for digit in "0123456789" if holds(payload + digit)] == [check_digit(payload)]


@given(digits, st.integers(0, 5))
def test_zeros_in_front_change_nothing(payload: str, zeros: int) -> None:
    assert holds("0" * zeros + complete(payload))


@given(st.text("0123456789", min_size=9, max_size=9), st.sampled_from("0123456789X"))
def test_isbn10_is_that_of_stdnum(nine: str, last: str) -> None:
    assert related.isbn10_holds(nine + last) == isbn.is_valid(nine + last)


@given(st.text("0123456789", min_size=9, max_size=9))
def test_isbn13_is_that_of_stdnum(nine: str) -> None:
    ten = nine + isbn._calc_isbn10_check_digit(nine)
    assert related.isbn13(ten) == isbn.to_isbn13(ten)


@given(st.text("0123456789", min_size=7, max_size=7), st.sampled_from("0123456789X"))
def test_issn_is_that_of_stdnum(seven: str, last: str) -> None:
    code = seven + last
    assert related.issn_holds(code) == issn.is_valid(code)
    if issn.is_valid(code):
        assert related.issn_gtin(code) == issn.to_ean(code)


@given(st.text("0123456789", min_size=8, max_size=8))
def test_ismn_is_that_of_stdnum(eight: str) -> None:
    nine = complete("9790" + eight)[4:]
    assert related.ismn13(nine) == ismn.to_ismn13("M" + nine)


def test_upce_expands_as_the_specification_shows() -> None:
    assert related.upc_of_upce("04252614") == "042100005264"
    assert related.upc_of_upce("01201303") == "012000000133"
    assert related.upc_of_upce("04252615") is None
    assert related.upc_of_upce("54252614") is None
    assert related.upc_of_six("425261") == "042100005264"


def test_pzn_of_seven_and_eight_digits() -> None:
    assert related.pzn_holds("04324188")
    assert related.pzn_holds("4324188")
    assert not related.pzn_holds("04324189")


def test_what_has_not_the_form_is_not_one() -> None:
    assert not related.isbn10_holds("03064061")
    assert not related.isbn10_holds("030640615Y")
    assert not related.issn_holds("0317")
    assert not related.issn_holds("0317847Y")


def test_upce_expansion_is_that_of_biip() -> None:
    for code in (f"0{n:06}" for n in range(0, 1_000_000, 7919)):
        upc = related.upc_of_six(code[1:])
        assert biip.upc.Upc.parse(code).as_upc_a() == upc
