"""One subschema, compiled: a check that says yes or no fast, and its parts to say afterwards what was wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from listingkit.schemas.definition.keywords import Check


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """A compiled subschema. `check` is the truth; the rest is for explaining."""

    schema: Mapping[str, Any]
    check: Check
    asserts: tuple[tuple[str, Check], ...] = ()  # keyword, and whether the value holds it (whatever its type)
    required: tuple[str, ...] = ()
    properties: Mapping[str, "Node"] = field(default_factory=dict)
    closed: bool = False  # no other properties
    items: "Node | None" = None
    contains: "Node | None" = None
    selectors: tuple[str, ...] = ()
    all_of: tuple["Node", ...] = ()
    choices: tuple[tuple[str, tuple["Node", ...]], ...] = ()  # anyOf, oneOf
    unwanted: "Node | None" = None  # not
    condition: "Node | None" = None
    then: "Node | None" = None
    otherwise: "Node | None" = None


def always(_: Any) -> bool:
    return True


def never(_: Any) -> bool:
    return False


def every(checks: Iterable[Check]) -> Check:
    """All of them, as one check."""
    kept = tuple(check for check in checks if check is not always)
    if not kept:
        return always
    if len(kept) == 1:
        return kept[0]
    if len(kept) == 2:  # the common case, without a loop
        first, second = kept
        return lambda value: first(value) and second(value)

    def check(value: Any) -> bool:
        for one in kept:  # noqa: SIM110  # all() with a generator takes twice as long
            if not one(value):
                return False
        return True

    return check


def some(checks: Iterable[Check]) -> Check:
    """At least one of them."""
    kept = tuple(checks)
    if always in kept:
        return always
    if len(kept) == 1:
        return kept[0]

    def check(value: Any) -> bool:
        for one in kept:  # noqa: SIM110
            if one(value):
                return True
        return False

    return check


def just_one(checks: Iterable[Check]) -> Check:
    kept = tuple(checks)
    return lambda value: sum(check(value) for check in kept) == 1


def only_for(kind: type, check: Check) -> Check:
    """The check for values of this type; others pass."""
    if check is always:
        return always
    return lambda value: type(value) is not kind or check(value)


def unless(condition: Check, then: Check, otherwise: Check) -> Check:
    """If, then, else."""
    if otherwise is always:
        return lambda value: not condition(value) or then(value)
    return lambda value: then(value) if condition(value) else otherwise(value)
