"""When two cells say the same: the canonical form of a value, by the kind of its field.

Two cells are the same when their canonical forms are. Only cells that differ as text are ever brought into it.
"""

from collections.abc import Callable

import polars as pl

_NUMBER = r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$"
_MIDNIGHT = r"[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?$"
_TRUE = ("true", "yes", "1", "y")
_FALSE = ("false", "no", "0", "n")


def text(cell: pl.Expr) -> pl.Expr:
    """Normal form C, runs of white space as one space, none at the ends; blank is null. `TRUE` and `FALSE` lose their case."""
    clean = cell.str.normalize("NFC").str.replace_all(r"[\s\u{a0}\u{200b}\u{feff}]+", " ").str.strip_chars()
    lower = clean.str.to_lowercase()
    return pl.when(clean == "").then(None).when(lower.is_in(["true", "false"])).then(lower).otherwise(clean)


def number(cell: pl.Expr) -> pl.Expr:
    """`+019,90` is `19.9`. A comma before exactly three digits may group thousands and is left alone."""
    clean = text(cell)
    dotted = clean.str.replace(r"^([+-]?\d+),(\d{1,2}|\d{4,})$", "$1.$2")
    plain = (
        dotted.str.replace(r"^\+", "")
        .str.replace(r"^(-?)\.", "${1}0.")
        .str.replace(r"^(-?)0+(\d)", "$1$2")
        .str.replace(r"(\.\d*?)0+$", "$1")
        .str.replace(r"\.$", "")
        .str.replace(r"^-0$", "0")
    )
    return pl.when(dotted.str.contains(_NUMBER)).then(plain).otherwise(clean)


def boolean(cell: pl.Expr) -> pl.Expr:
    """yes, Y and 1 are `true`."""
    lower = text(cell).str.to_lowercase()
    return pl.when(lower.is_in(_TRUE)).then(pl.lit("true")).when(lower.is_in(_FALSE)).then(pl.lit("false")).otherwise(lower)


def date(cell: pl.Expr) -> pl.Expr:
    """ISO dates; a midnight time says nothing more. `3/4/2026` stays as it is: nobody knows whether March or April."""
    clean = text(cell).str.replace(_MIDNIGHT, "")
    days = [clean.str.to_date(form, strict=False) for form in ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y.%m.%d")]
    return pl.coalesce(*(day.dt.strftime("%Y-%m-%d") for day in days), clean)


def gtin(cell: pl.Expr) -> pl.Expr:
    """A GTIN is the same with and without leading zeros, spaces and hyphens."""
    clean = text(cell)
    digits = clean.str.replace_all(r"[ -]", "")
    return pl.when(digits.str.contains(r"^\d{1,14}$")).then(digits.str.zfill(14)).otherwise(clean)


def choice(cell: pl.Expr) -> pl.Expr:
    """`STICKER_DECAL` is `stickerdecal`, `Size/Color` is `SizeColor`: generations spell the same choice differently."""
    clean = text(cell).str.to_lowercase()
    squeezed = clean.str.replace_all(r"[\s_/-]", "")
    return pl.when(squeezed == "").then(clean).otherwise(squeezed)


def code(cell: pl.Expr) -> pl.Expr:
    """An id: the number in brackets where a browse path says it, else the text."""
    clean = text(cell)
    return clean.str.extract(r" > .*\((\d+)\)$").fill_null(clean)


FORMS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "text": text,
    "url": text,
    "id": code,
    "gtin": gtin,
    "choice": choice,
    "country": choice,
    "number": number,
    "integer": number,
    "price": number,
    "date": date,
    "boolean": boolean,
}
