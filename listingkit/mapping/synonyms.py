"""What headers are called for our fields, in many languages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from listingkit.fields import fields
from listingkit.mapping.headers import key, without_marks, words
from listingkit.resources import data


@dataclass(frozen=True, slots=True)
class Synonym:
    """One header of the table."""

    field: str
    language: str  # of the header; "" for our own names and labels
    header: str
    source: str  # ? for common usage that nobody confirmed

    @property
    def confirmed(self) -> bool:
        return self.source != "?"


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A header that means several things. `prefer` is blank where only neighbours, values or a person can tell."""

    candidates: tuple[str, ...]
    prefer: str
    why: str


def _rows(name: str) -> list[dict[str, str]]:
    lines = [line for line in data(name).read_text("utf-8").splitlines() if not line.startswith("#")]
    keys = lines[0].split("\t")
    return [dict(zip(keys, line.split("\t"), strict=True)) for line in lines[1:]]


@cache
def _field_of() -> Mapping[str, str]:
    return {name: field.name for field in fields().values() for name in field.synonyms.split()}


@cache
def synonyms() -> Mapping[str, tuple[Synonym, ...]]:
    """Every known header by its key."""
    table: dict[str, dict[tuple[str, str], Synonym]] = {}
    for row in _rows("header_synonyms.tsv"):
        entry = Synonym(_field_of()[row["canonical_field"]], row["language"], row["header"], row["source"])
        known = table.setdefault(key(row["header"]), {})
        if (entry.field, entry.language) not in known or entry.confirmed:
            known[entry.field, entry.language] = entry
    for field in fields().values():
        for header in (field.name, field.label):
            entry = Synonym(field.name, "", header, "fields.tsv")
            table.setdefault(key(header), {}).setdefault((field.name, ""), entry)
    return {name: tuple(known.values()) for name, known in table.items()}


@cache
def numbered() -> Mapping[str, tuple[Synonym, ...]]:
    """Headers of families that the table has only with a number, by their key without it: `Photo` of `Photo 2`."""
    table: dict[str, tuple[Synonym, ...]] = {}
    for entries in synonyms().values():
        for entry in entries:
            match = re.match(r"^(.*\D)\d{1,2}$", words(entry.header))
            if match and fields()[entry.field].slots > 1 and key(match[1]) not in synonyms():
                table[key(match[1])] = (*table.get(key(match[1]), ()), entry)
    return table


@cache
def unmarked() -> Mapping[str, tuple[Synonym, ...]]:
    """The same by the key without accents, as far as that differs."""
    table: dict[str, tuple[Synonym, ...]] = {}
    for name, entries in synonyms().items():
        for spelled in {without_marks(name), without_marks(name.replace("ä", "a").replace("ö", "o").replace("ü", "u"))}:
            if spelled not in synonyms():
                table[spelled] = table.get(spelled, ()) + entries
    return table


@cache
def phrases() -> Mapping[str, str]:
    """Key of every known header by its words, for comparing by similarity; short ones are left out: too alike by chance."""
    return {words(entry.header): name for name, entries in synonyms().items() for entry in entries if len(name) >= 6 or not name.isascii()}


@cache
def ambiguities() -> Mapping[str, Ambiguity]:
    """Headers that the data says are ambiguous, by their key; several languages' candidates come together."""
    table: dict[str, Ambiguity] = {}
    for row in _rows("header_ambiguities.tsv"):
        names = tuple(_field_of()[name] for name in row["candidate_fields"].split("|"))
        known = table.get(key(row["header"]))
        candidates = tuple(dict.fromkeys((*(known.candidates if known else ()), *names)))
        prefer = _field_of().get(row["prefer"], "") or (known.prefer if known else "")
        table[key(row["header"])] = Ambiguity(candidates, prefer, row["why"] or (known.why if known else ""))
    return table
