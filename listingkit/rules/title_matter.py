"""What does not belong into a title: prices, contacts, claims."""

import re
from datetime import date

from listingkit.finding import Flaw
from listingkit.rules import marks
from listingkit.rules.engine import rule
from listingkit.rules.lexicon import may_mention, mentioned
from listingkit.rules.sieve import Holds

CHECKED = date(2026, 9, 30)
SINCE = date(2025, 1, 21)
POLICY = "Seller Central title requirements of 21 January 2025 (title policy)"
_PRICE = re.compile(r"[€£¥₹]\s?[0-9]|[0-9]\s?(?:€|£|₹|円|zł)(?!\w)|(?<!\w)(?:EUR|USD|GBP)\s?[0-9]|[0-9]\s?(?:EUR|USD|GBP)(?!\w)")


@rule(
    "TTL011",
    fields=("item_name",),
    since=SINCE,
    good=["Stoneware Mug, Blue", "Euro Pallet 1200 x 800", "Coin Holder for 2 Euro Coins"],
    bad=["Stoneware Mug 14,99 €", "Stoneware Mug only EUR 14.99", "マグカップ 1500円"],
    why="A price in a title changes, and makes the listing ineligible for search.",
    source=POLICY + ": no promotional phrases, no price",
    checked=CHECKED,
    severity="warning",
    suspects=lambda item_name: Holds(item_name, "[€£¥₹円]|zł|EUR|USD|GBP"),
)
def title_names_a_price(item_name: str) -> Flaw | None:
    """A title names no price."""
    found = _PRICE.search(item_name)
    return Flaw(f"title names a price: {found[0]!r}") if found else None


@rule(
    "TTL012",
    fields=("item_name", "brand"),
    good=[("Stoneware Mug, Blue", None), ("Example.com Travel Mug", "Example.com")],
    bad=[("Stoneware Mug www.havnegade.example", None), ("Lid for B07XJ8C8F5", None), ("Mug, WhatsApp +45 12 34 56 78", "Havnegade")],
    why="Contacts, links and other listings lead shoppers away: Amazon suppresses the listing.",
    source="Seller Central G200390640 (product detail page rules): no e-mail, web or telephone, no other listing",
    checked=CHECKED,
    suspects=lambda item_name: marks.may_have_contact(item_name) | marks.may_have_asin(item_name),
)
def title_contact(item_name: str, brand: str | None) -> Flaw | None:
    """A title has no web address, e-mail address, telephone number or ASIN, other than in the brand's own name."""
    rest = item_name.replace(brand, " ") if brand else item_name
    found = marks.contact(rest)
    if found:
        return Flaw(f"title has {found[0]}: {found[1]}")
    code = marks.asin(rest)
    return Flaw(f"title names the ASIN {code}") if code else None


@rule(
    "TTL013",
    fields=("item_name",),
    good=["Stoneware Mug, Blue"],
    bad=["Antibacterial Cutting Board"],
    why="Claims about germs, pests and health make a listing a pesticide or need proof; Amazon suppresses them.",
    source="Amazon pesticide policy; phrases in data/lexicons/phrases.tsv",
    checked=CHECKED,
    severity="warning",
    suspects=lambda item_name, language: may_mention(item_name, "claim", language),
)
def title_claims(item_name: str, language: str) -> Flaw | None:
    """A title makes no claim about germs, pests, health or the environment."""
    found = mentioned(item_name, "claim", language)
    return Flaw(f"title claims {found!r}: have the proof at hand or leave it out") if found else None
