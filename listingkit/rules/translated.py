"""What rules say in other languages than English: data/rules_<language>.tsv, and the words of their cards: data/card_words.toml."""

import tomllib
import zlib
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from listingkit.resources import data, shared
from listingkit.rules.engine import Rule

LANGUAGES = ("en", "zh")


class Said(NamedTuple):
    """A rule's own sentences in one language."""

    doc: str
    detail: str
    why: str


def said(rule: Rule, language: str) -> Said:
    """A rule's sentences in this language; in English where nobody translated them yet."""
    known = {} if language == "en" else translations(language)
    return known[rule.code][1] if rule.code in known else Said(rule.doc, rule.detail, rule.why)


@cache
def translations(language: str) -> Mapping[str, tuple[str, Said]]:
    """By code: the stamp of the English that was translated, and the translation."""
    found = {}
    for line in data(f"rules_{language}.tsv").read_text("utf-8").splitlines():
        cells = line.split("\t")
        if not line.startswith("#") and cells[0] != "code":
            found[cells[0]] = (cells[1], Said(*cells[2:5]))
    return found


def stamp(rule: Rule) -> str:
    """What a translation is of: it changes whenever the English does."""
    return f"{zlib.crc32(chr(10).join((rule.doc, rule.detail, rule.why)).encode()):08x}"


@cache
def words(language: str) -> Mapping[str, str]:
    """What stands on every card besides the rule's own sentences."""
    table: dict[str, dict[str, str]] = tomllib.loads(data("card_words.toml").read_text("utf-8"))
    return table[language]


@cache
def subject(category: str, language: str) -> str:
    """The name of a subject: as reports call it; in English as in the code."""
    if language == "en":
        return category.replace("_", " ").capitalize()
    table = tomllib.loads((shared("templates") / "report" / "subjects.toml").read_text("utf-8"))
    return str(table.get(category, {}).get(language, category))
