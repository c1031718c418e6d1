"""Strategies for product type definitions: attributes that a definition takes, and attributes that it refuses for one keyword.

Values come from a seed that hypothesis draws, so a failing example shrinks in the attributes it has, not in their letters.
"""

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from listingkit.schemas.definition.compile import deprecated, open_list
from listingkit.schemas.definition.definition import Definition, member, targets
from listingkit.schemas.definition.explain import Fault, Place, faults
from listingkit.schemas.definition.node import Node
from listingkit.schemas.paths import BRACKETS, Attributes

ROUNDS = 200  # of repair; every condition of a real definition is met after a few
_TEXTS = ("stoneware", "blue", "Größe M", "磁器のマグカップ", "350 ml", "x")
Schema = dict[str, Any]
_OFTEN = 0.3  # how often an optional member is there


def attributes(definition: Definition) -> st.SearchStrategy[Attributes]:
    """Attributes that the definition takes, conditions and all."""
    root = definition.root
    optional = sorted(set(root.properties) - set(root.required))

    @st.composite
    def valid(draw: st.DrawFn) -> Attributes:
        names = draw(st.lists(st.sampled_from(optional), max_size=20, unique=True)) if optional else []
        random = Random(draw(st.integers(0, 2**32 - 1)))  # noqa: S311  # for examples, not for secrets
        made = {name: invent(root.properties[name], random) for name in (*root.required, *names)}
        assume(repair(definition, made, random))
        return made

    return valid()


def broken_attributes(definition: Definition, keyword: str | None = None) -> st.SearchStrategy[tuple[Attributes, str]]:
    """Attributes that the definition refuses, and the keyword they break (any of `BREAKERS`, or the one asked for)."""

    @st.composite
    def broken(draw: st.DrawFn) -> tuple[Attributes, str]:
        whole = draw(attributes(definition))
        spots = {name: list(_spots(definition.root, whole, None, "", name)) for name in ([keyword] if keyword else sorted(BREAKERS))}
        breakable = [name for name, found in spots.items() if found]
        assume(breakable)
        name = draw(st.sampled_from(breakable))
        schema, holder, key = spots[name][draw(st.integers(0, len(spots[name]) - 1))]
        BREAKERS[name](schema, holder, key)
        assume(not definition.plain.check(whole))
        return whole, name

    return broken()


def invent(node: Node, random: Random) -> Any:
    """A value that the schema takes by itself, as far as guessing goes: conditions are met by `repair`."""
    schema = {key: value for part in targets(node) for key, value in part.items()}
    kind = schema.get("type")
    if kind == "object":
        return _object(node, random)
    if kind == "array":
        most = min(schema.get("maxUniqueItems", 3), schema.get("maxItems", 3), 3)
        least = max(schema.get("minItems", 0), 1 if most else 0)
        items = [invent(node.items, random) for _ in range(random.randint(least, max(least, most)))] if node.items else []
        return items if node.check(items) else items[: max(least, 1)]
    for _ in range(20):
        value = _scalar(schema, random)
        if node.check(value):
            return value
    return next((example for example in schema.get("examples", ()) if node.check(example)), _scalar(schema, random))


def _object(node: Node, random: Random) -> Attributes:
    members = {name: inner for part in (node, *node.all_of) for name, inner in part.properties.items()}
    needed = {name for part in (node, *node.all_of) for name in part.required if name in members}
    chosen = [name for name in members if name in needed or name in BRACKETS[:2] or random.random() < _OFTEN]
    telling = sorted(members.keys() - set(BRACKETS))
    if telling and not set(chosen) & set(telling):
        chosen.append(random.choice(telling))  # an item that says nothing has no column
    return {name: invent(members[name], random) for name in chosen}


def _scalar(schema: dict[str, Any], random: Random) -> Any:
    values = schema.get("enum") or open_list(schema)
    if values:
        kept = [value for value in values if value not in deprecated(schema)]
        return random.choice(kept or values)
    kind = schema.get("type")
    if kind == "boolean":
        return random.random() < 0.5
    if kind in ("number", "integer"):
        return _number(schema, random, whole=kind == "integer")
    formats = {part.get("format") for key in ("oneOf", "anyOf") for part in schema.get(key, ())} | {schema.get("format")}
    if formats & {"date", "date-time"}:
        day = f"20{random.randint(20, 39)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
        return day if "date" in formats and random.random() < 0.5 else f"{day}T08:00:00Z"
    if "pattern" in schema or "uri" in formats:
        return f"https://example.com/{random.randint(1, 999)}.jpg"
    return _text(schema, random)


