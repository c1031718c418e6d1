"""Marks in a text that no listing may have: HTML, contacts, ASINs, emoji, placeholders; each as a search and as a column's sieve."""

import html
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import combinations

import polars as pl

from listingkit.rules.sieve import Holds

TAG = r"</?[a-zA-Z][a-zA-Z0-9]*(?:[\s\x1c-\x1f][^<>]*)?/?>"
_TAG = re.compile(TAG)
_BREAK = re.compile(r"</?br\s*/?>", re.IGNORECASE)
ENTITY = r"&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#x[0-9a-fA-F]{1,6});"
_TELEPHONE = (
    r"(?i)\b(?:tel|phone|call us|telefon|whatsapp|wechat)\b[^0-9+]{0,12}\+?[0-9][0-9 ()/.-]{5,}[0-9]"
    r"|(?<![\w.])\+[0-9]{2}[ ()/.-]?[0-9][0-9 ()/.-]{6,}[0-9]"
)
_CONTACTS = (
    ("an e-mail address", re.compile(r"(?i)\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b")),
    ("a web address", re.compile(r"(?i)\b(?:https?://|www\.)\S+|\b[a-z0-9-]{2,}\.(?:com|net|org|de|co\.uk|shop|store|cn|jp)\b(?![.\w])")),
    ("a telephone number", re.compile(_TELEPHONE)),
)
_CONTACT_COLUMN = (
    r"(?i:https?://|www\.|@|\.(?:com|net|org|de|co\.uk|shop|store|cn|jp)"
    r"|(?:tel|phone|call us|telefon|whatsapp|wechat)[^0-9+]{0,12}\+?[0-9]|\+[0-9]{2})"
)
_ASIN = re.compile(r"\bB0(?=[A-Z0-9]*[0-9])(?=[A-Z0-9]*[A-Z])[A-Z0-9]{8}\b")
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_BEYOND_ASCII = re.compile("[^\x00-\x9f]\ufe0f?")
EMOJI = r"\p{Emoji_Presentation}|\p{Extended_Pictographic}\x{FE0F}"
_NOTHING = (
    r"n/?a|tbd|tba|none|null|nil|-+|\.+|xxx+|todo|copy pending|not applicable|nicht zutreffend|k\.? ?a\.?|sans objet|no aplica"
    r"|lorem ipsum.*|\(your [a-z ]+\)"
)
_PLACEHOLDER = re.compile(f"(?i){_NOTHING}")
# Python strips four more characters than polars' regexes call white space, and takes two more for an i.
_PLACEHOLDER_CELL = rf"(?i:^[\s\x1c-\x1f]*(?:{_NOTHING.replace('a-z', 'a-zİı').replace('i', '[iİı]')})[\s\x1c-\x1f]*$)"


def tags(text: str) -> list[str]:
    """HTML tags other than line breaks."""
    return [tag for tag in _TAG.findall(text) if not _BREAK.fullmatch(tag)]


def without_tags(text: str) -> str:
    """The text with line breaks kept as `<br>` and every other tag taken out."""
    kept = _TAG.sub(lambda found: "<br>" if _BREAK.fullmatch(found[0]) else " ", text)
    return re.sub(r"[ \t]{2,}", " ", kept).strip()


def may_have_tags(column: pl.Expr) -> Holds:
    return Holds(column, TAG)


def entities_read(text: str) -> str:
    """HTML entities as the characters they stand for."""
    return re.sub(ENTITY, lambda found: html.unescape(found[0]), text)


def contact(text: str) -> tuple[str, str] | None:
    """What kind of contact a text holds, and the first one."""
    for kind, pattern in _CONTACTS:
        found = pattern.search(text)
        if found:
            return kind, found[0]
    return None


def may_have_contact(column: pl.Expr) -> Holds:
    return Holds(column, _CONTACT_COLUMN)


def asin(text: str) -> str | None:
    """The first ASIN in a text."""
    found = _ASIN.search(text)
    return found[0] if found else None


def may_have_asin(column: pl.Expr) -> Holds:
    return Holds(column, "B0[A-Z0-9]{8}")


def emoji(text: str) -> list[str]:
    """Emoji as Unicode defines them: shown as pictures by themselves, or asked to be by a variation selector."""
    if text.isascii():
        return []
    alone, asked = _emoji()
    found = _BEYOND_ASCII.findall(text)
    return [one[0] if one[0] in alone else one for one in found if one[0] in alone or (len(one) == 2 and one[0] in asked)]


@cache
def _emoji() -> tuple[frozenset[str], frozenset[str]]:
    """The characters of `EMOJI` that stand alone, and those that a variation selector must follow: a frame for each text would be slow."""
    every = pl.DataFrame({"char": [chr(code) for code in (*range(0xA0, 0xD800), *range(0x1F000, 0x20000))]})
    names = ("Emoji_Presentation", "Extended_Pictographic")
    alone, asked = (frozenset(every.filter(pl.col("char").str.contains(rf"\p{{{name}}}"))["char"]) for name in names)
    return alone, asked


def may_have_emoji(column: pl.Expr) -> Holds:
    return Holds(column, EMOJI)


def placeholder(text: str) -> bool:
    """Whether a text stands for nothing."""
    return _PLACEHOLDER.fullmatch(text.strip()) is not None


def may_be_placeholder(column: pl.Expr) -> Holds:
    return Holds(column, _PLACEHOLDER_CELL)


def shouted(text: str) -> bool:
    """Whether a text of several words is written in capitals throughout."""
    letters = [char for char in text if unicodedata.category(char) in ("Lu", "Ll")]
    return len(letters) >= 12 and len(text.split()) >= 3 and all(unicodedata.category(char) == "Lu" for char in letters)


def may_be_shouted(column: pl.Expr) -> pl.Expr:
    return column.str.contains(r"^\P{Ll}*\p{Lu}\P{Ll}*$")


def any_twice(columns: Sequence[pl.Expr]) -> pl.Expr:
    """Whether two of some columns hold the same in a row; columns that the sheet does not have are left out."""
    held = [column.hash() for column in columns if column.meta.root_names()]
    filled = [column.is_not_null() for column in columns if column.meta.root_names()]
    pairs = [(held[a] == held[b]) & filled[a] for a, b in combinations(range(len(held)), 2)]
    return pl.any_horizontal(pairs) if pairs else pl.lit(value=False)
