"""Search terms (generic_keyword)."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date

import polars as pl

from listingkit.finding import Flaw
from listingkit.rules import marks
from listingkit.rules.engine import rule
from listingkit.rules.lexicon import may_mention, mentioned
from listingkit.rules.limits import Limit
from listingkit.rules.sieve import Holds

CHECKED = date(2026, 9, 30)
TERMS = "Seller Central 23501 (search terms)"


def _any_twice(words: pl.Expr) -> pl.Expr:
    return words.list.len() > words.list.n_unique()


def _trimmed(text: str, most: int) -> str:
    """Whole words that fit into so many bytes."""
    words: list[str] = []
    for word in text.split():
        if len(" ".join([*words, word]).encode()) > most:
            break
        words.append(word)
    return " ".join(words)


def _refused(text: str, limits: Mapping[str, Limit]) -> bool:
    """Whether the schema refuses the terms, so that no index ever sees them (told by VAL008 and VAL010)."""
    chars, size = limits.get("generic_keyword.max_chars"), limits.get("generic_keyword.max_bytes")
    return bool((chars and len(text) > chars.value) or (size and len(text.encode()) > size.value))


@rule(
    "KWD001",
    fields=("generic_keyword",),
    limit=("generic_keyword.search_bytes", "generic_keyword.max_chars", "generic_keyword.max_bytes"),
    good=["coffee cup tea", "a" * 249],
    bad={"kaffee " * 35 + "tassen": ("kaffee " * 35).strip(), "ä" * 125: None},
    why="One byte too many and Amazon ignores the whole field, without a word.",
    source=TERMS + ": less than 250 bytes (Japan 500, India 200)",
    checked=CHECKED,
    fix="ask",
    suspects=lambda generic_keyword, limit: generic_keyword.str.len_bytes() > limit.value,
)
def search_terms_too_long(generic_keyword: str, limit: Limit, limits: Mapping[str, Limit]) -> Flaw | None:
    """Search terms have fewer bytes than the index takes; umlauts count two, Chinese characters three."""
    size = len(generic_keyword.encode())
    if size <= limit.value or _refused(generic_keyword, limits):
        return None
    told = f"search terms have {size} bytes ({len(generic_keyword)} characters), {limit.value} are read"
    return Flaw(f"{told}: the whole field is ignored", fix=_trimmed(generic_keyword, limit.value) or None)


@rule(
    "KWD002",
    fields=("generic_keyword",),
    good=["coffee cup tea", "3.5 inch"],
    bad={"coffee, cup; tea": "coffee cup tea"},
    why="Separators are not needed and use up bytes.",
    source=TERMS + ": single spaces, no punctuation",
    checked=CHECKED,
    severity="warning",
    fix="safe",
    suspects=lambda generic_keyword: Holds(generic_keyword, r"[,;|、，；]"),
)
def search_terms_separators(generic_keyword: str) -> Flaw | None:
    """Search terms are separated by spaces."""
    cleaned = " ".join(re.sub(r"[,;|、，；]", " ", generic_keyword).split())
    if not re.search(r"[,;|、，；]", generic_keyword):
        return None
    return Flaw("search terms are separated by spaces, not by punctuation", fix=cleaned)


@rule(
    "KWD003",
    fields=("generic_keyword",),
    good=["coffee cup tea"],
    bad={"coffee cup tea Cup": "coffee cup tea"},
    why="A word counts once; repeating it wastes bytes.",
    source=TERMS + ": no repetition",
    checked=CHECKED,
    severity="warning",
    fix="safe",
    suspects=lambda generic_keyword: _any_twice(generic_keyword.str.to_lowercase().str.extract_all(r"[^\s\x1c-\x1f,;|、，；]+")),
)
def search_terms_repeat(generic_keyword: str) -> Flaw | None:
    """No word stands twice in the search terms."""
    words = re.findall(r"[^\s,;|、，；]+", generic_keyword)
    kept = {word.lower(): word for word in reversed(words)}
    if len(kept) == len(words):
        return None
    counted = Counter(word.lower() for word in words)
    twice = [word for word, count in counted.items() if count > 1]
    shown = f"{', '.join(twice[:4])}{' ...' if twice[4:] else ''}"
    first = [word for n, word in enumerate(words) if word.lower() not in {earlier.lower() for earlier in words[:n]}]
    return Flaw(f"search terms say {shown} more than once: {len(words) - len(kept)} of {len(words)} words can go", fix=" ".join(first))


@rule(
    "KWD004",
    fields=("generic_keyword", "brand"),
    good=[("coffee cup tea", "Havnegade"), ("coffee cup", None)],
    bad=[("coffee cup havnegade", "Havnegade"), ("cup like B07XJ8C8F5", None)],
    why="Brand names and ASINs are refused in search terms, also your own: the brand is indexed from its field.",
    source=TERMS + ": no brand names, no ASINs; error 5561",
    checked=CHECKED,
    errors=("5561",),
    severity="warning",
    suspects=lambda generic_keyword, brand: (
        marks.may_have_asin(generic_keyword) | generic_keyword.str.to_lowercase().str.contains(brand.str.to_lowercase(), literal=True)
    ),
)
def search_terms_brand(generic_keyword: str, brand: str | None) -> Flaw | None:
    """Search terms name no brand and no ASIN."""
    code = marks.asin(generic_keyword)
    if code:
        return Flaw(f"search terms name the ASIN {code}")
    if brand and re.search(rf"(?<!\w){re.escape(brand.lower())}(?!\w)", generic_keyword.lower()):
        return Flaw(f"search terms name the brand {brand}")
    return None


@rule(
    "KWD005",
    fields=("generic_keyword",),
    good=["coffee cup tea"],
    bad=["best price coffee cup"],
    why="Promotion and praise are refused in search terms.",
    source=TERMS + ": no temporary or subjective statements; phrases in data/lexicons/phrases.tsv",
    checked=CHECKED,
    severity="warning",
    suspects=lambda generic_keyword, language: (
        may_mention(generic_keyword, "promotion", language) | may_mention(generic_keyword, "subjective", language)
    ),
)
def search_terms_promote(generic_keyword: str, language: str) -> Flaw | None:
    """Search terms neither promote nor praise."""
    found = mentioned(generic_keyword, "promotion", language) or mentioned(generic_keyword, "subjective", language)
    return Flaw(f"search terms promote: {found!r}") if found else None
