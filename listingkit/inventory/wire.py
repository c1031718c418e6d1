"""Labels and wire values: what a person picks in a sheet, and what Amazon stores."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from listingkit.fields import fields, plain_names
from listingkit.inventory.paths import place
from listingkit.mapping.units import unit_named
from listingkit.mapping.words import fold, known_words
from listingkit.resources import shared

if TYPE_CHECKING:
    from listingkit.inventory.template import Generation, TemplateColumn

Dictionary = Mapping[str, str]  # label -> wire value

_BROWSE = ("recommended_browse_nodes", "item_type_keyword")


@cache
def known_values(name: str, language: str = "en") -> Dictionary:
    """The dictionary of this name (a field, a column id or a kind of value) in the public values; empty where there is none."""
    return _values().get((name, language[:2]), {})


def dictionary(column: "TemplateColumn", generation: "Generation", header_language: str) -> Dictionary:
    """Every label that the column is known to take, with its wire value.

    The template's own aliases come first. Where it has none: labels of its drop-down lists, told by the public values of its
    field in the header language or in English; a label that nothing tells of is its own wire value.
    """
    told = dict(column.aliases)
    stored = set(told.values())
    labels = dict.fromkeys(label for values in column.values.values() for label in values.labels)
    for name in _value_names(column, generation):
        spoken = [known_values(name, header_language), known_values(name)]
        if labels:
            found = {label: wire for words in spoken for label, wire in words.items() if label in labels}
        else:
            found = dict(next((words for words in spoken if words), {}))
        told |= {label: wire for label, wire in found.items() if label not in told and wire not in stored}
        stored |= set(told.values())
    for label in labels:
        if label not in told and label not in stored:
            wire = _wire_in_label(column, label)
            told[label] = label if wire in stored or (wire != label and wire in labels) else wire
            stored.add(told[label])
    return told


def understood(column: "TemplateColumn", generation: "Generation", header_language: str) -> Dictionary:
    """What a value of the master may be called, besides the column's own labels: those of every language and generation we know."""
    told = dict(dictionary(column, generation, header_language))
    names = set(_value_names(column, generation))
    for (name, _), words in _values().items():
        for label, wire in words.items() if name in names else ():
            told.setdefault(label, wire)
    return told


def to_wire(value: pl.Expr, told: Dictionary) -> pl.Expr:
    """Labels become wire values, in any case of letters; everything else stays."""
    if not told:
        return value
    wires = {wire: wire for wire in told.values()}
    exact = {label: wire for label, wire in told.items() if label not in wires}
    folded = {wire.lower(): wire for wire in wires}
    for label, wire in exact.items():
        folded.setdefault(label.lower(), wire)
    known = value.replace_strict(exact | wires, default=None, return_dtype=pl.String)
    return pl.coalesce(known, value.str.to_lowercase().replace_strict(folded, default=None, return_dtype=pl.String), value)


def to_label(value: pl.Expr, told: Dictionary) -> pl.Expr:
    """Wire values become the label a person would pick, exactly as the column lists it; everything else stays."""
    labels = label_by_wire(told)
    return value.replace(labels) if labels else value


def label_by_wire(told: Dictionary) -> Mapping[str, str]:
    """The first label of each wire value."""
    labels: dict[str, str] = {}
    for label, wire in told.items():
        labels.setdefault(wire, label)
    return labels


def _value_names(column: "TemplateColumn", generation: "Generation") -> Iterator[str]:
    """Under which names the public values may tell of a column, the most special one first."""
    found = place(column.path)
    if found is None:
        return
    yield f"{generation}.{column.path}"
    yield column.path
    field = plain_names()[found.plain][0]
    measured = fields().get(field.name.removesuffix("_unit"))
    yield measured.unit if measured and measured is not field else "boolean" if field.kind == "boolean" else field.name


def _wire_in_label(column: "TemplateColumn", label: str) -> str:
    """The wire value that a label shows by itself: a unit's name, a browse node in brackets at the end, a country, a known word."""
    found = place(column.path)
    if found is None:
        return label
    if found.plain in _BROWSE and (node := re.search(r"\(([^()]+)\)$", label)):
        return node[1]
    if found.plain.endswith("_unit"):
        return unit_named(label) or label
    field = plain_names()[found.plain][0]
    return known_words(field.kind if field.kind in ("boolean", "country") else field.name).get(fold(label), label)


@cache
def _values() -> Mapping[tuple[str, str], Dictionary]:
    table: dict[tuple[str, str], dict[str, str]] = {}
    for line in _lines():
        name, language, label, wire = line
        table.setdefault((name, language), {})[label] = wire
    return table


def _lines() -> Iterator[Sequence[str]]:
    for line in (shared("templates") / "values.tsv").read_text("utf-8").splitlines()[2:]:
        yield line.split("\t")
