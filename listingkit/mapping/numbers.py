"""Numbers as sheets write them: the decimal sign is a property of the column, never of one cell.

`19,99` says by itself that the comma is decimal, `1.234,50` too; `1.234` does not say anything. A column is read when its
cells agree or the profile declares the sign; else every cell stays as it was written.
"""

import re

import polars as pl
from msgspec import Struct

from listingkit.mapping.units import currencies, unit_named

PLAIN = r"^-?(?:0|[1-9]\d{0,29})(?:\.\d{1,30})?$"
WHOLE = r"^-?(?:0|[1-9]\d{0,29})$"
PARTS = (
    r"^(?P<before>[^\d.,+\-−]{0,8})(?P<number>[+\-−]?\s?(?:\d[\d.,'’ ]{0,38}\d|\d|[.,]\d{1,20}))(?:[.,][-–—])?\s{0,3}(?P<after>\D{0,24})$"
)
SPACES = {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "−": "-", "’": "'"}
WIDE = {chr(0xFF10 + digit): str(digit) for digit in range(10)} | {
    "．": ".",
    "，": ",",
    "－": "-",
    "＋": "+",
    "￥": "¥",
    "＄": "$",
    "％": "%",
}
SIGNS = {  # of several currencies: taken off, and nothing is learned
    "$": frozenset(("USD", "CAD", "MXN", "AUD", "SGD")),
    "¥": frozenset(("JPY", "CNY")),
    "kr": frozenset(("SEK", "NOK", "DKK")),
    "元/个": frozenset(("CNY",)),
}
PIECES = frozenset(("%", "pc", "pcs", "pce", "piece", "pieces", "stk", "stck", "stück", "st", "unit", "units", "uds", "ud", "pièces", "pz"))
PIECES |= frozenset(("pezzi", "adet", "个", "件", "只", "套", "台", "個", "点", "枚"))
GROUPS = {".": r"[,' ]", ",": r"[.' ]"}
RARE = 20  # one cell in so many that contradicts the others is a slip


class Numbers(Struct, frozen=True):
    """A column read as numbers. Cells that are none stay as they were."""

    values: pl.Series
    units: pl.Series | None = None  # Amazon's unit names, null where the cell names none
    currency: str | None = None  # that its cells name
    doubt: str | None = None  # why cells stayed as they were


class NumberStyle(Struct, frozen=True):
    """How a whole column writes its numbers."""

    sign: str | None = "."  # decimal sign; None: only numbers without one are read
    currency: str | None = None  # the column's: a cell that names another one stays as it is
    units: bool = False  # some cell names a unit
    doubt: str | None = None  # why cells stay as they are
    readable: bool = True  # False: every cell stays as it is


def read_numbers(
    column: pl.Series,
    decimal: str | None = None,
    *,
    usual: str | None = None,
    currency: str | None = None,
    whole: bool = False,
    style: NumberStyle | None = None,
    plain: bool = False,
) -> Numbers:
    """Read a text column as plain decimals: digits and a point, no separators, no signs of currency or unit.

    `decimal` and `currency` are those that header or profile declare for this column, `usual` is the decimal sign to take where its
    cells do not tell. `style` is that of a larger column that this one is a part of. `plain` says that it holds nothing but plain
    numbers, of digits alone where it is read as `whole`.
    Digits are never changed: `10,50` is `10.50`; only where `whole` asks for integers is `10,00` `10`.
    """
    if style is None and decimal in (None, ".") and (plain or _is_plain(column, whole=whole)) and (decimal or _needs_no_thought(column)):
        return Numbers(column)
    if style == NumberStyle() and (plain or _is_plain(column, whole=whole)):
        return Numbers(column)
    cells = _parsed(column if style is None or style.sign != "." else _odd(column, whole=whole))
    style = style or _style(cells, decimal, usual, currency, whole=whole)
    if not style.readable:
        return Numbers(column, None, None, style.doubt)
    known = pl.col("known") & _in_currency(style.currency)
    cells = cells.with_columns(pl.when(known).then(_reading(style.sign, whole=whole)).alias("read"))
    named = cells.filter(pl.col("read").is_not_null())
    values = _looked_up(column, cells, "read").fill_null(column)
    units = _looked_up(column, named, "unit") if style.units else None
    return Numbers(values, units, style.currency, style.doubt)


