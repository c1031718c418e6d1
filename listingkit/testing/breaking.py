"""Ways to break one rule and no other: from its bad examples, its limits, its phrases, or the word of the schema that it stands for."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from random import Random
from typing import Any

from listingkit.errors import ListingkitError
from listingkit.fields import fields, plain_names
from listingkit.rules.engine import Context, Rule
from listingkit.rules.lexicon import phrases
from listingkit.rules.limits import groups, in_force
from listingkit.testing.whole import Row, Where, another, settle, with_family

Cells = Mapping[str, str | None]
TRIED = 24  # ways of breaking a rule
KINDS = ("promotion", "subjective", "claim", "guarantee")
_ELSEWHERE = {
    "reading": "it is about how a file is read, and listings are read already",
    "mapping": "it is about how columns are mapped, and listings are mapped already",
    "template": "it takes the seller's own template",
    "template_cells": "it takes the seller's own template",
    "operations": "it compares an upload with the one before",
}


def refuse(rule: Rule, where: Where) -> None:
    """Say why no listing of this category can break a rule here, if that is known beforehand. Raises `ListingkitError`."""
    store, day = where.store, where.as_of
    limited = [in_force(name, store, day, groups().get(where.schema.product_type, "")) for name in rule.limit[:1]]
    if rule.category in _ELSEWHERE:
        why = _ELSEWHERE[rule.category]
    elif rule.stores and store.code not in rule.stores:
        why = f"it is in force in {', '.join(sorted(rule.stores))} only"
    elif not rule.in_force(Context(store, day)):
        why = f"it is not in force on {day}"
    elif None in limited:
        why = f"no limit {rule.limit[0]} is in force there on {day}"
    elif rule.scope == "given" and rule.category != "schema":
        why = "it looks at the whole run, not at cells"
    elif rule.scope == "given" and not any(one.code == rule.code for one in where.asks()):
        why = "its schema does not ask that of any field"
    else:
        return
    raise ListingkitError(impossible(rule, where, why))


def impossible(rule: Rule, where: Where, why: str) -> str:
    return f"no listing of {where.schema.product_type} can break {rule.code} ({rule.name}) in {where.store.code}: {why}"


def cases(rule: Rule, whole: Row, where: Where) -> Iterator[list[Row]]:
    """Rows in which this rule finds its flaw and no other rule anything."""
    tried: list[Sequence[Cells]] = []
    for cells in islice(_ways(rule, whole, where), TRIED):
        if cells in tried:
            continue
        tried.append(cells)
        rows = [_laid(cell, another(whole, number) if number else whole) for number, cell in enumerate(cells)]
        for made in (rows, with_family(rows, whole)):
            settled = settle(made, where, rule.code) if made else None
            if settled:
                yield settled
                break


def _laid(cells: Cells, row: Row) -> Row:
    """The row with these cells; one that names a parent says that it is a child, unless the cells speak of that themselves."""
    laid = Row({**row.cells, **cells}, frozenset(cells))
    if laid.get("parent_sku") and "parentage_level" not in cells:
        laid.fill(parentage_level="Child")
    return laid


def _ways(rule: Rule, whole: Row, where: Where) -> Iterator[Sequence[Cells]]:
    if rule.scope == "given":
        yield from _by_schema(rule, whole, where)
        return
    for example in rule.bad_examples:
        yield from _by_example(rule, example, decimals=where.store.decimals)
    if rule.scope == "row" and rule.limit:
        yield from ([{name: text}] for name in _first_names(rule) for text in _too_long(rule, where))
    if "language" in rule.takes:
        told = [phrase for kind in KINDS for phrase in phrases(kind, where.store.language[:2])[:2]]
        for name in _first_names(rule):
            short = whole.get(name)[:40].rpartition(" ")[0]  # leaves room where the whole text does not
            yield from ([{name: f"{text} {phrase}".strip()}] for phrase in told for text in (whole.get(name), short))
    yield from ([{name: _within(whole.get(name), text)}] for name in _first_names(rule) if whole.get(name) for text in _texts(rule))


def _within(text: str, bad: str) -> str:
    return f"{text} {bad}".upper() if bad.isupper() else f"{text} {bad}"


def _texts(rule: Rule) -> list[str]:
    """What its bad examples say in the first field, which stays bad inside a longer text."""
    firsts = [_flat(example)[0] for example in rule.bad_examples if rule.scope == "row"]
    return [text for text in firsts if text]


def _first_names(rule: Rule) -> list[str]:
    """The first slot of the field that a rule is about, or of each of them where it is asked so."""
    return [fields()[spec.rstrip("*")].names[0] for spec in (rule.fields if rule.each else rule.fields[:1])]


def _by_example(rule: Rule, example: Any, *, decimals: int) -> Iterator[Sequence[Cells]]:
    if rule.each:
        yield from ([{name: example}] for name in _first_names(rule)[:2])
        return
    names = [name for spec in rule.fields for name in _spelled(spec)]
    rows = [example] if rule.scope == "row" else example
    laid = [dict(zip(names, _flat(row), strict=True)) for row in rows]
    yield laid
    if not decimals:
        yield [{name: _whole_amount(name, cell) for name, cell in cells.items()} for cells in laid]
    yield [{name: cell for name, cell in cells.items() if cell is not None} for cells in laid]


def _whole_amount(name: str, cell: str | None) -> str | None:
    """A price without the point, for currencies that have no decimals."""
    return cell.replace(".", "") if cell and plain_names()[name][0].kind == "price" else cell


def _spelled(spec: str) -> tuple[str, ...]:
    names = fields()[spec.rstrip("*")].names
    return names if spec.endswith("*") else names[:1]


def _flat(row: Any) -> list[str | None]:
    parts = row if isinstance(row, tuple) else (row,)
    return [cell for part in parts for cell in (part if isinstance(part, tuple) else (part,))]


def _too_long(rule: Rule, where: Where) -> Iterator[str]:
    """A text of one character or byte more than the limit takes."""
    limit = in_force(rule.limit[0], where.store, where.as_of, groups().get(where.schema.product_type, ""))
    if limit is not None:
        yield " ".join(f"w{number}" for number in range(limit.value))[: limit.value].rstrip().ljust(limit.value + 1, "x")
        yield "x" * (limit.value + 1)


def _by_schema(rule: Rule, whole: Row, where: Where) -> Iterator[Sequence[Cells]]:
    """Values that the words of the schema themselves invent to break their rule; simple words first."""
    asked = sorted((one for one in where.asks() if one.code == rule.code), key=lambda one: (len(one.word.reads), not whole.get(one.field)))
    draw = Random(rule.code)  # noqa: S311  # for examples, not for secrets
    for one in asked:
        value, others = one.word.bad(draw)
        yield [{one.field: value or None, **{name: cell for name, cell in others.items() if name in plain_names()}}]
