"""What a definition lets pass and the marketplace does not: two identifiers, a sale that ends before it starts."""

from collections.abc import Iterator
from typing import Any

from listingkit.schemas import paths
from listingkit.schemas.definition.columns import ID_COLUMN, IDENTIFIER
from listingkit.schemas.definition.explain import Place

Beyond = tuple[str, str, str, str | None]  # code, message, column, value


def beyond(attributes: dict[str, Any]) -> Iterator[Beyond]:
    """Everything of that kind in one listing."""
    given: dict[str, list[str]] = {}
    items = attributes.get(IDENTIFIER)
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            given.setdefault(str(item.get("marketplace_id")), []).append(str(item.get("type")).upper())
    for types in given.values():
        if len(types) > 1:
            message = f"{' and '.join(types)} are given: a product has one identifier, keep the one that is printed on it"
            yield "VAL013", message, ID_COLUMN, None
    yield from _dates(attributes)


def _dates(attributes: dict[str, Any]) -> Iterator[Beyond]:
    offers = attributes.get("purchasable_offer")
    for number, offer in enumerate(offers if isinstance(offers, list) else ()):
        for place, schedule in _schedules(offer, number):
            start, end = schedule.get("start_at"), schedule.get("end_at")
            if isinstance(start, str) and isinstance(end, str) and start[:10] > end[:10]:
                column = paths.place(attributes, (*place, "end_at"))
                message = f"the sale ends on {end[:10]}, before it starts on {start[:10]}"
                yield "OFR005", message, column, end


def _schedules(offer: Any, number: int) -> Iterator[tuple[Place, dict[str, Any]]]:
    prices = offer.get("discounted_price") if isinstance(offer, dict) else None
    for first, price in enumerate(prices if isinstance(prices, list) else ()):
        parts = price.get("schedule") if isinstance(price, dict) else None
        for second, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, dict):
                yield ("purchasable_offer", number, "discounted_price", first, "schedule", second), part
