"""What a template asks of each cell, given the other cells of its row.

Unified and vendor templates say it with conditional formats: the first rule that holds gives the cell its colour, and the colour has a
meaning. Legacy templates say it with a matrix of attributes and product types, which knows nothing of parents and children; we add that.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import polars as pl
from msgspec import Struct

from listingkit.inventory.formula import Call, Cell, Compare, Constant, Node, NotUnderstood, evaluate
from listingkit.inventory.formula_columns import as_condition, comparisons, holds
from listingkit.inventory.formula_text import Scope
from listingkit.inventory.sheet_part import FormatRule, SheetReader
from listingkit.inventory.styles import State
from listingkit.inventory.template import Template
from listingkit.inventory.wording import words
from listingkit.inventory.workbook import Area, Workbook, area

_BLANK = "#blank"  # frame column that stands for columns the frame does not have
STATES = pl.Enum(["not_applicable", "leave_empty", "filled", "required", "recommended", "optional"])
TYPE_PATHS = ("product_type#1.value", "feed_product_type")
Matrix = Mapping[str, Mapping[str, frozenset[str]]]  # required, recommended, optional -> product type -> attributes

_MAPS: Mapping[str, State] = {
    "requiredAttributePTDMap": "required",
    "preferredAttributePTDMap": "recommended",
    "optionalAttributePTDMap": "optional",
}
_FROM_MATRIX = re.compile(r"AttributePTDMap", re.IGNORECASE)


class ColumnRules(Struct, frozen=True):
    """The rules of one column: the first condition that holds says what the cell is. Without one it is optional."""

    index: int
    path: str
    steps: tuple[tuple[State, Node], ...]
    word: str  # Required, Conditionally Required, Recommended or Optional, as the rules have it for a row without anything else

    def state(self, row: Mapping[int, str | None]) -> State:
        """The state of its cell in one row (text by 0-based column)."""
        return next((state for state, condition in self.steps if evaluate(condition, row)), "optional")


def states(template: Template, frame: pl.DataFrame, paths: Iterable[str] | None = None) -> pl.DataFrame:
    """The state of every cell of these columns: one Enum column a path, one row a row of the frame (named by path, as labels)."""
    wanted = None if paths is None else set(paths)
    rules = [found for found in rules_of(template) if wanted is None or found.path in wanted]
    frame = frame.with_columns(pl.lit(None, pl.String).alias(_BLANK))
    cell = _cells_of(template, frame)
    shared = dict.fromkeys(node for found in rules for _, condition in found.steps for node in comparisons(condition))
    names = {node: f"#{number}" for number, node in enumerate(shared)}
    columns = frame.select(pl.repeat(value=False, n=pl.len()).alias("#"), *(holds(node, cell).alias(name) for node, name in names.items()))
    known = {node: pl.col(name) for node, name in names.items()}
    return columns.with_columns(frame).select(_state(found, cell, known).alias(found.path) for found in rules)


def rules_of(template: Template) -> Sequence[ColumnRules]:
    """A template's rules, one a path."""
    first: dict[str, ColumnRules] = {}
    for rules in template.rules:
        if isinstance(rules, ColumnRules):
            first.setdefault(rules.path, rules)
    return list(first.values())


def _cells_of(template: Template, frame: pl.DataFrame) -> Callable[[int], pl.Expr]:
    """Expressions for the cells of a frame that is named by path."""
    held = set(frame.columns)
    paths = {column.index: column.path for column in template.columns if column.path in held}
    return lambda column: pl.col(paths.get(column, _BLANK))


def _state(rules: ColumnRules, cell: Callable[[int], pl.Expr], known: Mapping[Node, pl.Expr]) -> pl.Expr:
    """The state of a column's cells."""
    numbers = {state: pl.lit(number, pl.UInt8) for number, state in enumerate(STATES.categories)}
    result: pl.Expr = numbers["optional"]
    for state, condition in reversed(rules.steps):
        result = pl.when(holds(condition, cell, known)).then(numbers[state]).otherwise(result)
    everywhere = pl.when(pl.col("#").is_not_null()).then(result)
    return everywhere.replace_strict(range(len(numbers)), STATES.categories, return_dtype=STATES)


def matrix(book: Workbook) -> Matrix | None:
    """The legacy matrix of required, recommended and optional attributes; None where it was deleted."""
    names = {name.casefold(): formula for name, formula in book.names.items()}
    header = area(names.get("attributemapfeedproducttype", ""))
    if header is None:
        return None
    rows = book.cells(header.sheet)
    kinds = {column: kind for column, kind in rows.get(header.top, {}).items() if header.left <= column <= header.right}
    found: dict[str, dict[str, frozenset[str]]] = {}
    for name, state in _MAPS.items():
        block = area(names.get(name.casefold(), ""))
        if block is not None:
            found[state] = {kind: frozenset(_applying(rows, block, column)) for column, kind in kinds.items()}
    return found or None


def _applying(rows: Mapping[int, Mapping[int, str]], block: Area, column: int) -> Iterator[str]:
    for number, cells in rows.items():
        if block.top <= number <= block.bottom and cells.get(block.left) and _positive(cells.get(column, "")):
            yield cells[block.left]


