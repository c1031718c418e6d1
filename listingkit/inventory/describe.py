"""What a template is, for people and programs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from listingkit.errors import UnknownName
from listingkit.inventory.formula import Broken, Call, Cell, Compare, Constant, Count, Node, Operator
from listingkit.inventory.paths import place
from listingkit.inventory.requirements import rules_of
from listingkit.inventory.settings import PRIVATE
from listingkit.inventory.template import Template, TemplateColumn, ValueList
from listingkit.inventory.wire import dictionary
from listingkit.master.sheet import letter

_LONG = {"attributeSettings", "browseClassifications", "AttributeDefaultValues", "TemplateSignature", "ptds", "additionalMarketplaces"}
_WORDS = ("Required", "Conditionally Required", "Recommended", "Optional", "")


def as_dict(template: Template, as_of: date) -> dict[str, Any]:
    """Everything about a template that is not private to its account."""
    conditions = {
        rules.path: [{"state": state, "when": sentence(node, template)} for state, node in rules.steps] for rules in rules_of(template)
    }
    return {
        "name": template.name,
        "generation": template.generation,
        "flavor": template.flavor or None,
        "version": template.version or None,
        "made": template.made.isoformat() if template.made else None,
        "age_days": (as_of - template.made).days if template.made else None,
        "marketplaces": list(template.marketplaces),
        "language": template.language or None,
        "header_language": template.header_language or None,
        "product_types": list(template.product_types),
        "default_action": template.default_action,
        "sheet": template.sheet or None,
        "rows": {"label": template.label_row, "attribute": template.attribute_row, "data": template.data_row},
        "settings": {key: text for key, text in template.settings.items() if key not in PRIVATE | _LONG},
        "columns": [_column(column, template, conditions.get(column.path, [])) for column in template.columns],
        "browse": {kind: list(keys) for kind, keys in template.browse.items()},
        "oddities": list(template.oddities),
    }


def _column(column: TemplateColumn, template: Template, conditions: list[dict[str, str]]) -> dict[str, Any]:
    found = place(column.path)
    return {
        "column": letter(column.index),
        "path": column.path,
        "label": column.label,
        "group": column.group,
        "field": found.plain if found else None,
        "type": column.type,
        "requirement": column.requirement or None,
        "hidden": column.hidden,
        "example": column.example or None,
        "values": {kind: _list(held, template) for kind, held in column.values.items()},
        "wire": dict(dictionary(column, template.generation, template.header_language)),
        "rules": [rule for rule in conditions if rule["state"] != "filled"],
    }


def _list(held: ValueList, template: Template) -> dict[str, Any]:
    told: dict[str, Any] = {"closed": held.closed, "labels": list(held.labels)}
    if held.controls:
        paths = {column.index: column.path for column in template.columns}
        told["chosen_by"] = [paths.get(control.column, letter(control.column)) for control in held.controls]
    return told


def as_text(template: Template, as_of: date) -> Iterator[str]:
    """The same in lines, for a person."""
    age = f", {(as_of - template.made).days} days old" if template.made else ""
    flavor = f" ({template.flavor})" if template.flavor else ""
    yield f"{template.name}: {template.generation} template{flavor}, version {template.version or 'unknown'}{age}"
    if template.marketplaces:
        yield f"for {', '.join(template.marketplaces)} in {template.language}, labels in {template.header_language}"
    yield f"product types: {', '.join(template.product_types) or 'none named'}; a blank action means {template.default_action}"
    sheet = f"sheet {template.sheet!r}, " if template.sheet else ""
    yield f"{sheet}labels in row {template.label_row}, attributes in row {template.attribute_row}, data from row {template.data_row}"
    lists = [held for column in template.columns for held in list(column.values.values())[:1]]
    closed = sum(held.closed for held in lists)
    rules = sum(state != "filled" for found in rules_of(template) for state, _ in found.steps)
    yield f"{len(template.columns)} columns, {len(lists)} with a list of values ({closed} closed), {rules} requirement rules"
    counted = Counter(column.requirement for column in template.columns)
    for word in _WORDS:
        if counted[word]:
            yield f"\n{word or 'Without a word of requirement'} ({counted[word]})"
            yield from (_line(column) for column in template.columns if column.requirement == word)
    for oddity in template.oddities:
        yield f"\nodd: {oddity}"


def _line(column: TemplateColumn) -> str:
    held = next(iter(column.values.values()), None)
    values = f"  [{len(held.labels)} values{'' if held.closed else ', others too'}]" if held else ""
    kind = f"  {column.type}" if column.type != "text" else ""
    return f"  {letter(column.index):>3}  {column.label or column.path}{kind}{values}  {column.path}"


def column_named(template: Template, name: str) -> TemplateColumn:
    """The column of this letter, path, label or field name. Raises `UnknownName`."""
    wanted = name.strip()
    for known in (
        template.by_path,
        {letter(column.index): column for column in template.columns},
        {column.label.casefold(): column for column in reversed(template.columns)},
        {found.plain: column for column in reversed(template.columns) if (found := place(column.path))},
    ):
        for spelling in (wanted, wanted.upper(), wanted.casefold()):
            if spelling in known:
                return known[spelling]
    labels = [column.label for column in template.columns if column.label]
    raise UnknownName(f"column of {template.name}", name, [column.path for column in template.columns] + labels)


def values_of(template: Template, column: TemplateColumn) -> list[tuple[str, str, str]]:
    """A column's values: product type ("" for all), label, what Amazon stores."""
    told = dictionary(column, template.generation, template.header_language)
    if not column.values:
        return [("", label, wire) for label, wire in told.items()]
    return [(kind, label, told.get(label, label)) for kind, held in column.values.items() for label in held.labels]


