"""Words and phrases by language, and how texts are searched for them."""

import re
from functools import cache

import polars as pl

from listingkit.resources import data
from listingkit.rules.sieve import Holds

UNSPACED = ("ja", "zh")  # languages written without spaces between words


@cache
def phrases(kind: str, language: str) -> tuple[str, ...]:
    """Phrases of a kind in a language (two letters; English where none is known), longest first."""
    found: list[str] = []
    for line in data("lexicons/phrases.tsv").read_text("utf-8").splitlines():
        cells = line.split("\t")
        if cells[0] == kind and cells[1] == (language or "en"):
            found.append(cells[2])
    return tuple(sorted(found, key=lambda phrase: (-len(phrase), phrase)))


@cache
def named(kind: str, language: str) -> frozenset[str]:
    """Those of them that the marketplace names itself."""
    lines = data("lexicons/phrases.tsv").read_text("utf-8").splitlines()
    return frozenset(cells[2] for line in lines if (cells := line.split("\t"))[:2] == [kind, language or "en"] and cells[3:] == ["yes"])


@cache
def stopwords(language: str) -> frozenset[str]:
    """Articles, prepositions and conjunctions of a language."""
    for line in data("lexicons/stopwords.tsv").read_text("utf-8").splitlines():
        tag, _, words = line.partition("\t")
        if tag == language:
            return frozenset(words.split())
    return frozenset()


@cache
def own_words(language: str) -> tuple[str, ...]:
    """Such words that no other language of the list has."""
    others: set[str] = set()
    for line in data("lexicons/stopwords.tsv").read_text("utf-8").splitlines():
        tag, _, words = line.partition("\t")
        others |= set(words.split()) if tag != language else set()
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
