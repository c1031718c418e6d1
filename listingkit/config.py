"""What a client's `listingkit.toml` says, as one immutable value. Empty sections mean the built-in behaviour.

    marketplaces = ["US", "DE"]       # for commands without -m
    profile = "supplier.toml"         # for commands without --profile
    schemas = ["definitions"]         # Amazon's product type definitions, for commands without --schema

    [rules]
    select = ["GTN", "SKU"]           # only these codes or prefixes
    ignore = ["TTL002"]
    severity = { BUL = "warning", VAR011 = "off" }

    [gs1.brands."Example Brand"]      # who owns which numbers: see listingkit.gtin.licences
    [[exemptions]]                    # GTIN exemptions: see listingkit.gtin.exemptions
    [[documents]]                     # certificates and test reports: see listingkit.rules.document_register
    [diff]                            # thresholds and tolerances: see listingkit.diff.settings

Paths are taken from the file's own folder.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from listingkit.errors import BadProfile, UnknownName

NAME = "listingkit.toml"
_TOP = ("marketplaces", "profile", "schemas", "rules", "gs1", "exemptions", "documents", "diff")
_RULES = ("select", "ignore", "severity")
_SEVERITIES = ("error", "warning", "info", "off")


@dataclass(frozen=True)
class Config:
    """The sections that the steps read. Tables keep their TOML shape; each step checks its own keys."""

    marketplaces: tuple[str, ...] = ()
    profile: str | None = None
    schemas: tuple[str, ...] = ()  # Amazon's product type definitions: files or folders
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)  # rule code or prefix -> error, warning, info or off
    gs1: Mapping[str, Any] = field(default_factory=dict)  # company prefixes and licence exports by brand
    exemptions: tuple[Mapping[str, Any], ...] = ()  # GTIN exemptions: brand, product_type, marketplace, asin, case, date
    documents: tuple[Mapping[str, Any], ...] = ()  # certificates and test reports: document, sku or product_type, file, valid_until
    diff: Mapping[str, Any] = field(default_factory=dict)  # thresholds and tolerances


DEFAULT = Config()


def load(path: str | Path | None = None, start: Path | None = None) -> Config:
    """The config of this file; without one, of the nearest `listingkit.toml` in `start` (the working folder) or above; else the built-in.

    Raises `BadProfile` with file and line.
    """
    found = Path(path) if path else _nearest(start or Path.cwd())
    if found is None:
        return DEFAULT
    try:
        text = found.read_text("utf-8")
    except OSError as error:
        raise BadProfile(str(found), None, f"cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise BadProfile(str(found), None, "is not UTF-8 text") from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadProfile(str(found), _line_in(str(error)), f"is not TOML: {error}") from None
    return _config(table, found, text)


def _nearest(start: Path) -> Path | None:
    return next((folder / NAME for folder in (start, *start.parents) if (folder / NAME).is_file()), None)


def _config(table: Mapping[str, Any], path: Path, text: str) -> Config:
    _known(table, _TOP, path, text)
    rules = _typed(table, "rules", dict, path, text) or {}
    _known(rules, _RULES, path, text)
    severity = rules.get("severity", {})
    for code, said in severity.items() if isinstance(severity, dict) else [("severity", severity)]:
        if said not in _SEVERITIES:
            raise BadProfile(str(path), _line(text, code), f"severity of {code} is one of {', '.join(_SEVERITIES)}, not {said!r}")
    gs1 = _typed(table, "gs1", dict, path, text) or {}
    profile = _typed(table, "profile", str, path, text)
    return Config(
        marketplaces=tuple(_texts(table, "marketplaces", path, text)),
        profile=str(path.parent / profile) if profile else None,
        schemas=tuple(str(path.parent / name) for name in _texts(table, "schemas", path, text)),
        select=tuple(code.upper() for code in _texts(rules, "select", path, text)),
        ignore=tuple(code.upper() for code in _texts(rules, "ignore", path, text)),
        severity={code.upper(): said for code, said in severity.items()},
        gs1=_with_folder(gs1, path.parent),
        exemptions=tuple(_typed(table, "exemptions", list, path, text) or ()),
        documents=_documents(table, path, text),
        diff=_typed(table, "diff", dict, path, text) or {},
    )


def _known(table: Mapping[str, Any], known: tuple[str, ...], path: Path, text: str) -> None:
    for key in table:
        if key not in known:
            raise BadProfile(str(path), _line(text, key), str(UnknownName("setting", key, known)))


def _typed(table: Mapping[str, Any], key: str, wanted: type, path: Path, text: str) -> Any:
    value = table.get(key)
    if value is not None and not isinstance(value, wanted):
        names: dict[Any, str] = {dict: "a table", list: "a list", str: "a text"}
        raise BadProfile(str(path), _line(text, key), f"{key} is {names[wanted]}, not {value!r}")
    return value


def _texts(table: Mapping[str, Any], key: str, path: Path, text: str) -> list[str]:
    value = _typed(table, key, list, path, text) or []
    if not all(isinstance(one, str) for one in value):
        raise BadProfile(str(path), _line(text, key), f"{key} is a list of texts")
    return list(value)


def _with_folder(gs1: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Licence exports with the folder of the config before them."""
    brands = gs1.get("brands", {})
    if not isinstance(brands, dict):
        return dict(gs1)
    made = {
        name: {**table, "exports": [str(folder / export) for export in table["exports"]]}
        if isinstance(table, dict) and isinstance(table.get("exports"), list)
        else table
        for name, table in brands.items()
    }
    return {**gs1, "brands": made}


def _documents(table: Mapping[str, Any], path: Path, text: str) -> tuple[Mapping[str, Any], ...]:
    """The register of documents, with the folder of the config before their files."""
    entries = _typed(table, "documents", list, path, text) or []
    if not all(isinstance(entry, dict) for entry in entries):
        raise BadProfile(str(path), _line(text, "documents"), "documents are tables: [[documents]]")
    return tuple({**entry, "file": str(path.parent / entry["file"])} if isinstance(entry.get("file"), str) else entry for entry in entries)


def _line(text: str, key: str) -> int | None:
    return next((number for number, line in enumerate(text.splitlines(), 1) if key in line.partition("#")[0]), None)


def _line_in(message: str) -> int | None:
    found = message.partition("at line ")[2].partition(",")[0]
    return int(found) if found.isdigit() else None
