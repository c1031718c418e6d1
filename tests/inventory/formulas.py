"""Formulas made by hypothesis, as trees and as Excel's text."""

from hypothesis import strategies as st

from listingkit.inventory.formula import Broken, Call, Cell, Compare, Constant, Count, Node, NotUnderstood, checked

WORDS = ["", "Parent", "parent", "Child", "DEFAULT", "5", "5.0", "-2", "a*b", "a", "<>", ">5", "~*", "Straße", "ÖL", "öl", "x?"]
PLAIN = ["", "Parent", "parent", "Child", "DEFAULT", "a", "Straße", "ÖL", "öl", "x", "a*", "?l", "a~*b"]
LISTS = (("Parent", "DEFAULT", "5"), ("a*b", "aXb", "öl"), ())


def conditions(
    words: list[str], *, ordered_cells: bool = True, lists: tuple[tuple[str, ...] | None, ...] = (*LISTS, None)
) -> st.SearchStrategy[Node]:
    """Conditions over three columns. Some parts may not fit together: see `fits`."""
    cells = st.integers(0, 2).map(Cell)
    texts = cells | st.sampled_from(words).map(Constant)
    numbers = (
        st.sampled_from([0.0, 1.0, 5.0]).map(Constant)
        | texts.map(lambda node: Call("LEN", (node,)))
        | st.builds(Count, st.sampled_from(lists), cells)
    )
    sides = numbers | cells if ordered_cells else numbers
    comparisons = st.sampled_from(["=", "<>", "<", ">", "<=", ">="])
    return st.recursive(
        st.builds(Compare, st.sampled_from(["=", "<>"]), texts, texts)
        | st.builds(Compare, comparisons, sides, numbers)
        | st.booleans().map(Constant)
        | st.just(Broken()),
        lambda inner: (
            st.builds(Call, st.sampled_from(["AND", "OR"]), st.lists(inner | numbers, min_size=1, max_size=3).map(tuple))
            | st.builds(lambda part: Call("NOT", (part,)), inner)
            | st.builds(lambda *parts: Call("IF", parts), inner, inner | numbers, inner | numbers)
        ),
        max_leaves=12,
    ).filter(fits)


def fits(node: Node) -> bool:
    """Whether the parts of a tree fit together, as binding a formula makes sure."""
    match node:
        case Compare(_, left, right):
            parts: tuple[Node, ...] = (left, right)
        case Call(_, arguments):
            parts = arguments
        case _:
            return True
    try:
        checked(node)
    except NotUnderstood:
        return False
    return all(fits(part) for part in parts)


def written(node: Node, row: int, lists: dict[tuple[str, ...], str]) -> str:
    """A tree as Excel's text for one row."""
    match node:
        case Constant(bool(value)):
            return str(value).upper()
        case Constant(str(value)):
            return '"' + value.replace('"', '""') + '"'
        case Constant(value):
            return f"{value:g}"
        case Broken():
            return "#REF!"
        case Cell(column):
            return f"Data!${'ABC'[column]}{row}"
        case Compare(operator, left, right):
            return f"({written(left, row, lists)}{operator}{written(right, row, lists)})"
        case Count(values, criterion):
            return f"COUNTIF({lists[values or ()]},{written(criterion, row, lists)})"
        case Call(name, arguments):
            return f"{name}({','.join(written(argument, row, lists) for argument in arguments)})"
