"""Product descriptions."""

from collections.abc import Mapping
from datetime import date

from listingkit.finding import Flaw
from listingkit.rules import marks
from listingkit.rules.engine import rule
from listingkit.rules.lexicon import may_mention, mentioned
from listingkit.rules.limits import Limit
from listingkit.rules.sieve import Holds

CHECKED = date(2026, 9, 30)
PAGE = "Seller Central G200390640 (product detail page rules)"


@rule(
    "DSC001",
    fields=("product_description",),
    good=["A mug for every day.<br>Glazed by hand.", "Fits cups < 9 cm"],
    bad={
        "<p>A mug for every day.</p>": "A mug for every day.",
        "A mug<br/><strong>for you</strong>": "A mug<br> for you",
    },
    why="Amazon shows HTML other than line breaks as text, or refuses the description with 99038.",
    source=PAGE + ": no HTML but line breaks, since July 2021",
    checked=CHECKED,
    fix="safe",
    errors=("99038",),
    suspects=lambda product_description: marks.may_have_tags(product_description),
)
def description_html(product_description: str) -> Flaw | None:
    """A description has no HTML other than <br>."""
    found = marks.tags(product_description)
    if not found:
        return None
    shown = ", ".join(dict.fromkeys(found[:3]))
    return Flaw(f"description has HTML: {shown}", fix=marks.without_tags(product_description))


@rule(
    "DSC002",
    fields=("product_description",),
    limit=("product_description.policy_chars", "product_description.max_bytes"),
    good=["A mug for every day.", "A" * 2000],
    bad=["A" * 2001],
    why="Amazon's page rules take 2000 characters; the rest may be cut.",
    source=PAGE + ": 2000 characters",
    checked=CHECKED,
    severity="warning",
    suspects=lambda product_description, limit: product_description.str.len_chars() > limit.value,
)
def description_over_policy(product_description: str, limit: Limit, limits: Mapping[str, Limit]) -> Flaw | None:
    """A description has at most 2000 characters."""
    schema = limits.get("product_description.max_bytes")
    if len(product_description) <= limit.value or (schema and len(product_description.encode()) > schema.value):
        return None
    return Flaw(f"description has {len(product_description)} characters, policy is {limit.value}")


@rule(
    "DSC003",
    fields=("product_description",),
    good=["A mug for every day."],
    bad=["Questions? help@havnegade.example.com", "See https://havnegade.example/mugs", "WhatsApp +45 12 34 56 78", "Fits B07XJ8C8F5"],
    why="Contacts and links lead shoppers away: Amazon suppresses the listing.",
    source=PAGE + ": no e-mail, web or telephone, no other listing",
    checked=CHECKED,
    suspects=lambda product_description: marks.may_have_contact(product_description) | marks.may_have_asin(product_description),
)
def description_contact(product_description: str) -> Flaw | None:
    """A description has no web address, e-mail address, telephone number or ASIN."""
    found = marks.contact(product_description)
    if found:
        return Flaw(f"description has {found[0]}: {found[1]}")
    code = marks.asin(product_description)
    return Flaw(f"description names the ASIN {code}") if code else None


@rule(
    "DSC004",
    fields=("product_description",),
    good=["Cup & saucer", "Cup &c."],
    bad={"Cup &amp; saucer": "Cup & saucer", "5 &#8364;": "5 €"},
    why="Shoppers see the entity, not the character it stands for.",
    source=PAGE + ": no HTML",
    checked=CHECKED,
    severity="warning",
    fix="safe",
    suspects=lambda product_description: Holds(product_description, marks.ENTITY),
)
def description_entities(product_description: str) -> Flaw | None:
    """A description has characters, not HTML entities."""
    read = marks.entities_read(product_description)
    return Flaw("description has HTML entities", fix=read) if read != product_description else None


@rule(
    "DSC005",
    fields=("product_description",),
    good=["Wipe clean with a damp cloth."],
    bad=["With an antibacterial glaze."],
    why="Claims about germs, pests and health make a listing a pesticide or need proof; Amazon suppresses them.",
    source="Amazon pesticide policy; phrases in data/lexicons/phrases.tsv",
    checked=CHECKED,
    severity="warning",
    suspects=lambda product_description, language: may_mention(product_description, "claim", language),
)
def description_claims(product_description: str, language: str) -> Flaw | None:
    """A description makes no claim about germs, pests, health or the environment."""
    found = mentioned(product_description, "claim", language)
    return Flaw(f"description claims {found!r}: have the proof at hand or leave it out") if found else None


@rule(
    "DSC006",
    fields=("product_description",),
    good=["A mug for every day."],
    bad=["A mug with free shipping."],
    why="Prices, shipping and promotion change; the page rules keep them out of descriptions.",
    source=PAGE + ": no price, availability, shipping or promotion; phrases in data/lexicons/phrases.tsv",
    checked=CHECKED,
    severity="warning",
    suspects=lambda product_description, language: may_mention(product_description, "promotion", language),
)
def description_promotes(product_description: str, language: str) -> Flaw | None:
    """A description does not promote."""
    found = mentioned(product_description, "promotion", language)
    return Flaw(f"description promotes: {found!r}") if found else None
