"""Flat listings to the attributes of a JSON listing and back: typed leaves, labels to values, implied members filled in."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from msgspec import Struct

from listingkit.schemas import paths
from listingkit.schemas.definition.columns import IDENTIFIER
from listingkit.schemas.definition.compile import open_list
from listingkit.schemas.definition.definition import Definition, member, targets
from listingkit.schemas.definition.node import Node
from listingkit.schemas.definition.sentences import labels
from listingkit.schemas.paths import Attributes
from listingkit.schemas.words.word import fold

SKU, TYPE, ACTION = "contribution_sku#1.value", "product_type#1.value", "::record_action"
ID_TYPE, ID_VALUE = "amzn1.volt.ca.product_id_type", "amzn1.volt.ca.product_id_value"
ASIN, EXEMPT = "merchant_suggested_asin", "supplier_declared_has_product_identifier_exemption"
_EXEMPTIONS = {"exempt", "gtin exempt", "gtin freistellung"}
_YES, _NO = {"true", "yes", "1"}, {"false", "no", "0"}
_LONGEST_NUMBER = 40


class Submission(Struct, frozen=True):
    """One listing as JSON takes it. `action` is the template's wire value (full_update, partial_update, delete); blank is full."""

    sku: str
    product_type: str
    action: str
    attributes: Attributes


def from_cells(
    cells: Mapping[str, str | None],
    definition: Definition,
    aliases: Mapping[str, Mapping[str, str]] | None = None,
    *,
    inject: bool = True,
) -> Submission:
    """The listing that a row of a unified template stands for. Blank cells and columns of our own making (`::`) are left out.

    `aliases` are the template's own labels by path. With `inject`, marketplace, language, currency and audience that the
    definition knows and the columns leave unsaid are filled in. Raises ValueError for a path against the grammar.
    """
    filled = {path: value for path, value in cells.items() if value}
    own = {path: filled.pop(path, "") for path in (SKU, TYPE, ACTION, ID_TYPE, ID_VALUE)}
    typed: dict[str, Any] = {}
    for path, text in filled.items():
        if not path.startswith("::"):
            label = (aliases or {}).get(path, {}).get(text, text)
            typed[path] = typed_value(label, leaf(definition, paths.bare(path)))
    attributes = paths.nest(typed)
    _identify(attributes, own[ID_TYPE], own[ID_VALUE])
    if "child_parent_sku_relationship" in attributes:
        for item in attributes["child_parent_sku_relationship"]:
            if inject and isinstance(item, dict):
                item.setdefault("child_relationship_type", "variation")
    if inject:
        _inject(attributes, definition.root, _implied(definition))
    return Submission(own[SKU], own[TYPE], own[ACTION], attributes)


def to_cells(submission: Submission) -> dict[str, str]:
    """The row of a unified template for a listing: the inverse of `from_cells` without `inject`."""
    cells = {SKU: submission.sku, TYPE: submission.product_type, ACTION: submission.action}
    attributes = dict(submission.attributes)
    found = attributes.get(IDENTIFIER)
    if isinstance(found, list) and len(found) == 1 and isinstance(found[0], dict) and set(found[0]) == {"type", "value"}:
        cells |= {ID_TYPE: str(found[0]["type"]), ID_VALUE: str(found[0]["value"])}
        del attributes[IDENTIFIER]
    cells |= {path: plain(value) for path, value in paths.flatten(attributes)}
    return {path: value for path, value in cells.items() if value}


@lru_cache(maxsize=20_000)
def leaf(definition: Definition, path: str) -> Node | None:
    """The schema of the value at a path without brackets; None where the definition does not know it."""
    return definition.node(paths.parse(path))


def typed_value(text: str, node: Node | None) -> Any:
    """The JSON value that a text stands for. What cannot be one of its kind stays text, for the definition to refuse."""
    if node is None:
        return text
    told = labelled(node)
    value = told.get(text, told.get(fold(text), text))
    kinds = {kind for schema in targets(node) for kind in _kinds(schema)}
    if "string" in kinds or not kinds:
        return value
    if "boolean" in kinds and fold(text) in _YES | _NO:
        return fold(text) in _YES
    if kinds & {"number", "integer"} and len(text) <= _LONGEST_NUMBER:
        try:
            amount = Decimal(text)
        except InvalidOperation:
            return value
        if amount.is_finite():
            whole = amount == amount.to_integral_value() and "." not in text and "e" not in text.lower()
            return int(amount) if whole else float(amount)
    return value


@lru_cache(maxsize=20_000)
def labelled(node: Node) -> Mapping[str, str]:
    """Labels, as they are and folded, with their values."""
    told: dict[str, str] = {}
    for schema in targets(node):
        values = [value for value in open_list(schema) or schema.get("enum", ()) if isinstance(value, str)]
        told |= {fold(label): value for label, value in labels(schema).items()}
        told |= {label: value for label, value in labels(schema).items() if label not in values}
    return told


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    found = schema.get("type", ())
    return [found] if isinstance(found, str) else list(found)


def plain(value: Any) -> str:
    """A JSON scalar as a cell holds it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) and abs(value) < 1e15 and "e" not in repr(value) else _decimal(value)


def _decimal(value: Any) -> str:
    return f"{Decimal(repr(value)):f}" if isinstance(value, int | float) else str(value)


def _identify(attributes: Attributes, kind: str, value: str) -> None:
    folded = fold(kind)
    if folded in _EXEMPTIONS:
        attributes[EXEMPT] = [{"value": True}]
    elif folded == "asin":
        if value:
            attributes[ASIN] = [{"value": value}]
    elif value or kind:
        attributes[IDENTIFIER] = [{name: text for name, text in (("type", folded), ("value", value)) if text}]


def _implied(definition: Definition) -> dict[str, str]:
    store = definition.store
    known = {"audience": "ALL", "language_tag": definition.language or (store.language if store else "")}
    if store:
        known |= {"marketplace_id": store.id, "currency": store.currency}
    return {name: value for name, value in known.items() if value}


def _inject(value: Any, node: Node | None, implied: Mapping[str, str]) -> None:
    """Fill in the members that a column leaves unsaid, wherever the schema knows them."""
    if node is None:
        return
    if isinstance(value, list):
        for item in value:
            _inject(item, node.items, implied)
    elif isinstance(value, dict):
        for name, part in list(value.items()):
            _inject(part, member(node, name), implied)
        for name, text in implied.items():
            if name not in value and name in node.properties:
                value[name] = text
