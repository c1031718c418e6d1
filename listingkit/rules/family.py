"""Variation families: what parents and children must have in common, and what each must have of its own."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from listingkit.finding import Flaw
from listingkit.rules.engine import across, rule

CHECKED = date(2026, 9, 30)
SOURCE = "Amazon variation relationships (help page on parent-child); templates of 2025 and 2026"
_ROLE = pl.col("#role")


_SIZES = ("size", "apparel_size", "shirt_size", "ring_size")  # where product types say their size


def _varied(theme: str) -> tuple[str, ...]:
    """What of colour and size a theme names; nothing where it names something else, too."""
    rest = re.sub(r"name|[^a-z]", "", theme.lower().replace("colour", "color"))
    names = tuple(name for name in ("color", "size") if name in rest)
    return names if re.fullmatch("(?:color|size|shirt|apparel|ring)*", rest) else ()


def _is(level: str | None, wanted: str) -> bool:
    return (level or "").lower() == wanted


def _level(parentage_level: pl.Expr, *wanted: str) -> pl.Expr:
    return parentage_level.str.to_lowercase().is_in(wanted).fill_null(value=False)


def _nested(rows: Sequence[Any]) -> bool:
    """Whether the parent of the rows has a parent itself: VAR003 and VAR004 tell, and the rest follows from it."""
    return any(row.role == "sku" and row.parent_sku for row in rows)


def _first_of(role: str) -> pl.Expr:
    return pl.when(role == _ROLE).then(pl.col("#index")).min()


def _any_twice(name: str) -> pl.Expr:
    return pl.col(name).drop_nulls().str.to_lowercase().hash().n_unique() < pl.col(name).count()


def _differ(name: str) -> pl.Expr:
    # two texts of one 64-bit hash would be overlooked; texts are half as dear again to compare
    hashes = pl.when(pl.col(name).is_not_null()).then(pl.col(name).hash())
    return hashes.min() != hashes.max()


@rule(
    "VAR003",
    fields=("parent_sku", "sku"),
    good=[("P", "C"), ("P", None)],
    bad=[("C", "C")],
    why="A listing cannot be its own parent: Amazon refuses the row.",
    source=SOURCE,
    checked=CHECKED,
    errors=("8007", "8016"),
    suspects=lambda parent_sku, sku: parent_sku == sku,
)
def own_parent(parent_sku: str, sku: str | None) -> Flaw | None:
    """No listing is its own parent."""
    return Flaw(f"{sku} names itself as its parent") if sku and parent_sku == sku else None


@across(
    "VAR004",
    fields=("sku", "parent_sku", "parentage_level"),
    keys=("sku", "parent_sku"),
    good=[[("P", None, "Parent"), ("C", "P", "Child")]],
    bad=[[("P", None, "Parent"), ("C", "P", "Child"), ("G", "C", "Child")]],
    why="A family has two levels: Amazon refuses a child that has children, and a parent that has a parent.",
    source=SOURCE,
    checked=CHECKED,
    errors=("8016",),
    several=True,
    suspects=lambda: (_ROLE == "parent_sku").any() & ((_ROLE == "sku") & pl.col("parent_sku").is_not_null()).any(),
)
def nested_child(rows: Sequence[Any]) -> Iterator[tuple[int, Flaw]]:
    """A listing that has children has no parent of its own."""
    children = [row.sku for row in rows if row.role == "parent_sku" and row.sku != row.parent_sku]
    for position, row in enumerate(rows):
        if row.role == "sku" and children and row.parent_sku and row.parent_sku != row.sku:
            told = f"{row.sku} is a child of {row.parent_sku} and the parent of {', '.join(map(str, children[:3]))}"
            yield position, Flaw(told, field="parent_sku")


@rule(
    "VAR005",
    fields=("parentage_level", "parent_sku"),
    good=[("Child", "P"), ("Parent", None)],
    bad=[("Child", None)],
    why="Amazon refuses a child without a parent SKU.",
    source=SOURCE + ": parent_sku is required for children",
    checked=CHECKED,
    errors=("99001", "90220"),
    suspects=lambda parentage_level, parent_sku: parent_sku.is_null() & _level(parentage_level, "child"),
)
def child_without_parent_sku(parentage_level: str, parent_sku: str | None) -> Flaw | None:
    """A child names its parent."""
    if not _is(parentage_level, "child") or parent_sku:
        return None
    return Flaw("a child without parent SKU", field="parent_sku")


@rule(
    "VAR006",
    fields=("parentage_level", "variation_theme"),
    good=[("Child", "COLOR"), ("Parent", "SIZE/COLOR"), ("single", None)],
    bad=[("Child", None), ("Parent", None)],
    why="Without a theme Amazon does not know by what the variations differ, and builds no family.",
    source=SOURCE + ": variation_theme is conditionally required",
    checked=CHECKED,
    errors=("99003",),
    suspects=lambda variation_theme, parentage_level: variation_theme.is_null() & _level(parentage_level, "child", "parent"),
)
def family_without_theme(parentage_level: str, variation_theme: str | None) -> Flaw | None:
    """Parents and children name their variation theme."""
    if variation_theme or not (_is(parentage_level, "child") or _is(parentage_level, "parent")):
        return None
    return Flaw(f"a {parentage_level.lower()} without variation theme", field="variation_theme")


@across(
    "VAR007",
    fields=("sku", "parent_sku", "variation_theme", "brand", "product_type"),
    keys=("sku", "parent_sku"),
    good=[
        [("P", None, "COLOR", "H", "HOME"), ("C", "P", "COLOR", "H", "HOME")],
        [("P", None, None, "H", None), ("C", "P", "COLOR", "H", "HOME")],
    ],
    bad=[
        [("P", None, "COLOR", "H", "HOME"), ("C", "P", "SIZE", "H", "HOME")],
        [("P", None, "COLOR", "H", "HOME"), ("C", "P", "COLOR", "Hav", "HOME"), ("D", "P", "COLOR", "H", "HOME")],
    ],
    why="Amazon answers 8805 or breaks the family apart when members disagree on theme, brand or product type.",
    source=SOURCE + "; error 8805 (as m2epro lists it)",
    checked=CHECKED,
    errors=("8805", "8016"),
    several=True,
    suspects=lambda: (_ROLE == "parent_sku").any() & (_differ("variation_theme") | _differ("brand") | _differ("product_type")),
)
def family_disagrees(rows: Sequence[Any]) -> Iterator[tuple[int, Flaw]]:
    """All members of a family have one variation theme, brand and product type."""
    if not any(row.role == "parent_sku" for row in rows):
        return
    for name in ("variation_theme", "brand", "product_type"):
        values = [getattr(row, name) for row in rows if getattr(row, name)]
        if len(set(values)) < 2:
            continue
        heads = [getattr(row, name) for row in rows if row.role == "sku" and getattr(row, name)]
        wanted = heads[0] if heads else max(dict.fromkeys(values), key=values.count)
        for position, row in enumerate(rows):
            if getattr(row, name) and getattr(row, name) != wanted:
                yield position, Flaw(f"{name} is {getattr(row, name)!r}, the rest of the family has {wanted!r}", field=name)


@across(
    "VAR008",
    fields=("parent_sku", "sku", "variation_theme", "color", *_SIZES),
    keys=("parent_sku",),
    good=[
        [("P", "A", "COLOR", "Blue", None, None, None, None), ("P", "B", "COLOR", "Sand", None, None, None, None)],
        [("P", "A", "SIZE/COLOR", "Blue", "S", None, None, None), ("P", "B", "SIZE/COLOR", "Blue", "M", None, None, None)],
        [("P", "A", "SIZE/COLOR", "Blue", None, None, "S", None), ("P", "B", "SIZE/COLOR", "Blue", None, None, "M", None)],
        [("P", "A", "COLOR/MATERIAL", "Blue", None, None, None, None), ("P", "B", "COLOR/MATERIAL", "Blue", None, None, None, None)],
    ],
    bad=[
        [("P", "A", "COLOR", "Blue", None, None, None, None), ("P", "B", "COLOR", "blue", None, None, None, None)],
        [("P", "A", "SizeName-ColorName", "Blue", "S", None, None, None), ("P", "B", "SizeName-ColorName", "Blue", "S", None, None, None)],
    ],
    why="Two children with one combination are one product twice: Amazon shows one of them and suppresses the other.",
    source=SOURCE + ": every combination once",
    checked=CHECKED,
    errors=("8016",),
    several=True,
    suspects=lambda held: pl.any_horizontal(pl.lit(value=False), *(_any_twice(name) for name in ("color", *_SIZES) if name in held)),
)
def same_combination(rows: Sequence[Any]) -> Iterator[tuple[int, Flaw]]:
    """No two children of a family have the same combination of what they vary by.

    Asked of themes of colour and size; what else a theme may name is not among the fields that are compared.
    """
    by_combination: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for position, row in enumerate(rows):
        names = _varied(row.variation_theme or "")
        held = {"color": row.color, "size": next(filter(None, (getattr(row, name) for name in _SIZES)), None)}
        cells = tuple((held[name] or "").lower() for name in names)
        if names and all(cells):
            by_combination[cells].append(position)
    for cells, positions in by_combination.items():
        if len({rows[position].sku for position in positions}) > 1:
            for position in positions:
                others = [rows[other].sku for other in positions if other != position][:3]
                alike = " and ".join(f"{name} {cell!r}" for name, cell in zip(_varied(rows[position].variation_theme), cells, strict=True))
                yield position, Flaw(f"the same {alike} as {', '.join(map(str, others))}", field="sku")


@rule(
    "VAR009",
    fields=("variation_theme", "parentage_level", "color", *_SIZES),
    good=[
        ("COLOR", "Child", "Blue", None, None, None, None),
        ("COLOR", "Parent", None, None, None, None, None),
        ("SIZE/COLOR", "Child", "Blue", "M", None, None, None),
        ("SIZE/COLOR", "Child", "Blue", None, None, "M", None),
    ],
    bad=[("COLOR", "Child", None, "M", None, None, None), ("SIZE/COLOR", "Child", "Blue", None, None, None, None)],
    why="Amazon answers 99003: a child must say what it varies by.",
    source=SOURCE + ": every attribute of the theme is filled; error 99003",
    checked=CHECKED,
    errors=("99003",),
    suspects=lambda variation_theme, parentage_level, color, size: (
        _level(parentage_level, "child")
        & ((color.is_null() & variation_theme.str.contains("(?i)colou?r")) | (size.is_null() & variation_theme.str.contains("(?i)s[iİ]ze")))
    ),
)
def theme_attribute_blank(
    variation_theme: str,
    parentage_level: str | None,
    color: str | None,
    size: str | None,
    apparel_size: str | None,
    shirt_size: str | None,
    ring_size: str | None,
) -> Flaw | None:
    """A child fills every attribute of its variation theme."""
    if not _is(parentage_level, "child"):
        return None
    theme = variation_theme.lower().replace("colour", "color")
    held = (("color", color), ("size", size or apparel_size or shirt_size or ring_size))
    blank = [name for name, cell in held if name in theme and not cell]
    return Flaw(f"varies by {variation_theme}, but {' and '.join(blank)} is blank", field=blank[0]) if blank else None


@rule(
    "VAR010",
    fields=("parentage_level", "price", "quantity"),
    good=[("Parent", None, None), ("Child", "9.90", "5")],
    bad={("Parent", "9.90", None): "", ("Parent", None, "5"): ""},
    why="A parent is not for sale: Amazon ignores or refuses its offer.",
    source=SOURCE + ": offer attributes must stay empty for parents",
    checked=CHECKED,
    severity="warning",
    fix="safe",
    suspects=lambda parentage_level, price, quantity: (price.is_not_null() | quantity.is_not_null()) & _level(parentage_level, "parent"),
)
def parent_with_offer(parentage_level: str, price: str | None, quantity: str | None) -> Flaw | None:
    """A parent has no price and no quantity."""
    if not _is(parentage_level, "parent"):
        return None
    if price:
        return Flaw(f"price {price} on a parent, which is not for sale", fix="", field="price")
    return Flaw(f"quantity {quantity} on a parent, which is not for sale", fix="", field="quantity") if quantity else None


@across(
    "VAR011",
    fields=("parent_sku", "sku"),
    keys=("sku", "parent_sku"),
    good=[[(None, "P"), ("P", "A"), ("P", "B")], [("P", "A")]],
    bad=[[(None, "P"), ("P", "A")]],
    why="A family of one shows shoppers a choice with one answer; often the other children were lost.",
    source=SOURCE,
    checked=CHECKED,
    severity="info",
    several=True,
    suspects=lambda: (((_ROLE == "parent_sku") & pl.col("sku").ne_missing(pl.col("parent_sku"))).sum() == 1) & (_ROLE == "sku").any(),
)
def single_child(rows: Sequence[Any]) -> Iterator[tuple[int, Flaw]]:
    """A family whose parent is in the file has at least two children."""
    children = [position for position, row in enumerate(rows) if row.role == "parent_sku" and row.sku != row.parent_sku]
    if len(children) == 1 and len(children) < len(rows) and not _nested(rows):
        child = rows[children[0]]
        yield children[0], Flaw(f"the only child of {child.parent_sku}", field="parent_sku")


@across(
    "VAR012",
    fields=("sku", "parent_sku"),
    keys=("sku", "parent_sku"),
    good=[[("P", None), ("C", "P")]],
    bad=[[("C", "P"), ("P", None)]],
    why="Rows are read in order: a child that comes before its parent may fail with 8007 when both are new.",
    source=SOURCE + "; error 8007",
    checked=CHECKED,
    severity="info",
    errors=("8007",),
    several=True,
    suspects=lambda: (_first_of("parent_sku") < _first_of("sku")).fill_null(value=False),
)
def child_before_parent(rows: Sequence[Any]) -> Iterator[tuple[int, Flaw]]:
    """A parent stands before its children."""
    parents = [position for position, row in enumerate(rows) if row.role == "sku"]
    if parents and parents[0] > 0 and not _nested(rows):
        early = [row.sku for row in rows[: parents[0]] if row.role == "parent_sku" and row.sku != row.parent_sku]
        if early:
            yield parents[0], Flaw(f"{rows[parents[0]].sku} stands below its {len(early)} {'child' if len(early) == 1 else 'children'}")
