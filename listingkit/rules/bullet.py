"""Bullet points."""

from collections.abc import Mapping
from datetime import date

from listingkit.finding import Flaw
from listingkit.rules.engine import rule
from listingkit.rules.limits import Limit
from listingkit.rules.marks import placeholder

CHECKED = date(2026, 9, 30)


@rule(
    "BUL001",
    fields=("bullet_point",),
    limit="bullet_point.max_chars",
    good=["Glazed stoneware, fired at 1200 degrees", "A" * 500],
    bad=["A" * 701],
    why="The schema refuses the row.",
    source="Amazon product type definition HOME: bullet_point maxLength 700 (JP 500)",
    checked=CHECKED,
    errors=("90225",),
    suspects=lambda bullet_point, limit: bullet_point.str.len_chars() > limit.value,
)
def bullet_too_long(bullet_point: str, limit: Limit) -> Flaw | None:
    """A bullet point may have no more characters than the schema takes."""
    if len(bullet_point) <= limit.value:
        return None
    return Flaw(f"bullet point has {len(bullet_point)} characters, {limit.value} are allowed")


@rule(
    "BUL002",
    fields=("bullet_point",),
    limit="bullet_point.min_chars",
    good=["Glazed stoneware, fired at 1200 degrees", "N/A"],
    bad=["Blue"],
    why="The policy of August 2024 asks for 10 to 255 characters; shorter bullets may be removed.",
    source="goatconsulting.com and shipaim on the bullet point policy of 15 August 2024",
    checked=CHECKED,
    severity="warning",
    suspects=lambda bullet_point, limit: bullet_point.str.len_chars() < limit.value,
)
def bullet_too_short(bullet_point: str, limit: Limit) -> Flaw | None:
    """A bullet point should have at least 10 characters."""
    if len(bullet_point) >= limit.value or placeholder(bullet_point):
        return None
    return Flaw(f"bullet point has {len(bullet_point)} characters, policy asks for at least {limit.value}")


@rule(
    "BUL003",
    fields=("bullet_point",),
    limit=("bullet_point.policy_chars", "bullet_point.max_chars"),
    good=["Glazed stoneware, fired at 1200 degrees", "A" * 255],
    bad=["A" * 256],
    why="The policy of August 2024 asks for 10 to 255 characters; longer bullets may be cut.",
    source="goatconsulting.com and shipaim on the bullet point policy of 15 August 2024",
    checked=CHECKED,
    severity="warning",
    suspects=lambda bullet_point, limit: bullet_point.str.len_chars() > limit.value,
)
def bullet_over_policy(bullet_point: str, limit: Limit, limits: Mapping[str, Limit]) -> Flaw | None:
    """A bullet point should have at most 255 characters."""
    schema = limits.get("bullet_point.max_chars")
    if len(bullet_point) <= limit.value or (schema and len(bullet_point) > schema.value):
        return None
    return Flaw(f"bullet point has {len(bullet_point)} characters, policy asks for at most {limit.value}")
