"""When two cells say the same: the canonical form of a value, by the kind of its field.

Two cells are the same when their canonical forms are. Only cells that differ as text are ever brought into it, and of these only
the ones that hold anything unusual are touched: most texts are their own canonical form.
"""

from collections.abc import Callable

import polars as pl

_NUMBER = r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$"
_MIDNIGHT = r"[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?$"
_TRUE = ("true", "yes", "1", "y")
_FALSE = ("false", "no", "0", "n")

# No white space but the blank, nothing that normal form C changes or joins to its neighbour: ASCII, Latin, Cyrillic, Greek without
# its singletons, dashes and quotes, currencies, kana without their marks, Han, full-width forms.
EASY = (
    r"!-~\u{a1}-\u{2ff}\u{390}-\u{482}\u{48a}-\u{52f}\u{2010}-\u{2027}\u{2030}-\u{205e}\u{20a0}-\u{20c0}"
    r"\u{3001}-\u{3029}\u{3041}-\u{3096}\u{309b}-\u{30ff}\u{4e00}-\u{9fff}\u{ff01}-\u{ffef}"
)
_UNEASY = rf"[^ {EASY}]|^ | $|  |^$|^(?i:true|false)$"

Form = Callable[[pl.Series], pl.Series]


def text(cells: pl.Series) -> pl.Series:
    """Normal form C, runs of white space as one space, none at the ends; blank is null. `TRUE` and `FALSE` lose their case."""
    at = cells.str.contains(_UNEASY).arg_true()
    return cells.clone().scatter(at, _cleaned(cells.gather(at))) if len(at) else cells


def _cleaned(cells: pl.Series) -> pl.Series:
    clean = cells.str.normalize("NFC").str.replace_all(r"[\s\u{a0}\u{200b}\u{feff}]+", " ").str.strip_chars()
    lower = clean.str.replace(r"^(?i:true)$", "true").str.replace(r"^(?i:false)$", "false")
    return lower.replace("", None)


def number(cells: pl.Series) -> pl.Series:
    """`+019,90` is `19.9`. A comma before exactly three digits may group thousands and is left alone."""
    clean = text(cells)
    dotted = clean.str.replace(r"^([+-]?\d+),(\d{1,2}|\d{4,})$", "$1.$2")
    plain = (
        dotted.str.replace(r"^\+", "")
        .str.replace(r"^(-?)\.", "${1}0.")
        .str.replace(r"^(-?)0+(\d)", "$1$2")
        .str.replace(r"(\.\d*?)0+$", "$1")
        .str.replace(r"\.$", "")
        .str.replace(r"^-0$", "0")
    )
    return plain.zip_with(dotted.str.contains(_NUMBER).fill_null(value=False), clean)


def boolean(cells: pl.Series) -> pl.Series:
    """yes, Y and 1 are `true`."""
    words = dict.fromkeys(_TRUE, "true") | dict.fromkeys(_FALSE, "false")
    return text(cells).str.to_lowercase().replace(words)


def date(cells: pl.Series) -> pl.Series:
    """ISO dates; a midnight time says nothing more. `3/4/2026` stays as it is: nobody knows whether March or April."""
    clean = text(cells).str.replace(_MIDNIGHT, "").alias("clean")
    days = [pl.col("clean").str.to_date(form, strict=False) for form in ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y.%m.%d")]
    told = clean.to_frame().select(pl.coalesce(*(day.dt.strftime("%Y-%m-%d") for day in days), "clean"))
    return told.to_series().alias(cells.name)


def gtin(cells: pl.Series) -> pl.Series:
    """A GTIN is the same with and without leading zeros, spaces and hyphens."""
    clean = text(cells)
    digits = clean.str.replace_all(r"[ -]", "")
    return digits.str.zfill(14).zip_with(digits.str.contains(r"^\d{1,14}$").fill_null(value=False), clean)


def choice(cells: pl.Series) -> pl.Series:
    """`STICKER_DECAL` is `stickerdecal`, `Size/Color` is `SizeColor`: generations spell the same choice differently."""
    clean = text(cells).str.to_lowercase()
    squeezed = clean.str.replace_all(r"[\s_/-]", "")
    return clean.zip_with((squeezed == "").fill_null(value=False), squeezed)


def code(cells: pl.Series) -> pl.Series:
    """An id: the number in brackets where a browse path says it, else the text."""
    clean = text(cells)
    paths = clean.str.contains(" > ", literal=True).arg_true()
    if not len(paths):
        return clean
    found = clean.gather(paths)
    return clean.clone().scatter(paths, found.str.extract(r" > .*\((\d+)\)$").zip_with(found.str.contains(r" > .*\(\d+\)$"), found))


FORMS: dict[str, Form] = {
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
