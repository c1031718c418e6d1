"""The encoding of a tab-delimited file, by generation and marketplace, and what does not fit it."""

import tomllib
from collections.abc import Mapping
from functools import cache

import polars as pl

from listingkit.inventory.template import Template
from listingkit.resources import shared

_NOT_ASCII = r"[^\x00-\x7f]"


@cache
def _encodings() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = tomllib.loads((shared("templates") / "encodings.toml").read_text("utf-8"))
    return table


def encoding_of(template: Template, store: str) -> str:
    """The encoding of text files of this generation in this marketplace."""
    by_store = _encodings()[template.generation]
    return by_store.get(store, by_store["default"])


def misfits(values: pl.Series, encoding: str) -> Mapping[str, str]:
    """The distinct values that an encoding cannot write, each with its first character that does not fit."""
    if encoding == "utf-8" or values.dtype != pl.String:
        return {}
    suspects = values.filter(values.str.contains(_NOT_ASCII).fill_null(value=False)).unique(maintain_order=True)
    return {value: char for value in suspects if (char := _misfit(value, encoding))}


def _misfit(value: str, encoding: str) -> str:
    try:
        value.encode(encoding)
    except UnicodeEncodeError as error:
        return value[error.start]
    return ""
