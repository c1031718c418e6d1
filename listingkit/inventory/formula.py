"""The formulas of Amazon's templates: a small part of Excel's language, parsed, bound to columns, and evaluated.

    AND OR NOT IF COUNTIF LEN TRUE FALSE   =  <>  <  >  <=  >=   constants, cells of the same row, ranges, names

Whatever lies outside raises `NotUnderstood`, so that every formula that parses has a value in every row. The meaning is Excel's:
text compares without case, a blank cell equals "", errors such as #REF! spread. Cells are text; a cell compared with a number counts
as a number where it reads as one. `evaluate` takes one row, `compiled` (in `formula_columns`) takes whole columns, and they agree.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from listingkit.inventory.countif import count, number, shown

Scalar = bool | float | str | None
Operator = Literal["=", "<>", "<", ">", "<=", ">="]
Type = Literal["boolean", "number", "text", "cell", "error"]


class NotUnderstood(ValueError):
    """A formula outside the language."""


class Constant(Struct, frozen=True):
    """A literal, or a cell of the header."""

    value: bool | float | str


class Broken(Struct, frozen=True):
    """An error value, such as a reference to what was deleted."""


class Cell(Struct, frozen=True):
    """A cell of the same row, by its 0-based column."""

    column: int


class Compare(Struct, frozen=True):
    operator: Operator
    left: "Node"
    right: "Node"


class Call(Struct, frozen=True):
    """AND, OR, NOT, IF or LEN."""

    name: str
    arguments: tuple["Node", ...]


class Count(Struct, frozen=True):
    """COUNTIF: how many of the values the criterion fits."""

    values: tuple[str, ...] | None  # None: the range was deleted
    criterion: "Node"


Node = Constant | Broken | Cell | Compare | Call | Count


def type_of(node: Node) -> Type:
    """What kind of value a node has."""
    match node:
        case Constant(value):
            return "boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
        case Broken():
            return "error"
        case Cell():
            return "cell"
        case Count() | Call("LEN"):
            return "number"
        case Call("IF", (_, *branches)):
            kinds = {type_of(branch) for branch in branches} - {"error"} | ({"boolean"} if len(branches) == 1 else set())
            return "error" if not kinds else "boolean" if kinds == {"boolean"} else "number" if kinds <= {"boolean", "number"} else "text"
        case _:
            return "boolean"


def checked(node: Compare | Call) -> Node:
    """The node, where its parts fit together. Raises `NotUnderstood`."""
    match node:
        case Compare(operator, left, right):
            kinds = {type_of(left), type_of(right)} - {"error"}
            texts = kinds <= {"text", "cell"} and operator in ("=", "<>")
            numbers = kinds <= {"number", "cell"} and kinds != {"cell"}
            if not (texts or numbers or (kinds == {"boolean"} and operator in ("=", "<>"))):
                raise NotUnderstood(f"{operator} between {' and '.join(sorted(kinds))}")
        case Call("LEN", (argument,)):
            if type_of(argument) not in ("cell", "text", "error"):
                raise NotUnderstood("LEN of something that is no text")
        case Call("IF", (condition, *branches)):
            if type_of(condition) not in ("boolean", "number", "error"):
                raise NotUnderstood("IF of something that is no condition")
            if any(type_of(branch) not in ("boolean", "number", "error") for branch in branches):
                raise NotUnderstood("IF with a text as its result")
        case Call(name, arguments):
            if any(type_of(argument) not in ("boolean", "number", "error") for argument in arguments):
                raise NotUnderstood(f"{name} of something that is no condition")
    return node


class _Spread(Exception):
    """An error value reached the result."""


def evaluate(node: Node, row: Mapping[int, str | None]) -> Scalar:
    """The value of a formula for one row (text by 0-based column); None where Excel shows an error."""
    try:
        return _value(node, row)
    except _Spread:
        return None


def _value(node: Node, row: Mapping[int, str | None]) -> bool | float | str:
    match node:
        case Constant(value):
            return value
        case Broken():
            raise _Spread
        case Cell(column):
            return row.get(column) or ""
        case Compare(operator, left, right):
            return _compare(operator, _value(left, row), _value(right, row))
        case Count(values, criterion):
            if values is None:
                raise _Spread
            return float(count(values, shown(_value(criterion, row))))
        case Call(name, arguments):
            return _called(name, arguments, row)


def _called(name: str, arguments: Sequence[Node], row: Mapping[int, str | None]) -> bool | float | str:
    match name:
        case "LEN":
            return float(len(str(_value(arguments[0], row))))
        case "IF":
            chosen = 1 if _value(arguments[0], row) else 2
            return _value(arguments[chosen], row) if chosen < len(arguments) else False
        case "NOT":
            return not _value(arguments[0], row)
    found = [bool(_value(argument, row)) for argument in arguments]
    return all(found) if name == "AND" else any(found)


def _compare(operator: Operator, left: bool | float | str, right: bool | float | str) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        same = left.lower() == right.lower()
        return same if operator == "=" else not same
    a, b = number(left), number(right)
    if a is None or b is None:  # any text is greater than any number
        ordered = {"=": False, "<>": True, "<": b is None, "<=": b is None, ">": a is None, ">=": a is None}
        return ordered[operator]
    return {"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]