def number_style(
    column: pl.Series, decimal: str | None = None, *, usual: str | None = None, currency: str | None = None, whole: bool = False
) -> NumberStyle:
    """How a column writes its numbers; arguments as for `read_numbers`. Only its distinct values matter, not their order."""
    if decimal in (None, ".") and _is_plain(column) and (decimal or _needs_no_thought(column)):
        return NumberStyle()
    return _style(_parsed(column), decimal, usual, currency, whole=whole)


def _odd(column: pl.Series, *, whole: bool) -> pl.Series:
    """The cells that are not as we write them: with a point as decimal sign, the others are read as they stand."""
    return column.filter(~column.str.contains(WHOLE if whole else PLAIN))


def _is_plain(column: pl.Series, *, whole: bool = False) -> bool:
    return bool(column.str.contains(WHOLE if whole else PLAIN).all())


def _parsed(column: pl.Series) -> pl.DataFrame:
    """The distinct cells, taken apart: what stands before the number, the number, what stands after it."""
    cells = pl.DataFrame({"text": column}).unique(maintain_order=True).drop_nulls()
    tidy = pl.col("text").str.replace_many(SPACES | WIDE).str.strip_chars()
    cells = cells.with_columns(tidy.str.extract_groups(PARTS).alias("parts")).unnest("parts")
    cells = cells.with_columns(pl.col("number").str.replace_all(" ", "").str.strip_chars("'"), pl.col("number").alias("spaced"))
    return _named(cells)


def _style(cells: pl.DataFrame, decimal: str | None, usual: str | None, currency: str | None, *, whole: bool) -> NumberStyle:
    sign, doubt = (decimal, None) if decimal else _decimal(cells, usual)
    read = cells.filter(pl.when("known").then(_reading(sign, whole=whole)).is_not_null())
    currency, others = (currency, []) if currency else _currency(read)
    if others:
        told = f"its cells are in several currencies ({', '.join(others)}): split it into a column for each"
        return NumberStyle(sign, doubt=told, readable=False)
    return NumberStyle(sign, currency, units=bool(read["unit"].is_not_null().any()), doubt=doubt)


def _currency(read: pl.DataFrame) -> tuple[str | None, list[str]]:
    """(currency of the column, those that it is in at once): a few cells that name another, or the only one, do not decide."""
    named = dict(read["currency"].drop_nulls().value_counts().iter_rows())
    most = max((word for word in named if word not in SIGNS), key=lambda word: (named[word], word), default=None)
    same = {word for word in named if word in _words_of(most)} if most or len(named) == 1 else set()
    here = sum(named[word] for word in same)
    if not _few(sum(named.values()) - here, here):
        return None, sorted(named)
    return (None if most and _few(here, len(read)) else most), []


def _few(cells: int, of: int) -> bool:
    return cells * RARE <= of or cells == 1 < of - 1


def _words_of(currency: str | None) -> list[str]:
    """What a cell of this currency may name; of none, the signs that several share."""
    return [currency, *(sign for sign, shared in SIGNS.items() if currency in shared)] if currency else list(SIGNS)


def _in_currency(currency: str | None) -> pl.Expr:
    return pl.col("currency").is_null() | pl.col("currency").is_in(_words_of(currency))


def _reading(sign: str | None, *, whole: bool) -> pl.Expr:
    return _plain(sign, whole=whole) if sign else pl.when(~pl.col("number").str.contains("[.,]")).then(_plain(".", whole=whole))


def _needs_no_thought(column: pl.Series) -> bool:
    """Plain numbers throughout: without any point, or with one that can only be decimal."""
    points = column.str.contains(".", literal=True)
    return not points.any() or bool(column.str.contains(r"^-?0\.|\.(?:\d{1,2}|\d{4,})$").any())


def _named(cells: pl.DataFrame) -> pl.DataFrame:
    """What stands before and after the numbers: a unit, a currency, or something unknown that makes the cell no number."""
    words = set(cells["before"].drop_nulls().to_list()) | set(cells["after"].drop_nulls().to_list())
    folded = {word: word.strip(" .()*").casefold() for word in words}
    units = {word: unit for word, name in folded.items() if name and (unit := unit_named(name))}
    money = {word: currencies().get(name, name) for word, name in folded.items() if name in currencies() or name in SIGNS}
    known = [word for word, name in folded.items() if not name or name in PIECES or word in units or word in money]

    def looked(column: str, table: dict[str, str]) -> pl.Expr:
        return pl.col(column).replace_strict(table, default=None, return_dtype=pl.String) if table else pl.lit(None, pl.String)

    return cells.with_columns(
        looked("after", units).alias("unit"),
        pl.coalesce(looked("before", money), looked("after", money)).alias("currency"),
        (pl.col("before").is_in(known) & pl.col("after").is_in(known) & ~pl.col("before").is_in(list(units)) & ~_negative()).alias("known"),
    )


