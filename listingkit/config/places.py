"""Where in a TOML text each key stands: the standard library reads TOML, but tells no lines."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Path = tuple[str | int, ...]
_TOKEN = re.compile(
    r"""\"{3}(?:\\.|(?!\"{3}).)*\"{3,5}|'{3}(?:(?!'{3}).)*'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*|[\[\]{}\n]""", re.DOTALL
)  # strings, comments, brackets and ends of lines


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
    start, line, depth = 0, 1, 0
    for token in _TOKEN.finditer(text + "\n"):
        if token[0] in ("[", "{"):
            depth += 1
        elif token[0] in ("]", "}"):
            depth -= 1
        elif token[0] == "\n" and not depth:
            statement = text[start : token.start()]
            if statement.strip() and not statement.lstrip().startswith("#"):
                yield line, statement, tomllib.loads(statement)
            line += statement.count("\n") + 1
            start = token.end()


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
