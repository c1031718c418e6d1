"""Changes to valid attributes, most of them for the worse."""

import copy
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from listingkit.schemas.definition.definition import Definition
from listingkit.testing.definitions import invent

JUNK: tuple[Any, ...] = (
    "", None, True, False, 0, 1, -1, 1.5, 2.0, 10**12, 1e-13, 0.1, "x", "ä" * 30, "漢" * 700, "x" * 201, "x" * 12_000, "2025-01-01",
    "2025-02-30", "2025-01-01T00:00:00Z", "2025-01-01T00:00:00", "2016-12-31T23:59:60Z", "2025-01-01t00:00:00+05:30", "https://e.com/a b",
    "https://e.com/ä", "s3://b/k", "ftp://x/", "http://", "https://[::1]:80/", "https://u@h:p/", "HTTPS://E.COM",
    "mailto:a@b", "a:%zz", "parent",
    "child", "SIZE", "COLOR", "DEFAULT", "AMAZON_NA", "ghs", "transportation", [], {}, ["a"], {"value": "x"}, [{"value": "x"}],
    [{"value": "parent", "marketplace_id": "ATVPDKIKX0DER"}], [{"value": True, "marketplace_id": "ATVPDKIKX0DER"}],
    [{"value": 1.0}, {"value": 1}],
)  # fmt: skip

Place = tuple[Any, ...]


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    yield place
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from places(part, (*place, name))


def mutant(whole: Mapping[str, Any], definition: Definition, random: Random) -> dict[str, Any]:
    """A copy with one to three changes: an attribute more, a part less, another value, an item twice, another name."""
    changed: dict[str, Any] = copy.deepcopy(dict(whole))
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        kind = random.random()
        spots = [place for place in places(changed) if place]
        if kind < 0.35 or not spots:
            name = random.choice(list(definition.root.properties))
            changed[name] = invent(definition.root.properties[name], random)
            continue
        place = random.choice(spots)
        holder: Any = changed
        for step in place[:-1]:
            holder = holder[step]
        _change(holder, place[-1], kind, random)
    return changed


def _change(holder: Any, key: Any, kind: float, random: Random) -> None:
    if kind < 0.55:
        del holder[key]
    elif kind < 0.8:
        holder[key] = copy.deepcopy(random.choice(JUNK))
    elif kind < 0.9 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    elif isinstance(holder, list):
        holder.reverse()
    else:
        holder[f"{key}_"] = holder.pop(key) if kind >= 0.9 else copy.deepcopy(holder[key])
