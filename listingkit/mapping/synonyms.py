"""What headers are called for our fields, in many languages."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from listingkit.fields import fields
from listingkit.mapping.headers import key, keys, without_marks, words
from listingkit.resources import data

OURS = "fields.tsv"  # the source of our own names and labels


class Synonym(NamedTuple):
    """One header of the table."""

    field: str
    language: str  # of the header; "" for our own names and labels
    header: str
    source: str  # ? for common usage that nobody confirmed

    @property
    def confirmed(self) -> bool:
        return self.source != "?"


class Ambiguity(NamedTuple):
    """A header that means several things. `prefer` is blank where only neighbours, values or a person can tell."""

    candidates: tuple[str, ...]
    prefer: str
    why: str


def _rows(name: str, *columns: str) -> Iterator[list[str]]:
    """The cells of these columns, row by row."""
    lines = [line.split("\t") for line in data(name).read_text("utf-8").splitlines() if not line.startswith("#")]
    places = [lines[0].index(column) for column in columns]
    return ([line[place] for place in places] for line in lines[1:])


@cache
def _field_of() -> Mapping[str, str]:
    return {name: field.name for field in fields().values() for name in field.synonyms.split()}


@cache
def synonyms() -> Mapping[str, tuple[Synonym, ...]]:
    """Every known header by its key."""
    rows = _rows("header_synonyms.tsv", "canonical_field", "language", "header", "source")
    entries = [Synonym(_field_of()[name], *cells) for name, *cells in rows]
    entries += [Synonym(field.name, "", header, OURS) for field in fields().values() for header in (field.name, field.label)]
    table: dict[str, dict[tuple[str, str], Synonym]] = {}
    for name, entry in zip(keys(entry.header for entry in entries), entries, strict=True):
        known = table.setdefault(name, {})
        if (entry.field, entry.language) not in known or (entry.confirmed and entry.source != OURS):
            known[entry.field, entry.language] = entry
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
    for header, meant, prefer, why in _rows("header_ambiguities.tsv", "header", "candidate_fields", "prefer", "why"):
        names = tuple(_field_of()[name] for name in meant.split("|"))
        known = table.get(key(header))
        candidates = tuple(dict.fromkeys((*(known.candidates if known else ()), *names)))
        preferred = _field_of().get(prefer, "") or (known.prefer if known else "")
        table[key(header)] = Ambiguity(candidates, preferred, why or (known.why if known else ""))
    return table
