"""Where in a TOML text each key stands: the standard library reads TOML, but tells no lines."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Path = tuple[str | int, ...]
_ENDS = ("]", '"""', "'''")  # one of these is in the last line of whatever takes several lines


def places(text: str) -> dict[Path, int]:
    """The 1-based line of every key, table and item of a list of tables. `text` is valid TOML."""
    found: dict[Path, int] = {}
    counted: dict[Path, int] = {}
    table: Path = ()
    for line, statement, value in _statements(text):
        if statement.lstrip().startswith("["):
            table = _header(value, counted, several=statement.lstrip().startswith("[["))
            found.setdefault(table, line)
            for length in range(1, len(table)):
                found.setdefault(table[:length], line)
        else:
            for path in _paths(value):
                found.setdefault(table + path, line)
    return found


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Each statement (a header, or a key with its value): its first line, its text, what it says by itself."""
    held: list[str] = []
    start = 1
    for number, line in enumerate(text.splitlines(), 1):
        if not held:
            start = number
            if not line.strip() or line.lstrip().startswith("#"):
                continue
        held.append(line)
        if len(held) > 1 and not any(end in line for end in _ENDS):
            continue
        statement = "\n".join(held)
        try:
            value = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # it goes on in the next line
        yield start, statement, value
        held = []


def _header(value: dict[str, Any], counted: dict[Path, int], *, several: bool) -> Path:
    """The path of a header; items of a list of tables are counted on."""
    path: Path = ()
    here: Any = value
    while here:
        here = here[0] if isinstance(here, list) else here
        name = next(iter(here), None)
        if name is None:
            break
        path += (name,)
        here = here[name]
        if path in counted and here not in ({}, [{}]):
            path += (counted[path] - 1,)
    if several:
        counted[path] = counted.get(path, 0) + 1
        return (*path, counted[path] - 1)
    return path


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        if isinstance(value, dict) or isinstance(inner, dict):
            yield from _paths(inner, (*path, name))


@dataclass(frozen=True)
class Source:
    """The file that a config was read from."""

    file: str
    text: str = field(repr=False)

    @cached_property
    def _places(self) -> Mapping[Path, int]:
        return places(self.text)

    def line(self, *path: str | int) -> int | None:
        """The line of a key, else of the nearest table around it; None where nothing of it is in the file."""
        while path:
            if path in self._places:
                return self._places[path]
            path = path[:-1]
        return None
