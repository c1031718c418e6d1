"""The fields: our canonical attributes, as data, and the names that carry a language or a marketplace."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from msgspec import Struct

from listingkit.errors import UnknownName
from listingkit.marketplace import Marketplace, marketplaces
from listingkit.resources import data


class Field(Struct, frozen=True):
    """One attribute of a listing. A family (`slots` > 1) stands for `name_1` ... `name_N`."""

    name: str
    kind: str  # text id gtin choice number integer price date url boolean country
    unit: str  # length, weight or nothing
    slots: int
    localized: bool  # one value a language: item_name@de_DE
    regional: bool  # one value a marketplace: price@DE
    legacy: str  # column id of legacy templates, {n} for the slot
    group: str
    label: str
    path: str  # attribute path of unified templates with {m}, {l}, {n}; empty: never rendered
    example: str
    synonyms: str  # what header_synonyms.tsv calls it

    @property
    def names(self) -> tuple[str, ...]:
        """The plain names of its columns."""
        return (self.name,) if self.slots == 1 else tuple(f"{self.name}_{n}" for n in range(1, self.slots + 1))


class Name(NamedTuple):
    """A column name taken apart: `item_name@de_DE` is ("item_name", "de_DE"), `bullet_point_2` has slot 2."""

    plain: str
    qualifier: str | None
    field: Field
    slot: int


@cache
def fields() -> Mapping[str, Field]:
    """Every field by its name, in the order of the data file (which is the order of rendered columns)."""
    lines = [line for line in data("fields.tsv").read_text("utf-8").splitlines() if not line.startswith("#")]
    keys = lines[0].split("\t")
    table = {}
    for line in lines[1:]:
        row = dict(zip(keys, line.split("\t"), strict=True))
        slots, localized, regional = int(row.pop("slots")), row.pop("localized") == "yes", row.pop("regional") == "yes"
        table[row["name"]] = Field(slots=slots, localized=localized, regional=regional, **row)
    return table


@cache
def plain_names() -> Mapping[str, tuple[Field, int]]:
    """Every plain column name (families spelled out) with its field and slot (1 where there is only one)."""
    return {name: (field, slot) for field in fields().values() for slot, name in enumerate(field.names, 1)}


@cache
def parse(name: str) -> Name:
    """Take a field name apart. Raises `UnknownName` for a name or qualifier nobody knows.

    A localized field takes a language tag (`de_DE`, or `de`), a regional one a marketplace code (`price@DE`).
    """
    plain, _, qualifier = name.partition("@")
    known = plain_names()
    if plain not in known:
        raise UnknownName("field", plain, known)
    field, slot = known[plain]
    if not qualifier:
        return Name(plain, None, field, slot)
    if field.localized and re.fullmatch(r"[a-z]{2}(_[A-Z]{2})?", qualifier):
        return Name(plain, qualifier, field, slot)
    if field.regional and qualifier in marketplaces():
        return Name(plain, qualifier, field, slot)
    wanted = "language tags such as de_DE" if field.localized else "marketplace codes such as DE" if field.regional else "no qualifier"
    raise UnknownName(f"qualifier of {plain} (it takes {wanted})", qualifier, marketplaces() if field.regional else ())


def path(plain: str, store: Marketplace, language: str | None = None) -> str:
    """The attribute path of a plain field name in a unified template of this marketplace; "" where there is none."""
    field, slot = plain_names()[plain]
    language = language or store.language
    return field.path.rstrip("?").format(
        m=f"[marketplace_id={store.id}]",
        l=f"[language_tag={language}]",
        n=slot,
        list_price_leaf="value" if store.region == "na" else "value_with_tax",
    )
