"""Category schemas as a person reads them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from listingkit.fields import plain_names
from listingkit.marketplace import Marketplace
from listingkit.schemas.category import CategorySchema
from listingkit.schemas.words import Constraint


def coverage(schema: CategorySchema, as_of: date) -> str:
    """How much of what it asks everywhere is confirmed, and for which marketplaces it knows more."""
    asked = schema.asks(None, as_of)
    sure = sum(one.confidence == "confirmed" for one in asked)
    own = sorted({code for one in schema.layers if one.type_ == schema.product_type for code in one.marketplaces})
    also = f"; more for {' '.join(own)}" if own else ""
    return f"{sure} asks confirmed, {len(asked) - sure} not{also}"


def summary(schema: CategorySchema, as_of: date) -> dict[str, Any]:
    """One line of the list, as json has it."""
    asked = schema.asks(None, as_of)
    return {
        "product_type": schema.product_type,
        "title": schema.title,
        "checked": schema.checked.isoformat(),
        "source": schema.source,
        "note": schema.note,
        "asks": len(asked),
        "confirmed": sum(one.confidence == "confirmed" for one in asked),
        "marketplaces": sorted(schema.overlays),
    }


def card(schema: CategorySchema, store: Marketplace | None, as_of: date) -> Iterator[str]:
    """The schema in lines: each field with what is asked of it, then the sources."""
    where = f"in {store.code}" if store else "in every marketplace"
    yield f"{schema.product_type}: {schema.title}"
    yield f"What is asked {where} on {as_of}. Compared with its sources on {schema.checked}."
    if schema.note:
        yield f"Note: {schema.note}"
    by_field: dict[str, list[Constraint]] = {}
    for one in schema.asks(store, as_of):
        by_field.setdefault(one.field, []).append(one)
    sources: dict[str, int] = {}
    for name, asked in _families(by_field).items():
        yield ""
        yield f"{plain_names()[name][0].label} ({name})"
        for one in asked:
            number = sources.setdefault(one.source, len(sources) + 1)
            yield f"  {one.severity.value:<7}  {one.word.sentence()}{_margin(one)}  [{number}]"
    yield ""
    yield from (f"[{number}] {source}" for source, number in sources.items())


def as_dict(schema: CategorySchema, store: Marketplace | None, as_of: date) -> dict[str, Any]:
    """The same for programs."""
    asks = [
        {
            "field": one.field,
            "code": one.code,
            "severity": one.severity.value,
            "asks": one.word.sentence(),
            "confidence": one.confidence,
            "source": one.source,
            "checked": one.checked.isoformat() if one.checked else None,
            "since": one.since.isoformat() if one.since else None,
            "until": one.until.isoformat() if one.until else None,
        }
        for one in schema.asks(store, as_of)
    ]
    return {**summary(schema, as_of), "marketplace": store.code if store else None, "asked": asks}


def _families(by_field: dict[str, list[Constraint]]) -> dict[str, list[Constraint]]:
    """Slots that ask the same as the one before them are not repeated."""
    shown: dict[str, list[Constraint]] = {}
    last: tuple[str, list[Any]] = ("", [])
    for name, asked in by_field.items():
        field, slot = plain_names()[name]
        words = [(one.word, one.severity) for one in asked]
        if slot > 1 and last == (field.name, words):
            continue
        last = (field.name, words)
        shown[name] = asked
    return shown


def _margin(one: Constraint) -> str:
    remarks = [f"since {one.since}"] * bool(one.since) + [f"until {one.until}"] * bool(one.until)
    remarks += ["not confirmed"] * (one.confidence != "confirmed")
    return f" ({', '.join(remarks)})" if remarks else ""
