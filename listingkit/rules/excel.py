"""What a spreadsheet made of a value: dates, numbers, truth values, formulas and errors where text was meant."""

import re
from datetime import date
from functools import cache

import polars as pl

from listingkit.fields import fields
from listingkit.finding import Flaw, Safety, Severity
from listingkit.master.sheet import Evidence
from listingkit.master.texts import ERROR
from listingkit.resources import data
from listingkit.rules.engine import column, rule
from listingkit.rules.sieve import Holds

CHECKED = date(2026, 9, 30)
CODES = ("sku", "parent_sku", "model_number", "part_number")
NAMES = ("size", "color", "style", "pattern", "model_name", "model_number", "part_number")
TEXTS = ("item_name", "brand", "manufacturer", "material", *NAMES)
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:]{5,8})?$"
_SCIENTIFIC = r"^[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,3}$"
_TEXT_TRICK = re.compile(r'="([^"]*)"')
_SPACES = " \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_FEW = 2  # codes that look like dates, which no column is known by
_ZEROS_SHARE = 0.8  # part of a column's codes of digits that must have one length, for shorter ones to have lost zeros


@cache
def _short_date() -> str:
    """`2-Jan`, `02. Mrz`, `Jan 26`, `1月2日`: a date as a spreadsheet shows it."""
    lines = [line for line in data("month_abbreviations.tsv").read_text("utf-8").splitlines() if not line.startswith("#")]
    months = "|".join(sorted({month.capitalize() for line in lines[1:] for month in line.split("\t")[1].split()}))
    return rf"^(?:[0-9]{{1,2}}(?:-|\. |\.)(?:{months})\.?(?:-[0-9]{{2}})?|(?:{months})\.?[- ][0-9]{{2}}|[0-9]{{1,2}}月[0-9]{{1,2}}日)$"


@column(
    "XLS001",
    fields=("product_id",),
    good=[["SP-1", "B00MARS7N2"]],
    bad=[["4006381333931", "36000291452"], ["4006381333931", "4006381333948"]],
    why="A spreadsheet drops zeros in front of a number and rounds it after 15 digits; the next export may hold other codes.",
    source="Microsoft: Excel specifications and limits; Seller Central, inventory file help: product ids as text",
    checked=CHECKED,
    severity="warning",
    evidence=Evidence(numeric=2),
)
def gtin_stored_as_number(values: pl.Series, evidence: Evidence | None) -> Flaw | None:
    """The cells of a GTIN column are text, not numbers."""
    count = evidence.numeric if evidence else 0
    if not count or not values.str.contains(r"^[0-9]{8,14}$").any():
        return None
    cells = f"{count} of its cells hold numbers" if count > 1 else "one of its cells holds a number"
    return Flaw(f"{cells}, not text: format the column as text, so that no zero is lost")


@rule(
    "XLS002",
    each=True,
    fields=CODES,
    good=["AB-1", "1E10", "12E"],
    bad=["4.0E+12", "1,2E+05", "3E+100"],
    why="The code was taken for a large number: its digits are gone, and the row would open another listing.",
    source="sellers' reports on reddit, 2026 (1sjyubb); Microsoft: Excel shows numbers of more than 11 digits in scientific notation",
    checked=CHECKED,
    deletes=True,
    suspects=lambda text: Holds(text, _SCIENTIFIC),
)
def code_in_scientific_notation(text: str) -> Flaw | None:
    """A code is not written in scientific notation."""
    if not re.match(_SCIENTIFIC, text):
        return None
    return Flaw(f"{text} is a number in scientific notation; look the code up and format the column as text")


