"""What a bullet point may say."""

import itertools
import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from listingkit.finding import Flaw
from listingkit.master import mojibake
from listingkit.rules import marks
from listingkit.rules.engine import rule
from listingkit.rules.lexicon import may_mention, mentioned
from listingkit.rules.limits import Limit
from listingkit.rules.sieve import Holds, Staged

CHECKED = date(2026, 9, 30)
SINCE = date(2024, 8, 15)
POLICY = "bullet point policy of 15 August 2024 (Seller Central, via goatconsulting.com and epinium.com)"
SIGNS = "™®€…†‡º¢£¥©±~â"


@rule(
    "BUL004",
    fields=("bullet_point",),
    since=SINCE,
    good=["Glazed stoneware, fired at 1200 degrees", "Café au lait", "Stands on a cafÃ© table"],
    bad={"Glazed stoneware™, fired twice": "Glazed stoneware, fired twice", "Keeps ±2 degrees…": "Keeps 2 degrees"},
    why="Amazon removes bullets with these characters, or shows them broken.",
    source=POLICY + ": no ™ ® € … † ‡ º ¢ £ ¥ © ± ~ â",
    checked=CHECKED,
    fix="ask",
    suspects=lambda bullet_point: Holds(bullet_point, "[™®€…†‡º¢£¥©±~]"),
)
def bullet_banned_character(bullet_point: str) -> Flaw | None:
    """A bullet point has none of ™ ® € … † ‡ º ¢ £ ¥ © ± ~."""
    readable = mojibake.repaired(bullet_point) or bullet_point  # what is debris of a letter is TXT006's
    found = sorted({char for char in bullet_point if char in SIGNS and char != "â" and char in readable})
    if not found:
        return None
    cleaned = " ".join("".join(char for char in readable if char not in found).split())
    return Flaw(f"bullet point has {' '.join(found)}, which bullets may not have", fix=cleaned)


@rule(
    "BUL005",
    fields=("bullet_point",),
    since=SINCE,
    good=["Glazed stoneware, fired at 1200 degrees"],
    bad={"☕ Holds a large coffee": "Holds a large coffee", "Safe ✅ in the dishwasher": "Safe in the dishwasher"},
    why="Amazon removes bullets with emoji.",
    source=POLICY + ": no emoji; as Unicode 15 defines them",
    checked=CHECKED,
    fix="ask",
    suspects=lambda bullet_point: marks.may_have_emoji(bullet_point),
)
def bullet_emoji(bullet_point: str) -> Flaw | None:
    """A bullet point has no emoji."""
    found = marks.emoji(bullet_point)
    if not found:
        return None
    rest = bullet_point
    for one in found:
        rest = rest.replace(one, " ")
    return Flaw(f"bullet point has {' '.join(dict.fromkeys(found))}", fix=" ".join(rest.replace("\ufe0f", "").split()))


@rule(
    "BUL006",
    fields=("bullet_point",),
    good=["Glazed stoneware, fired at 1200 degrees", "Not applicable to induction hobs"],
    bad={"N/A": "", "TBD": "", "copy pending": ""},
    why="A placeholder is shown to shoppers as it stands.",
    source=POLICY + ": no N/A, TBD, not applicable, COPY PENDING",
    checked=CHECKED,
    fix="ask",
    suspects=lambda bullet_point: marks.may_be_placeholder(bullet_point),
)
def bullet_placeholder(bullet_point: str) -> Flaw | None:
    """A bullet point is no placeholder."""
    return Flaw(f"{bullet_point!r} is a placeholder", fix="") if marks.placeholder(bullet_point) else None


@rule(
    "BUL007",
    fields=("bullet_point",),
    since=SINCE,
    good=["Comes with two years of warranty parts"],
    bad=["100% quality guaranteed or money back guarantee"],
    why="Amazon removes bullets that promise refunds or guarantees.",
    source=POLICY + ": no guarantee or refund; phrases in data/lexicons/phrases.tsv",
    checked=CHECKED,
    severity="warning",
    suspects=lambda bullet_point, language: may_mention(bullet_point, "guarantee", language),
)
def bullet_guarantees(bullet_point: str, language: str) -> Flaw | None:
    """A bullet point promises no refund or guarantee."""
    found = mentioned(bullet_point, "guarantee", language)
    return Flaw(f"bullet point promises: {found!r}") if found else None


@rule(
    "BUL008",
    fields=("bullet_point",),
    since=SINCE,
    good=["Wipe clean with a damp cloth"],
    bad=["Antibacterial surface for your kitchen", "Eco-friendly and biodegradable"],
    why="Claims about germs, pests and the environment make a listing a pesticide or need proof; Amazon suppresses them.",
    source=POLICY + "; Amazon pesticide policy; phrases in data/lexicons/phrases.tsv",
    checked=CHECKED,
    severity="warning",
    suspects=lambda bullet_point, language: may_mention(bullet_point, "claim", language),
)
def bullet_claims(bullet_point: str, language: str) -> Flaw | None:
    """A bullet point makes no claim about germs, pests, health or the environment."""
    found = mentioned(bullet_point, "claim", language)
    return Flaw(f"bullet point claims {found!r}: have the proof at hand or leave it out") if found else None