def sentence(node: Node, template: Template, *, by_path: bool = False) -> str:
    """A condition in words, with the labels of columns (or their paths)."""
    labels = {column.index: column.path if by_path else column.label or column.path for column in template.columns}
    return _sentence(node, labels, depth=0)


def _sentence(node: Node, labels: Mapping[int, str], depth: int) -> str:
    match node:
        case Constant(value):
            return "always" if value is True else "never" if value is False else f"{value!r}"
        case Broken():
            return "never (the rule is broken)"
        case Cell(column):
            return labels.get(column, letter(column))
        case Compare(operator, left, right):
            return _comparison(operator, left, right, labels)
        case Count(values, criterion):
            return f"times that {_sentence(criterion, labels, 0)} stands in {_some(values or ())}"
        case Call("NOT", (argument,)):
            return f"not ({_sentence(argument, labels, 0)})"
        case Call("IF", (condition, *branches)):
            parts = " else ".join(_sentence(branch, labels, 1) for branch in branches)
            return f"if {_sentence(condition, labels, 1)} then {parts}"
        case Call(name, arguments):
            joined = f" {name.lower()} ".join(dict.fromkeys(_sentence(argument, labels, depth + 1) for argument in arguments))
            return f"({joined})" if depth and len(arguments) > 1 else joined


def _comparison(operator: Operator, left: Node, right: Node, labels: Mapping[int, str]) -> str:
    subject = _sentence(left, labels, 1)
    match operator, left, right:
        case "=", _, Constant(""):
            return f"{subject} is blank"
        case "<>", _, Constant(""):
            return f"{subject} is filled"
        case ">", Call("LEN", (cell,)), Constant(0.0):
            return f"{_sentence(cell, labels, 1)} is filled"
        case ">", Count(values, criterion), Constant(0.0):
            return f"{_sentence(criterion, labels, 1)} is one of {_some(values or ())}"
    verb = {"=": "is", "<>": "is not"}.get(operator, operator)
    return f"{subject} {verb} {_sentence(right, labels, 1)}"


def _some(values: tuple[str, ...]) -> str:
    shown = ", ".join(repr(value) for value in values[:6])
    return f"{shown} ... ({len(values)} values)" if len(values) > 6 else shown