def _negative() -> pl.Expr:
    """Whether a number stands in brackets, as accountants write one below zero: it is not read as one above."""
    before = pl.col("before")
    return before.str.contains("(", literal=True) & ~before.str.contains(")", literal=True)


def _decimal(cells: pl.DataFrame, usual: str | None) -> tuple[str | None, str | None]:
    """(decimal sign of the column, doubt): what its cells agree on."""
    known = cells.filter(pl.col("known") & pl.col("number").str.contains("[.,]")).sort("text")
    point, comma = (known.filter(_says(sign) & _plain(sign, whole=False).is_not_null()) for sign in (".", ","))
    if len(point) and len(comma) and not _clear(len(point), len(comma), len(known)):
        examples = f"{point['text'][0]!r} and {comma['text'][0]!r}"
        return None, f"some of its cells have a decimal point and some a decimal comma ({examples}); numbers with either stay as they are"
    if len(point) or len(comma):
        return ("." if len(point) > len(comma) else ","), None
    if len(known) and usual:
        return usual, None
    if len(known):
        text = known["text"][0]
        return (
            None,
            f'{text!r} may be a thousand or a fraction and no other cell of the column tells; say decimal = "." or "," in a profile',
        )
    return ".", None


def _clear(point: int, comma: int, known: int) -> bool:
    """Whether cells that contradict each other still say how the column is written: the others stay as they are, for rules to tell.

    Either they are few, or no cell depends on the answer because each says its own.
    """
    return min(point, comma) * RARE <= max(point, comma) or (known == point + comma and point != comma)


def _says(sign: str) -> pl.Expr:
    """Whether a number can only be read with this decimal sign."""
    other = "," if sign == "." else "."
    here, there = (pl.col("number").str.count_matches(mark, literal=True) for mark in (sign, other))
    digits_after = pl.col("number").str.extract(rf"{re.escape(sign)}(\d*)$").str.len_bytes()
    before = pl.col("number").str.strip_chars("+-").str.extract(rf"^([\d']*){re.escape(sign)}")
    alone = (here == 1) & (there == 0)
    odd = (
        (digits_after != 3)
        | before.str.contains("^0|^$")
        | (before.str.replace_all("'", "").str.len_bytes() > 3)
        | pl.col("spaced").str.contains(r"\d[ ']\d{3}")
    )
    last = pl.col("number").str.contains(rf"{re.escape(other)}.*{re.escape(sign)}")
    return ((here == 1) & (there >= 1) & last) | (alone & odd) | ((there > 1) & (here == 0))


def _plain(sign: str, *, whole: bool) -> pl.Expr:
    """The number with a decimal point and no separators; null where it is not well formed for this decimal sign."""
    group = GROUPS[sign]
    mark = re.escape(sign)
    number = pl.col("spaced").str.strip_chars().str.replace(r"^\+\s?", "").str.replace(r"^-\s", "-")
    formed = rf"^-?(?:\d{{1,30}}|\d{{1,3}}(?:{group}\d{{2,3}}){{0,9}}{group}\d{{3}})?(?:{mark}\d{{1,30}})?$"
    bare = number.str.replace_all(group, "").str.replace(sign, ".", literal=True)
    bare = bare.str.replace(r"^(-?)\.", "${1}0.").str.replace(r"^(-?)0+(\d)", "${1}${2}")
    if whole:
        bare = bare.str.replace(r"^(-?\d+)\.0+$", "${1}")
    return pl.when(number.str.contains(formed)).then(bare)


def _looked_up(column: pl.Series, cells: pl.DataFrame, name: str) -> pl.Series:
    found = cells.drop_nulls(name)
    if found.is_empty():
        return pl.Series(column.name, [None], dtype=pl.String).new_from_index(0, len(column))
    return column.replace_strict(found["text"], found[name], default=None, return_dtype=pl.String)
