"""From a template's column to the field it holds: attribute paths, legacy ids and the names of loader files."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from listingkit.fields import path, plain_names
from listingkit.marketplace import marketplaces
from listingkit.resources import shared

_BRACKET = re.compile(r"\[(marketplace_id|language_tag|audience)=([^\]]*)\]")


class Place(NamedTuple):
    """What a column is for: the plain field name, and the marketplace code and language tag its path names."""

    plain: str
    store: str | None
    language: str | None


@cache
def place(column: str) -> Place | None:
    """The field that a column (attribute path, legacy id or loader column name) holds; None where we have no field for it."""
    plain = _plain_by_key().get(_key(column))
    if plain is None:
        return None
    brackets = dict(_BRACKET.findall(column))
    return Place(plain, _code_by_id().get(brackets.get("marketplace_id", "")), brackets.get("language_tag"))


def _key(column: str) -> str:
    """A path without its marketplace, language and consumer audience; business offers keep theirs."""
    return _BRACKET.sub(lambda found: found[0] if found[1] == "audience" and found[2] != "ALL" else "", column)


@cache
def _code_by_id() -> Mapping[str, str]:
    return {store.id: code for code, store in marketplaces().items()}


@cache
def _plain_by_key() -> Mapping[str, str]:
    """Every known column key with its plain field name; the first field that claims a key keeps it."""
    stores = marketplaces()
    keys: dict[str, str] = {}
    for plain, (field, slot) in plain_names().items():
        ids = [field.legacy.format(n=slot)] if field.legacy else []
        if slot == 1 and "{n}" in field.legacy:
            ids.append(field.legacy.replace("{n}", ""))
        if field.path:
            ids += [_key(path(plain, stores[code])) for code in ("US", "DE")]
        for key in ids:
            keys.setdefault(key, plain)
    lines = (shared("templates") / "column_ids.tsv").read_text("utf-8").splitlines()
    for line in lines[2:]:
        plain, key = line.split("\t")
        keys.setdefault(key, plain)
    return keys
