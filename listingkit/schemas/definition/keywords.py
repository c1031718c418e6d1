"""What each keyword asks of a value that it applies to. Values of another type are not its business."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from listingkit.schemas.definition.formats import FORMATS
from listingkit.schemas.patterns import matcher

Check = Callable[[Any], bool]

TYPES: Mapping[str, Check] = {
    "object": lambda value: type(value) is dict,
    "array": lambda value: type(value) is list,
    "string": lambda value: type(value) is str,
    "boolean": lambda value: value is True or value is False,
    "null": lambda value: value is None,
    "number": lambda value: type(value) in (int, float),
    "integer": lambda value: type(value) is int or (type(value) is float and value.is_integer()),
}


def one_type(wanted: str | Sequence[str]) -> Check:
    if isinstance(wanted, str):
        return TYPES[wanted]
    checks = [TYPES[name] for name in wanted]
    return lambda value: any(check(value) for check in checks)


def enum(values: Sequence[Any]) -> Check:
    if all(type(value) is str for value in values):
        texts = frozenset(values)
        return lambda value: type(value) is str and value in texts
    known = frozenset(_same(value) for value in values)
    return lambda value: _same(value) in known


def _same(value: Any) -> str:
    """Equal for what JSON calls equal: 1 and 1.0 are, 1 and true are not."""
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is dict:
        return "{" + ",".join(f"{json.dumps(key)}:{_same(value[key])}" for key in sorted(value)) + "}"
    if type(value) is list:
        return "[" + ",".join(_same(item) for item in value) + "]"
    return json.dumps(value)


def max_length(most: int) -> Check:
    return lambda value: len(value) <= most


def min_length(least: int) -> Check:
    return lambda value: len(value) >= least


def max_bytes(most: int) -> Check:
    def check(value: str) -> bool:
        return len(value) * 4 <= most or len(value.encode("utf-8", "surrogatepass")) <= most

    return check


def min_bytes(least: int) -> Check:
    def check(value: str) -> bool:
        return len(value) >= least or len(value.encode("utf-8", "surrogatepass")) >= least

    return check


def pattern(text: str) -> Check:
    return matcher(text)


def string_format(name: str) -> Check | None:
    """Unknown formats ask nothing, as in JSON Schema."""
    return FORMATS.get(name)


def minimum(bound: float) -> Check:
    return lambda value: bool(value >= bound)


def maximum(bound: float) -> Check:
    return lambda value: bool(value <= bound)


def exclusive_minimum(bound: float) -> Check:
    return lambda value: bool(value > bound)


def exclusive_maximum(bound: float) -> Check:
    return lambda value: bool(value < bound)


def multiple_of(step: float) -> Check:
    """Exact in decimals: 19.99 is a multiple of 0.01, whatever binary fractions say."""
    exact = Decimal(str(step))

    def check(value: float) -> bool:
        if type(value) is int and type(step) is int:
            return value % step == 0
        amount = Decimal(str(value))
        if not amount.is_finite():
            return False
        digits = amount.as_tuple()
        scale = exact.as_tuple().exponent
        if isinstance(digits.exponent, int) and isinstance(scale, int) and digits.exponent >= scale and exact == Decimal(1).scaleb(scale):
            return True
        ratio = amount / exact
        return ratio == ratio.to_integral_value()

    return check


def max_items(most: int) -> Check:
    return lambda value: len(value) <= most


def min_items(least: int) -> Check:
    return lambda value: len(value) >= least


def unique_items(_: bool) -> Check:
    return lambda value: len({_same(item) for item in value}) == len(value)


def max_unique_items(most: int, selectors: Sequence[str]) -> Check:
    """At most so many items with the same combination of selector values."""

    def check(value: list[Any]) -> bool:
        return len(value) <= most or max(combinations(value, selectors).values(), default=0) <= most

    return check


def min_unique_items(least: int, selectors: Sequence[str]) -> Check:
    """At least so many items with the same combination; an empty list has no combination."""

    def check(value: list[Any]) -> bool:
        return least <= 1 or min(combinations(value, selectors).values(), default=least) >= least

    return check


def combinations(items: Sequence[Any], selectors: Sequence[str]) -> Counter[tuple[str, ...]]:
    """How many items have each combination of selector values. Items that are no objects count as one combination.

    Without selectors all items are one combination, as in Amazon's JavaScript reference (its Java reference groups by
    every property; no definition that we saw leaves selectors out where it counts).
    """
    return Counter(tuple(_same(item[name]) if name in item else "" for name in selectors) if type(item) is dict else () for item in items)


STRINGS: Mapping[str, Callable[[Any], Check | None]] = {
    "maxLength": max_length,
    "minLength": min_length,
    "maxUtf8ByteLength": max_bytes,
    "minUtf8ByteLength": min_bytes,
    "pattern": pattern,
    "format": string_format,
}
NUMBERS: Mapping[str, Callable[[Any], Check]] = {
    "minimum": minimum,
    "maximum": maximum,
    "exclusiveMinimum": exclusive_minimum,
    "exclusiveMaximum": exclusive_maximum,
    "multipleOf": multiple_of,
}
ARRAYS: Mapping[str, Callable[[Any], Check]] = {"maxItems": max_items, "minItems": min_items, "uniqueItems": unique_items}
