"""Whether a config table is one: every key known, every value of its kind; the first mistake is told with file and line."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NoReturn

from listingkit.config.keys import KEYS, Key
from listingkit.config.places import Path, Source
from listingkit.errors import BadProfile, UnknownName
from listingkit.marketplace import marketplace

_KINDS = {
    "text": "a text",
    "texts": "a list of texts",
    "text or texts": "a text or a list of texts",
    "number": "a number from 0 up",
    "flag": "true or false",
    "day": "a day such as 2026-11-30",
    "table": "a table",
    "tables": "a list of tables",
}


def checked(table: Mapping[str, Any], source: Source) -> None:
    """Raise `BadProfile` for the first key or value that is not declared in `keys`."""
    _Check(source).table(table, KEYS, ())


class _Check:
    def __init__(self, source: Source) -> None:
        self.source = source

    def fail(self, path: Path, message: str) -> NoReturn:
        raise BadProfile(self.source.file, self.source.line(*path), message)

    def table(self, table: Mapping[str, Any], keys: Mapping[str, Key], path: Path) -> None:
        for name, value in table.items():
            if name not in keys:
                where = f" of [{_dotted(path)}]" if path else ""
                self.fail((*path, name), str(UnknownName(f"setting{where}", name, keys)))
            near = [other for other in keys if other != name and _alike(other, name) and _fits(value, keys[other])]
            if near and not _fits(value, keys[name]):
                self.fail((*path, name), f"{name} is {_KINDS[keys[name].kind]}, not {value!r}: did you mean {near[0]}?")
            self.value(value, keys[name], (*path, name))

    def value(self, value: Any, key: Key, path: Path) -> None:
        if not _fits(value, key):
            self.fail(path, f"{_dotted(path)} is {_KINDS[key.kind]}, not {value!r}")
        if key.kind == "table":
            self.free(value, key, path) if key.each else self.table(value, key.inside, path)
        elif key.kind == "tables":
            for number, one in enumerate(value):
                for needed in key.needs:
                    if not one.get(needed):
                        self.fail((*path, number), f"an entry of [[{_dotted(path)}]] has no {needed}")
                self.table(one, key.inside, (*path, number))
        for text in value if key.kind == "texts" else [value] if key.kind == "text" else ():
            self.text(text, key, path)

    def free(self, table: Mapping[str, Any], key: Key, path: Path) -> None:
        assert key.each is not None
        for name, value in table.items():
            if key.names == "marketplace":
                self.marketplace(name, (*path, name))
            if not name.strip():
                self.fail((*path, name), f"a name in {_dotted(path)} is blank")
            self.value(value, key.each, (*path, name))

    def text(self, text: str, key: Key, path: Path) -> None:
        if key.values and text not in key.values:
            self.fail(path, f"{' of '.join(str(part) for part in path[-2:])} is one of {', '.join(key.values)}, not {text!r}")
        if key.names == "marketplace" and text.strip().lower() != "all":
            self.marketplace(text, path)

    def marketplace(self, code: str, path: Path) -> None:
        try:
            marketplace(code)
        except UnknownName as error:
            self.fail(path, str(error))


def _alike(one: str, other: str) -> bool:
    """Whether the names differ by an ending: marketplace, marketplaces."""
    return one.startswith(other) or other.startswith(one)


def _fits(value: Any, key: Key) -> bool:
    if key.kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf")
    if key.kind == "day":
        return (isinstance(value, date) and not isinstance(value, datetime)) or (isinstance(value, str) and _is_day(value))
    if key.kind in ("texts", "tables"):
        kind = str if key.kind == "texts" else dict
        return isinstance(value, list) and all(isinstance(one, kind) for one in value)
    if key.kind == "text or texts":
        return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
    return isinstance(value, {"text": str, "flag": bool, "table": dict}[key.kind])


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _dotted(path: Path) -> str:
    return ".".join(str(part) for part in path if isinstance(part, str))
