"""Units of weight and length: what a word means, and exact conversion."""

import tomllib
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from fractions import Fraction
from functools import cache
from typing import Any

import polars as pl
from msgspec import Struct

from listingkit.errors import UnknownName
from listingkit.resources import data

DIGITS = 60  # longest number that is converted; more than any unit of this world needs


class Unit(Struct, frozen=True):
    """A unit by the name Amazon gives it. `size` is in grams or millimetres; None where nobody says how large it is."""

    name: str
    dimension: str  # weight or length
    size: Fraction | None


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(data("units.toml").read_text("utf-8"))


@cache
def units() -> Mapping[str, Unit]:
    """Every unit by its name."""
    return {
        name: Unit(name, dimension, Fraction(row["size"]) if "size" in row else None)
        for dimension in ("weight", "length")
        for name, row in _file()[dimension].items()
    }


@cache
def _words() -> Mapping[str, str]:
    return {
        word.casefold(): name
        for dimension in ("weight", "length")
        for name, row in _file()[dimension].items()
        for word in (name, *row["words"])
    }


@cache
def currencies() -> Mapping[str, str]:
    """ISO 4217 code by the words and signs that name one currency, in lower case."""
    return {word.casefold(): code for code, words in _file()["currency"].items() for word in words}


def unit_named(word: str) -> str | None:
    """The unit that a word of a sheet means (`lbs` is `pounds`), or None."""
    folded = word.strip().strip(".").casefold()
    return _words().get(folded)


def convert(value: str, unit: str, target: str, places: int = 6) -> str:
    """A plain decimal number (`12.5`) in another unit of the same dimension, as text.

    Computed exactly and rounded once, half to even, to `places` decimals. Raises `UnknownName` for a unit that nobody
    knows and ValueError for a value that is no number or units that cannot be converted into each other.
    """
    source, wanted = _unit(unit), _unit(target)
    if len(value) > DIGITS:
        raise ValueError(f"{value[:20]!r}... is too long for a number")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not amount.is_finite() or abs(amount.adjusted()) > DIGITS:
        raise ValueError(f"{value!r} is not a number that can be converted")
    if source.name == wanted.name:
        return value
    if source.dimension != wanted.dimension or source.size is None or wanted.size is None:
        raise ValueError(f"{unit} cannot be converted to {target}")
    return _decimal_text(Fraction(amount) * source.size / wanted.size, places)


def convert_series(values: pl.Series, unit: str, target: str, places: int = 6) -> pl.Series:
    """`convert` for a column; a value that is no number stays as it is."""
    if unit == target:
        return values
    converted = {value: _or_same(value, unit, target, places) for value in values.unique().drop_nulls().to_list()}
    return values.replace(converted)


def _or_same(value: str, unit: str, target: str, places: int) -> str:
    try:
        return convert(value, unit, target, places)
    except ValueError:
        return value


def _unit(name: str) -> Unit:
    if name not in units():
        raise UnknownName("unit", name, units())
    return units()[name]


def _decimal_text(number: Fraction, places: int) -> str:
    with localcontext() as context:
        context.prec = 3 * DIGITS
        quotient = (Decimal(number.numerator) / Decimal(number.denominator)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    text = f"{quotient:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
