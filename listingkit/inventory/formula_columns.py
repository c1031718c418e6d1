"""Formulas over whole columns: the same meaning as `formula.evaluate`, as polars expressions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from types import MappingProxyType

import polars as pl

from listingkit.inventory.countif import count, is_special, shown
from listingkit.inventory.formula import Broken, Call, Cell, Compare, Constant, Count, Node, Operator, evaluate, type_of

Compiled = tuple[pl.Expr, pl.Expr | None]  # value and, where it can be an error, whether it is one
Known = Mapping[Node, pl.Expr]
CellOf = Callable[[int], pl.Expr]  # 0-based column -> String expression
_NOTHING: Known = MappingProxyType({})
_SPECIAL = r"[*?~]|^[<>=]|^[+-]?\.?[0-9]"
_NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?$"


def holds(node: Node, cell: CellOf, known: Known = _NOTHING) -> pl.Expr:
    """Whether a condition holds, as a Boolean expression without nulls; where Excel shows an error it does not.

    `known` gives expressions for comparisons that were worked out before.
    """
    node = as_condition(node)
    value, error = _compiled(node, cell, known)
    truth = _truth(value, node)
    return truth if error is None else truth & ~error


def as_condition(node: Node) -> Node:
    """The condition in its simplest form."""
    return _as_truth(simplified(node))


def simplified(node: Node) -> Node:
    """The same condition with everything that needs no cell worked out."""
    match node:
        case Compare(operator, left, right):
            node = Compare(operator, simplified(left), simplified(right))
        case Count(values, criterion):
            node = Count(values, simplified(criterion))
        case Call("IF", (condition, *branches)):
            condition = _as_truth(simplified(condition))
            if isinstance(condition, Broken):
                return condition
            if isinstance(condition, Constant):
                chosen = 0 if condition.value else 1
                return simplified(branches[chosen]) if chosen < len(branches) else Constant(value=False)
            node = Call("IF", (condition, *(simplified(branch) for branch in branches)))
        case Call("AND" | "OR" as name, arguments):
            return _joined(name, [_as_truth(simplified(argument)) for argument in arguments])
        case Call("NOT", (argument,)):
            node = Call("NOT", (_as_truth(simplified(argument)),))
        case Call(name, arguments):
            node = Call(name, tuple(simplified(argument) for argument in arguments))
    if isinstance(node, Cell) or any(not isinstance(part, Constant | Broken) for part in _parts(node)):
        return node
    found = evaluate(node, {})
    return Broken() if found is None else Constant(found)


def _as_truth(node: Node) -> Node:
    """A choice between true and false, or between a condition and false, where only its truth counts, without IF."""
    match node:
        case Call("IF", (condition, chosen, Constant(otherwise))) if not otherwise and not _may_break(chosen):
            if isinstance(chosen, Constant):
                return condition if chosen.value else node
            if type_of(condition) == type_of(chosen) == "boolean":
                return _joined("AND", [condition, chosen])
        case Call("IF", (condition, Constant(chosen_value), Constant(other))) if other and not chosen_value:
            return Call("NOT", (condition,))
    return node


def _joined(name: str, parts: Sequence[Node]) -> Node:
    """AND or OR without parts that decide nothing; one part that decides everything stands alone unless another may break."""
    if any(isinstance(part, Broken) for part in parts):
        return Broken()
    deciding = name == "OR"
    constants = {bool(part.value) for part in parts if isinstance(part, Constant)}
    rest = [part for part in parts if not isinstance(part, Constant)]
    if deciding in constants and not any(_may_break(part) for part in rest):
        return Constant(deciding)
    if not rest:
        return Constant(deciding if deciding in constants else not deciding)
    if deciding in constants:
        return Call(name, (Constant(deciding), *rest))
    return rest[0] if len(rest) == 1 and type_of(rest[0]) == "boolean" else Call(name, tuple(rest))


def comparisons(node: Node) -> Iterator[Node]:
    """The comparisons of a condition that cannot break: what many rules have in common."""
    if isinstance(node, Compare) and not _may_break(node):
        yield node
    else:
        for part in _parts(node):
            yield from comparisons(part)


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case Compare(_, left, right):
            return left, right
        case Call(_, arguments):
            return arguments
        case Count(_, criterion):
            return (criterion,)
    return ()


def _may_break(node: Node) -> bool:
    return isinstance(node, Broken) or (isinstance(node, Count) and node.values is None) or any(_may_break(part) for part in _parts(node))


def _truth(value: pl.Expr, node: Node) -> pl.Expr:
    return value if type_of(node) in ("boolean", "error") else value != 0


def _compiled(node: Node, cell: CellOf, known: Known) -> Compiled:
    """Value and error of a node; None where it cannot break."""
    if node in known:
        return known[node], None
    match node:
        case Constant(constant):
            return pl.lit(constant), None
        case Broken():
            return pl.lit(value=False), pl.lit(value=True)
        case Cell(column):
            return cell(column).fill_null(""), None
        case Compare(operator, left, right):
            (a, broken_a), (b, broken_b) = _compiled(left, cell, known), _compiled(right, cell, known)
            broken = _any([broken_a, broken_b])
            sides = {type_of(left), type_of(right)}
            return (pl.lit(value=False) if "error" in sides else _compare(operator, a, b, left, right)), broken
        case Count(None, _):
            return pl.lit(0.0), pl.lit(value=True)
        case Count(values, criterion):
            value, broken = _compiled(criterion, cell, known)
            return _count(values or (), value, criterion), broken
        case Call(name, arguments):
            return _called(node, name, arguments, cell, known)


def _called(node: Node, name: str, arguments: Sequence[Node], cell: CellOf, known: Known) -> Compiled:
    if name == "IF":
        return _choice(node, arguments, cell, known)
    compiled = [_compiled(argument, cell, known) for argument in arguments]
    if name == "LEN":
        return compiled[0][0].cast(pl.String).str.len_chars().cast(pl.Float64), compiled[0][1]
    truths = [_truth(value, argument) for (value, _), argument in zip(compiled, arguments, strict=True)]
    if name == "NOT":
        return ~truths[0], compiled[0][1]
    return reduce(and_ if name == "AND" else or_, truths), _any([broken for _, broken in compiled])


def _choice(node: Node, arguments: Sequence[Node], cell: CellOf, known: Known) -> Compiled:
    condition, *branches = arguments
    value, broken = _compiled(condition, cell, known)
    chosen = _truth(value, condition)
    parts = [_compiled(branch, cell, known) for branch in branches] + [(pl.lit(value=False), None)][: 2 - len(branches)]
    kinds = [type_of(branch) for branch in branches] + ["boolean"] * (2 - len(branches))
    if type_of(node) == "number":
        values = [part.cast(pl.Float64) for part, _ in parts]
    else:
        values = [pl.lit(value=False) if kind == "error" else part for (part, _), kind in zip(parts, kinds, strict=True)]
    breaks = [part for _, part in parts]
    inner = None
    if any(part is not None for part in breaks):
        then, otherwise = (pl.lit(value=False) if part is None else part for part in breaks)
        inner = pl.when(chosen).then(then).otherwise(otherwise)
    return pl.when(chosen).then(values[0]).otherwise(values[1]), _any([broken, inner])


def _compare(operator: Operator, a: pl.Expr, b: pl.Expr, left: Node, right: Node) -> pl.Expr:
    kinds = {type_of(left), type_of(right)}
    if kinds <= {"text", "cell"}:
        same = a.str.to_lowercase() == b.str.to_lowercase()
        return same if operator == "=" else ~same
    if kinds == {"boolean"}:
        return a == b if operator == "=" else a != b
    flags = {"=": False, "<>": True}
    (x, text_x), (y, text_y) = _number(a, left), _number(b, right)
    result = _ordered(operator, x, y)
    for is_text, greater in ((text_x, True), (text_y, False)):
        if is_text is not None:
            outcome = flags.get(operator, operator in ((">", ">=") if greater else ("<", "<=")))
            result = pl.when(is_text).then(pl.lit(outcome)).otherwise(result)
    return result


def _number(value: pl.Expr, node: Node) -> tuple[pl.Expr, pl.Expr | None]:
    """A value as a number, and where it is a text that is none."""
    if type_of(node) != "cell":
        return value.cast(pl.Float64), None
    reads = value.str.contains(_NUMBER)
    return pl.when(reads).then(value).otherwise(pl.lit("0")).cast(pl.Float64, strict=False).fill_null(0.0), ~reads & (value != "")


def _ordered(operator: Operator, a: pl.Expr, b: pl.Expr) -> pl.Expr:
    match operator:
        case "=":
            return a == b
        case "<>":
            return a != b
        case "<":
            return a < b
        case "<=":
            return a <= b
        case ">":
            return a > b
        case ">=":
            return a >= b


def _count(values: tuple[str, ...], criterion: pl.Expr, node: Node) -> pl.Expr:
    """COUNTIF: a look-up for plain texts; operators, wildcards and numbers are counted one by one."""
    if type_of(node) != "cell":
        return pl.lit(0.0) if not isinstance(node, Constant) else pl.lit(float(count(values, shown(node.value))))
    plain: dict[str, float] = {}
    for value in values:
        plain[value.lower()] = plain.get(value.lower(), 0.0) + 1.0
    found = criterion.str.to_lowercase().replace_strict(plain, default=0.0, return_dtype=pl.Float64) if plain else pl.lit(0.0)

    def counted(texts: pl.Series) -> pl.Series:
        known = {text: float(count(values, text)) for text in texts.unique().to_list() if is_special(text)}
        return (
            texts.replace_strict(known, default=0.0, return_dtype=pl.Float64) if known else pl.Series([0.0]).new_from_index(0, len(texts))
        )

    special = criterion.str.contains(_SPECIAL) | (criterion == "")
    return pl.when(special).then(criterion.map_batches(counted, return_dtype=pl.Float64)).otherwise(found)


def _any(errors: Sequence[pl.Expr | None]) -> pl.Expr | None:
    found = [error for error in errors if error is not None]
    return reduce(or_, found) if found else None