def _positive(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and float(text) > 0


def column_rules(
    book: Workbook, sheet_name: str, sheet: SheetReader, paths: Mapping[int, str], data_row: int, asked: Matrix | None
) -> tuple[tuple[ColumnRules, ...], int]:
    """The rules of every column, and how many conditional formats could not be understood."""
    scope = Scope(
        sheet_name,
        {name.casefold(): formula for name, formula in book.names.items()},
        data_row,
        lambda row, column: sheet.rows.get(row, {}).get(column, ""),
        lambda name, left, top, right, bottom: tuple(book.values(Area(name, left, top, right, bottom))),
    )
    found: dict[int, list[tuple[int, State, Node]]] = {column: [] for column in paths}
    unread = 0
    for rule in sheet.formats:
        meaning = book.styles.meaning(rule.style)
        if meaning is None or not rule.blocks or (asked and _FROM_MATRIX.search(rule.formula)):
            continue
        anchor = min(block.left for block in rule.blocks), min(block.top for block in rule.blocks)
        try:
            for column in _columns_of(rule, found, data_row):
                bound = as_condition(scope.bind(rule.formula, anchor, column))
                if bound != Constant(value=False):
                    found[column].append((rule.priority, meaning, bound))
        except NotUnderstood:
            unread += 1
    by_path = {path: column for column, path in reversed(list(paths.items()))}
    rules = []
    for column, path in paths.items():
        steps = [(meaning, node) for _, meaning, node in sorted(found[column], key=lambda step: step[0])]
        if asked:
            steps = _with_matrix(steps, column, path, by_path, asked)
        rules.append(ColumnRules(column, path, tuple(steps), _word(steps, by_path, asked)))
    return tuple(rules), unread


def _columns_of(rule: FormatRule, columns: Iterable[int], data_row: int) -> list[int]:
    """The columns whose data rows a rule covers."""
    blocks = [block for block in rule.blocks if block.bottom >= data_row]
    return [column for column in columns if any(block.left <= column <= block.right for block in blocks)]


def _word(steps: Sequence[tuple[State, Node]], columns: Mapping[str, int], asked: Matrix | None) -> str:
    """What a row is asked that only knows its product type."""
    if not steps:
        return "" if asked is None else "Optional"
    type_column = next((columns[path] for path in TYPE_PATHS if path in columns), None)
    mentioned = dict.fromkeys(kind for kind in _types_in(steps, type_column))
    rows = [{type_column: kind} for kind in mentioned if type_column is not None] or [{}]
    asked_of = [(state, condition) for state, condition in steps if state != "filled"]
    found = {next((state for state, condition in asked_of if evaluate(condition, row)), "optional") for row in rows}
    if "required" in found:
        return "Required"
    if any(state == "required" for state, _ in steps):
        return "Conditionally Required"
    return "Recommended" if "recommended" in found else "Optional"


def _types_in(steps: Sequence[tuple[State, Node]], type_column: int | None) -> Iterator[str]:
    """The product types that conditions compare with."""
    waiting = [condition for _, condition in steps]
    while waiting:
        match waiting.pop():
            case Compare("=", Cell(column), Constant(str(kind))) if column == type_column and kind:
                yield kind
            case Compare(_, left, right):
                waiting += [left, right]
            case Call(_, arguments):
                waiting += arguments


def _with_matrix(
    steps: Sequence[tuple[State, Node]], column: int, path: str, columns: Mapping[str, int], asked: Matrix
) -> list[tuple[State, Node]]:
    """The steps of a legacy column: those of its own, and those of the matrix for rows of each product type."""
    type_column = columns.get("feed_product_type")
    if type_column is None:
        return list(steps)
    kinds = sorted({kind for by_kind in asked.values() for kind in by_kind})
    named = {state: [kind for kind in kinds if path in by_kind.get(kind, ())] for state, by_kind in asked.items()}
    unnamed = [kind for kind in kinds if not any(kind in listed for listed in named.values())]
    own = Compare("<>", Cell(column), Constant(""))
    result: list[tuple[State, Node]] = [("not_applicable", _is_one_of(type_column, unnamed)), *steps, ("filled", own)]
    parentage = columns.get("parent_child")
    required = _is_one_of(type_column, named.get("required", []))
    if parentage is not None:
        is_child, is_parent = (_is_one_of(parentage, _labels(role)) for role in ("child", "parent"))
        if path in words("asked_of_child"):
            result.append(("required", is_child))
        if path in words("asked_of_parent"):
            result.append(("required", is_parent))
        if path in words("not_asked_of_parent") or path.startswith(tuple(words("offer_prefix"))):
            required = Call("AND", (required, Call("NOT", (is_parent,))))
    result += [
        ("required", required),
        ("recommended", _is_one_of(type_column, named.get("recommended", []))),
        ("optional", _is_one_of(type_column, named.get("optional", []))),
    ]
    simple = [(state, as_condition(node)) for state, node in result]
    return [(state, node) for state, node in simple if node != Constant(value=False)]


def _labels(role: str) -> list[str]:
    return [word for word, meaning in words("parentage").items() if meaning == role]


def _is_one_of(column: int, texts: Sequence[str]) -> Node:
    return Call("OR", tuple(Compare("=", Cell(column), Constant(text)) for text in texts)) if texts else Constant(value=False)
