"""From JSON Schema to closures. Amazon's own keywords count, remote references and recursion are refused."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from listingkit.schemas.definition import keywords
from listingkit.schemas.definition.keywords import Check
from listingkit.schemas.definition.node import Node, always, every, just_one, never, only_for, some, unless
from listingkit.schemas.definition.vocabulary import KNOWN, REFUSED, TELLING

DEEPEST = 64  # levels of nesting
MOST = 500_000  # subschemas


class BadSchema(Exception):  # never reaches a user: whoever read the file adds its name
    """A definition that cannot be compiled; the message is one sentence."""


class Compiler:
    """Compiles one document. `unknown` counts keywords that nobody knows: they ask nothing, and the user is told.

    `strict` also asks what the marketplace asks although the definition lets it pass: no value outside an open list
    (marketplace and language among them), none that is deprecated. Conditions are never made stricter.
    """

    def __init__(self, document: Mapping[str, Any], *, strict: bool = False) -> None:
        self.document = document
        self._strict = strict
        self.unknown: Counter[str] = Counter()
        self._count = 0
        self._refs: dict[tuple[str, bool], Node] = {}
        self._open: list[str] = []

    def root(self) -> Node:
        return self._node(self.document, ())

    def _node(self, schema: Any, path: tuple[str, ...]) -> Node:
        self._count += 1
        if len(path) > DEEPEST or self._count > MOST:
            raise BadSchema(f"is nested deeper than {DEEPEST} levels or has more than {MOST:,} parts")
        if schema is True or schema is False:
            return Node({}, always if schema else never, () if schema else (("false", never),))
        if not isinstance(schema, dict):
            raise BadSchema(f"{_place(path)}: a schema is an object, true or false, not {json.dumps(schema)[:40]}")
        try:
            return self._object(schema, path)
        except ValueError as wrong:  # of ours
            raise BadSchema(f"{_place(path)}: a keyword has a value it cannot have ({wrong})") from None
        except (TypeError, KeyError, AttributeError, OverflowError) as wrong:
            raise BadSchema(f"{_place(path)}: a keyword has a value it cannot have, one of {', '.join(schema)}"[:300]) from wrong

    def _asked(self, schema: Any, path: tuple[str, ...]) -> Node:
        """Compile what is asked about a value rather than of it: exactly as it is written."""
        strict, self._strict = self._strict, False
        node = self._node(schema, path)
        self._strict = strict
        return node

    def _object(self, schema: Mapping[str, Any], path: tuple[str, ...]) -> Node:
        self._survey(schema, path)
        node = Node(schema, always, selectors=tuple(schema.get("selectors", ())))
        raw = _raw(schema) + (_stricter(schema) if self._strict else [])
        node.asserts = tuple((key, _guarded(key, check)) for key, check in raw)
        fields, items = self._object_part(schema, node, path), self._array_part(schema, node, path)
        wanted = schema.get("type")
        if isinstance(wanted, str) and wanted in _PYTHON:
            own = [check for key, check in raw if _KIND.get(key) == wanted or (key != "type" and key not in _KIND)]
            structure = {"object": fields, "array": items}.get(wanted, always)
            checks = [_typed(_PYTHON[wanted], every([*own, structure]))]
        else:
            checks = [check for _, check in node.asserts] + [only_for(dict, fields), only_for(list, items)]
        node.check = every([*checks, *self._applied(schema, node, path)])
        return node

    def _survey(self, schema: Mapping[str, Any], path: tuple[str, ...]) -> None:
        for key in schema:
            if key in REFUSED:
                raise BadSchema(f"{_place(path)}: the keyword {key} is not supported")
            if key not in KNOWN and key not in TELLING and key not in _KIND:
                self.unknown[key] += 1
        for key in _COUNTS & schema.keys():
            if type(schema[key]) is not int or schema[key] < 0:
                raise BadSchema(f"{_place(path)}: {key} is a whole number, not {str(schema[key])[:40]!r}")
        for key in _AMOUNTS & schema.keys():
            if type(schema[key]) not in (int, float) or (key == "multipleOf" and schema[key] <= 0):
                raise BadSchema(f"{_place(path)}: {key} is a number (of which there are multiples), not {str(schema[key])[:40]!r}")
        for key, kind in (("properties", dict), ("required", list), ("allOf", list), ("anyOf", list), ("oneOf", list), ("enum", list)):
            if key in schema and not isinstance(schema[key], kind):
                raise BadSchema(f"{_place(path)}: {key} is not {'a list' if kind is list else 'an object'}")

    def _ref(self, ref: Any, path: tuple[str, ...]) -> Node:
        if not isinstance(ref, str) or not (ref == "#" or ref.startswith("#/")):
            raise BadSchema(f"{_place(path)}: refers to {str(ref)[:80]!r}; only references within the file are followed")
        if ref in self._open:
            raise BadSchema(f"{_place(path)}: {ref!r} refers back to itself")
        if (ref, self._strict) not in self._refs:
            target: Any = self.document
            for step in ref[2:].split("/") if ref != "#" else ():
                target = target.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(target, dict) else None
            if target is None or ref == "#":
                raise BadSchema(f"{_place(path)}: {ref[:80]!r} refers to nothing, or to the whole")
            self._open.append(ref)
            self._refs[ref, self._strict] = self._node(target, (*path, ref))
            self._open.pop()
        return self._refs[ref, self._strict]

    def _object_part(self, schema: Mapping[str, Any], node: Node, path: tuple[str, ...]) -> Check:
        node.required = tuple(schema.get("required", ()))
        properties = {name: self._node(part, (*path, name)) for name, part in schema.get("properties", {}).items()}
        node.properties = properties
        other = schema.get("additionalProperties", True)
        if other is not True and other is not False:
            raise BadSchema(f"{_place(path)}: additionalProperties is true or false, nothing else is supported")
        node.closed = other is False
        return _object_check(node.required, {name: part.check for name, part in properties.items()}, closed=node.closed)

    def _array_part(self, schema: Mapping[str, Any], node: Node, path: tuple[str, ...]) -> Check:
        checks = []
        if "items" in schema:
            if isinstance(schema["items"], list):
                raise BadSchema(f"{_place(path)}: a list of schemas under items is not supported")
            node.items = self._node(schema["items"], (*path, "items"))
            checks.append(_each(node.items.check))
        if "contains" in schema:
            node.contains = self._asked(schema["contains"], (*path, "contains"))
            checks.append(_any(node.contains.check))
        return every(checks)

    def _applied(self, schema: Mapping[str, Any], node: Node, path: tuple[str, ...]) -> list[Check]:
        """The keywords that apply other schemas to the same value."""
        checks: list[Check] = []
        if "$ref" in schema:
            node.all_of += (self._ref(schema["$ref"], path),)
        node.all_of += tuple(self._node(part, (*path, f"allOf {n}")) for n, part in enumerate(schema.get("allOf", ())))
        # what asks for an attribute fails sooner than what is content with its absence
        checks.append(every(part.check for part in sorted(node.all_of, key=lambda part: not part.required)))
        for key, join in (("anyOf", some), ("oneOf", just_one)):
            if key in schema:
                parts = tuple(self._asked(part, (*path, f"{key} {n}")) for n, part in enumerate(schema[key]))
                node.choices += ((key, parts),)
                checks.append(join([part.check for part in parts]))
        if "not" in schema:
            node.unwanted = self._asked(schema["not"], (*path, "not"))
            checks.append(_negated(node.unwanted.check))
        if "if" in schema:
            node.condition = self._asked(schema["if"], (*path, "if"))
            node.then = self._node(schema.get("then", True), (*path, "then"))
            node.otherwise = self._node(schema.get("else", True), (*path, "else"))
            checks.append(unless(node.condition.check, node.then.check, node.otherwise.check))
        return checks


_COUNTS = frozenset(
    {f"{edge}{what}" for edge in ("max", "min") for what in ("Length", "Utf8ByteLength", "Items", "UniqueItems")},
)
_AMOUNTS = frozenset(keywords.NUMBERS)
_PYTHON = {"string": str, "object": dict, "array": list}
_KIND = (
    dict.fromkeys(keywords.STRINGS, "string")
    | dict.fromkeys(keywords.NUMBERS, "number")
    | dict.fromkeys([*keywords.ARRAYS, "maxUniqueItems", "minUniqueItems"], "array")
)


def _raw(schema: Mapping[str, Any]) -> list[tuple[str, Check]]:
    """The keywords that look at a value by themselves; those of one type expect a value of that type."""
    found: list[tuple[str, Check]] = []
    if "type" in schema:
        found.append(("type", keywords.one_type(schema["type"])))
    if "enum" in schema:
        found.append(("enum", keywords.enum(schema["enum"])))
    if "const" in schema:
        found.append(("const", keywords.enum([schema["const"]])))
    for makers in (keywords.STRINGS, keywords.NUMBERS, keywords.ARRAYS):
        for key, make in makers.items():
            check = make(schema[key]) if key in schema else None
            if check:
                found.append((key, check))
    selectors = schema.get("selectors", ())
    for key, counting in (("maxUniqueItems", keywords.max_unique_items), ("minUniqueItems", keywords.min_unique_items)):
        if key in schema:
            found.append((key, counting(schema[key], selectors)))
    return found


def open_list(schema: Mapping[str, Any]) -> list[str] | None:
    """The values of an open list: any text, or one of these."""
    parts = schema.get("anyOf")
    if not isinstance(parts, list) or {"type": "string"} not in parts:
        return None
    return next((part["enum"] for part in parts if isinstance(part, dict) and "enum" in part), None)


def deprecated(schema: Mapping[str, Any]) -> list[str]:
    """Values still listed that are refused for new listings."""
    life = schema.get("$lifecycle")
    values = life.get("enumDeprecated") if isinstance(life, dict) else None
    return values if isinstance(values, list) else []


def _stricter(schema: Mapping[str, Any]) -> list[tuple[str, Check]]:
    found: list[tuple[str, Check]] = []
    values = open_list(schema)
    if values:
        found.append(("openList", only_for(str, keywords.enum(values))))
    old = deprecated(schema)
    if old:
        listed = keywords.enum(old)
        found.append(("deprecated", lambda value: not listed(value)))
    return found


def _guarded(key: str, check: Check) -> Check:
    """The keyword's check, blind to values that it is not about."""
    kind = _KIND.get(key)
    if kind == "number":
        return lambda value: type(value) not in (int, float) or check(value)
    return only_for(_PYTHON[kind], check) if kind else check


