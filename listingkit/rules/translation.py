"""Texts in several languages side by side: what was not translated, and what was copied instead."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl

from listingkit.fields import fields
from listingkit.finding import Flaw, Safety
from listingkit.master.sheet import ROW
from listingkit.rules.engine import catalogue, given, wanted
from listingkit.rules.findings import Batch
from listingkit.rules.sheetwide import Look, listed, once, sheetwide
from listingkit.rules.task import Run, Task, kept
from listingkit.schemas.category import exists, load

CHECKED = date(2026, 11, 27)
PAGE = "Seller Central G200390640 (product detail page rules): texts in the language of the marketplace"
_LEAST = 20  # characters of a text that is told to be a copy: names of models and materials are the same everywhere
_WORDS = 4

given(
    "MKT003",
    "translation-missing",
    "A text that one language has, the language of the marketplace has, too.",
    category="translation",
    why="The upload goes out without it, and a full update erases what is live.",
    source=PAGE,
    checked=CHECKED,
    severity="warning",
    good=["bullet_point_2@en_US and bullet_point_2@de_DE filled"],
    bad=["bullet_point_2@en_US filled, bullet_point_2@de_DE blank, and an upload for DE"],
)
given(
    "MKT004",
    "translation-copied",
    "A text is not the same in two languages.",
    category="translation",
    why="Shoppers get a text that they cannot read; usually the cell was copied to be translated later.",
    source=PAGE,
    checked=CHECKED,
    severity="warning",
    good=["Stoneware Mug with Lid, 350 ml / Steinzeugtasse mit Deckel, 350 ml", "USB-C / USB-C"],
    bad=["title@en_US and title@de_DE: Stoneware Mug with Lid, 350 ml"],
)
_TEXTS = (
    "item_name",
    "title_differentiation",
    "bullet_point",
    "product_description",
    "generic_keyword",
    "color",
    "size",
    "material",
    "style",
)
_LABELS = ("color", "size", "material", "style")  # the words of a listing that no product type asks for everywhere
_COPIED = ("item_name", "bullet_point", "product_description")
Pair = tuple[str, str, tuple[str, ...]]  # plain name, column of the marketplace, columns of other languages


def translation_tasks(run: Run) -> Iterator[Task]:
    """One task a rule for the marketplaces that see the same columns."""
    for code, texts, pairs_of, judge, suspect in (
        ("MKT003", _TEXTS, _missing_pairs, _missing, _is_missing),
        ("MKT004", _COPIED, _pairs, _copied, _is_copied),
    ):
        if not wanted(code, run.config):
            continue
        seen: dict[tuple[Pair, ...], list[str]] = {}
        for store in run.views:
            pairs = tuple(pairs_of(run, store, texts))
            if pairs:
                seen.setdefault(pairs, []).append(store)
        for pairs, stores in seen.items():
            yield _task(run, code, pairs, stores, judge(pairs), suspect)


def _task(run: Run, code: str, pairs: Sequence[Pair], stores: Sequence[str], judge: Any, suspect: Callable[..., pl.Expr]) -> Task:
    rule = catalogue()[code]
    sieve = pl.any_horizontal(suspect(pl.col(own), [pl.col(other) for other in others]) for _, own, others in pairs)
    updates = pl.col("record_action").ne_missing("partial_update") if "record_action" in run.frame.columns else pl.lit(value=True)
    return Task(
        code=code,
        name=rule.name,
        severity=rule.severity,
        safety=Safety.ASK,
        plain=tuple(plain for plain, _, others in pairs for _ in (plain, *others)),
        columns=tuple(column for _, own, others in pairs for column in (own, *others)),
        judge=judge,
        suspects=pl.all_horizontal(pl.col(ROW).is_not_null(), sieve.fill_null(value=False), kept(run), updates),
        stores=tuple(stores),
        shown=run.shown(stores, specific=True),
    )


def _pairs(run: Run, code: str, texts: Sequence[str]) -> Iterator[Pair]:
    """Each text of the marketplace that other languages have, too."""
    for plain in (plain for text in texts for plain in fields()[text].names):
        own = run.views[code].columns.get(plain)
        tongue = own.partition("@")[2][:2] if own else ""
        others = tuple(
            column for column in run.frame.columns if column.startswith(f"{plain}@") and column.partition("@")[2][:2] != tongue and tongue
        )
        if own and others:
            yield plain, own, others


def _missing_pairs(run: Run, code: str, texts: Sequence[str]) -> Iterator[Pair]:
    """The same without fields whose blanks are told by what the product type asks."""
    asked = _asked(run, code, _types(run))
    yield from (pair for pair in _pairs(run, code, texts) if pair[0] not in asked)


def _types(run: Run) -> list[str]:
    return run.frame["product_type"].drop_nulls().unique().to_list() if "product_type" in run.frame.columns else []


def _asked(run: Run, code: str, kinds: Sequence[str]) -> frozenset[str]:
    """Fields that a product type of the listings requires, always or under a condition."""
    at = run.contexts[code]
    asked: set[str] = set()
    for kind in [*filter(exists, kinds), "COMMON"]:
        schema = load(kind)
        asked.update(one.field for one in schema.asks(at.store, at.as_of) if one.code.startswith("REQ00"))
    return frozenset(asked)


def _cut(pairs: Sequence[Pair], key: Sequence[str | None]) -> Iterator[tuple[Pair, str | None, Sequence[str | None]]]:
    ends = [0]
    for _, _, others in pairs:
        ends.append(ends[-1] + 1 + len(others))
    for pair, (first, last) in zip(pairs, pairwise(ends), strict=True):
        yield pair, key[first], key[first + 1 : last]


def _is_missing(own: pl.Expr, others: Sequence[pl.Expr]) -> pl.Expr:
    return own.is_null() & pl.any_horizontal(other.is_not_null() for other in others)


def _missing(pairs: Sequence[Pair]) -> Callable[[tuple[Any, ...]], Flaw | None]:
    def judge(key: tuple[Any, ...]) -> Flaw | None:
        blank = [pair for pair, own, others in _cut(pairs, key) if own is None and any(others)]
        if not blank:
            return None
        tag = blank[0][1].partition("@")[2]
        return Flaw(f"not in {tag}, though in another language: {listed([plain for plain, _, _ in blank])}", field=blank[0][0])

    return judge


def _is_copied(own: pl.Expr, others: Sequence[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(own == other for other in others) & (own.str.len_chars() >= _LEAST)


def _copied(pairs: Sequence[Pair]) -> Callable[[tuple[Any, ...]], Flaw | None]:
    def judge(key: tuple[Any, ...]) -> Flaw | None:
        same = [
            (plain, own, names[others.index(text)])
            for (plain, own, names), text, others in _cut(pairs, key)
            if text is not None and text in others and len(text) >= _LEAST and len(text.split()) >= _WORDS
        ]
        if not same:
            return None
        plain, own, other = same[0]
        tags = f"{own.partition('@')[2]} and {other.partition('@')[2]}"
        return Flaw(f"the same text in {tags}: {listed([name for name, _, _ in same])}", field=plain)

    return judge


def _filled(run: Run) -> Iterator[Look]:
    """The labels that some marketplace lacks and some language has, and the product types."""
    labels = {plain for label in _LABELS for plain in fields()[label].names}
    lacking = {plain for view in run.views.values() for plain in view.missing if plain in labels}
    columns = {column: column.partition("@")[0] for column in run.frame.columns}
    filled = {plain for column, plain in columns.items() if plain in lacking and run.frame[column].null_count() < run.frame.height}
    yield Look(("labels",), 0, pl.DataFrame({"label": sorted(filled)}, schema={"label": pl.String}))
    yield Look(("types",), 0, pl.DataFrame({"type": _types(run) if lacking else []}, schema={"type": pl.String}))


@sheetwide("MKT003", fields=lambda: _LABELS, look=_filled)
def no_such_language(run: Run, looks: Sequence[Look]) -> Iterator[Batch]:
    """One finding a marketplace for the words whose language the sheet lacks altogether."""
    filled, types = (set(look.places.to_series()) for look in looks)
    for code, view in run.views.items():
        store = run.contexts[code].store
        missing = [plain for plain in view.missing if plain in filled]
        lacks = [plain for plain in missing if plain not in _asked(run, code, sorted(types))] if missing else []
        if lacks and store is not None:
            told = f"the sheet has {listed(lacks)} in other languages, not in {store.language}: this upload goes out without"
            yield once(run, "MKT003", [code], Flaw(told), column=lacks[0])
