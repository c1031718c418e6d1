"""Faults in a seller's words, with the fix where there is one."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from listingkit.finding import Flaw, Safety, Severity
from listingkit.marketplace import marketplaces
from listingkit.schemas import paths
from listingkit.schemas.definition.compile import deprecated, open_list
from listingkit.schemas.definition.definition import Definition
from listingkit.schemas.definition.explain import Fault
from listingkit.schemas.words import AtLeast, AtMost, Decimals, Matches, MaxBytes, MaxChars, MinChars, OneOf

_TYPES = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a set of values",
    "null": "blank",
}


_LENGTHS: Mapping[str, Any] = {"maxLength": MaxChars, "minLength": MinChars, "maxUtf8ByteLength": MaxBytes}


def flaw(definition: Definition, fault: Fault) -> Flaw:
    schema, value, limit = fault.schema, fault.value, fault.schema.get(fault.keyword)
    if fault.keyword == "required":
        return Flaw("is required")
    if fault.keyword == "not":
        return (
            Flaw("must be left out here", fix="")
            if fault.name or isinstance(value, dict | list)
            else Flaw(f"{text(value)!r} is not accepted here")
        )
    if fault.keyword == "additionalProperties":
        near = get_close_matches(fault.name[:100], schema.get("properties", ()), n=1, cutoff=0.7)
        return Flaw(f"is not taken for {definition.product_type} here{f', did you mean {near[0]}?' if near else ''}")
    if fault.keyword == "type":
        wanted = [limit] if isinstance(limit, str) else list(limit or ())
        return Flaw(f"must be {' or '.join(_TYPES.get(kind, kind) for kind in wanted)}, not {text(value)!r}")
    if fault.keyword in ("openList", "deprecated", "enum", "const"):
        return _of_list(definition, fault)
    if isinstance(value, str):
        return _of_text(fault)
    if isinstance(value, list):
        return _of_array(fault)
    return _of_number(fault)


def _of_list(definition: Definition, fault: Fault) -> Flaw:
    values = open_list(fault.schema) if fault.keyword == "openList" else fault.schema.get("enum", [fault.schema.get("const")])
    name = fault.place[-1] if fault.place else ""
    if name == "marketplace_id" and definition.store:
        other = next((store.code for store in marketplaces().values() if store.id == fault.value), text(fault.value))
        return Flaw(f"is for {other or 'no marketplace'}, this definition is for {definition.store.code}")
    if name == "language_tag" and definition.language:
        return Flaw(f"is in {text(fault.value) or 'no language'}, this definition is for {definition.language}")
    if fault.keyword == "deprecated":
        return Flaw(
            f"{text(fault.value)!r} is deprecated: new listings are refused with it{_replacement(fault)}", severity=Severity.WARNING
        )
    texts = [value for value in values or () if isinstance(value, str) and value]
    if isinstance(fault.value, str) and texts:
        word = OneOf(tuple(texts), labels=labels(fault.schema), deprecated=frozenset(deprecated(fault.schema)) - {fault.value})
        found = word.flaw(fault.value)
        if found:
            return found
        value = word.labels[fault.value]  # the word takes labels, JSON does not
        return Flaw(f"{fault.value!r} is a label, the value is {value!r}", fix=value, safety=Safety.SAFE)
    return Flaw(f"must be {' or '.join(text(value) or 'blank' for value in list(values or ())[:8])}, not {text(fault.value)!r}")


def labels(schema: Mapping[str, Any]) -> dict[str, str]:
    """What people pick for the values of a closed or open list: label -> value."""
    for part in (schema, *(part for part in schema.get("anyOf", ()) if isinstance(part, dict))):
        names, values = part.get("enumNames"), part.get("enum")
        if isinstance(names, list) and isinstance(values, list):
            pairs = zip(names, values, strict=False)
            return {name: value for name, value in pairs if isinstance(name, str) and isinstance(value, str) and name and name != value}
    return {}


def _replacement(fault: Fault) -> str:
    entries = fault.schema.get("$lifecycle", {}).get("enumReplacement", ())
    found = [entry.get("replacements", ()) for entry in entries if isinstance(entry, dict) and entry.get("value") == fault.value]
    return f"; use {' or '.join(map(str, found[0]))}" if found and found[0] else ""


def _of_text(fault: Fault) -> Flaw:
    value, form = fault.value, _form(fault.schema)
    limit: Any = fault.schema.get(fault.keyword)
    if fault.keyword in _LENGTHS and limit and value:
        wrong: Flaw | None = _LENGTHS[fault.keyword](limit).flaw(value)
        if wrong:
            return wrong
    if form:
        return Flaw(f"{value[:60]!r} is not {form}")
    if fault.keyword == "pattern":
        return Matches(limit).flaw(value) or Flaw(f"{value[:60]!r} does not have the form {limit}")
    if fault.keyword == "minUtf8ByteLength":
        return Flaw(f"takes {len(value.encode('utf-8', 'replace'))} bytes, at least {limit} are needed")
    return Flaw(f"{value[:60]!r} is not accepted here")


def _form(schema: Mapping[str, Any]) -> str:
    """In words, the form of a text."""
    formats = {part.get("format") for part in (schema, *schema.get("oneOf", ()), *schema.get("anyOf", ())) if isinstance(part, dict)}
    if "date" in formats:
        return "a date such as 2026-09-30" + (" or 2026-09-30T08:00:00Z" if "date-time" in formats else "")
    if "date-time" in formats:
        return "a time such as 2026-09-30T08:00:00Z"
    if "uri" in formats or str(schema.get("pattern", "")).startswith("^(http"):
        return "a web address such as https://example.com/image.jpg"
    return ""


def _of_array(fault: Fault) -> Flaw:
    limit = fault.schema.get(fault.keyword)
    if fault.keyword == "contains":
        wanted = sorted({str(value) for value in _mentioned_values(fault.schema)})
        return Flaw(f"must be {' or '.join(wanted[:8])}" if wanted else "does not have what is asked of it")
    if fault.keyword in ("maxUniqueItems", "maxItems"):
        same = " for one marketplace and language" if "language_tag" in fault.schema.get("selectors", ()) else ""
        return Flaw(f"takes at most {limit} value{'s' if limit != 1 else ''}{same}, {len(fault.value)} are given")
    return Flaw(f"needs at least {limit} value{'s' if limit != 1 else ''}")


def _of_number(fault: Fault) -> Flaw:
    limit, value = fault.schema.get(fault.keyword), _number(fault.value)
    if fault.keyword == "multipleOf" and isinstance(limit, int | float):
        exponent = Decimal(str(limit)).normalize().as_tuple()
        if exponent.digits == (1,) and isinstance(exponent.exponent, int) and exponent.exponent <= 0:
            return Decimals(-exponent.exponent).flaw(value) or Flaw(f"is {value}, must be a multiple of {limit}")
        return Flaw(f"is {value}, must be a multiple of {limit}")
    if isinstance(limit, int | float):
        bound = Decimal(str(limit))
        word = AtMost(bound) if "max" in fault.keyword.lower() else AtLeast(bound, exclusive=fault.keyword.startswith("exclusive"))
        return Flaw(f"is {value}, {word.sentence()}")
    return Flaw(f"is {value}, which is not accepted here")


def _number(value: Any) -> str:
    """A number as people write it."""
    return f"{Decimal(str(value)):f}" if isinstance(value, int | float) and not isinstance(value, bool) else str(text(value))


def _mentioned_values(schema: Any) -> Iterator[Any]:
    if isinstance(schema, dict):
        if "enum" in schema:
            yield from schema["enum"]
        for part in schema.values():
            yield from _mentioned_values(part)


def because(fault: Fault, attributes: Mapping[str, Any]) -> str:
    """The attributes of this listing on which the condition turns."""
    asked = [name for condition in fault.because for name in asked_names(condition)]
    names = [name for name in dict.fromkeys(asked) if name in attributes and name != fault.name]
    if fault.keyword not in ("required", "not") or not names:
        return ""
    shown = [f"{name} is {value!r}" if (value := _single(attributes[name])) else name for name in names[:2]]
    return f", because {' and '.join(shown)}" if all(" is " in one for one in shown) else f", because of {' and '.join(shown)}"


def asked_names(condition: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name in condition.get("required", ()) if isinstance(name, str))
    for key in ("allOf", "anyOf", "oneOf"):
        for part in condition.get(key, ()):
            if isinstance(part, dict):
                yield from asked_names(part)


def _single(value: Any) -> str | None:
    """The one text of an attribute, where there is only one that says something."""
    items = value if isinstance(value, list) else [value]
    if len(items) != 1 or not isinstance(items[0], dict):
        return None
    texts = [str(text) for name, text in items[0].items() if name not in paths.BRACKETS and not isinstance(text, dict | list)]
    return texts[0][:40] if len(texts) == 1 else None


def text(value: Any) -> str | None:
    if value is None or isinstance(value, dict | list):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)[:200]