@rule(
    "BUL009",
    fields=("bullet_point*",),
    limit="bullet_points.policy_chars",
    good=[("A" * 250, "B" * 250, "C" * 250, "D" * 250) + (None,) * 6, ("One bullet",) + (None,) * 9],
    bad=[("A" * 250, "B" * 250, "C" * 250, "D" * 250, "E" * 250) + (None,) * 5],
    why="All bullets together should stay below 1000 characters: more is not read on a phone, and may be cut.",
    source="Seller Central bullet point guidance as reported by sellers",
    checked=CHECKED,
    severity="warning",
    suspects=lambda bullet_point, limit: pl.sum_horizontal(slot.str.len_chars().fill_null(0) for slot in bullet_point) > limit.value,
)
def bullets_too_long_together(bullet_point: tuple[str | None, ...], limit: Limit) -> Flaw | None:
    """All bullet points together have at most 1000 characters."""
    total = sum(len(slot) for slot in bullet_point if slot)
    return Flaw(f"bullet points have {total} characters together, at most {limit.value} are advised") if total > limit.value else None


def _may_be_twice(slots: Sequence[pl.Expr]) -> pl.Expr:
    """Equal texts have as many characters that are no spaces; only İ is not one character in lower case."""
    lengths = [slot.str.len_chars() - slot.str.count_matches(" ", literal=True) for slot in slots]
    return marks.any_twice(lengths) | pl.any_horizontal(slot.str.contains("İ", literal=True).fill_null(value=False) for slot in slots)


@rule(
    "BUL010",
    fields=("bullet_point*",),
    good=[("Made by hand", "Glazed stoneware") + (None,) * 8],
    bad=[("Made by hand", "made by  hand") + (None,) * 8],
    why="A bullet that stands twice wastes a place and looks like a mistake.",
    source="Amazon bullet point guidance: each bullet says something else",
    checked=CHECKED,
    severity="warning",
    suspects=lambda bullet_point: Staged(
        _may_be_twice([slot for slot in bullet_point if slot.meta.root_names()]),
        marks.any_twice([slot.str.to_lowercase().str.replace_all(" ", "", literal=True) for slot in bullet_point]),
    ),
)
def bullet_duplicate(bullet_point: tuple[str | None, ...]) -> Flaw | None:
    """No bullet point says the same as another."""
    seen: dict[str, int] = {}
    for number, slot in enumerate(bullet_point, 1):
        folded = (slot or "").lower().replace(" ", "")
        if folded and folded in seen:
            return Flaw(f"bullet point {number} says the same as bullet point {seen[folded]}", field=f"bullet_point_{number}")
        seen[folded] = number
    return None


@rule(
    "BUL011",
    fields=("bullet_point",),
    good=["Glazed stoneware, < 500 ml"],
    bad={"<b>Glazed</b> stoneware": "Glazed stoneware", "Glazed<br>stoneware": "Glazed stoneware"},
    why="Bullets take no HTML: shoppers see the tags.",
    source="Seller Central G200390640 (product detail page rules): no HTML",
    checked=CHECKED,
    fix="safe",
    suspects=lambda bullet_point: marks.may_have_tags(bullet_point),
)
def bullet_html(bullet_point: str) -> Flaw | None:
    """A bullet point has no HTML."""
    cleaned = " ".join(re.sub(marks.TAG, " ", bullet_point).split())
    if not re.search(marks.TAG, bullet_point):
        return None
    return Flaw("bullet point has HTML", fix=re.sub(r" ([,.;:])", r"\1", cleaned))


@rule(
    "BUL012",
    fields=("bullet_point*",),
    good=[("One", "Two") + (None,) * 8, (None,) * 10],
    bad=[("Made by hand", None, "Glazed stoneware") + (None,) * 7, (None, "Glazed stoneware") + (None,) * 8],
    why="Shoppers see the bullets in order; an empty one before a filled one is a column that was lost.",
    source="Amazon templates: bullet points are numbered from 1",
    checked=CHECKED,
    severity="warning",
    suspects=lambda bullet_point: pl.any_horizontal(
        later.is_not_null() & earlier.is_null() for earlier, later in itertools.pairwise(bullet_point)
    ),
)
def bullet_gap(bullet_point: tuple[str | None, ...]) -> Flaw | None:
    """Bullet points are filled from the first one on."""
    for number, (earlier, later) in enumerate(itertools.pairwise(bullet_point), 1):
        if later and not earlier:
            return Flaw(f"bullet point {number} is blank, {number + 1} is filled", field=f"bullet_point_{number + 1}")
    return None


@rule(
    "BUL013",
    fields=("bullet_point",),
    good=["EASY TO CLEAN: wipe with a damp cloth", "LED USB HDMI"],
    bad=["MADE OF THE FINEST STONEWARE FOR YOUR HOME"],
    why="Bullets in capitals are hard to read and may be rewritten.",
    source=POLICY + ": no all caps",
    checked=CHECKED,
    severity="warning",
    suspects=lambda bullet_point: marks.may_be_shouted(bullet_point),
)
def bullet_shouts(bullet_point: str) -> Flaw | None:
    """A bullet point is not written in capitals throughout."""
    return Flaw("bullet point is written in capitals") if marks.shouted(bullet_point) else None


@rule(
    "BUL014",
    fields=("bullet_point",),
    good=["Glazed stoneware, fired at 1200 degrees"],
    bad=["Write to help@havnegade.example.com", "More at www.havnegade.example", "Compare B07XJ8C8F5"],
    why="Contacts, links and other listings' ASINs lead shoppers away: Amazon suppresses the listing.",
    source="Seller Central G200390640 (product detail page rules): no e-mail, web or telephone; bullet policy: no ASINs",
    checked=CHECKED,
    suspects=lambda bullet_point: marks.may_have_contact(bullet_point) | marks.may_have_asin(bullet_point),
)
def bullet_contact(bullet_point: str) -> Flaw | None:
    """A bullet point has no web address, e-mail address, telephone number or ASIN."""
    found = marks.contact(bullet_point)
    if found:
        return Flaw(f"bullet point has {found[0]}: {found[1]}")
    code = marks.asin(bullet_point)
    return Flaw(f"bullet point names the ASIN {code}") if code else None
