"""What a new definition asks that the old one did not, and the other way round."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import polars as pl
from msgspec import Struct

from listingkit.schemas.definition.columns import field_at, spoken_name
from listingkit.schemas.definition.compile import deprecated, open_list
from listingkit.schemas.definition.definition import Definition, targets
from listingkit.schemas.definition.frame import Aliases, frame_issues
from listingkit.schemas.definition.issues import Issue
from listingkit.schemas.definition.node import Node
from listingkit.schemas.definition.sentences import asked_names
from listingkit.schemas.paths import BRACKETS
from listingkit.schemas.words.word import spoken

_LIMITS = {  # keyword: what it bounds, and whether a smaller number asks more
    "maxLength": ("characters", True),
    "maxUtf8ByteLength": ("bytes", True),
    "maximum": ("as a value", True),
    "maxUniqueItems": ("values", True),
    "maxItems": ("values", True),
    "minLength": ("characters", False),
    "minUtf8ByteLength": ("bytes", False),
    "minimum": ("as a value", False),
    "exclusiveMinimum": ("as a value", False),
    "minItems": ("values", False),
}
_FORMS = ("type", "pattern", "format", "multipleOf", "selectors")


class Change(Struct, frozen=True):
    """One difference. `more`: listings that were fine may not be any longer."""

    kind: Literal["attribute", "required", "condition", "values", "limit", "form"]
    more: bool
    path: str  # of the attribute, without brackets
    message: str


def compare(old: Definition, new: Definition) -> tuple[Change, ...]:
    """Every difference, attribute by attribute, then the conditions."""
    return (*_required((), old.root, new.root, new), *_members((), old.root, new.root, new), *_conditions(old, new))


def newly_broken(old: Definition, new: Definition, frame: pl.DataFrame, aliases: Aliases | None = None) -> Iterator[tuple[int, Issue]]:
    """The issues that listings have under the new definition and had not under the old, with the row of each."""
    before = {(number, issue.code, issue.column) for number, issue in frame_issues(old, frame, aliases)}
    yield from ((number, issue) for number, issue in frame_issues(new, frame, aliases) if (number, issue.code, issue.column) not in before)


def _members(place: tuple[str, ...], old: Node, new: Node, definition: Definition) -> Iterator[Change]:
    for name, inner in new.properties.items():
        before = old.properties.get(name)
        if before is None:
            yield Change("attribute", more=False, path=_path(place, name), message=f"{_called(definition, (*place, name))} is new")
        else:
            yield from _node((*place, name), before, inner, definition)
    for name in old.properties:
        if name not in new.properties:
            yield Change(
                "attribute", more=True, path=_path(place, name), message=f"{_called(definition, (*place, name))} is no longer taken"
            )


def _node(place: tuple[str, ...], old: Node, new: Node, definition: Definition) -> Iterator[Change]:
    yield from _required(place, old, new, definition)
    yield from _leaf(place, _whole(old), _whole(new), definition)
    yield from _members(place, old, new, definition)
    if old.items and new.items:
        yield from _node(place, old.items, new.items, definition)


def _required(place: tuple[str, ...], old: Node, new: Node, definition: Definition) -> Iterator[Change]:
    for names, said, more in (
        (set(new.required) - set(old.required), "now", True),
        (set(old.required) - set(new.required), "no longer", False),
    ):
        for name in sorted(names):
            yield Change("required", more, _path(place, name), f"{_called(definition, (*place, name))} is {said} required")


def _leaf(place: tuple[str, ...], old: Mapping[str, Any], new: Mapping[str, Any], definition: Definition) -> Iterator[Change]:
    if place[-1] in (*BRACKETS, "currency"):
        return  # the same attribute of another marketplace or language
    name, path = _called(definition, place), ".".join(place)
    for key, (what, smaller) in _LIMITS.items():
        before, after = old.get(key), new.get(key)
        if before != after:
            more = before is None or (after is not None and (after < before) == smaller)
            bound = "at most" if smaller else "at least"
            yield Change("limit", more, path, f"{name}: {bound} {_shown(after)} {what}, was {_shown(before)}")
    for key in _FORMS:
        if old.get(key) != new.get(key):
            message = f"{name}: {key} is {_shown(new.get(key))}, was {_shown(old.get(key))}"
            yield Change("form", more=new.get(key) is not None, path=path, message=message)
    yield from _values(name, path, old, new)


def _values(name: str, path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = _listed(old), _listed(new)
    if before is None or after is None:
        if before != after:
            said = "has a list of values now" if after else "has no list of values any longer"
            yield Change("values", after is not None, path, f"{name}: {said}")
        return
    gone, added = [value for value in before if value not in after], [value for value in after if value not in before]
    if gone:
        yield Change("values", more=True, path=path, message=f"{name}: no longer takes {spoken(gone)}")
    if added:
        yield Change("values", more=False, path=path, message=f"{name}: also takes {spoken(added)}")
    retired = [value for value in deprecated(new) if value in after and value not in deprecated(old)]
    if retired:
        yield Change("values", more=True, path=path, message=f"{name}: deprecated now are {spoken(map(str, retired))}")


def _listed(schema: Mapping[str, Any]) -> list[str] | None:
    values = schema.get("enum") or open_list(schema)
    return [str(value) for value in values] if values else None


def _conditions(old: Definition, new: Definition) -> Iterator[Change]:
    """Conditions are compared as a whole: which are new, which are gone."""
    before, after = ({_canonical(part): part for part in one.document.get("allOf", ())} for one in (old, new))
    for parts, other, said, more in ((after, before, "new condition", True), (before, after, "condition gone", False)):
        for key, part in parts.items():
            if key not in other:
                yield Change("condition", more, "", f"{said}: {_condition(new, part)}")


def _condition(definition: Definition, part: Any) -> str:
    asked = list(dict.fromkeys(_demanded(part)))
    because = list(dict.fromkeys(name for condition in _ifs(part) for name in asked_names(condition)))
    shown = spoken((_called(definition, (name,)) for name in asked), 4) if asked else "something else than whether an attribute is there"
    return f"asks for {shown}{f', depending on {spoken(because, 4)}' if because else ''}"


def _demanded(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, inner in part.items():
            if key == "required" and isinstance(inner, list):
                yield from map(str, inner)
            elif key not in ("if", "not", "contains"):
                yield from _demanded(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _demanded(inner)


def _ifs(part: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, dict):
        if isinstance(part.get("if"), dict):
            yield part["if"]
        for inner in part.values():
            yield from _ifs(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _ifs(inner)


def _canonical(part: Any) -> str:
    return json.dumps(part, sort_keys=True)


def _whole(node: Node) -> dict[str, Any]:
    return {key: value for schema in targets(node) for key, value in schema.items()}


def _called(definition: Definition, place: tuple[str, ...]) -> str:
    return spoken_name(definition, place, field_at(place))


def _path(place: tuple[str, ...], name: str) -> str:
    return ".".join((*place, name))


def _shown(value: Any) -> str:
    return "unlimited" if value is None else " ".join(map(str, value)) if isinstance(value, list) else str(value)