def _usual(values: pl.Series, evidence: Evidence | None) -> tuple[bool, int]:
    """Whether codes that look like dates are the rule here, and the usual length of codes of digits where some begin with zero."""
    dated = int(values.str.contains(_DATE).sum())
    dates_are_usual = dated > max(_FEW, len(values) // 2) and not (evidence and evidence.dates)
    digits = values.filter(values.str.contains(r"^[0-9]+$"))
    if not digits.str.starts_with("0").any():
        return dates_are_usual, 0
    lengths = digits.str.len_bytes().value_counts(sort=True)
    length, count = lengths.row(0)
    return dates_are_usual, int(length) if count >= _ZEROS_SHARE * len(digits) else 0


@rule(
    "XLS004",
    fields=("sku",),
    good=["AB-1", "2026", "00123"],
    bad={"2026-01-02": None, "2-Jan": None, "Mrz 26": None},
    why="Excel turns 1-2 into a date and 00123 into 123; the row would open another listing beside the one that is meant.",
    source="splitforge: SKUs that spreadsheets damage; Microsoft: stop automatically changing numbers to dates",
    checked=CHECKED,
    fix="ask",
    deletes=True,
    suspects=lambda sku, seen: sku.str.contains(_DATE) | sku.str.contains(_short_date()) | _may_lack_zeros(sku, seen),
    study=_usual,
)
def sku_turned_into_date_or_number(sku: str, seen: tuple[bool, int]) -> Flaw | None:
    """A SKU is what the seller wrote, not a date or number that a spreadsheet made of it.

    Where most SKUs of a sheet look like dates they are meant so. Lost zeros are told where the other SKUs of digits have one length.
    """
    dates_are_usual, length = seen
    if not dates_are_usual and (re.match(_DATE, sku) or re.match(_short_date(), sku)):
        return Flaw(f"{sku} is a date; write the SKU as text, as it was before a spreadsheet took it for one")
    if length and re.fullmatch("[1-9][0-9]*", sku) and len(sku) < length:
        return Flaw(f"{sku} has {len(sku)} digits, the other SKUs of this sheet {length}: zeros in front were lost", fix=sku.zfill(length))
    return None


def _may_lack_zeros(sku: pl.Expr, seen: tuple[bool, int]) -> pl.Expr:
    return (sku.str.len_bytes() < seen[1]) & sku.str.contains("^[1-9]") if seen[1] else pl.lit(value=False)


@rule(
    "XLS005",
    each=True,
    fields=TEXTS,
    good=["Blue", "True Blue", "true"],
    bad=["TRUE", "FALSE", "WAHR"],
    why="The shopper would read TRUE; the cell holds a truth value, not a text.",
    source="ECMA-376 part 1, 18.18.11: cells of type b",
    checked=CHECKED,
    severity="warning",
    suspects=lambda text: text.is_in(["TRUE", "FALSE", "WAHR", "FALSCH"]),
)
def truth_value_in_text(text: str) -> Flaw | None:
    """A text is no TRUE or FALSE of a spreadsheet."""
    return Flaw(f"{text} is a truth value of a spreadsheet; write what is meant") if text in ("TRUE", "FALSE", "WAHR", "FALSCH") else None


@rule(
    "XLS006",
    each=True,
    fields=NAMES,
    good=["3-4", "Blue", "March", "MAR-05"],
    bad=["2026-04-03", "2026-04-03T00:00:00", "3-Apr", "03. Mrz", "4月3日"],
    why="Excel takes sizes such as 3-4 and 1/2 for dates; the shopper would read a date.",
    source="Microsoft: stop automatically changing numbers to dates",
    checked=CHECKED,
    suspects=lambda text: Holds(text, f"{_DATE}|{_short_date()}"),
)
def date_in_text(text: str) -> Flaw | None:
    """A size, colour, model or the like is no date."""
    if re.match(_DATE, text):
        return Flaw(f"{text} is a date; write what stood there before a spreadsheet took it for one, as text")
    if re.match(_short_date(), text):
        return Flaw(f"{text} looks like a date that a spreadsheet made; write what is meant as text", severity=Severity.WARNING)
    return None


_MARKED = r"'[0-9][0-9A-Za-z._/-]*"
_VALUES = tuple(name for name, field in fields().items() if field.kind in ("id", "text", "choice", "country", "url", "boolean"))


@rule(
    "XLS008",
    each=True,
    fields=_VALUES,
    good=["AB-1", "#12", "= 5"],
    bad={'="00123"': "00123", "'00123": "00123", "#N/A": None, "=A1&B1": None, "#BEZUG!": None},
    why="A formula or an error would be uploaded as the text it is written in.",
    source="ECMA-376 part 1, 18.17 (formulas) and 18.18.11 (errors); csv exports that keep zeros by writing a formula",
    checked=CHECKED,
    fix="safe",
    deletes=True,
    suspects=lambda text: Holds(text, "^[#=']"),
)
def formula_in_cell(text: str) -> Flaw | None:
    """A cell holds a value, not a formula or an error.

    A formula of nothing but a text in quotes, which exports write to keep zeros, stands for that text.
    """
    if trick := _TEXT_TRICK.fullmatch(text):
        return Flaw("the text is wrapped in a formula", fix=trick[1])
    if re.fullmatch(_MARKED, text):
        return Flaw("the apostrophe with which a spreadsheet marks a text is in the text", fix=text[1:], safety=Safety.ASK)
    if re.match(ERROR, text):
        return Flaw(f"{text} is an error of a spreadsheet, not a value")
    if re.match(r"=[A-Za-z$(+\-'\"@]", text):
        return Flaw("the cell holds a formula, not its value; copy the sheet's values")
    return None


@rule(
    "FIL004",
    each=True,
    fields=("sku", "parent_sku", "model_number", "part_number", "merchant_suggested_asin"),
    good=["AB-1", "AB 1"],
    bad={"AB-1\n": "AB-1", "AB-1\nAB-2": None, "AB\t1": None},
    why="In a tab-delimited upload a tab or line break begins a new cell or row; of a code nothing may be left out.",
    source="Amazon templates: tab-delimited text has no quoting (WP-Lister, jaacee.com)",
    checked=CHECKED,
    fix="safe",
    deletes=True,
    suspects=lambda text: Holds(text, r"[\t\r\n]"),
)
def line_break_in_code(text: str) -> Flaw | None:
    """A code is one line, without tabs."""
    bare = text.strip("\t\r\n")
    if bare == text and not re.search(r"[\t\r\n]", text):
        return None
    if re.search(r"[\t\r\n]", bare):
        return Flaw("a tab or line break inside the code: are these two codes?")
    return Flaw("a tab or line break at the end of the code", fix=bare)


@rule(
    "FIL007",
    each=True,
    fields=("sku", "parent_sku", "model_number", "part_number", "brand", "color", "size"),
    good=["AB-1", "Blue Sky"],
    bad={" AB-1": "AB-1", "AB-1 ": "AB-1", "Blue\u00a0Sky": "Blue Sky", "\u3000Blue": "Blue"},
    why="Nobody sees the space, but a SKU, a colour or a brand with one is another one to the marketplace.",
    source="The Unicode Standard, 6.2; ERP guides on pasted SKUs (splitforge)",
    checked=CHECKED,
    severity="warning",
    fix="safe",
    deletes=True,
    suspects=lambda text: Holds(text, f"^[{_SPACES}]|[{_SPACES}]$|\u00a0"),
)
def space_nobody_sees(text: str) -> Flaw | None:
    """A code or a name neither begins nor ends with a space, and has no no-break space.

    Invisible characters of other kinds are told by TXT001, tabs and line breaks by FIL004 and TXT002.
    """
    bare = re.sub(f"^[{_SPACES}]+|[{_SPACES}]+$", "", text)
    plain = bare.replace("\u00a0", " ")
    if plain == text or not bare or re.search(r"[\t\r\n]", text):
        return None
    return Flaw("a space at the beginning or end" if bare != text else "a no-break space", fix=plain)
