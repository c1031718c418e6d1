"""Texts that stand in rows of their own: one row a SKU and language, in the master or in a sheet beside it."""

from collections.abc import Mapping, Sequence

import polars as pl
from msgspec import Struct

from listingkit.fields import parse
from listingkit.mapping.headers import qualifier
from listingkit.mapping.listings import SOURCE
from listingkit.master.sheet import ROW

LANGUAGE, TAG = "language", "#tag"
KNOWN = 0.5  # part of a language column's cells that must name languages; the other rows are told
SHOWN = 5  # rows that a message names


_TRUE = pl.lit(value=True)
_FIRST = pl.col(TAG).first().over("sku")  # the language of a SKU's first row


class Spread(Struct, frozen=True):
    """Frames with one row a SKU, texts in columns such as `item_name@de_DE`.

    `moved` are the columns, by source, whose cells may stand in other rows than the listing's; `left` says, by source, what of a
    sheet is in none of the frames.
    """

    frames: tuple[pl.DataFrame, ...]
    moved: Mapping[int, frozenset[str]]
    left: Mapping[int, tuple[str, ...]]


def spread_languages(frames: Sequence[pl.DataFrame]) -> Spread:
    """Turn rows of one language each into columns; a sheet of translations is joined to the masters that have its SKUs."""
    tags = [_tags(frame) for frame in frames]
    masters = [frame for frame, known in zip(frames, tags, strict=True) if not known]
    skus = pl.concat([frame["sku"] for frame in masters]).unique() if masters else pl.Series("sku", [], pl.String)
    kept: list[pl.DataFrame] = []
    sheets: list[pl.DataFrame] = []
    moved: dict[int, frozenset[str]] = {}
    left: dict[int, tuple[str, ...]] = {}
    for number, (frame, known) in enumerate(zip(frames, tags, strict=True)):
        if not known:
            kept.append(frame)
            continue
        tagged = frame.with_columns(pl.col(LANGUAGE).replace_strict(known, default=None, return_dtype=pl.String).alias(TAG))
        texts = [column for column in frame.columns if column[0] != "#" and parse(column).field.localized and "@" not in column]
        own = tagged["sku"].drop_nulls().unique()
        found = own.to_frame().join(skus.to_frame(), on="sku", how="semi").height
        if found * 2 >= len(own) and found:
            sheets.append(_wide(tagged, texts))
            known_skus = pl.col("sku").is_null() | pl.col("sku").is_in(skus.implode())
            orphans = ((~known_skus, "a SKU that is in no master"), (pl.col("sku").is_null(), "no SKU"))
            left[number] = _left(tagged, [*orphans, *_unnamed()])
        else:
            kept.append(_widened(tagged, texts))
            left[number] = _left(tagged, _unnamed(_FIRST.is_not_null(), pl.col(TAG) != _FIRST))
            moved[number] = frozenset(kept[-1].columns) - frozenset(frame.columns)
    for sheet in sheets:
        kept = [_joined(frame, sheet) for frame in kept]
    return Spread(tuple(kept), moved, {number: messages for number, messages in left.items() if messages})


def _unnamed(named: pl.Expr = _TRUE, later: pl.Expr = _TRUE) -> list[tuple[pl.Expr, str]]:
    """Rows that are left out, those without language where `named` holds, doubled ones where `later` does."""
    again = pl.struct("sku", TAG).is_first_distinct().not_() & pl.col("sku").is_not_null() & pl.col(TAG).is_not_null()
    return [
        (pl.col(LANGUAGE).is_null() & named, "no language"),
        (pl.col(TAG).is_null() & pl.col(LANGUAGE).is_not_null() & named, "a language that nobody knows"),
        (again & later.fill_null(value=False), "a SKU and language that an earlier row has"),
    ]


def _left(tagged: pl.DataFrame, kinds: Sequence[tuple[pl.Expr, str]]) -> tuple[str, ...]:
    """One sentence for each kind of row that is left out."""
    told = []
    for there, what in kinds:
        rows = tagged.filter(there)[ROW].to_list()
        if rows:
            shown = ", ".join(map(str, rows[:SHOWN])) + (f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else "")
            told.append(f"{'row' if len(rows) == 1 else 'rows'} {shown} {'has' if len(rows) == 1 else 'have'} {what}: left out")
    return tuple(told)


def _tags(frame: pl.DataFrame) -> dict[str, str]:
    """Language tag by what the language column's cells say; empty where the sheet has none, or something else in it."""
    if LANGUAGE not in frame.columns or "sku" not in frame.columns:
        return {}
    cells = frame[LANGUAGE].drop_nulls()
    tags = {cell: named[0] for cell in cells.unique().to_list() if (named := qualifier(cell, loose=True)) and named[0]}
    return tags if len(cells) and cells.is_in(list(tags)).mean() >= KNOWN else {}  # type: ignore[operator]


def _wide(tagged: pl.DataFrame, texts: Sequence[str]) -> pl.DataFrame:
    """One row a SKU, a column for each text and language; of a SKU's several rows in one language the first."""
    wide = tagged.select("sku").drop_nulls().unique(maintain_order=True)
    for tag in tagged[TAG].drop_nulls().unique(maintain_order=True).to_list():
        one = tagged.filter(pl.col(TAG) == tag).drop_nulls("sku").unique("sku", keep="first", maintain_order=True)
        wide = wide.join(one.select("sku", *(pl.col(name).alias(f"{name}@{tag}") for name in texts)), on="sku", how="left")
    return wide


def _widened(tagged: pl.DataFrame, texts: Sequence[str]) -> pl.DataFrame:
    """The sheet with one row a SKU (its rows in its first language), other rows' texts beside it."""
    base = tagged.filter(pl.col("sku").is_null() | (pl.col(TAG) == _FIRST) | (pl.col(TAG).is_null() & _FIRST.is_null()))
    tags = tagged[TAG].drop_nulls().unique().to_list()
    own = [pl.when(pl.col(TAG) == tag).then(name).alias(f"{name}@{tag}") for tag in sorted(tags) for name in texts]
    unlabelled = [pl.when(pl.col(TAG).is_null()).then(name).alias(name) for name in texts]
    rest = _joined(base.with_columns(own), _wide(tagged, texts)).with_columns(unlabelled)
    blank = [name for name in texts if rest[name].null_count() == rest.height]
    return rest.drop(TAG, LANGUAGE, *blank)


def _joined(frame: pl.DataFrame, wide: pl.DataFrame) -> pl.DataFrame:
    """The frame with the texts of its SKUs; what it says itself stays."""
    names = [name for name in wide.columns if name != "sku"]
    both = frame.with_row_index("#at").join(wide, on="sku", how="left", suffix="#other").sort("#at").drop("#at")
    clashing = [name for name in names if name in frame.columns]
    joined = both.with_columns(pl.coalesce(name, f"{name}#other").alias(name) for name in clashing).drop(
        f"{name}#other" for name in clashing
    )
    return joined.select(ROW, SOURCE, pl.exclude(ROW, SOURCE))
