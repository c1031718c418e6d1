"""What a title may say: characters, repeated words, phrases, capitals."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from listingkit.finding import Flaw, Severity
from listingkit.master import mojibake
from listingkit.rules import marks
from listingkit.rules.engine import across, rule
from listingkit.rules.lexicon import UNSPACED, may_mention, mentioned, named, stopwords
from listingkit.rules.sieve import Holds

CHECKED = date(2026, 9, 30)
SINCE = date(2025, 1, 21)
POLICY = "Seller Central title requirements of 21 January 2025 (title policy)"
BANNED = "!$?_{}^¬¦"
SIGNS = "®©™"
DECORATION = "~#<>*|"


@rule(
    "TTL003",
    fields=("item_name", "brand"),
    since=SINCE,
    good=[("Stoneware Mug, Blue", None), ("Wow! Stoneware Mug", "Wow!"), ("Mug 1/2 l (blue) & saucer", None), ("CafÃ© Mug", None)],
    bad={("Stoneware Mug!", None): "Stoneware Mug", ("Wow! Mug? Blue", "Wow!"): "Wow! Mug Blue", ("Havnegade™ Mug", None): "Havnegade Mug"},
    why="Amazon suppresses titles with these characters, unless the brand itself is written so.",
    source=POLICY + ": ! $ ? _ { } ^ ¬ ¦ only in brand names; templates: no ® © ™",
    checked=CHECKED,
    fix="ask",
    suspects=lambda item_name: Holds(item_name, f"[{re.escape(BANNED + SIGNS)}]"),
)
def title_banned_character(item_name: str, brand: str | None) -> Flaw | None:
    """A title has none of ! $ ? _ { } ^ ¬ ¦ ® © ™ outside the brand's own name."""
    readable = mojibake.repaired(item_name) or item_name  # what is debris of a letter is TXT006's
    rest = readable.replace(brand, "\0") if brand else readable
    found = sorted({char for char in rest if char in BANNED + SIGNS and char in item_name})
    if not found:
        return None
    cleaned = " ".join("".join(" " if char == "_" else char for char in rest if char == "_" or char not in BANNED + SIGNS).split())
    return Flaw(f"title has {' '.join(found)}, which titles may not have", fix=cleaned.replace("\0", brand or ""))


@rule(
    "TTL004",
    fields=("item_name", "brand"),
    since=SINCE,
    good=[("Stoneware Mug #10, 350 ml", None), ("Mug for < 500 ml", None)],
    bad=[("~Stoneware Mug~", None), ("Mug | Blue | 350 ml", None), ("*NEW* Mug", None)],
    why="These characters are taken only where they mean something (#10, < 10 lb); as decoration they make the title ineligible.",
    source=POLICY + ": ~ # < > * only in context; | is reported by sellers",
    checked=CHECKED,
    severity="warning",
    suspects=lambda item_name: Holds(item_name, r"[~#<>*|]"),
)
def title_decoration(item_name: str, brand: str | None) -> Flaw | None:
    """A title does not use ~ # < > * | as decoration."""
    rest = item_name.replace(brand, "") if brand else item_name
    found = re.search(r"[~*|]|#(?![0-9])|[<>](?! ?[0-9])", rest)
    return Flaw(f"title uses {found[0]} as decoration") if found else None


def _folded(word: str, language: str) -> str:
    word = word.casefold().replace("-", "").replace("’", "'")
    if language == "en" and len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _may_repeat(column: pl.Expr, language: str) -> pl.Expr:
    """Three alike leave at least two words fewer; what the two regex engines split differently is always looked at."""
    if language in UNSPACED:
        return pl.lit(value=False)
    ends = r"[s ][\W_]+|[\W_&&[^ ]][\W_]*|s$"  # of words, but for the lone space that most words end with: it stays
    words = column.str.to_lowercase().str.replace_all(ends, " ").str.split(" ")
    repeats = words.list.agg(pl.element().len() - pl.element().n_unique()) >= 2
    return repeats | column.str.contains(r"[-'’_ß\p{M}]|[^\x00-\x{24F}\s\p{P}]")


def _repeated(text: str, language: str) -> list[str]:
    words = [word for word in re.findall(r"[^\W_]+(?:[-'’][^\W_]+)*", text) if len(word) > 1 and not word[0].isdigit()]
    counted = Counter(_folded(word, language) for word in words if word.casefold() not in stopwords(language))
    return [word for word, count in counted.items() if count > 2]


@rule(
    "TTL005",
    fields=("item_name",),
    since=SINCE,
    good=[
        "Mug and Mug Lid",
        "Mug for Tea and for Coffee and for Soup",
        "Cup Cup 12 12 12",
        "part0 part1 part2",
    ],
    bad=["Mug, Blue Mug, Large Mugs", "Stoneware Mug Stoneware Bowl Stoneware Plate"],
    why="Amazon answers 100470 and suppresses the title: no word more than twice, articles, prepositions and conjunctions aside.",
    source=POLICY + ": the same word no more than twice; error 100470",
    checked=CHECKED,
    errors=("100470",),
    suspects=lambda item_name, language: _may_repeat(item_name, language),
)
def title_repeats_word(item_name: str, language: str) -> Flaw | None:
    """No word stands in a title more than twice; plural and hyphen make no other word."""
    if language in UNSPACED:
        return None
    found = _repeated(item_name, language)
    return Flaw(f"title says {' and '.join(found)} more than twice") if found else None


