"""Words of eight languages that stand for closed values: yes and no, conditions, actions, countries."""

from collections.abc import Mapping
from functools import cache

import polars as pl

from listingkit.fields import Field
from listingkit.resources import data


def read_words(column: pl.Series, field: Field) -> pl.Series:
    """The column with the words it knows as what they mean (`true`, `new_new`, `DE`); a word nobody knows stays."""
    table = known_words(field.kind if field.kind in ("boolean", "country") else field.name)
    if not table:
        return column
    wires = set(table.values())
    found = {
        text: table[folded] for text in column.unique().drop_nulls().to_list() if text not in wires and (folded := fold(text)) in table
    }
    return column.replace(found) if found else column


@cache
def known_words(name: str) -> Mapping[str, str]:
    """Words of a field (or of the kinds boolean and country), folded, with what they mean; empty where the data has none."""
    if name == "country":
        return _countries()
    lines = data("words.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {fold(word): wire for field, wire, _, word, _ in rows if field == name}


def fold(text: str) -> str:
    """What words are compared by."""
    return " ".join(text.casefold().replace("’", "'").split()).strip(".")


@cache
def _countries() -> Mapping[str, str]:
    table: dict[str, str] = {}
    for line in data("countries.tsv").read_text("utf-8").splitlines():
        if line.startswith(("#", "code\t")):
            continue
        code, alpha3, names = line.split("\t")
        table.update({fold(name): code for name in (code, alpha3, *names.split("|"))})
        table.update({f"made in {fold(name)}": code for name in names.split("|") if name.isascii()})
    return table
