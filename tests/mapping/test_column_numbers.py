import re
from collections.abc import Sequence
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.mapping.glance import glance
from listingkit.mapping.numbers import PLAIN, WHOLE, number_style, read_numbers


def series(values: Sequence[str | None]) -> pl.Series:
    return pl.Series("x", values, dtype=pl.String)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["19,99", "5", "1.234,50"], ["19.99", "5", "1234.50"]),
        (["19.99", "1,234"], ["19.99", "1234"]),
        (["1,234", "0.5"], ["1234", "0.5"]),
        (["1 234,5", "1 000"], ["1234.5", "1000"]),
        (["1\u202f234,5"], ["1234.5"]),
        (["1'234.50"], ["1234.50"]),
        (["1.234.567"], ["1234567"]),
        (["1,00,000.50"], ["100000.50"]),
        (["€ 19,99", "20,00 €"], ["19.99", "20.00"]),
        (["19,-", "20,50"], ["19", "20.50"]),
        (["１２．５"], ["12.5"]),
        ([".5", "-3", "+2.25"], ["0.5", "-3", "2.25"]),
        (["007", "10"], ["7", "10"]),
        (["0,123"], ["0.123"]),
        (["1234.567"], ["1234.567"]),
        (["19 %"], ["19"]),
        ([None], [None]),
        ([], []),
    ],
)
def test_a_column_tells_its_decimal_sign(written: list[str | None], read: list[str | None]) -> None:
    numbers = read_numbers(series(written))
    assert numbers.values.to_list() == read
    assert numbers.doubt is None


def test_a_number_below_zero_is_never_read_as_one_above() -> None:
    values = read_numbers(series(["5,00", "(5,00)", "5,00-", "5-", "-5,00", "9,-"])).values.to_list()
    assert values == ["5.00", "(5,00)", "5,00-", "5-", "-5.00", "9"]


@pytest.mark.parametrize("written", [["1.234"], ["1.234", "5"], ["1,234", "12,500"]])
def test_a_lone_thousand_may_be_a_fraction_and_asks(written: list[str | None]) -> None:
    numbers = read_numbers(series(written))
    assert numbers.values.to_list() == written
    assert numbers.doubt is not None
    assert "may be a thousand or a fraction and no other cell of the column tells" in numbers.doubt
    assert read_numbers(series(["1.234"]), ",").values.to_list() == ["1234"]
    assert read_numbers(series(["1.234"]), ".").values.to_list() == ["1.234"]


def test_the_usual_sign_counts_only_where_cells_do_not_tell() -> None:
    assert read_numbers(series(["1.234"]), usual=",").values.to_list() == ["1234"]
    assert read_numbers(series(["1.234", "0.5"]), usual=",").values.to_list() == ["1.234", "0.5"]
    assert read_numbers(series(["10.50", "9.90"]), usual=",").values.to_list() == ["10.50", "9.90"]
    assert read_numbers(series(["1,5", "1.5"]), usual=",").doubt is not None


def test_cells_that_contradict_each_other_stay() -> None:
    numbers = read_numbers(series(["19,99", "20,99", "19.99", "1.234"]))
    assert numbers.values.to_list() == ["19,99", "20,99", "19.99", "1.234"]
    assert numbers.doubt is not None
    assert "'19.99' and '19,99'" in numbers.doubt


def test_a_cell_against_the_rest_of_its_column_stays_and_is_left_to_the_rules() -> None:
    numbers = read_numbers(series(["19.99", "$19,99", "7.50"]))
    assert (numbers.values.to_list(), numbers.doubt) == (["19.99", "$19,99", "7.50"], None)
    prices = [f"{n}.50" for n in range(40)]
    numbers = read_numbers(series([*prices, "19,99", "1,234"]))
    assert (numbers.values.to_list(), numbers.doubt) == ([*prices, "19,99", "1234"], None)


@pytest.mark.parametrize("written", ["ca. 10", "x", "10-12", "1,5,5", "12 apples", "3.6E+10", "1.2.3", "--5", "1,23,4.5"])
def test_what_is_no_number_stays_the_text_it_was(written: str) -> None:
    assert read_numbers(series([written, "2.5"])).values.to_list() == [written, "2.5"]


def test_units_stay_beside_their_numbers() -> None:
    numbers = read_numbers(series(["12.5kg", "500 g", "3", None]))
    assert numbers.values.to_list() == ["12.5", "500", "3", None]
    assert numbers.units is not None
    assert numbers.units.to_list() == ["kilograms", "grams", None, None]


def test_one_currency_is_learned_and_several_are_refused() -> None:
    assert read_numbers(series(["£5.00", "£3.00"])).currency == "GBP"
    assert read_numbers(series(["$5.00"])).currency is None
    mixed = read_numbers(series(["$5.00", "£3.00"]))
    assert mixed.values.to_list() == ["$5.00", "£3.00"]
    assert mixed.doubt is not None


