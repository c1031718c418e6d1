from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingkit.errors import UnknownName
from listingkit.mapping.units import convert, convert_series, unit_named, units

SIZED = [unit for unit in units().values() if unit.size is not None]
EVERYDAY = ("grams", "kilograms", "ounces", "pounds", "millimeters", "centimeters", "meters", "inches", "feet")


@pytest.mark.parametrize(
    ("value", "unit", "target", "expected"),
    [
        ("2.54", "centimeters", "inches", "1"),
        ("1", "pounds", "grams", "453.59237"),
        ("16", "ounces", "pounds", "1"),
        ("0.5", "kilograms", "grams", "500"),
        ("1", "feet", "inches", "12"),
        ("12", "centimeters", "inches", "4.724409"),
        ("007.50", "grams", "grams", "007.50"),
        ("0", "grams", "pounds", "0"),
    ],
)
def test_conversion_is_exact(value: str, unit: str, target: str, expected: str) -> None:
    assert convert(value, unit, target) == expected


numbers = st.decimals(min_value=0, max_value=100_000, places=3).map(lambda number: f"{number:f}")


@given(numbers, st.sampled_from(EVERYDAY), st.sampled_from(EVERYDAY))
def test_there_and_back_again(value: str, unit: str, target: str) -> None:
    if units()[unit].dimension != units()[target].dimension:
        return
    assert Decimal(convert(convert(value, unit, target, places=15), target, unit, places=3)) == Decimal(value)


@given(st.lists(st.one_of(st.none(), numbers, st.just("n/a")), max_size=8))
def test_a_column_converts_as_its_values_do(values: list[str | None]) -> None:
    series = pl.Series("x", values, dtype=pl.String)
    expected = [value if value in (None, "n/a") else convert(value, "kilograms", "pounds") for value in values]
    assert convert_series(series, "kilograms", "pounds").to_list() == expected


@pytest.mark.parametrize("value", ["", "abc", "NaN", "Infinity", "1e999", "9" * 500, "1,5"])
def test_what_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="number"):
        convert(value, "grams", "pounds")


def test_weights_are_not_lengths_and_nobody_knows_which_ton() -> None:
    with pytest.raises(ValueError, match="cannot be converted"):
        convert("1", "grams", "inches")
    with pytest.raises(ValueError, match="cannot be converted"):
        convert("1", "tons", "grams")
    with pytest.raises(UnknownName, match="did you mean grams"):
        convert("1", "gram", "pounds")


@pytest.mark.parametrize(
    ("word", "name"), [("KG", "kilograms"), ("克", "grams"), ('"', "inches"), ("Zoll", "inches"), ("lbs.", "pounds"), ("x", None)]
)
def test_words_of_sheets(word: str, name: str | None) -> None:
    assert unit_named(word) == name


def test_every_word_means_one_unit() -> None:
    assert {unit_named(unit.name) for unit in SIZED} == {unit.name for unit in SIZED}
