"""Titles: item_name and, since July 2026, the Item Highlight beside it."""

from collections.abc import Mapping
from datetime import date

from listingkit.finding import Flaw
from listingkit.rules.engine import rule
from listingkit.rules.limits import Limit

CHECKED = date(2026, 9, 30)


@rule(
    "TTL001",
    fields=("item_name",),
    limit="item_name.max_chars",
    good=["Stoneware Mug 350 ml, Blue", "A" * 200],
    bad=["A" * 201],
    why="The schema refuses the row.",
    source="Amazon product type definition HOME: item_name maxLength 200",
    checked=CHECKED,
    errors=("90225",),
    suspects=lambda item_name, limit: item_name.str.len_chars() > limit.value,
)
def title_too_long(item_name: str, limit: Limit) -> Flaw | None:
    """A title may have no more characters than the schema takes."""
    if len(item_name) <= limit.value:
        return None
    return Flaw(f"title has {len(item_name)} characters, {limit.value} are allowed")


@rule(
    "TTL002",
    fields=("item_name", "title_differentiation"),
    limit=("item_name.policy_chars", "item_name.max_chars", "title_differentiation.title_chars"),
    good=[("Stoneware Mug 350 ml, Blue", None), ("A" * 75, None), ("A" * 76, "Dishwasher safe")],
    bad=[("A" * 76, None)],
    why="Since 27 July 2026 Amazon shows 75 characters and may split or rewrite longer titles; the rest belongs into the Item Highlight.",
    source="Amazon News for sellers, 10 June 2026; Amazon SHIRT template of 7 August 2026",
    checked=CHECKED,
    severity="warning",
    suspects=lambda item_name, limit: item_name.str.len_chars() > limit.value,
)
def title_over_policy(item_name: str, title_differentiation: str | None, limit: Limit, limits: Mapping[str, Limit]) -> Flaw | None:
    """A title should have no more characters than the marketplace shows.

    Where an Item Highlight stands beside it, HLT002 speaks instead.
    """
    schema, beside = limits.get("item_name.max_chars"), limits.get("title_differentiation.title_chars")
    if len(item_name) <= limit.value or (schema and len(item_name) > schema.value):
        return None
    if title_differentiation and beside and len(item_name) > beside.value:
        return None
    return Flaw(
        f"title has {len(item_name)} characters, policy since {limit.effective_from} is {limit.value}: move the rest to the Item Highlight"
    )
