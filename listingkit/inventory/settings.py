"""The settings that Amazon writes into row 1 of an inventory template."""

import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import unquote

HEAD = 12  # rows; no template's data begins lower
_PIECE = re.compile(r"settings(\d*)=(.*)", re.DOTALL)
_PAIR = re.compile(r"(TemplateType|Version|TemplateSignature|CreateDate|Locale|isEdit|metadataVersion)=(.*)", re.DOTALL)
_VERSION = re.compile(r"(20\d\d)\.(\d\d)(\d\d)$")
PRIVATE = frozenset({"contributorId", "preferenceProfiles", "templateIdentifier"})  # whose file it is: never shown


def is_settings(cell: str) -> bool:
    """Whether a cell of row 1 is part of the settings."""
    return bool(_PIECE.match(cell) or cell.startswith("TemplateType="))


def parse(cells: Iterable[str]) -> dict[str, str]:
    """Every setting of row 1, percent-decoded.

    Amazon cuts the text after 32,767 characters, in the middle of whatever stands there, and goes on in the next cell:
    the pieces are joined in the order of their numbers before anything is decoded.
    """
    pieces: dict[int, str] = {}
    plain: list[str] = []
    for cell in cells:
        if found := _PIECE.match(cell):
            pieces.setdefault(int(found[1] or 1), found[2])
        elif _PAIR.match(cell):
            plain.append(cell)
    query = "&".join([*plain, "".join(pieces[number] for number in sorted(pieces))])
    pairs = (pair.partition("=") for pair in query.split("&"))
    return {key: unquote(text) for key, _, text in pairs if key}


def decoded(settings: Mapping[str, str], key: str) -> str:
    """The text of a base64 setting; "" where there is none that can be read."""
    text = settings.get(key, "")
    try:
        return b64decode(text + "=" * (-len(text) % 4)).decode()
    except (NotBase64, UnicodeDecodeError, ValueError):
        return ""


def structure(settings: Mapping[str, str], key: str) -> Any:
    """The JSON in a base64 setting; None where there is none that can be read."""
    try:
        return json.loads(decoded(settings, key))
    except (json.JSONDecodeError, RecursionError):
        return None


def aliases(settings: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Label to wire value, by attribute path."""
    found: dict[str, dict[str, str]] = {}
    for entry in _entries(structure(settings, "attributeSettings")):
        names = entry.get("aliases")
        if isinstance(entry.get("attribute"), str) and isinstance(names, dict):
            found[entry["attribute"]] = {label: wire for label, wire in names.items() if isinstance(wire, str)}
    return found


def browse_keys(settings: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Allowed browse nodes or item type keywords by product type; types without any are absent."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in _entries(structure(settings, "browseClassifications")):
        keys = entry.get("browseClassificationKeys")
        if isinstance(entry.get("productType"), str) and isinstance(keys, list) and keys:
            found[entry["productType"]] = tuple(key for key in keys if isinstance(key, str))
    return found


def default_values(settings: Mapping[str, str]) -> dict[str, str]:
    """What Amazon assumes where a cell is blank, by attribute path."""
    found = structure(settings, "AttributeDefaultValues")
    return {key: text for key, text in found.items() if isinstance(text, str)} if isinstance(found, dict) else {}


def product_types(settings: Mapping[str, str]) -> tuple[str, ...]:
    """The product types a template is made for."""
    listed = decoded(settings, "ptds") or decoded(settings, "TemplateSignature")
    return tuple(part.strip() for part in listed.split(",") if part.strip().isprintable() and part.strip())


def marketplace_ids(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Ids of the marketplaces, the primary one first."""
    others = structure(settings, "additionalMarketplaces")
    ids = [settings.get("primaryMarketplaceId", ""), *(others if isinstance(others, list) else ())]
    return tuple(dict.fromkeys(name.removeprefix("amzn1.mp.o.") for name in ids if isinstance(name, str) and name))


def made_on(settings: Mapping[str, str]) -> date | None:
    """The day a template was made, from its time stamp or its version."""
    try:
        return date.fromisoformat(settings.get("timestamp", "")[:10])
    except ValueError:
        found = _VERSION.match(settings.get("Version", ""))
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def row_number(settings: Mapping[str, str], key: str, default: int) -> int:
    """One of labelRow, attributeRow, dataRow; the default where it is missing or no number a sheet could have."""
    text = settings.get(key, "")
    return int(text) if text.isdecimal() and len(text) < 4 and 0 < int(text) <= HEAD else default


def _entries(found: Any) -> Iterable[dict[str, Any]]:
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
