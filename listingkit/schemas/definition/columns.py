"""Our fields for the columns of templates, and names for what has no field."""

from collections.abc import Mapping, Sequence
from functools import cache

from listingkit.fields import path, plain_names
from listingkit.marketplace import marketplaces
from listingkit.schemas import paths
from listingkit.schemas.definition.definition import Definition

IDENTIFIER = "externally_assigned_product_identifier"
ID_COLUMN = "amzn1.volt.ca.product_id_value"  # where templates take identifiers of every kind


def field_of(column: str) -> str | None:
    """Our field for a column, whatever its marketplace and language."""
    if column.startswith(IDENTIFIER):
        return "product_id_type" if column.endswith(".type") else "product_id"
    key = _key(column)
    known = _fields()
    found = known.get(key) or known.get(f"{key}#1") or known.get(f"{key}.value")
    return found or (None if "." in key else _attributes().get(key.partition("#")[0]))


def field_at(names: Sequence[str]) -> str | None:
    """Our field for a place in a definition: names without positions. Of a family it is the first."""
    return _places().get(tuple(names)) or (_attributes().get(names[0]) if len(names) == 1 else None)


@cache
def _places() -> Mapping[tuple[str, ...], str]:
    places: dict[tuple[str, ...], str] = {}
    for key, plain in _fields().items():
        if "(B2B)" not in key and not key.startswith("::"):
            places[tuple(step.name for step in paths.parse(key))] = plain
    return places


def _key(column: str) -> str:
    return paths.bare(column.replace("[audience=B2B]", "(B2B)"))


@cache
def _fields() -> Mapping[str, str]:
    store = marketplaces()["US"]
    return {_key(path(plain, store)): plain for plain, (field, _) in reversed(list(plain_names().items())) if field.path}


@cache
def _attributes() -> Mapping[str, str]:
    """The field that an attribute is chiefly about: its first."""
    return {key.partition(".")[0].partition("#")[0]: plain for key, plain in _fields().items()}


def spoken_name(definition: Definition, place: Sequence[str | int], field: str | None) -> str:
    """How people call it: our label, or the definition's titles."""
    if field:
        known, slot = plain_names()[field]
        return known.label if known.slots == 1 else f"{known.label} {slot}"
    names = [name for name in place if isinstance(name, str)]
    if not names:
        return "the listing"
    inner = names[-1] if len(names) > 1 and names[-1] != "value" else ""
    title = definition.title(names[0])
    shown = f"{title} ({names[0]})" if title != names[0] else names[0]
    return f"{shown}: {inner}" if inner else shown
