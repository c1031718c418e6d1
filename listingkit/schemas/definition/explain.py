"""What is wrong with a listing that did not pass: every fault with its place, found by going through the compiled schema again."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from listingkit.schemas.definition.node import Node

Place = tuple[str | int, ...]
_STRUCTURE = ("type", "enum", "const", "openList")


class Fault(Struct, frozen=True, eq=False):
    """One keyword that does not hold. `name` is the attribute that is missing or unwanted; `because` the conditions that led here."""

    place: Place
    keyword: str
    schema: Mapping[str, Any]
    value: Any
    name: str = ""
    because: tuple[Mapping[str, Any], ...] = ()


def faults(node: Node, value: Any, place: Place = (), because: tuple[Mapping[str, Any], ...] = ()) -> Iterator[Fault]:
    """Every fault, in the order of the listing; the same fault may come from several conditions."""
    if node.check(value):
        return
    broken = [keyword for keyword, holds in node.asserts if not holds(value)]
    for keyword in broken:
        if keyword in _STRUCTURE or not set(broken) & set(_STRUCTURE):
            yield Fault(place, keyword, node.schema, value, because=because)
    if "type" in broken:
        return
    if type(value) is dict:
        yield from _of_object(node, value, place, because)
    elif type(value) is list:
        yield from _of_array(node, value, place, because)
    yield from _of_applied(node, value, place, because)


def _of_applied(node: Node, value: Any, place: Place, because: tuple[Mapping[str, Any], ...]) -> Iterator[Fault]:
    for part in node.all_of:
        yield from faults(part, value, place, because)
    yield from _of_choices(node, value, place, because)
    if node.unwanted and node.unwanted.check(value):
        names = [name for name in node.unwanted.required if type(value) is dict and name in value]
        yield Fault(place, "not", node.schema, value, names[0] if names else "", because)
    if node.condition and node.then and node.otherwise:
        if node.condition.check(value):
            yield from faults(node.then, value, place, (*because, node.condition.schema))
        else:
            yield from faults(node.otherwise, value, place, because)


def _of_object(node: Node, value: dict[str, Any], place: Place, because: tuple[Mapping[str, Any], ...]) -> Iterator[Fault]:
    for name in node.required:
        if name not in value:
            yield Fault(place, "required", node.properties[name].schema if name in node.properties else {}, None, name, because)
    for name, item in value.items():
        if name in node.properties:
            yield from faults(node.properties[name], item, (*place, name), because)
        elif node.closed:
            yield Fault(place, "additionalProperties", node.schema, item, name, because)


def _of_array(node: Node, value: list[Any], place: Place, because: tuple[Mapping[str, Any], ...]) -> Iterator[Fault]:
    if node.items:
        for number, item in enumerate(value):
            yield from faults(node.items, item, (*place, number), because)
    if node.contains and not any(node.contains.check(item) for item in value):
        yield Fault(place, "contains", node.contains.schema, value, because=because)


def _of_choices(node: Node, value: Any, place: Place, because: tuple[Mapping[str, Any], ...]) -> Iterator[Fault]:
    for key, parts in node.choices:
        holding = sum(part.check(value) for part in parts)
        if holding == 0 or (key == "oneOf" and holding != 1):
            yield Fault(place, key, node.schema, value, because=because)
