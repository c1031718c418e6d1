"""The formulas of templates: what is understood, and that one row and whole columns have the same meaning."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from formulas import WORDS, conditions
from hypothesis import example, given
from hypothesis import strategies as st

from listingkit.inventory.countif import count
from listingkit.inventory.formula import Broken, Call, Cell, Compare, Constant, Node, NotUnderstood, evaluate
from listingkit.inventory.formula_columns import as_condition, comparisons, holds, simplified
from listingkit.inventory.formula_text import Scope, parse

AREAS = {("L", 0, 1, 0, 3): ("Parent", "DEFAULT", "5"), ("L", 1, 1, 1, 3): ("a*b", "aXb", "öl"), ("L", 2, 1, 2, 1): ()}


def scope(names: dict[str, str] | None = None) -> Scope:
    return Scope(
        "Template",
        {name.casefold(): formula for name, formula in (names or {}).items()},
        7,
        lambda row, column: f"h{row}.{column}",
        lambda sheet, *box: AREAS.get((sheet, *box), ()),
    )


def bound(formula: str, anchor: tuple[int, int] = (0, 7), column: int = 0, names: dict[str, str] | None = None) -> Node:
    return scope(names).bind(formula, anchor, column)


def value(formula: str, row: Sequence[str | None] = (), **given_names: Any) -> Any:
    return evaluate(bound(formula, **given_names), dict(enumerate(row)))


@pytest.mark.parametrize(
    ("formula", "row", "expected"),
    [
        ('A7="parent"', ["PARENT"], True),
        ('A7<>""', [None], False),
        ("LEN(A7)>0", ["x"], True),
        ("AND(1=1,OR(0),TRUE)", [], False),
        ('IF(A7="x",1,0)', ["x"], 1.0),
        ('IF(A7="x",TRUE)', ["y"], False),
        ("AND(AND((0)),1=1)", [], False),
        ("COUNTIF(L!$A$1:$A$3,A7)>0", ["default"], True),
        ("COUNTIF('L'!$A$1:$A$3,A7)", ["nothing"], 0.0),
        ("COUNTIF(L!$B$1:$B$3,A7)", ["a*b"], 2.0),
        ("COUNTIF(L!$B$1:$B$3,A7)", ["a~*b"], 1.0),
        ("A7>5", ["7"], True),
        ("A7>5", ["seven"], True),  # a text is greater than any number
        ("A7<5", [None], True),  # a blank cell counts as 0
        ('NOT(#REF!="")', [], None),
        ('IF(A7="x",#REF!,1)', ["y"], 1.0),
        ('$B$2="h2.1"', [], True),
        ("unknown", [], None),
        ('A7="say ""hi"""', ['say "hi"'], True),
    ],
)
def test_meaning(formula: str, row: list[str | None], expected: Any) -> None:
    assert value(formula, row) == expected


def test_references_move_with_the_column_unless_fixed() -> None:
    assert bound("LEN(A7)>0", column=3) == Compare(">", Call("LEN", (Cell(3),)), Constant(0.0))
    assert bound("LEN($A7)>0", column=3) == Compare(">", Call("LEN", (Cell(0),)), Constant(0.0))


def test_names_are_written_for_the_first_cell() -> None:
    names = {"isParent": 'Template!$B1="Parent"', "REQ": "AND(isparent,NOT(LEN(Template!A1)>0))"}
    assert value("IF(1=1,req,0)", [None, "Parent"], names=names) is True
    assert value("IF(1=1,req,0)", ["x", "Parent"], names=names) is False


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "A8=1",  # another row
        "SUM(A7)",
        "IF(A7,1,0)",  # a text as condition
        "AND(A7)",
        'IF(1=1,"yes","no")=1',
        "A7:A9=1",
        "1=1)",
        "(1=1",
        "COUNTIF(A7,1)",
        'A7>"b"',
        "LEN(1)",
        "loop",
        "(" * 500 + "1" + ")" * 500,
    ],
)
def test_outside_the_language(formula: str) -> None:
    with pytest.raises(NotUnderstood):
        bound(formula, names={"loop": "NOT(loop)"})


def test_names_that_double_do_not_explode() -> None:
    names = {f"n_{step}": f"AND(n_{step + 1},n_{step + 1})" for step in range(60)} | {"n_60": "1=1"}
    with pytest.raises(NotUnderstood, match="large"):
        bound("n_0", names=names)


@given(st.text(alphabet="ANDORIFLEN()=<>\"$ABC1235,.!#REF '", max_size=40))
def test_any_text_parses_or_is_not_understood(text: str) -> None:
    try:
        node = scope().bind(text, (0, 7), 0)
    except NotUnderstood:
        return
    evaluate(node, {0: "x"})


rows = st.lists(st.tuples(*(st.sampled_from([None, *WORDS]) for _ in range(3))), min_size=1, max_size=6)


_BROKEN = Call("IF", (Call("IF", (Broken(), Compare("=", Cell(0), Cell(0)), Constant(False))), Constant(True), Constant(False)))


@given(conditions(WORDS), rows)
@example(_BROKEN, [(None,) * 3] * 2)
def test_columns_mean_what_rows_mean(node: Node, table: list[tuple[str | None, ...]]) -> None:
    frame = pl.DataFrame(table, schema={"0": pl.String, "1": pl.String, "2": pl.String}, orient="row")

    def cell(column: int) -> pl.Expr:
        return pl.col(str(column))

    expected = [bool(evaluate(node, dict(enumerate(row)))) for row in table]
    shared = {part: holds(part, cell) for part in comparisons(as_condition(node))}
    for expression in (holds(node, cell), holds(node, cell, shared)):
        assert frame.select(pl.int_range(pl.len()).alias("row"), expression.alias("found"))["found"].to_list() == expected


@given(conditions(WORDS), st.tuples(*(st.sampled_from([None, *WORDS]) for _ in range(3))))
def test_the_simplest_form_means_the_same(node: Node, row: tuple[str | None, ...]) -> None:
    cells_of_row = dict(enumerate(row))
    assert evaluate(simplified(node), cells_of_row) == evaluate(node, cells_of_row)
    assert bool(evaluate(as_condition(node), cells_of_row)) == bool(evaluate(node, cells_of_row))


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [("a", 1), ("A", 1), ("a*", 3), ("?", 2), ("~*", 1), ("<>a", 4), ("=a", 1), ("5", 1), (">a", 2), ("", 0), (">5", 0)],
)
def test_countif(criterion: str, expected: int) -> None:
    assert count(("a", "ab", "abc", "*", "5.0"), criterion) == expected


def test_wildcards_take_no_time() -> None:
    assert count(("a" * 3000,), "*a" * 500 + "*b") == 0


def test_whatever_is_left_over_is_named() -> None:
    with pytest.raises(NotUnderstood, match="left over"):
        parse("1=1 2")
