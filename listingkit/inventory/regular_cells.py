"""Cells of regular rows as text, a column at a time; what is not plain is converted as the careful way converts it, once a value."""

from collections.abc import Iterator
from html import unescape

import polars as pl

from listingkit.inventory.cells import CellKind, CellReader

_PARTS = r'(?s)^(?: s="(?P<style>[0-9]+)")?(?: t="(?P<type>[A-Za-z]+)")?(?:/|>(?:.*>)?)(?P<value>[^<>]*)$'
_INDEX = "^[0-9]{1,9}$"
_NUMBER = r"^-?(?:[0-9]{1,14}|(?:0|[1-9][0-9]{0,9})\.[0-9]{0,3}[1-9])$"  # shown as it is stored


def parted(raw: pl.Series, reader: CellReader) -> Iterator[tuple[pl.Series, pl.Series, CellKind, int]]:
    """Raw cells (null: none) by type and style: their places, their texts (blank null), their kind and style."""
    places = raw.str.contains(">", literal=True).fill_null(value=False).arg_true()  # of cells that are more than their style
    cells = _apart(raw.gather(places)).with_columns(places.alias("place")).filter(pl.col("value") != "")
    for (style, type_), group in cells.group_by("style", "type", maintain_order=True):
        texts, kind = _converted(group["value"], str(type_ or "n"), reader)
        yield group["place"], texts, kind, int(str(style or 0))


def _apart(raw: pl.Series) -> pl.DataFrame:
    """The style, type and value of raw cells. Most columns have all their values behind the same words, which are tried first."""
    if len(raw):
        words = raw[0][: raw[0].rfind(">") + 1]
        values = raw.str.strip_prefix(words)
        if raw.str.starts_with(words).all() and not values.str.contains(">", literal=True).any():
            said = pl.Series([words]).str.extract_groups(_PARTS).struct.unnest()
            return pl.DataFrame(
                [said["style"].new_from_index(0, len(raw)), said["type"].new_from_index(0, len(raw)), values.alias("value")]
            )
    return raw.str.extract_groups(_PARTS).struct.unnest()


def _converted(raw: pl.Series, type_: str, reader: CellReader) -> tuple[pl.Series, CellKind]:
    kind = reader.value(type_, "")[1]
    plain = _plain(raw, type_, reader)
    odd = raw.filter(plain.is_null()).unique()
    if not len(odd):
        return plain, kind
    texts = [text if (text := reader.value(type_, unescape(value))[0]).strip() else None for value in odd]
    return plain.zip_with(plain.is_not_null(), raw.replace_strict(odd, texts, default=None, return_dtype=pl.String)), kind


def _plain(raw: pl.Series, type_: str, reader: CellReader) -> pl.Series:
    """The texts of the values that need no thought; null for the others."""
    match type_:
        case "s":
            return reader.strings.gather(raw.set(~raw.str.contains(_INDEX), None).cast(pl.UInt32))
        case "n":
            return raw.set(~raw.str.contains(_NUMBER), None)
        case "b" | "e":
            return raw.clear(len(raw))
        case _:
            return raw.set(raw.str.contains_any(["&", "_x"]) | (raw.str.strip_chars().str.len_bytes() == 0), None)
