"""Rows that listings are made of: the example of a category, filled until no rule asks for more, alone or as a family."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from types import MappingProxyType

import polars as pl

from listingkit.config import DEFAULT, Config
from listingkit.fields import fields, plain_names
from listingkit.finding import Finding
from listingkit.gtin.check_digit import complete
from listingkit.mapping.listings import SOURCE, Listings, Source
from listingkit.marketplace import Marketplace
from listingkit.master.sheet import ROW, Column, Evidence, letter
from listingkit.resources import shared
from listingkit.rules.engine import catalogue
from listingkit.rules.run import check
from listingkit.schemas.category import CategorySchema
from listingkit.schemas.words import Constraint

ROUNDS = 5  # of repair
THEME = "COLOR"
LONGEST = 72  # characters of a title that takes a number behind it
_FIRST = 2  # row of the first listing, as in a sheet with one header row


@dataclass
class Row:
    """One row in the making; what it is made for stands in `kept` and is not repaired."""

    cells: dict[str, str | None]
    kept: frozenset[str] = frozenset()

    def copy(self) -> "Row":
        return Row(dict(self.cells), self.kept)

    def get(self, name: str) -> str:
        return self.cells.get(name) or ""

    def fill(self, **cells: str | None) -> None:
        """Set cells that are not kept."""
        self.cells.update({name: value for name, value in cells.items() if name not in self.kept})


@dataclass(frozen=True)
class Where:
    """For which category, marketplace, day and config rows are made."""

    schema: CategorySchema
    store: Marketplace
    as_of: date
    config: Config = field(default=DEFAULT)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)  # by field: what the cells of a workbook would be

    def findings(self, rows: Sequence[Row]) -> list[Finding]:
        return list(check(self.listings(rows), [self.store], as_of=self.as_of, config=self.config))

    def listings(self, rows: Sequence[Row]) -> Listings:
        return listings_of([row.cells for row in rows], self.evidence)

    def asks(self) -> tuple[Constraint, ...]:
        return self.schema.asks(self.store, self.as_of)


def listings_of(rows: Sequence[Mapping[str, str | None]], evidence: Mapping[str, Evidence] = MappingProxyType({})) -> Listings:
    """Rows by plain field names as listings, as if they had been read from a sheet with these headers."""
    order = {name: number for number, name in enumerate(plain_names())}
    names = sorted({name for row in rows for name in row}, key=lambda name: order[name])
    frame = pl.DataFrame({name: [row.get(name) or None for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String))
    frame = frame.with_columns(pl.int_range(_FIRST, pl.len() + _FIRST, dtype=pl.UInt32).alias(ROW), pl.lit(0, pl.UInt16).alias(SOURCE))
    origins = {name: Column(letter(number), name) for number, name in enumerate(names)}
    return Listings(frame.select(ROW, SOURCE, *names), (Source("listings.csv", None, origins, evidence),))


@cache
def _examples(product_type: str) -> dict[str, dict[str, str]]:
    """The good listing of a category: what is the same everywhere under "", differences by marketplace."""
    path = Path(shared("category_schemas") / product_type / "examples.toml")
    table = tomllib.loads(path.read_text("utf-8"))["good"] if path.is_file() else {}
    common = {name: value for name, value in table.items() if isinstance(value, str)}
    return {"": common, **{code: cells for code, cells in table.items() if isinstance(cells, dict)}}


def start(where: Where) -> Row:
    """The category's example, with an offer; not yet repaired."""
    known = _examples(where.schema.product_type)
    price = fields()["price"].example
    cells: dict[str, str | None] = {
        "sku": fields()["parent_sku"].example,
        "product_type": where.schema.product_type,
        "price": price if where.store.decimals else price.replace(".", ""),
        "quantity": fields()["quantity"].example,
        "main_product_image_locator": fields()["main_product_image_locator"].example,
        **known[""],
        **known.get(where.store.code, {}),
    }
    return Row(cells)


def settle(rows: Sequence[Row], where: Where, wanted: str | None = None) -> list[Row] | None:
    """The rows repaired until only `wanted` is found (None: nothing at all); None where that cannot be had."""
    made = [row.copy() for row in rows]
    for _ in range(ROUNDS):
        found = where.findings(made)
        if wanted is not None and not any(one.code == wanted for one in found):
            return None
        wrong = [one for one in found if one.code != wanted]
        if not wrong:
            return made
        if not all(_mended(made, one, where) for one in wrong):
            return None
    return None


def _mended(rows: Sequence[Row], one: Finding, where: Where) -> bool:
    """Fill what is blank, take the fix that is offered, leave out what is wrong without one."""
    name = (one.field or "").partition("@")[0]
    concerned = rows if one.row is None else [rows[one.row - _FIRST]]
    if name not in plain_names():
        return False
    if any(name in row.kept for row in concerned):
        return sum(_completed(row, one.code) for row in concerned) > 0
    for row in concerned:
        if one.fix is not None:
            row.cells[name] = one.fix.value or None
        elif row.get(name):
            row.cells[name] = None
        else:
            row.fill(**{other: _invented(other, where) for other in _together(name) if not row.get(other)})
    return all(row.cells[name] or one.fix or one.value for row in concerned)


