"""A profile: a saved mapping from one supplier's columns to our fields. A TOML file that people edit."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from listingkit.errors import ENDLESS, BadProfile, UnknownName
from listingkit.fields import fields, parse, plain_names
from listingkit.mapping.headers import key
from listingkit.mapping.synonyms import synonyms
from listingkit.mapping.units import currencies, units

TABLES = ("columns", "constants", "derived", "fill_down", "header")
SETTINGS = ("language", "decimal", "lend", "ignore", "preset")
COLUMN_KEYS = ("column", "letter", "unit", "decimal", "currency", "separator", "base_url", "date", "keep")
FILL_DOWN_KEYS = ("by", "fields", "gallery")
LARGEST = 2_000_000  # bytes of a profile file


class From(Struct, frozen=True):
    """Where a field's values come from: the column of this header (or letter), and how its values are written."""

    column: str = ""  # header, compared without case, white space and stars
    letter: str = ""
    unit: str | None = None
    decimal: str | None = None
    currency: str | None = None
    separator: str | None = None  # between the items of a list in one cell
    base_url: str | None = None  # put before file names
    date: str | None = None  # day-first or month-first
    keep: bool = False  # take the text as it is
    line: int | None = None  # of the profile file


class Derived(Struct, frozen=True):
    """A value made of others, as a Jinja expression.

    A `modest` one (of a preset) only fills blank cells, and is left out where the sheet lacks a field that it uses.
    """

    template: str
    line: int | None = None
    modest: bool = False


class FillDown(Struct, frozen=True):
    """Blank cells of `fields` take the value of the first row of the same `by`.

    With `gallery` the main pictures of all rows of a group become the group's pictures, and rows that hold nothing but a
    picture are no listings.
    """

    by: str
    fields: tuple[str, ...]
    gallery: bool = False


class Profile(Struct, frozen=True):
    """What a supplier's sheet means. Every part may be left out; what no part names is proposed."""

    file: str = "profile"
    language: str | None = None  # tag of text columns that carry none
    decimal: str | None = None  # of number columns whose cells do not tell it
    lend: bool = False  # a text may stand in for a missing language
    preset: str | None = None  # name of a preset, `none` for none, blank to choose by the header
    columns: Mapping[str, From] = field(default_factory=dict)  # field (or family, for lists) -> column
    constants: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, Derived] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()  # headers
    fill_down: FillDown | None = None
    header: tuple[str, ...] = ()  # the headers of the sheet this was written for, in order
    lines: Mapping[str, int] = field(default_factory=dict)


def load(path: str | Path) -> Profile:
    """Read a profile. Raises `BadProfile` with file and line for anything that is not one."""
    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadProfile(str(path), None, f"cannot be read: {error.strerror or error}") from None
    if len(raw) > LARGEST:
        raise BadProfile(str(path), None, f"is larger than {LARGEST // 1_000_000} MB, that is no profile")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadProfile(str(path), None, "is not UTF-8 text: save it as UTF-8") from None
    return loads(text, str(path))


def loads(text: str, file: str = "profile") -> Profile:
    """Read a profile from text; `file` is named in errors."""
    return _Checked(file, _table(text, file), text).profile()


def loads_preset(text: str, file: str) -> tuple[dict[str, Any], Profile]:
    """Read a preset: its fingerprint and its profile."""
    table = _table(text, file)
    return table.pop("fingerprint"), _Checked(file, table, text).profile()


