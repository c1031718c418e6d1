"""Category schemas: what one product type asks of its fields, in each marketplace.

A schema is a folder `category_schemas/<TYPE>/`: `schema.toml`, overlays for some marketplaces beside it (differences only),
`values.tsv` with the values of closed and open lists, and `examples.toml` with listings that hold and that do not.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct

from listingkit.errors import BadProfile, UnknownName
from listingkit.fields import fields, plain_names
from listingkit.finding import Severity
from listingkit.marketplace import Marketplace
from listingkit.resources import shared
from listingkit.schemas import layer, wording
from listingkit.schemas.layer import Layer, Saying
from listingkit.schemas.values import Values, read_values
from listingkit.schemas.words import Constraint, Required, RequiredWhen, Word

LONGEST = 60  # characters of a product type; file systems take no longer names in every script
DEEPEST = 5  # schemas that extend one another


class CategorySchema(Struct, frozen=True, eq=False):
    """What one product type asks. Two schemas are the same only if they are one object: `load` makes each once."""

    product_type: str
    title: str
    checked: date
    source: str
    confidence: str
    note: str
    layers: tuple[Layer, ...]  # those of the schema it extends first, a schema before its overlays
    values: tuple[Values, ...]

    @property
    def overlays(self) -> frozenset[str]:
        """The marketplaces of which it knows differences."""
        return frozenset().union(*(one.marketplaces for one in self.layers))

    def asks(self, store: Marketplace | None, as_of: date) -> tuple[Constraint, ...]:
        """What is asked in this marketplace on this day; without one, what is asked everywhere. Families are spelled out by slot."""
        return tuple(constraint for constraint in _merged(self, store.code if store else None) if constraint.in_force(as_of))


def names(folder: Path | None = None) -> tuple[str, ...]:
    """The product types that have a schema."""
    folders = [shared("category_schemas")] + ([folder] if folder else [])
    files = {path.parent.name: path for place in folders for path in place.glob("*/schema.toml")}
    return tuple(sorted(name for name, path in files.items() if not _layer(path).header.get("part", False)))


@cache
def exists(type_: str) -> bool:
    """Whether a schema of this product type came with listingkit: cheaper to ask than to fail."""
    return _place(type_.strip().upper(), None) is not None


def load(type_: str, folder: Path | None = None) -> CategorySchema:
    """Load the schema of a product type, from `folder` if it is there, else from those that came with listingkit.

    Raises `UnknownName`, and `BadProfile` with file and line.
    """
    return _load(type_.strip().upper(), folder)


@cache
def _layer(path: Path) -> Layer:
    """Each file is read once: many schemas extend the same."""
    return layer.read(path)


@cache
def _values(path: Path) -> Values:
    return read_values(path)


@cache
def _load(type_: str, folder: Path | None) -> CategorySchema:
    layers: list[Layer] = []
    lists: list[Values] = []
    for place in _chain(type_, folder):
        layers.append(_layer(place / "schema.toml"))
        layers += [_layer(path) for path in sorted(place.glob("*.toml")) if path.name not in ("schema.toml", "examples.toml")]
        if (place / "values.tsv").is_file():
            lists.append(_values(place / "values.tsv"))
    top = [one for one in layers if "product_type" in one.header][-1]
    header = top.header
    schema = CategorySchema(
        type_,
        header.get("title", type_),
        header["checked"],
        header["source"],
        header["confidence"],
        header.get("note", ""),
        tuple(layers),
        tuple(lists),
    )
    for store in (None, *sorted(schema.overlays)) if folder else ():
        _merged(schema, store)  # what contradicts itself only after merging is found now; of our own schemas tests find it
    return schema


def _chain(type_: str, folder: Path | None) -> list[Path]:
    """The folders from the schema that all others extend to this one."""
    places: list[Path] = []
    wanted: str | None = type_
    while wanted is not None:
        place = _place(wanted, folder)
        if place is None and not places:
            raise UnknownName("product type", type_, names(folder))
        if place is None:
            raise BadProfile(str(places[-1] / "schema.toml"), None, str(UnknownName("schema to extend", wanted, names(folder))))
        if place in places or len(places) == DEEPEST:
            raise BadProfile(str(places[-1] / "schema.toml"), None, f"extends {wanted}: schemas go round or deeper than {DEEPEST}")
        places.append(place)
        wanted = _layer(place / "schema.toml").header.get("extends")
    return places[::-1]


def _place(type_: str, folder: Path | None) -> Path | None:
    if not type_.replace("_", "").isalnum() or len(type_) > LONGEST:
        return None
    for parent in filter(None, (folder, shared("category_schemas"))):
        if (parent / type_ / "schema.toml").is_file():
            return parent / type_
    return None


class _Said(NamedTuple):
    value: Any
    saying: Saying
    stores: frozenset[str]


@cache
def _merged(schema: CategorySchema, store: str | None) -> tuple[Constraint, ...]:
    said: dict[str, dict[str, _Said]] = {}
    constraints: list[Constraint] = []
    for one in schema.layers:
        if one.marketplaces and store not in one.marketplaces:
            continue
        for saying in one.sayings:
            held = said.setdefault(saying.field, {})
            for other in {other for key in saying.words for other in wording.group(key)}:
                held.pop(other, None)
            held.update({key: _Said(value, saying, one.marketplaces) for key, value in saying.words.items()})
        for saying in one.further:
            whole = {key: _Said(value, saying, one.marketplaces) for key, value in saying.words.items()}
            constraints += _constraints(saying.field, whole)
    for name, held in said.items():
        constraints += _constraints(name, held)
    for name, values in _lists(schema.values).items():
        word = values.one_of(name, store, open_list=name in said and "open" in said[name] and said[name]["open"].value)
        if word:
            constraints += [_listed(slot, word, values) for slot in _slots(name, word)]
    order = {name: number for number, name in enumerate(plain_names())}
    return tuple(sorted(constraints, key=lambda constraint: order[constraint.field]))


def _lists(values: tuple[Values, ...]) -> Mapping[str, Values]:
    """The list in force for each field: that of the last schema which has one."""
    return {field: one for one in values for field in one.fields}


def _constraints(name: str, held: Mapping[str, _Said]) -> list[Constraint]:
    try:
        found = wording.words({key: one.value for key, one in held.items()}, plain_names())
    except wording.BadWord as wrong:
        saying = held[wrong.key].saying
        raise BadProfile(saying.file, saying.line, f"{name}: {wrong.message}") from None
    constraints = []
    for key, word in found:
        saying, stores = held[key].saying, held[key].stores
        constraints += [_constraint(slot, word, saying, stores) for slot in _slots(name, word)]
    return constraints


def _constraint(slot: str, word: Word, saying: Saying, stores: frozenset[str]) -> Constraint:
    said = saying.severity or (Severity.ERROR if saying.confidence == "confirmed" else Severity.WARNING)
    severity = max(said, Severity.ERROR if saying.confidence == "confirmed" else Severity.WARNING, key=lambda one: one.rank)
    return Constraint(slot, word, severity, saying.source, stores, saying.confidence, saying.checked, saying.since, saying.until)


def _listed(slot: str, word: Word, values: Values) -> Constraint:
    severity = Severity.ERROR if values.confidence == "confirmed" else Severity.WARNING
    return Constraint(slot, word, severity, values.source, frozenset(), values.confidence, values.checked)


def _slots(name: str, word: Word) -> tuple[str, ...]:
    """The plain names that a word about this field or family is about: of a required family only the first."""
    family = fields().get(name)
    if family is None:
        return (name,)
    return family.names[:1] if isinstance(word, Required | RequiredWhen) else family.names
