"""Reading `listingkit.toml`: found, parsed, checked key by key, its paths taken from its own folder."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listingkit.config.merged import DEFAULT, Config, layer, layers
from listingkit.config.places import Source
from listingkit.errors import ENDLESS, BadProfile
from listingkit.marketplace import marketplace

if TYPE_CHECKING:
    from listingkit.config.keys import Key

NAME = "listingkit.toml"


def load(path: str | Path | None = None, start: Path | None = None) -> Config:
    """The config of this file; without one, of the nearest `listingkit.toml` in `start` (the working folder) or above; else the built-in.

    Raises `BadProfile` with file and line.
    """
    found = Path(path) if path else nearest(start or Path.cwd())
    if found is None:
        return DEFAULT
    from listingkit.config.checking import checked
    from listingkit.config.keys import KEYS

    source, table = read(found)
    checked(table, source)
    return _config(_with_folder(table, KEYS, found.parent), source)


def nearest(start: Path) -> Path | None:
    """The nearest `listingkit.toml` in this folder or above. Only that one is read."""
    return next((folder / NAME for folder in (start, *start.parents) if (folder / NAME).is_file()), None)


def read(path: Path) -> tuple[Source, dict[str, Any]]:
    """The file as text and as a table, not yet checked. Raises `BadProfile`."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise BadProfile(str(path), None, f"cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise BadProfile(str(path), None, "is not UTF-8 text: save it as UTF-8") from None
    try:
        return Source(str(path), text), tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadProfile(str(path), _line_in(str(error)), f"is not TOML: {error}") from None
    except (ValueError, RecursionError):
        raise BadProfile(str(path), None, ENDLESS) from None


def _config(table: Mapping[str, Any], source: Source) -> Config:
    client = layer("client", "", table.get("rules", {}))
    return Config(
        marketplaces=tuple(table.get("marketplaces", ())),
        profile=table.get("profile"),
        schemas=tuple(table.get("schemas", ())),
        select=client.select,
        ignore=client.ignore,
        severity=client.severity,
        gs1=table.get("gs1", {}),
        exemptions=tuple(table.get("exemptions", ())),
        documents=tuple(table.get("documents", ())),
        exceptions=tuple(table.get("exceptions", ())),
        diff=table.get("diff", {}),
        layers=tuple(layers(table)),
        diffs={marketplace(code).code: inside["diff"] for code, inside in table.get("marketplace", {}).items() if "diff" in inside},
        source=source,
    )


def _with_folder(table: Mapping[str, Any], keys: "Mapping[str, Key]", folder: Path) -> dict[str, Any]:
    """The table with the folder of the config before each file that it names, wherever that stands."""
    return {name: _placed(value, keys[name], folder) for name, value in table.items()}


def _placed(value: Any, key: "Key", folder: Path) -> Any:
    if key.names == "file" and isinstance(value, list):
        return [str(folder / one) for one in value]
    if key.names == "file":
        return value if value in key.words else str(folder / value)
    if key.kind == "tables":
        return [_with_folder(one, key.inside, folder) for one in value]
    if key.kind == "table" and key.each is not None:
        return {name: _placed(one, key.each, folder) for name, one in value.items()}
    return _with_folder(value, key.inside, folder) if key.kind == "table" else value


def _line_in(message: str) -> int | None:
    found = message.partition("at line ")[2].partition(",")[0]
    return int(found) if found.isdigit() else None