def _table(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        message = re.sub(r" ?\(at .*\)$", "", str(error))
        line = int(place[1]) if place else len(text.splitlines()) or None
        raise BadProfile(file, line, f"is not TOML: {message[:1].lower()}{message[1:]}") from None
    except (ValueError, RecursionError):
        raise BadProfile(file, None, ENDLESS) from None


class _Checked:
    """Turns the parsed file into a profile, complaining with line numbers."""

    def __init__(self, file: str, table: Mapping[str, Any], text: str) -> None:
        self.file, self.table, self.lines = file, table, dict(_lines(text))

    def profile(self) -> Profile:
        for name in self.table:
            if name not in TABLES + SETTINGS:
                raise self.bad((name,), str(UnknownName("profile entry", name, TABLES + SETTINGS)))
        fill = self.section("fill_down")
        return Profile(
            file=self.file,
            language=self.language(),
            decimal=self.one_of(("decimal",), self.table.get("decimal"), (".", ",")),
            lend=self.boolean(("lend",), self.table.get("lend", False)),
            preset=self.text(("preset",), self.table["preset"]) if "preset" in self.table else None,
            columns={
                self.field(("columns", name), name, family=True): self.source(name, value)
                for name, value in self.section("columns").items()
            },
            constants={
                self.field(("constants", name), name): self.text(("constants", name), value)
                for name, value in self.section("constants").items()
            },
            derived={
                self.field(("derived", name), name): Derived(self.text(("derived", name), value), self.line(("derived", name)))
                for name, value in self.section("derived").items()
            },
            ignore=self.texts(("ignore",), self.table.get("ignore", [])),
            fill_down=self.fill_down(fill) if fill else None,
            header=self.texts(("header", "columns"), self.section("header").get("columns", [])),
            lines={".".join(place): line for place, line in self.lines.items()},
        )

    def section(self, name: str) -> Mapping[str, Any]:
        value = self.table.get(name, {})
        if not isinstance(value, dict):
            raise self.bad((name,), f"{name} must be a table: [{name}]")
        return value

    def language(self) -> str | None:
        value = self.table.get("language")
        if value is not None and not re.fullmatch(r"[a-z]{2}(_[A-Z]{2})?", self.text(("language",), value)):
            raise self.bad(("language",), f"language {value!r} is no language tag such as de_DE")
        return None if value is None else str(value)

    def source(self, name: str, value: Any) -> From:
        place = ("columns", name)
        if isinstance(value, str):
            return From(column=value, line=self.line(place))
        if not isinstance(value, dict):
            raise self.bad(place, f'{name} must be a header in quotes, or a table such as {{ column = "Gewicht", unit = "grams" }}')
        for option in value:
            if option not in COLUMN_KEYS:
                raise self.bad(place, str(UnknownName(f"option of {name}", option, COLUMN_KEYS)))
        options = {key: self.text(place, text) for key, text in value.items() if key != "keep"}
        if bool(options.get("column")) == bool(options.get("letter")):
            raise self.bad(place, f"{name} needs either column (a header) or letter (such as F)")
        if "unit" in options and options["unit"] not in units():
            raise self.bad(place, str(UnknownName("unit", options["unit"], units())))
        if "currency" in options and options["currency"] not in set(currencies().values()) | {"DKK", "NOK", "CZK", "HUF"}:
            raise self.bad(place, str(UnknownName("currency", options["currency"], sorted(set(currencies().values())))))
        self.one_of(place, options.get("decimal"), (".", ","))
        self.one_of(place, options.get("date"), ("day-first", "month-first"))
        return From(**options, keep=self.boolean(place, value.get("keep", False)), line=self.line(place))

    def fill_down(self, fill: Mapping[str, Any]) -> FillDown:
        for option in fill:
            if option not in FILL_DOWN_KEYS:
                raise self.bad(("fill_down", option), str(UnknownName("fill_down option", option, FILL_DOWN_KEYS)))
        by = self.field(("fill_down", "by"), self.text(("fill_down", "by"), fill.get("by", "")))
        names = self.texts(("fill_down", "fields"), fill.get("fields", []))
        gallery = self.boolean(("fill_down", "gallery"), fill.get("gallery", False))
        return FillDown(by, tuple(self.field(("fill_down", "fields"), name) for name in names), gallery)

    def field(self, place: tuple[str, ...], name: str, *, family: bool = False) -> str:
        plain, _, qualifier = name.partition("@")
        if family and plain in fields() and fields()[plain].slots > 1:
            parse(fields()[plain].names[0] + (f"@{qualifier}" if qualifier else ""))
            return name
        try:
            parse(name)
        except UnknownName as error:
            called = dict.fromkeys(entry.field for entry in synonyms().get(key(plain), ())) if plain not in plain_names() else {}
            meant = f"unknown field {plain!r}: did you mean {' or '.join(called)}?" if called else str(error)
            raise self.bad(place, meant) from None
        return name

    def text(self, place: tuple[str, ...], value: Any) -> str:
        if not isinstance(value, str):
            raise self.bad(place, f"{'.'.join(place)} must be text in quotes")
        return value

    def texts(self, place: tuple[str, ...], value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.bad(place, f"{'.'.join(place)} must be a list of texts")
        return tuple(value)

    def boolean(self, place: tuple[str, ...], value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.bad(place, f"{'.'.join(place)} must be true or false")
        return value

    def one_of(self, place: tuple[str, ...], value: Any, allowed: tuple[str, ...]) -> str | None:
        if value is not None and value not in allowed:
            raise self.bad(place, f"{place[-1]}: {value!r} must be one of {' '.join(repr(item) for item in allowed)}")
        return None if value is None else str(value)

    def line(self, place: tuple[str, ...]) -> int | None:
        return self.lines.get(place) or self.lines.get(place[:1])

    def bad(self, place: tuple[str, ...], message: str) -> BadProfile:
        return BadProfile(self.file, self.line(place), message)


def _lines(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Where each entry stands: ("columns", "sku") -> 7. Good enough for messages; multi-line strings are not looked into."""
    section: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if match := re.match(r"^\s*\[\s*([\w.\"@-]+)\s*\]", line):
            section = tuple(part.strip('"') for part in match[1].split("."))
            yield section, number
        elif match := re.match(r"^\s*(\"[^\"]+\"|'[^']+'|[\w-]+)\s*=", line):
            yield (*section, match[1].strip("\"'")), number