def _typed(kind: type, rest: Check) -> Check:
    if rest is always:
        return lambda value: type(value) is kind
    return lambda value: type(value) is kind and rest(value)


def _each(check: Check) -> Check:
    if check is always:
        return always

    def each(value: list[Any]) -> bool:
        for item in value:  # noqa: SIM110  # all() with a generator takes twice as long
            if not check(item):
                return False
        return True

    return each


def _any(check: Check) -> Check:
    def any_item(value: list[Any]) -> bool:
        for item in value:  # noqa: SIM110
            if check(item):
                return True
        return False

    return any_item


def _negated(check: Check) -> Check:
    return lambda value: not check(value)


def _object_check(required: Sequence[str], properties: Mapping[str, Check], *, closed: bool) -> Check:
    if not closed and len(properties) <= 1 and len(required) <= 1:
        return _one_property(next(iter(required), None), *next(iter(properties.items()), (None, always)))
    asked = {name: check for name, check in properties.items() if check is not always}
    if closed:
        return _closed_object(tuple(required), {name: properties[name] for name in properties})

    def open_object(value: dict[str, Any]) -> bool:
        for name in required:
            if name not in value:
                return False
        for name, check in asked.items():  # noqa: SIM110  # all() with a generator takes twice as long
            if name in value and not check(value[name]):
                return False
        return True

    return open_object


def _one_property(needed: str | None, name: str | None, check: Check) -> Check:
    """The commonest shape of a condition: one attribute is there, and holds."""
    if name is None or check is always:
        return always if needed is None else lambda value: needed in value
    if needed is None:
        return lambda value: name not in value or check(value[name])
    if needed == name:
        return lambda value: name in value and check(value[name])
    return lambda value: needed in value and (name not in value or check(value[name]))


def _closed_object(required: Sequence[str], properties: Mapping[str, Check]) -> Check:
    def closed_object(value: dict[str, Any]) -> bool:
        for name in required:
            if name not in value:
                return False
        for name, item in value.items():
            check = properties.get(name)
            if check is None or not check(item):
                return False
        return True

    return closed_object


def _place(path: tuple[str, ...]) -> str:
    """Where in the definition, by the names of attributes."""
    return " > ".join(path[:6]) or "at its top"
