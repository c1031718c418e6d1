"""One file of a category schema: what it says of each field, with the line where it says so.

product_type = "HOME"                   an overlay has `marketplaces = ["DE"]` instead, and only the differences
title = "Home goods without a type of their own"
extends = "COMMON"                      what that one asks is asked here too
checked = 2026-09-30                    when somebody last compared it with its source
source = "..."
confidence = "confirmed"                or "unconfirmed": all of it stays at warning
note = "..."

[model_number]                          a field; a family such as bullet_point stands for all its slots
required = true
max_chars = 40
source = "..."                          source, confidence, checked, since, until and severity may be said again here

[[model_number.also]]                   a second saying about the same field
forbidden_when = { parentage_level = ["parent"] }
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from listingkit.errors import ENDLESS, BadProfile, UnknownName
from listingkit.fields import fields, plain_names
from listingkit.finding import Severity
from listingkit.marketplace import marketplaces
from listingkit.schemas import wording

Place = tuple[str | int, ...]  # of a table or of a key in it
LARGEST = 1_000_000  # bytes of a schema file
CONFIDENCES = ("confirmed", "unconfirmed")
HEADER = {
    "product_type": str,
    "part": bool,
    "title": str,
    "extends": str,
    "marketplaces": list,
    "checked": date,
    "source": str,
    "confidence": str,
    "note": str,
}
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*=")
MARGIN = {"source": str, "confidence": str, "checked": date, "since": date, "until": date, "severity": str}


class Saying(Struct, frozen=True):
    """What one table says of one field."""

    field: str
    words: Mapping[str, Any]
    file: str
    line: int | None
    source: str
    confidence: str
    checked: date
    severity: Severity | None
    since: date | None
    until: date | None


class Layer(Struct, frozen=True):
    """A schema file, or an overlay: then `marketplaces` says where it is in force."""

    file: str
    type_: str  # of the folder it stands in
    header: Mapping[str, Any]
    marketplaces: frozenset[str]
    sayings: tuple[Saying, ...]
    further: tuple[Saying, ...]  # of `also`: added to what is said, never replaced


def read(path: Path) -> Layer:
    """Read one file. Raises `BadProfile` with file and line."""
    return _Reader(path, _text(path)).layer()


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise BadProfile(str(path), None, f"a category schema is at most {LARGEST:,} bytes long")
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise BadProfile(str(path), None, "is not UTF-8 text; save it as UTF-8") from None


class _Reader:
    def __init__(self, path: Path, text: str) -> None:
        self.file, self.text = str(path), text
        try:
            self.table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as wrong:
            place = re.search(r" \(at line (\d+), column \d+\)$", str(wrong))
            message = str(wrong)[: place.start()] if place else str(wrong)
            raise BadProfile(self.file, int(place[1]) if place else None, message[:1].lower() + message[1:]) from None
        except (ValueError, RecursionError):
            raise BadProfile(self.file, None, ENDLESS) from None

    def layer(self) -> Layer:
        header = {key: value for key, value in self.table.items() if not isinstance(value, dict)}
        self._check(header, HEADER, ())
        for needed in ("checked", "source", "confidence"):
            if needed not in header:
                raise BadProfile(self.file, 1, f"say {needed} = ... at the top")
        if ("product_type" in header) == ("marketplaces" in header):
            raise BadProfile(self.file, 1, "say either product_type = ... (a schema) or marketplaces = [...] (an overlay) at the top")
        stores = header.get("marketplaces", [])
        for code in stores:
            if code not in marketplaces():
                raise self.wrong(("marketplaces",), str(UnknownName("marketplace", str(code), marketplaces())))
        said = tuple(self._sayings(header))
        return Layer(
            self.file,
            Path(self.file).resolve().parent.name,
            header,
            frozenset(stores),
            tuple(saying for saying, further in said if not further),
            tuple(saying for saying, further in said if further),
        )

    def _sayings(self, header: Mapping[str, Any]) -> Iterator[tuple[Saying, bool]]:
        known = {**plain_names(), **fields()}
        for name, table in self.table.items():
            if not isinstance(table, dict):
                continue
            if name not in known:
                raise self.wrong((name,), str(UnknownName("field", name, known)))
            also = table.pop("also", [])
            if not isinstance(also, list) or not all(isinstance(entry, dict) for entry in also):
                raise self.wrong((name, "also"), "write [[field.also]] above what else is said")
            yield self._saying(name, table, header, (name,)), False
            for number, entry in enumerate(also):
                yield self._saying(name, entry, {**header, **_margin(table)}, (name, "also", number)), True

    def _saying(self, name: str, table: Mapping[str, Any], header: Mapping[str, Any], path: Place) -> Saying:
        self._check(table, {**MARGIN, **wording.KEYS}, path)
        margin = {**_margin(header), **_margin(table)}
        said = {key: value for key, value in table.items() if key not in MARGIN}
        try:
            wording.words(said, known=plain_names())
        except wording.BadWord as wrong:
            raise self.wrong((*path, wrong.key), wrong.message) from None
        severity = margin.get("severity")
        return Saying(
            name,
            said,
            self.file,
            self.line(path),
            margin["source"],
            margin["confidence"],
            margin["checked"],
            Severity(severity) if severity else None,
            margin.get("since"),
            margin.get("until"),
        )

    def _check(self, table: Mapping[str, Any], kinds: Mapping[str, Any], path: Place) -> None:
        for key, value in table.items():
            if key not in kinds:
                raise self.wrong((*path, key), str(UnknownName("key", key, kinds)))
            kind = kinds[key]
            if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
                names = {str: "a text", list: "a list", date: "a date such as 2026-09-30", int: "a whole number", dict: "a table"}
                raise self.wrong((*path, key), f"{key} is {names.get(kind, 'of another kind')}, not {value!r}")
        if table.get("confidence", "confirmed") not in CONFIDENCES:
            raise self.wrong((*path, "confidence"), f"confidence is one of {', '.join(CONFIDENCES)}")
        if table.get("severity", "error") not in [severity.value for severity in Severity]:
            raise self.wrong((*path, "severity"), "severity is error, warning or info")

    def wrong(self, path: Place, message: str) -> BadProfile:
        return BadProfile(self.file, self.line(path), message)

    def line(self, path: Place) -> int | None:
        """The line that says what stands at this path, as far as lines tell."""
        return line_of(self._lines, path)

    @cached_property
    def _lines(self) -> Mapping[Place, int]:
        return lines_of(self.text)


def _margin(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key in MARGIN}


def line_of(lines: Mapping[Place, int], path: Place) -> int | None:
    """The line of a table (`("model_number",)`, `("model_number", "also", 0)`) or of a key in it; its table's where it has none."""
    return lines.get(path, lines.get(path[:-1]))


def lines_of(text: str) -> Mapping[Place, int]:
    """The first line of every table and of every key in one."""
    found: dict[Place, int] = {}
    current: Place = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            dotted = header[2]
            current = tuple(part.strip().strip("\"'") for part in dotted.split("."))
            if header[1] == "[[":
                current = (*current, counts.get(dotted, 0))
                counts[dotted] = counts.get(dotted, 0) + 1
            found.setdefault(current, number)
            continue
        key = _KEY.match(line)
        if key:
            found.setdefault((*current, key[1]), number)
    return found
