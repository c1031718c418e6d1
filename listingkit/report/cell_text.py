"""Texts as the XML of a workbook holds them."""

import re

import polars as pl

LONGEST = 32_767  # UTF-16 units of a cell
_ILLEGAL = "[\x00-\x08\x0b-\x1f\ufffe\uffff]"  # in XML 1.0, and the carriage return, which XML readers drop
_ESCAPED = "(?i)_x([0-9a-f]{4})_"
_SPECIAL = ["&", "<", ">", "_x", "_X", *(chr(code) for code in range(32) if chr(code) not in "\t\n"), "\ufffe", "\uffff"]


def escaped(texts: pl.Series) -> pl.Series:
    """Cell texts as XML."""
    special = texts.str.contains_any(_SPECIAL)
    if not special.any():
        return texts
    where = special.arg_true()
    odd = texts.gather(where)
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        odd = odd.str.replace_all(char, entity, literal=True)
    spelled = odd.str.contains(f"{_ILLEGAL}|{_ESCAPED}").arg_true()
    if len(spelled):
        odd = odd.scatter(spelled, [_spell(text) for text in odd.gather(spelled)])
    return texts.scatter(where, odd)


def escape(text: str) -> str:
    """One cell text as XML."""
    return _spell(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def attribute(text: str) -> str:
    """One text as the value of an attribute."""
    return escape(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def _spell(text: str) -> str:
    """Characters that XML cannot hold as `_x001B_`, as Office writes them."""
    text = re.sub(_ESCAPED, r"_x005F_x\1_", text)
    return re.sub(_ILLEGAL, lambda match: f"_x{ord(match[0]):04X}_", text)
