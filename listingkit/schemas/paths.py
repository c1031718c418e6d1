"""Attribute paths: the columns of unified templates, and how they stand for JSON attributes.

    path  = step *( "." step )
    step  = name *( "[" selector "=" value "]" ) [ "#" number ]

`#2` is the second item among those of an array that have the same values in brackets; a step without a number is an object,
and brackets on it are its members too. `color[language_tag=de_DE]#1.standardized_values#2` is the second text of a list.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from msgspec import Struct

# members that stand in brackets wherever they occur, in the order of real templates
BRACKETS = ("marketplace_id", "language_tag", "audience", "content_language", "content_type")
_STEP = re.compile(r"([A-Za-z0-9_:$-]+)((?:\[[A-Za-z0-9_]+=[^\[\]]*\])*)(?:#([1-9][0-9]{0,5}))?")
_BRACKET = re.compile(r"\[([A-Za-z0-9_]+)=([^\[\]]*)\]")
_LONGEST = 1_000  # characters of a path

Attributes = dict[str, Any]


class Step(Struct, frozen=True):
    """One name of a path; `number` (1-based) makes it an item of an array."""

    name: str
    brackets: tuple[tuple[str, str], ...] = ()
    number: int | None = None

    def __str__(self) -> str:
        brackets = "".join(f"[{name}={value}]" for name, value in self.brackets)
        return f"{self.name}{brackets}{'' if self.number is None else f'#{self.number}'}"


@lru_cache(maxsize=50_000)
def parse(path: str) -> tuple[Step, ...]:
    """Take a path apart. Raises ValueError where it does not follow the grammar."""
    steps = []
    at = 0
    while len(path) <= _LONGEST:
        found = _STEP.match(path, at)
        if not found:
            break
        steps.append(Step(found[1], tuple(_BRACKET.findall(found[2])), int(found[3]) if found[3] else None))
        at = found.end()
        if at == len(path):
            return tuple(steps)
        if path[at] != ".":
            break
        at += 1
    raise ValueError(f"{path[:80]!r} is not an attribute path")


def write(steps: tuple[Step, ...]) -> str:
    """The path of these steps; the inverse of `parse`."""
    return ".".join(map(str, steps))


def bare(path: str) -> str:
    """A path without brackets, so that the same attribute of two marketplaces is the same."""
    return _BRACKET.sub("", path)


def place(attributes: Attributes, pointer: tuple[str | int, ...]) -> str:
    """The path of the column that holds what stands at this place of the attributes (names and 0-based positions)."""
    steps: list[Step] = []
    here: Any = attributes
    rest = list(pointer)
    while rest:
        name = str(rest.pop(0))
        here = here.get(name) if isinstance(here, dict) else None
        if isinstance(here, list):
            number = int(rest.pop(0)) if rest and isinstance(rest[0], int) else 0
            steps.append(next(islice(_item_steps(name, here), number, None), Step(name, (), 1)))
            here = here[number] if number < len(here) else None
        else:
            steps.append(Step(name, _brackets(here) if isinstance(here, dict) else ()))
    return write(tuple(steps))


def flatten(attributes: Attributes) -> Iterator[tuple[str, Any]]:
    """Every scalar with its path. Empty lists and objects have no column and are left out."""
    for name, value in attributes.items():
        yield from _flat((), name, value)


def nest(cells: Mapping[str, Any]) -> Attributes:
    """The attributes that these cells stand for; the inverse of `flatten`. Raises ValueError where two paths contradict each other."""
    attributes: Attributes = {}
    places: dict[tuple[Step, ...], Any] = {}
    for path, value in cells.items():
        _put(attributes, parse(path), value, places)
    return attributes


def _flat(before: tuple[Step, ...], name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not _STEP.fullmatch(name) or "#" in name or "[" in name:
        raise ValueError(f"the name {name[:60]!r} cannot stand in a path")
    if isinstance(value, list):
        for step, item in zip(_item_steps(name, value), value, strict=True):
            yield from _members((*before, step), item)
    else:
        yield from _members((*before, Step(name, _brackets(value) if isinstance(value, dict) else ())), value)


def _members(steps: tuple[Step, ...], value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        shown = dict(steps[-1].brackets)
        for name, member in value.items():
            if name not in shown:
                yield from _flat(steps, name, member)
    elif isinstance(value, list):
        raise ValueError(f"{write(steps)}: a list of lists has no column")  # noqa: TRY004  # of data, not of Python
    elif value is not None:
        yield write(steps), value


def _brackets(value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    found = ((name, value.get(name)) for name in BRACKETS)
    return tuple((name, text) for name, text in found if isinstance(text, str) and "[" not in text and "]" not in text)


def _item_steps(name: str, items: list[Any]) -> Iterator[Step]:
    """The step of each item: numbered among the items with the same brackets."""
    seen: Counter[tuple[tuple[str, str], ...]] = Counter()
    for item in items:
        own = _brackets(item) if isinstance(item, dict) else ()
        seen[own] += 1
        yield Step(name, own, seen[own])


def _put(attributes: Attributes, steps: tuple[Step, ...], value: Any, places: dict[tuple[Step, ...], Any]) -> None:
    here: Any = attributes
    for depth, step in enumerate(steps, 1):
        last = depth == len(steps)
        if not isinstance(here, dict):
            raise ValueError(f"{write(steps)}: {write(steps[: depth - 1])} already holds a value")  # noqa: TRY004  # of data, not of Python
        known = places.get(steps[:depth])
        if known is not None and not last:
            here = known
            continue
        item: Any = value if last else dict(step.brackets)
        if step.number is None:
            if step.name in here:
                raise ValueError(f"{write(steps)}: {step.name} is given twice")
            here[step.name] = item
        else:
            items = here.setdefault(step.name, [])
            if not isinstance(items, list) or (last and steps in places):
                raise ValueError(f"{write(steps)}: {step.name} is given twice")
            items.append(item)
        places[steps[:depth]] = item
        here = item