def _completed(row: Row, code: str) -> bool:
    """Fill what a good example of the rule has beside the cell that may not change: the dates of a sale price."""
    rule = catalogue()[code]
    for example in rule.good if rule.scope == "row" and not rule.each else ():
        cells = dict(zip(rule.fields, example if isinstance(example, tuple) else (example,), strict=True))
        blank = {name: cell for name, cell in cells.items() if isinstance(cell, str) and name in plain_names() and not row.get(name)}
        if blank.keys() - row.kept:
            row.fill(**blank)
            return True
    return False


def _together(name: str) -> list[str]:
    """The fields that are filled with this one: all measures of a package or an item, each with its unit."""
    field_ = plain_names()[name][0]
    if field_.group != "Dimensions":
        return [name]
    what = name.partition("_")[0] + "_"
    return [other for other, found in fields().items() if found.group == "Dimensions" and other.startswith(what)]


def _invented(name: str, where: Where) -> str | None:
    """A value for a blank field: its example, what the category's examples have there, what its own words invent."""
    words = [one for one in where.asks() if one.field == name]
    for value in _ideas(name, where, words):
        if value and not any(one.flaw(value) for one in words if not one.word.reads):
            return value
    return None


def _ideas(name: str, where: Where, words: Sequence[Constraint]) -> Iterator[str | None]:
    yield plain_names()[name][0].example
    for cells in _examples(where.schema.product_type).values():
        yield cells.get(name)
    draw = Random(name)  # noqa: S311  # for examples, not for secrets
    for one in words:
        yield one.word.good(draw).value


def another(row: Row, number: int) -> Row:
    """A further listing like this one: its own SKU, GTIN, title and main image."""
    made = row.copy()
    made.fill(sku=f"{row.get('sku')}-{number}", product_id=_next_gtin(row.get("product_id"), number))
    if row.get("item_name"):
        made.fill(item_name=numbered(row.get("item_name"), number))
    if row.get("main_product_image_locator"):
        made.fill(main_product_image_locator=f"{row.get('main_product_image_locator').removesuffix('.jpg')}-{number}.jpg")
    return made


def numbered(title: str, number: int) -> str:
    """A title with a number behind it."""
    return f"{title[:LONGEST].rstrip(' ,')} {number}"


def _next_gtin(code: str, number: int) -> str | None:
    return complete(str(int(code[:-1]) + number).zfill(len(code) - 1)) if code.isdecimal() else code or None


def with_family(rows: Sequence[Row], whole: Row) -> list[Row] | None:
    """The rows with the parents and children that they lack, parents first; None where none is lacking."""
    made = [row.copy() for row in rows]
    for row in made:
        if row.get("parentage_level").casefold() == "child" and not row.get("parent_sku"):
            row.fill(parent_sku=f"{whole.get('sku')}-F")
    known = {row.get("sku") for row in made}
    theme = next((row.get("variation_theme") for row in made if row.get("variation_theme")), THEME)
    absent = dict.fromkeys(row.get("parent_sku") for row in made if row.get("parent_sku") and row.get("parent_sku") not in known)
    named = (row.get("parent_sku") for row in made if row.get("parent_sku"))
    heads = list(dict.fromkeys([*named, *(row.get("sku") for row in made if row.get("parentage_level").casefold() == "parent")]))
    if not heads:
        return None
    further: list[Row] = []
    for head in heads:
        count = sum(row.get("parent_sku") == head for row in made)
        further += [child(whole, head, theme, 7 + len(further) + more) for more in range(2 - count)]
    for row in made:
        if row.get("parentage_level").casefold() == "parent":
            row.fill(**_as_parent(row, theme))
        elif row.get("parent_sku"):
            row.fill(variation_theme=theme, **_varied(row, theme, made.index(row)))
    return [*(parent(whole, head, theme) for head in absent), *made, *further]


def parent(whole: Row, sku: str, theme: str) -> Row:
    made = whole.copy()
    made.fill(sku=sku, parentage_level="Parent", **_as_parent(whole, theme))
    return made


def child(whole: Row, head: str, theme: str, number: int) -> Row:
    made = another(whole, number)
    made.fill(parentage_level="Child", parent_sku=head, variation_theme=theme, **_varied(whole, theme, number))
    return made


def _as_parent(row: Row, theme: str) -> dict[str, str | None]:
    """A parent has neither offer nor number."""
    offer = [name for name in row.cells if plain_names()[name][0].group == "Offer"]
    return {**dict.fromkeys((*offer, "product_id", "product_id_type")), "variation_theme": theme, "parent_sku": None}


def _varied(row: Row, theme: str, number: int) -> dict[str, str]:
    """A value of its own for everything that the theme names."""
    names = [name for name in ("color", "size") if name in theme.lower().replace("colour", "color")]
    return {name: f"{row.get(name) or fields()[name].example} {number}" for name in names}
