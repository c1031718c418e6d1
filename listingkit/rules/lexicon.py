"""Words and phrases by language, and how texts are searched for them."""

import re
from functools import cache

import polars as pl

from listingkit.resources import data
from listingkit.rules.sieve import Holds

UNSPACED = ("ja", "zh")  # languages written without spaces between words


@cache
def _rows(name: str) -> list[list[str]]:
    """The cells of a lexicon, line by line."""
    return [line.split("\t") for line in data(f"lexicons/{name}.tsv").read_text("utf-8").splitlines()]


@cache
def phrases(kind: str, language: str) -> tuple[str, ...]:
    """Phrases of a kind in a language (two letters; English where none is known), longest first."""
    found = (cells[2] for cells in _rows("phrases") if cells[:2] == [kind, language or "en"])
    return tuple(sorted(found, key=lambda phrase: (-len(phrase), phrase)))


@cache
def named(kind: str, language: str) -> frozenset[str]:
    """Those of them that the marketplace names itself."""
    return frozenset(cells[2] for cells in _rows("phrases") if cells[:2] == [kind, language or "en"] and cells[3:] == ["yes"])


@cache
def stopwords(language: str) -> frozenset[str]:
    """Articles, prepositions and conjunctions of a language."""
    return next((frozenset(words.split()) for tag, *rest in _rows("stopwords") for words in rest[:1] if tag == language), frozenset())


@cache
def own_words(language: str) -> tuple[str, ...]:
    """Such words that no other language of the list has."""
    others: set[str] = set()
    for tag, *words in _rows("stopwords"):
        others |= set(" ".join(words).split()) if tag != language else set()
    return tuple(sorted(stopwords(language) - others))


def _pattern(kind: str, language: str) -> str:
    known = phrases(kind, language)
    body = "|".join(re.escape(phrase) for phrase in known)
    if not known or language in UNSPACED:
        return body
    return rf"(?:^|[^\w])(?:{body})(?:$|[^\w])"


@cache
def _compiled(kind: str, language: str) -> re.Pattern[str] | None:
    text = _pattern(kind, language)
    return re.compile(text) if text else None


def mentioned(text: str, kind: str, language: str) -> str | None:
    """The first phrase of a kind that a text holds as whole words, in any case."""
    pattern = _compiled(kind, language)
    found = pattern.search(text.lower()) if pattern else None
    if found is None:
        return None
    return next(phrase for phrase in phrases(kind, language) if phrase in found[0])


def may_mention(column: pl.Expr, kind: str, language: str) -> Holds:
    """Whether a column may hold a phrase of a kind."""
    return Holds(column, _sieve(kind, language))


@cache
def _sieve(kind: str, language: str) -> str:
    """The phrases in any case, as polars writes patterns; nothing holds the empty class. A dotted İ is an i in lower case."""
    body = "|".join(re.escape(phrase).replace("i", "[iİ]") for phrase in phrases(kind, language))
    return f"(?i:{body})" if body else r"[^\x00-\x{10FFFF}]"
