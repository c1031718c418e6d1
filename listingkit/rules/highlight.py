"""The Item Highlight (title_differentiation), since 27 July 2026."""

import re
from collections.abc import Mapping
from datetime import date

from listingkit.finding import Flaw
from listingkit.rules.engine import rule
from listingkit.rules.lexicon import may_mention, mentioned
from listingkit.rules.limits import Limit
from listingkit.rules.sieve import Holds

CHECKED = date(2026, 9, 30)
SINCE = date(2026, 7, 27)
SOURCE = "Amazon developer documentation on modular titles, 10 September 2026"


@rule(
    "HLT001",
    fields=("title_differentiation",),
    limit="title_differentiation.max_chars",
    good=["Dishwasher safe, stackable, gift box"],
    bad=["A" * 126],
    why="Amazon refuses a longer Item Highlight.",
    source=SOURCE + ": 125 characters",
    checked=CHECKED,
    errors=("90225",),
    suspects=lambda title_differentiation, limit: title_differentiation.str.len_chars() > limit.value,
)
def highlight_too_long(title_differentiation: str, limit: Limit) -> Flaw | None:
    """An Item Highlight has at most 125 characters."""
    if len(title_differentiation) <= limit.value:
        return None
    return Flaw(f"Item Highlight has {len(title_differentiation)} characters, {limit.value} are allowed")


@rule(
    "HLT002",
    fields=("title_differentiation", "item_name"),
    limit="title_differentiation.title_chars",
    good=[("Dishwasher safe", "Stoneware Mug, Blue"), ("Dishwasher safe", "A" * 75)],
    bad=[("Dishwasher safe", "A" * 76)],
    why="Amazon answers 100476 and suppresses the Item Highlight: it is shown only beside a title of at most 75 characters.",
    source=SOURCE + ": error 100476",
    checked=CHECKED,
    errors=("100476",),
    suspects=lambda item_name, limit: item_name.str.len_chars() > limit.value,
)
def highlight_beside_long_title(title_differentiation: str, item_name: str | None, limit: Limit) -> Flaw | None:
    """An Item Highlight stands only beside a title of at most 75 characters."""
    if not title_differentiation or len(item_name or "") <= limit.value:
        return None
    return Flaw(f"the title has {len(item_name or '')} characters; an Item Highlight is taken only beside at most {limit.value}")


@rule(
    "HLT003",
    fields=("title_differentiation", "item_name"),
    since=SINCE,
    good=[("Dishwasher safe, stackable", "Stoneware Mug, Blue")],
    bad=[("Stoneware mug, blue, stackable", "Stoneware Mug, Blue")],
    why="The Item Highlight must not repeat the title: both are shown together.",
    source="Amazon SHIRT template of 7 August 2026: do not repeat information already in the item name",
    checked=CHECKED,
    severity="warning",
)
def highlight_repeats_title(title_differentiation: str, item_name: str | None) -> Flaw | None:
    """An Item Highlight does not repeat phrases of the title."""
    said = _phrases(item_name or "")
    again = [phrase for phrase in _phrases(title_differentiation) if phrase in said]
    return Flaw(f"Item Highlight repeats the title: {', '.join(again)}") if again else None


@rule(
    "HLT004",
    fields=("title_differentiation",),
    since=SINCE,
    good=["Dishwasher safe, stackable, gift box", "350 ml, approx. 9 cm, oven safe"],
    bad=["This mug is dishwasher safe. It stacks well.", "Stackable and dishwasher safe."],
    why="An Item Highlight is a list of short phrases; sentences are cut or rewritten.",
    source="vibe-seller's notes on the templates of August 2026: phrases, comma separated",
    checked=CHECKED,
    severity="warning",
    suspects=lambda title_differentiation: Holds(title_differentiation, "[.!?。！？]"),
)
def highlight_is_a_sentence(title_differentiation: str) -> Flaw | None:
    """An Item Highlight is a list of phrases, not a sentence."""
    found = re.search(r"\w{4,}[.!?](?:\s+[^\W\d_a-z]|$)|[。！？]", title_differentiation)
    return Flaw("Item Highlight is a sentence: phrases are asked for, separated by commas") if found else None


@rule(
    "HLT005",
    fields=("title_differentiation",),
    since=SINCE,
    good=["Dishwasher safe, stackable, gift box"],
    bad=["Best seller, dishwasher safe", "Perfect gift, stackable"],
    why="It stands beside the title, and the title policy keeps promotion and praise out of both.",
    source="Seller Central title requirements of 21 January 2025; phrases in data/lexicons/phrases.tsv",
    checked=CHECKED,
    severity="warning",
    suspects=lambda title_differentiation, language: (
        may_mention(title_differentiation, "promotion", language) | may_mention(title_differentiation, "subjective", language)
    ),
)
def highlight_promotes(title_differentiation: str, language: str) -> Flaw | None:
    """An Item Highlight neither promotes nor praises."""
    found = mentioned(title_differentiation, "promotion", language) or mentioned(title_differentiation, "subjective", language)
    return Flaw(f"Item Highlight promotes: {found!r}") if found else None


def _phrases(text: str) -> Mapping[str, None]:
    return dict.fromkeys(phrase for part in text.split(",") if len(phrase := " ".join(part.casefold().split())) > 2)
