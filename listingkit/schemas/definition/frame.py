"""A whole frame of flat listings against a definition.

Cells are judged once per distinct value, and rows once per kind of row: two rows with the same filled columns whose cells
answer every condition alike differ only in cells that were judged already.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import polars as pl

from listingkit.errors import Unreadable
from listingkit.schemas import paths, patterns
from listingkit.schemas.definition import keywords
from listingkit.schemas.definition.attributes import ACTION, EXEMPT, ID_TYPE, ID_VALUE, SKU, TYPE, from_cells, leaf, typed_value
from listingkit.schemas.definition.definition import Definition
from listingkit.schemas.definition.issues import Issue, issues
from listingkit.schemas.definition.keywords import Check
from listingkit.schemas.definition.node import Node
from listingkit.schemas.definition.vocabulary import TELLING

Aliases = Mapping[str, Mapping[str, str]]
Names = tuple[str, ...]  # of a place in the definition
_MISSING = frozenset({"REQ001", "REQ002"})
_OURS = frozenset({SKU, TYPE, ACTION})
_VALUES = frozenset({"enum", "const", *keywords.STRINGS, *keywords.NUMBERS})
_OF_TEXTS = frozenset({"maxLength", "maxUtf8ByteLength", "enum", "format", "pattern"})
_BOUNDS: Mapping[str, Callable[[pl.Expr, float], pl.Expr]] = {
    "minimum": lambda amount, bound: amount < bound,
    "maximum": lambda amount, bound: amount > bound,
    "exclusiveMinimum": lambda amount, bound: amount <= bound,
    "exclusiveMaximum": lambda amount, bound: amount >= bound,
}
_PLAIN_NUMBER, _PLAIN_INTEGER = r"^[0-9]{1,9}(\.[0-9]{1,6})?$", "^[0-9]{1,9}$"
_PLAIN_ADDRESS = "^https?://[A-Za-z0-9.-]+(/[A-Za-z0-9._~-]*)*$"  # surely a URI


def frame_issues(definition: Definition, frame: pl.DataFrame, aliases: Aliases | None = None) -> Iterator[tuple[int, Issue]]:
    """Every issue with the number of its row in the frame (0-based), kind of row by kind of row.

    Columns are paths of a unified template, cells are text. Raises `Unreadable` for columns that are not.
    """
    told = aliases or {}
    columns = [name for name in frame.columns if not name.startswith(("#", "::"))]
    try:
        asked = {name: _asked(definition, name) for name in columns if name not in _OURS}
    except ValueError as wrong:
        raise Unreadable(f"column {wrong}; a definition needs the columns of a unified template") from None
    keys = [_key(definition, frame, name, checks, told.get(name, {})) for name, checks in asked.items() if checks is not None]
    whole = [pl.col(name) for name in frame.columns if name == ACTION or (name in asked and asked[name] is None)]
    loose = [name for name, checks in asked.items() if checks is not None]
    numbered = frame.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("#row"), *whole)
    kinds = numbered.with_columns(*keys, _flawed(definition, frame, loose, told))
    groups = kinds.group_by([name for name in kinds.columns if name != "#row"], maintain_order=True).agg(pl.col("#row"))
    for rows in groups["#row"]:
        numbers = rows.to_list()
        if found_in(definition, frame.row(numbers[0], named=True), told):
            for number in numbers:
                for issue in found_in(definition, frame.row(number, named=True), told):
                    yield number, issue


def found_in(definition: Definition, cells: Mapping[str, Any], aliases: Aliases | None = None) -> tuple[Issue, ...]:
    """What is wrong with one row. Raises `Unreadable` where its columns contradict each other.

    A row that deletes needs nothing, and one that edits needs not be complete.
    """
    try:
        submission = from_cells({path: text for path, text in cells.items() if not path.startswith("#")}, definition, aliases)
    except ValueError as wrong:
        raise Unreadable(f"column {wrong}") from None
    if submission.action == "delete":
        return ()
    found = issues(definition, submission.attributes)
    return tuple(issue for issue in found if issue.code not in _MISSING) if submission.action == "partial_update" else found


def _key(definition: Definition, frame: pl.DataFrame, name: str, checks: tuple[Check, ...], told: Mapping[str, str]) -> pl.Series:
    """Which cells of a column are alike: filled or not, and the same answer to every condition that looks at them."""
    if not checks:
        return frame[name].is_not_null()
    node = leaf(definition, paths.bare(name))
    values = frame[name].drop_nulls().unique().to_list()
    typed = [typed_value(told.get(text, text), node) for text in values]
    answers = [sum(check(value) << place for place, check in enumerate(checks)) for value in typed]
    kinds = {answer: kind for kind, answer in enumerate(dict.fromkeys(answers))}
    return frame[name].replace_strict(values, [kinds[answer] for answer in answers], default=None, return_dtype=pl.Int32)


def _flawed(definition: Definition, frame: pl.DataFrame, columns: list[str], aliases: Aliases) -> pl.Series:
    """The number of the row where one of its loose cells is flawed by itself, else none: a flawed row is of its own kind."""
    flawed = pl.repeat(value=False, n=frame.height, eager=True)
    for name in columns:
        node = leaf(definition, paths.bare(name)) if name != ID_VALUE else None
        if node is None:
            continue
        values = frame.select(pl.col(name).filter(_suspects(node, pl.col(name))).unique()).to_series()
        told = aliases.get(name, {})
        bad = [text for text in values.to_list() if text and not node.check(typed_value(told.get(text, text), node))]
        if bad:
            flawed = flawed | frame[name].is_in(bad).fill_null(value=False)
    numbers = pl.int_range(0, frame.height, eager=True)
    return pl.select(pl.when(flawed).then(numbers)).to_series().alias("#flawed")


def _suspects(node: Node, column: pl.Expr) -> pl.Expr:
    """Which texts of a column are worth a look: all, but for kinds of values whose keywords are simple to put to a column."""
    asked = set(node.schema) - TELLING - {"type"}
    kind = node.schema.get("type")
    if kind == "string" and asked <= _OF_TEXTS and node.schema.get("format", "uri") == "uri":
        return pl.any_horizontal(_text_suspects(node.schema, column))
    if kind in ("number", "integer") and asked <= _BOUNDS.keys():
        plain = _PLAIN_INTEGER if kind == "integer" else _PLAIN_NUMBER
        amount = column.cast(pl.Float64, strict=False)
        return pl.any_horizontal(~column.str.contains(plain), *(_BOUNDS[key](amount, node.schema[key]) for key in asked))
    return column.is_not_null()


def _text_suspects(schema: Mapping[str, Any], column: pl.Expr) -> Iterator[pl.Expr]:
    yield pl.lit(value=False)
    if "maxLength" in schema:
        yield column.str.len_chars() > schema["maxLength"]
    if "maxUtf8ByteLength" in schema:
        yield column.str.len_bytes() > schema["maxUtf8ByteLength"]
    if "enum" in schema:
        yield ~column.is_in([value for value in schema["enum"] if isinstance(value, str)])
    if "format" in schema:
        yield ~column.str.contains(_PLAIN_ADDRESS)
    if "pattern" in schema:
        yield patterns.suspect(schema["pattern"], column)


@lru_cache(maxsize=20_000)
def _asked(definition: Definition, column: str) -> tuple[Check, ...] | None:
    """What is asked about the cells of a column elsewhere than in their own schema; None where every value is a case of its own."""
    if column in (ID_TYPE, ID_VALUE):
        return None if column == ID_TYPE else ()
    names = tuple(step.name for step in paths.parse(column))
    if names[0] == EXEMPT or names[-1] in ("start_at", "end_at") or leaf(definition, paths.bare(column)) is None:
        return None
    places, selectors = _conditions(definition)
    return None if names in selectors else places.get(names, ())


@lru_cache(maxsize=64)
def _conditions(definition: Definition) -> tuple[Mapping[Names, tuple[Check, ...]], frozenset[Names]]:
    """What conditions ask of values, by place, and the places of selectors."""
    found: dict[Names, list[Check]] = {}
    selectors: set[Names] = set()
    _collect(definition.root, (), found, selectors, asking=False)
    return {place: tuple(checks) for place, checks in found.items()}, frozenset(selectors)


def _collect(node: Node, place: Names, found: dict[Names, list[Check]], selectors: set[Names], *, asking: bool) -> None:
    if asking and _VALUES & set(node.schema):
        found.setdefault(place, []).append(node.check)
    selectors.update((*place, name) for name in node.selectors)
    for name, part in node.properties.items():
        _collect(part, (*place, name), found, selectors, asking=asking)
    if node.items:
        _collect(node.items, place, found, selectors, asking=asking)
    if not asking and not node.properties and not node.items and place:
        return  # the value itself: what is asked here is asked of one cell
    parts = [*node.all_of, *(part for _, many in node.choices for part in many)]
    for other in (node.contains, node.unwanted, node.condition, node.then, node.otherwise, *parts):
        if other:
            _collect(other, place, found, selectors, asking=True)
