"""From faults to what a seller reads: one sentence, the column or field by its name, a fix where there is one."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from listingkit.finding import Safety, Severity
from listingkit.schemas import paths
from listingkit.schemas.definition import sentences
from listingkit.schemas.definition.beyond import beyond
from listingkit.schemas.definition.columns import ID_COLUMN, IDENTIFIER, field_at, field_of, spoken_name
from listingkit.schemas.definition.definition import Definition
from listingkit.schemas.definition.explain import Fault, faults

ASIN, EXEMPT = "merchant_suggested_asin", "supplier_declared_has_product_identifier_exemption"
IDENTIFIERS = frozenset({IDENTIFIER, ASIN, EXEMPT})
CODES = {
    "required": "REQ001",
    "not": "REQ005",
    "additionalProperties": "VAL012",
    "enum": "VAL001",
    "const": "VAL001",
    "openList": "VAL001",
    "deprecated": "VAL001",
    "contains": "VAL001",
    "maxLength": "VAL008",
    "minLength": "VAL009",
    "maxUtf8ByteLength": "VAL010",
    "minUtf8ByteLength": "VAL009",
    "pattern": "VAL011",
    "format": "VAL011",
    "anyOf": "VAL011",
    "oneOf": "VAL011",
    "type": "VAL006",
    "minimum": "VAL006",
    "maximum": "VAL006",
    "exclusiveMinimum": "VAL006",
    "exclusiveMaximum": "VAL006",
    "multipleOf": "VAL006",
}
# one flaw is one finding, though two keywords see it
_ALIKE = {"maxUtf8ByteLength": "maxLength", "minUtf8ByteLength": "minLength", "format": "pattern", "oneOf": "pattern"}
TOO_MANY = "VAL013"  # maxItems, maxUniqueItems and their opposites


class Issue(Struct, frozen=True):
    """One thing that is wrong with a listing. `column` is the template's path, `field` our name where we have one."""

    code: str
    severity: Severity
    message: str
    column: str
    field: str | None
    attribute: str
    value: str | None = None
    fix: str | None = None
    safety: Safety | None = None


def issues(definition: Definition, attributes: Mapping[str, Any]) -> tuple[Issue, ...]:
    """Everything that is wrong with the attributes of one listing, each thing once; nothing for a listing that passes."""
    if definition.root.check(attributes):
        return tuple(_beyond(attributes))
    found = list(faults(definition.root, attributes))
    missing = {fault.name for fault in found if fault.keyword == "required" and not fault.place}
    told: dict[tuple[str, str], Issue] = {}
    if IDENTIFIER in missing and ASIN in missing:
        found = [fault for fault in found if fault.place or fault.keyword != "required" or fault.name not in IDENTIFIERS]
        told[ID_COLUMN, "required"] = _identity()
    absent = {(fault.place, fault.name) for fault in found if fault.keyword == "required"}
    found = [fault for fault in found if fault.keyword != "not" or not any((fault.place, name) in absent for name in _turns_on(fault))]
    for fault in sorted(found, key=lambda fault: len(fault.because)):
        issue = _issue(definition, dict(attributes), fault)
        told.setdefault((issue.column, _ALIKE.get(fault.keyword, fault.keyword)), issue)
    return (*told.values(), *_beyond(attributes))


def _turns_on(fault: Fault) -> Iterator[str]:
    """The names that conditions look at: while one of them is missing, nobody knows whether the rest must be left out."""
    for condition in fault.because:
        yield from sentences.asked_names(condition.get("not", condition))


def _identity() -> Issue:
    message = "the product has no identity: give a GTIN (UPC, EAN), an ASIN, or say that it is exempt from having one"
    return Issue("REQ002", Severity.ERROR, message, ID_COLUMN, "product_id", IDENTIFIER)


def _issue(definition: Definition, attributes: dict[str, Any], fault: Fault) -> Issue:
    place = (*fault.place, fault.name) if fault.name else fault.place
    if len(place) > 1 and place[-1] in paths.BRACKETS:
        place = place[:-1]  # brackets are part of the column's name
    column = paths.place(attributes, place)
    attribute = str(place[0]) if place else ""
    field = _asked_first(definition, fault) or field_of(column)
    flaw = sentences.flaw(definition, fault)
    because = sentences.because(fault, attributes)
    code = CODES.get(fault.keyword, TOO_MANY)
    if fault.keyword == "required" and fault.because:
        code = "REQ002"
    return Issue(
        code,
        flaw.severity or Severity.ERROR,
        f"{spoken_name(definition, place, field)} {flaw.message}{because}",
        column,
        field,
        attribute,
        sentences.text(fault.value),
        flaw.fix,
        flaw.safety,
    )


def _asked_first(definition: Definition, fault: Fault) -> str | None:
    """The field that a missing attribute asks for before all others, such as the relationship of a parent, which has no parent SKU."""
    node = definition.root.properties.get(fault.name) if fault.keyword == "required" and not fault.place else None
    asked = [name for name in node.items.required if name not in paths.BRACKETS] if node and node.items else []
    return field_at((fault.name, asked[0])) if len(asked) == 1 else None


def _beyond(attributes: Mapping[str, Any]) -> Iterator[Issue]:
    for code, message, column, value in beyond(dict(attributes)):
        yield Issue(code, Severity.ERROR, message, column, field_of(column), column.partition("[")[0], value)
