"""The values of one column, read by the kind of its field. A value that cannot be read stays the text it was."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import polars as pl

from listingkit.fields import Field, fields, parse
from listingkit.finding import Finding, Severity
from listingkit.mapping.assign import Assignment, note
from listingkit.mapping.dates import read_dates
from listingkit.mapping.headers import key
from listingkit.mapping.markup import has_markup, without_markup
from listingkit.mapping.numbers import read_numbers
from listingkit.mapping.profile import Profile
from listingkit.mapping.units import unit_named
from listingkit.mapping.words import read_words
from listingkit.master.sheet import Master

MEASURES = {
    "item_dimensions": ("item_length", "item_width", "item_height"),
    "package_dimensions": ("package_length", "package_width", "package_height"),
}
ORDER = re.compile("l[x×](?:b|w|l)[x×]h|长宽高")  # as a header says it: LxBxH, L x W x H, LxlxH
THREE = r"^\s*([\d.,]+)\s*[x×*]\s*([\d.,]+)\s*[x×*]\s*([\d.,]+)\s*([\p{L}\"]*)\s*$"
BULLETS = r"^(?:[-•●▪■◆★✅✔·*–]|\d{1,2}[.)、])\s*"


@dataclass(frozen=True)
class Read:
    """What one column gives: series by field name, units where cells or header name them, the currency of a price."""

    columns: Mapping[str, pl.Series]
    units: pl.Series | None = None
    currency: str | None = None
    notes: tuple[Finding, ...] = field(default_factory=tuple)


def read_column(master: Master, assignment: Assignment, profile: Profile) -> Read:
    """Read one column of a sheet for its field."""
    column = master.frame[assignment.column.letter]
    plain, _, qualifier = assignment.field.partition("@")
    family = plain in fields() and fields()[plain].slots > 1
    if assignment.source.keep and not family:
        return Read({assignment.field: column})
    if family:
        return _listed(master, assignment, fields()[plain], qualifier)
    if assignment.field in MEASURES:
        return _measures(column, assignment, profile)
    kind = parse(assignment.field).field.kind
    if kind in ("number", "integer", "price"):
        return _numbers(master, assignment, profile)
    if kind == "date":
        dates = read_dates(column, assignment.source.date)
        return Read({assignment.field: dates.values}, notes=_doubt(master, assignment, dates.doubt))
    if kind in ("boolean", "country", "choice"):
        return Read({assignment.field: _chosen(column, parse(assignment.field).field)})
    if kind == "url":
        return Read({assignment.field: _addresses(column, assignment.source.base_url)})
    if kind == "text" and has_markup(column):
        message = f"{assignment.column.header!r} holds HTML: its text is used, the tags are not"
        return Read(
            {assignment.field: without_markup(column)},
            notes=(_note("MAP005", "markup-removed", Severity.INFO, message, master, assignment),),
        )
    return Read({assignment.field: column})


def _numbers(master: Master, assignment: Assignment, profile: Profile) -> Read:
    column, name = master.frame[assignment.column.letter], assignment.field
    evidence = master.evidence.get(assignment.column.letter)
    stored = "." if evidence and evidence.numeric and not evidence.text else None
    whole = parse(name).field.kind == "integer"
    read = read_numbers(column, stored or assignment.source.decimal, usual=profile.decimal, whole=whole)
    currency = assignment.source.currency or read.currency
    notes = _doubt(master, assignment, read.doubt)
    return Read({name: read.values}, read.units, currency if parse(name).field.kind == "price" else None, notes)


def _measures(column: pl.Series, assignment: Assignment, profile: Profile) -> Read:
    """Length, width and height that stand in one cell, where the header says that this is their order."""
    read = {assignment.field: column}
    if not ORDER.search(key(assignment.column.header)):
        return Read(read)
    cells = column.str.extract_groups(THREE).struct.unnest()
    numbers = pl.concat([cells[name] for name in ("1", "2", "3")])
    sign = read_numbers(numbers, assignment.source.decimal, usual=profile.decimal)
    found = sign.values.is_null() | sign.values.str.contains(r"^\d+(\.\d+)?$")
    if sign.doubt or not found.all():
        return Read(read)
    units = {word: name for word in cells["4"].drop_nulls().unique().to_list() if (name := unit_named(word))}
    unit = cells["4"].replace_strict(units, default=assignment.source.unit, return_dtype=pl.String)
    for at, name in enumerate(MEASURES[assignment.field]):
        read[name] = sign.values.slice(at * len(column), len(column)).alias(name)
        read[f"{name}_unit"] = pl.select(pl.when(read[name].is_not_null()).then(unit)).to_series()
    return Read(read)


def _listed(master: Master, assignment: Assignment, family: Field, qualifier: str) -> Read:
    """A column whose cells hold several items, spread over the places of its family."""
    column, separator = master.frame[assignment.column.letter], assignment.source.separator
    suffix = f"@{qualifier}" if qualifier else ""
    if has_markup(column):
        column = without_markup(column)
    if separator is None:
        return Read({f"{family.name}_1{suffix}": _addresses(column, assignment.source.base_url) if family.kind == "url" else column})
    item = pl.element().str.strip_chars()
    if family.name == "bullet_point":
        item = item.str.replace(BULLETS, "")
    items = column.str.split(separator).list.eval(item.filter(item != "")).alias("items").to_frame()
    most = items["items"].list.len().max()
    longest = most if isinstance(most, int) else 0
    spread = {}
    for place in range(min(longest, family.slots)):
        one = items.select(pl.col("items").list.get(place, null_on_oob=True)).to_series()
        spread[f"{family.name}_{place + 1}{suffix}"] = _addresses(one, assignment.source.base_url) if family.kind == "url" else one
    notes: tuple[Finding, ...] = ()
    if longest > family.slots:
        message = (
            f"{assignment.column.header!r} holds up to {longest} items; {family.name} has {family.slots} places, the others are left out"
        )
        notes = (_note("MAP008", "list-too-long", Severity.WARNING, message, master, assignment),)
    return Read(spread or {f"{family.name}_1{suffix}": column}, notes=notes)


def _chosen(column: pl.Series, field_: Field) -> pl.Series:
    if field_.name.endswith("_unit"):
        names = {word: name for word in column.unique().drop_nulls().to_list() if (name := unit_named(word))}
        return column.replace(names) if names else column
    return read_words(column, field_)


def _addresses(column: pl.Series, base_url: str | None) -> pl.Series:
    """File names behind the base address; whole addresses stay."""
    if not base_url:
        return column
    base = base_url.rstrip("/") + "/"
    names = column.filter(~column.str.contains("://", literal=True)).unique().drop_nulls().to_list()
    return column.replace({name: base + quote(name.replace("\\", "/").lstrip("/"), safe="/%~") for name in names}) if names else column


def _doubt(master: Master, assignment: Assignment, doubt: str | None) -> tuple[Finding, ...]:
    if doubt is None:
        return ()
    message = f"{assignment.column.header!r} ({assignment.field}) was not read: {doubt}"
    return (_note("MAP004", "column-format-unclear", Severity.WARNING, message, master, assignment),)


def _note(code: str, name: str, severity: Severity, message: str, master: Master, assignment: Assignment) -> Finding:
    return note(code, name, severity, message, master, assignment.column)