def test_a_number_that_is_none_in_any_country_says_nothing_of_the_decimal_sign() -> None:
    numbers = read_numbers(series(["9.90", "1.5.0", "1,2,3"]))
    assert numbers.values.to_list() == ["9.90", "1.5.0", "1,2,3"]
    assert numbers.doubt is None


def test_a_single_cell_does_not_decide_the_currency_of_a_column() -> None:
    prices = [f"{euros}.90" for euros in range(10, 40)]
    numbers = read_numbers(series([*prices, "19.99 EUR"]))
    assert (numbers.currency, numbers.doubt) == (None, None)
    assert numbers.values.to_list() == [*prices, "19.99 EUR"]
    most = read_numbers(series([*(f"{price} EUR" for price in prices), "19.99 £", "5.00"]))
    assert (most.currency, most.doubt) == ("EUR", None)
    assert most.values.to_list() == [*prices, "19.99 £", "5.00"]


def test_a_cell_that_names_another_currency_than_its_header_is_not_read() -> None:
    written = series(["19.99 EUR", "$5.00", "US$ 6.00", "7.00"])
    assert read_numbers(written, currency="USD").values.to_list() == ["19.99 EUR", "5.00", "6.00", "7.00"]
    assert read_numbers(written, currency="EUR").values.to_list() == ["19.99", "$5.00", "US$ 6.00", "7.00"]


def test_whole_numbers_lose_only_zeros() -> None:
    assert read_numbers(series(["25,0", "10", "3 Stk"]), whole=True).values.to_list() == ["25", "10", "3"]
    assert read_numbers(series(["10.0", "7.5"]), whole=True).values.to_list() == ["10", "7.5"]


amounts = st.decimals(min_value=-99_999_999, max_value=99_999_999, places=2, allow_nan=False)
LOCALES = {
    (".", ","): lambda text: text,
    (",", "."): lambda text: text.translate({44: 46, 46: 44}),
    (",", " "): lambda text: text.translate({44: 32, 46: 44}),
}


@given(st.lists(amounts, min_size=1, max_size=8), st.sampled_from(sorted(LOCALES)), st.booleans())
def test_numbers_written_with_a_locale_read_back_equal(values: list[Decimal], locale: tuple[str, str], declared: bool) -> None:
    written = [LOCALES[locale](f"{value:,.2f}") for value in values]
    read = read_numbers(series(list(written)), locale[0] if declared else None)
    assert [Decimal(text) for text in read.values.to_list()] == values


@given(st.lists(st.text(max_size=30), max_size=6), st.sampled_from([None, ".", ","]))
def test_any_text_is_read_or_left_alone(values: list[str], decimal: str | None) -> None:
    read = read_numbers(series(list(values)), decimal).values.to_list()
    assert len(read) == len(values)
    for before, after in zip(values, read, strict=True):
        assert after == before or Decimal(after).is_finite()


@given(st.lists(st.sampled_from(["1.234", "1,234", "19,99", "0.5", "7", "1.234,5", "12 cm"]), min_size=1, max_size=6))
def test_the_order_of_cells_does_not_matter(values: list[str]) -> None:
    there = read_numbers(series(list(values))).values.to_list()
    back = read_numbers(series(values[::-1])).values.to_list()
    assert there == back[::-1]


def test_a_doubt_names_the_first_cells_of_the_sheet() -> None:
    numbers = read_numbers(series([f"{n}.25" for n in range(1, 20_000)] + [f"{n},50" for n in range(1, 20_000)]))
    assert numbers.doubt is not None
    assert "'1.25' and '1,50'" in numbers.doubt


cells = st.none() | st.sampled_from(
    ["1.234", "1,234", "19,99", "0.5", "7", "007", "5.0", "12 cm", "3 kg", "€ 5", "5.00 $", "(5.00)", "n/a", "<1>"]
)


@given(st.lists(cells, min_size=1, max_size=12), st.integers(0, 12), st.booleans())
def test_a_part_is_read_as_the_whole_is(values: list[str | None], cut: int, whole: bool) -> None:
    column = series(values)
    every, style = read_numbers(column, whole=whole), number_style(column, whole=whole)
    for part, start in ((column.head(cut), 0), (column.slice(cut), cut)):
        read = read_numbers(part, whole=whole, style=style)
        assert read.values.to_list() == every.values.slice(start, len(part)).to_list()
        units = every.units.slice(start, len(part)).to_list() if every.units is not None else [None] * len(part)
        assert (read.units.to_list() if read.units is not None else [None] * len(part)) == units


@given(st.lists(cells, max_size=8))
def test_a_glance_says_of_columns_what_their_cells_say(values: list[str | None]) -> None:
    column, there = series(values), {value for value in values if value is not None}
    known = glance(column.to_frame(), ["x"], ["x"])
    assert ("x" in known.unmarked) == (not any("<" in value for value in there))
    assert ("x" in known.plain) == all(re.search(PLAIN, value) for value in there)
    assert ("x" in known.whole) == all(re.search(WHOLE, value) for value in there)
    assert sorted(known.distinct["x"].drop_nulls().to_list()) == sorted(there)