@rule(
    "TTL006",
    fields=("item_name",),
    since=SINCE,
    good=["Stoneware Mug, Blue", "Counter Stool", "Discounter Shelf Tag"],
    bad=["Stoneware Mug FREE SHIPPING", "Best Seller Mug"],
    why="Promotion in a title (shipping, prices, rank) makes the listing ineligible for search.",
    source=POLICY + ": no promotional phrases; phrases in data/lexicons/phrases.tsv",
    checked=CHECKED,
    suspects=lambda item_name, language: may_mention(item_name, "promotion", language),
)
def title_promotes(item_name: str, language: str) -> Flaw | None:
    """A title does not promote: no shipping, price or rank."""
    found = mentioned(item_name, "promotion", language)
    if not found:
        return None
    return Flaw(f"title promotes: {found!r}", severity=Severity.ERROR if found in named("promotion", language) else Severity.WARNING)


@rule(
    "TTL007",
    fields=("item_name",),
    since=SINCE,
    good=["Stoneware Mug, Blue"],
    bad=["Amazing Stoneware Mug"],
    why="Subjective praise says nothing to a shopper and is removed from titles.",
    source=POLICY + ": no subjective commentary; phrases in data/lexicons/phrases.tsv",
    checked=CHECKED,
    severity="warning",
    suspects=lambda item_name, language: may_mention(item_name, "subjective", language),
)
def title_praises(item_name: str, language: str) -> Flaw | None:
    """A title does not praise."""
    found = mentioned(item_name, "subjective", language)
    return Flaw(f"title praises: {found!r}") if found else None


@rule(
    "TTL008",
    fields=("item_name",),
    since=SINCE,
    good=["Stoneware Mug, Blue", "USB HDMI LED"],
    bad=["STONEWARE MUG IN OCEAN BLUE"],
    why="Titles in capitals are refused or rewritten.",
    source=POLICY + ": no all caps",
    checked=CHECKED,
    severity="warning",
    suspects=lambda item_name: marks.may_be_shouted(item_name),
)
def title_shouts(item_name: str) -> Flaw | None:
    """A title is not written in capitals throughout."""
    return Flaw("title is written in capitals") if marks.shouted(item_name) else None


@rule(
    "TTL009",
    fields=("item_name",),
    good=["Stoneware Mug, Blue"],
    bad=["Stoneware Mug ☕", "Mug ⭐⭐⭐"],
    why="Emoji and pictures are no part of a title: Amazon suppresses it.",
    source=POLICY + "; emoji as Unicode 15 defines them",
    checked=CHECKED,
    suspects=lambda item_name: marks.may_have_emoji(item_name),
)
def title_emoji(item_name: str) -> Flaw | None:
    """A title has no emoji."""
    found = marks.emoji(item_name)
    return Flaw(f"title has {' '.join(dict.fromkeys(found))}") if found else None


VARIES = ("color", "size", "option1_value", "option2_value", "option3_value")
_PLAIN = (None,) * len(VARIES)


@across(
    "TTL010",
    fields=("item_name", "parent_sku", "sku", *VARIES),
    keys=("item_name",),
    good=[
        [("Mug, Blue", None, "A", *_PLAIN), ("Mug, Sand", None, "B", *_PLAIN)],
        [("Mug", "P", "A", *_PLAIN), ("Mug", "P", "B", *_PLAIN)],
        [("Mug", None, "P", *_PLAIN), ("Mug", "P", "A", *_PLAIN)],
        [("Mug", None, "A", "Blue", *_PLAIN[1:]), ("Mug", None, "B", "Sand", *_PLAIN[1:])],
    ],
    bad=[
        [("Mug", None, "A", *_PLAIN), ("Mug", None, "B", *_PLAIN)],
        [("Mug", "P", "A", "Blue", *_PLAIN[1:]), ("Mug", "Q", "B", "Blue", *_PLAIN[1:])],
    ],
    why="Two products with one title look like duplicates to shoppers and to Amazon, which may merge them.",
    source="Amazon ASIN creation policy: no duplicate product pages",
    checked=CHECKED,
    severity="warning",
    several=True,
    suspects=lambda: pl.coalesce("parent_sku", "sku").n_unique() > 1,
)
def title_duplicate(rows: Sequence[Any]) -> Iterator[tuple[int, Flaw]]:
    """Products that are no variations of each other have different titles.

    Rows of one family, and rows that differ in colour, size or another option, are variations.
    """
    seen: dict[tuple[str, ...], dict[str | None, str | None]] = {}
    for position, row in enumerate(rows):
        alike = seen.setdefault(tuple((getattr(row, name) or "").casefold() for name in VARIES), {})
        family = row.parent_sku or row.sku
        others = [str(sku) for other, sku in alike.items() if other != family and sku != row.sku]
        if others:
            yield position, Flaw(f"the same title as {', '.join(others[:3])}")
        if len(alike) < 5:
            alike.setdefault(family, row.sku)