def _text(schema: dict[str, Any], random: Random) -> str:
    text = random.choice(_TEXTS) + str(random.randint(0, 99))
    least, most = int(schema.get("minLength", 0)), min(schema.get("maxLength", 1_000), schema.get("maxUtf8ByteLength", 4_000) // 4)
    return (text * (least // len(text) + 1))[: max(most, least, 1)]


def _number(schema: dict[str, Any], random: Random, *, whole: bool) -> float:
    low, high = schema.get("minimum", schema.get("exclusiveMinimum", 0)), schema.get("maximum", schema.get("exclusiveMaximum", 10**6))
    if "exclusiveMinimum" in schema:
        low += 1
    amount = random.randint(int(low), max(int(low), min(int(high), int(low) + 10_000)))
    step = schema.get("multipleOf", 0.01)
    return amount if whole or step >= 1 or random.random() < 0.5 or amount + 1 > high else round(amount + random.randint(1, 99) / 100, 2)


def repair(definition: Definition, made: Attributes, random: Random) -> bool:
    """Meet the conditions: fill in what is required, take out what is unwanted. False where that did not end well."""
    for _ in range(ROUNDS):
        found = list(faults(definition.root, made))
        if not found:
            return True
        unwanted = [fault for fault in found if fault.keyword != "required"]
        # what one condition forbids another may ask for: only one thing at a time is taken out
        for fault in [random.choice(unwanted)] if unwanted else found:
            _mend(definition, made, fault, random)
    return definition.root.check(made)


def _mend(definition: Definition, made: Attributes, fault: Fault, random: Random) -> None:
    holder = _at(made, fault.place)
    if fault.keyword == "required" and isinstance(holder, dict):
        node = _node(definition, (*fault.place, fault.name))
        holder[fault.name] = invent(node, random) if node else {}
    elif fault.keyword in ("not", "additionalProperties") and fault.name and isinstance(holder, dict):
        holder.pop(fault.name, None)
    elif fault.keyword in ("maxItems", "maxUniqueItems") and isinstance(holder, list):
        del holder[fault.schema[fault.keyword] :]
        if not holder:
            made.pop(str(fault.place[0]), None)
    elif fault.keyword == "contains" and isinstance(holder, list):
        _wish(holder, fault, random)
    elif fault.keyword in ("enum", "const") and len(fault.place) > 1:
        _put(made, fault.place, random.choice(fault.schema.get("enum", [fault.schema.get("const")])))
    elif fault.place and random.random() < 0.5 and str(fault.place[0]) not in definition.root.required:
        made.pop(str(fault.place[0]), None)
    elif fault.place:
        name = str(fault.place[0])
        if name in definition.root.properties:
            made[name] = invent(definition.root.properties[name], random)


def _wish(items: list[Any], fault: Fault, random: Random) -> None:
    """Give the first item the values that one of the items must have."""
    for name, part in fault.schema.get("properties", {}).items():
        if "enum" in part and items and isinstance(items[0], dict):
            items[0][name] = random.choice(part["enum"])


def _node(definition: Definition, place: Place) -> Node | None:
    here: Node | None = definition.root
    for step in place:
        if here is not None:
            here = here.items if isinstance(step, int) else member(here, step)
    return here


def _at(value: Any, place: Place) -> Any:
    for step in place:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None  # mended away together with another fault
    return value


def _put(made: Attributes, place: Place, value: Any) -> None:
    holder = _at(made, place[:-1])
    if isinstance(holder, dict) and place[-1] in holder:
        holder[place[-1]] = value


Spot = tuple[Schema, Any, Any]  # the schema, what holds the value, and under which key


def _spots(node: Node, value: Any, holder: Any, key: Any, keyword: str) -> Iterator[Spot]:
    schema = {name: part for one in targets(node) for name, part in one.items()}
    if holder is not None and keyword in schema and _applies(keyword, schema, value):
        yield schema, holder, key
    if isinstance(value, dict):
        for name, item in value.items():
            inner = member(node, name)
            if inner:
                yield from _spots(inner, item, value, name, keyword)
    elif isinstance(value, list) and node.items:
        for number, item in enumerate(value):
            yield from _spots(node.items, item, value, number, keyword)


def _applies(keyword: str, schema: Schema, value: Any) -> bool:
    if keyword == "additionalProperties":
        return schema[keyword] is False and isinstance(value, dict)
    if keyword == "required":
        return isinstance(value, dict) and any(name in value for name in schema[keyword])
    return True


def _long(schema: Schema, holder: Any, key: Any) -> None:
    holder[key] = "x" * (schema["maxLength"] + 1)


def _wide(schema: Schema, holder: Any, key: Any) -> None:
    holder[key] = "ä" * (schema["maxUtf8ByteLength"] // 2 + 1)


def _short(_: Schema, holder: Any, key: Any) -> None:
    holder[key] = ""


def _unlisted(_: Schema, holder: Any, key: Any) -> None:
    holder[key] = "no such value"


def _other_type(schema: Schema, holder: Any, key: Any) -> None:
    holder[key] = 17 if schema.get("type") in ("string", "array", "object") else ["text"]


def _missing(schema: Schema, holder: Any, key: Any) -> None:
    holder[key].pop(next(name for name in schema["required"] if name in holder[key]))


def _foreign(_: Schema, holder: Any, key: Any) -> None:
    holder[key]["no_such_attribute"] = "x"


def _below(schema: Schema, holder: Any, key: Any) -> None:
    holder[key] = schema["minimum"] - 1


def _above(schema: Schema, holder: Any, key: Any) -> None:
    holder[key] = schema["maximum"] + 1


def _between(schema: Schema, holder: Any, key: Any) -> None:
    holder[key] = round(float(holder[key]) + schema["multipleOf"] / 2, 15)


def _twice(schema: Schema, holder: Any, key: Any) -> None:
    holder[key] += [copy.deepcopy(holder[key][0]) for _ in range(schema["maxUniqueItems"])] if holder[key] else []


def _emptied(_: Schema, holder: Any, key: Any) -> None:
    holder[key] = []


BREAKERS: dict[str, Callable[[Schema, Any, Any], None]] = {
    "maxLength": _long,
    "maxUtf8ByteLength": _wide,
    "minLength": _short,
    "enum": _unlisted,
    "pattern": _unlisted,
    "format": _unlisted,
    "oneOf": _unlisted,
    "type": _other_type,
    "required": _missing,
    "additionalProperties": _foreign,
    "minimum": _below,
    "maximum": _above,
    "multipleOf": _between,
    "maxUniqueItems": _twice,
    "minItems": _emptied,
}
