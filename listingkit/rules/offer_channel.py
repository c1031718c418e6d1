"""Who fulfils an offer, and how long it stands."""

from datetime import date
from functools import cache

import polars as pl

from listingkit.finding import Flaw
from listingkit.marketplace import marketplaces
from listingkit.rules.engine import Context, rule
from listingkit.rules.offer_terms import TEMPLATES, day

CHECKED = date(2026, 9, 30)


@cache
def _foreign(region: str) -> frozenset[str]:
    """Channels that are known of other regions only. The list is open: a code that nobody knows is not judged."""
    known = {code: store.region for store in marketplaces().values() for code in store.channels}
    own = {code for store in marketplaces().values() if store.region == region for code in store.channels}
    return frozenset(known) - own


@rule(
    "OFR016",
    fields=("fulfillment_channel_code",),
    stores=marketplaces(),
    good=["DEFAULT", "MERCHANT_7", "3f1c2f0e-0000-4000-8000-000000000000"],
    bad=["AMAZON_JP", "AMAZON_NA"],
    why="The fulfilment channel of another region means another warehouse network: the offer is refused, or shipped from where it is not.",
    source="data/marketplaces.toml: fulfilment channels seen in templates and definitions",
    checked=CHECKED,
    severity="warning",
    suspects=lambda fulfillment_channel_code, at: fulfillment_channel_code.is_in(sorted(_foreign(at.store.region))),
)
def channel_of_another_region(fulfillment_channel_code: str, at: Context) -> Flaw | None:
    """A fulfilment channel is one of the marketplace's region."""
    if at.store is None or fulfillment_channel_code not in _foreign(at.store.region):
        return None
    own = ", ".join((*at.store.channels, "DEFAULT"))
    return Flaw(f"{fulfillment_channel_code} fulfils in another region; {at.store.code} knows {own}")


@rule(
    "OFR017",
    fields=("fulfillment_channel_code", "quantity", "parentage_level", "record_action"),
    good=[
        ("DEFAULT", "0", None, None),
        ("AMAZON_NA", None, None, None),
        ("DEFAULT", None, "Parent", None),
        ("DEFAULT", None, None, "partial_update"),
    ],
    bad=[("DEFAULT", None, None, None), ("DEFAULT", None, "Child", "full_update")],
    why="An offer that you ship yourself and that has no quantity goes live as sold out.",
    source=TEMPLATES + ": quantity, required of offers that the seller ships",
    checked=CHECKED,
    severity="warning",
    suspects=lambda fulfillment_channel_code, quantity: (fulfillment_channel_code == "DEFAULT") & quantity.is_null(),
)
def own_stock_without_quantity(
    fulfillment_channel_code: str, quantity: str | None, parentage_level: str | None, record_action: str | None
) -> Flaw | None:
    """An offer that you ship yourself states its quantity."""
    if fulfillment_channel_code != "DEFAULT" or quantity or record_action == "partial_update":
        return None
    return (
        None if (parentage_level or "").lower() == "parent" else Flaw("you ship this yourself, and its quantity is blank", field="quantity")
    )


@rule(
    "OFR018",
    fields=("offer_end_date", "offer_start_date"),
    good=[("2026-12-31", "2026-12-01"), ("2026-12-31", None), ("2026-12-31", "2026-12-31")],
    bad=[("2026-12-01", "2026-12-31")],
    why="An offer that ends before it starts is never for sale.",
    source=TEMPLATES + ": start before end",
    checked=CHECKED,
    suspects=lambda offer_end_date, offer_start_date: offer_end_date < offer_start_date,
)
def offer_dates_inverted(offer_end_date: str, offer_start_date: str | None) -> Flaw | None:
    """An offer starts before it ends."""
    first, last = day(offer_start_date), day(offer_end_date)
    return Flaw(f"the offer ends on {last} before it starts on {first}") if first and last and last < first else None


@rule(
    "OFR019",
    fields=("offer_end_date",),
    good=["2099-12-31", "soon"],
    bad=["2020-01-31"],
    why="An offer that is over is not for sale.",
    source=TEMPLATES + ": offer end date",
    checked=CHECKED,
    severity="warning",
    suspects=lambda offer_end_date, at: offer_end_date.str.slice(0, 10) < at.as_of.isoformat(),
)
def offer_is_over(offer_end_date: str, at: Context) -> Flaw | None:
    """An offer ends in the future."""
    last = day(offer_end_date)
    return Flaw(f"the offer ended on {last}") if last and last.year >= 2000 and last < at.as_of else None  # older: DAT002


@rule(
    "OFR020",
    fields=("quantity_lower_bound*", "quantity_price*", "quantity_price_type", "business_price"),
    good=[
        (("5", "10", None, None, None), ("9.50", "9.00", None, None, None), "fixed", "9.90"),
        (("5", "10", None, None, None), ("5", "10", None, None, None), "percent", "9.90"),
        (("5", None, None, None, None), ("9.50", None, None, None, None), None, None),
    ],
    bad=[
        (("10", "5", None, None, None), ("9.50", "9.00", None, None, None), "fixed", "9.90"),
        (("5", "10", None, None, None), ("9.00", "9.50", None, None, None), "fixed", "9.90"),
        (("5", "10", None, None, None), ("10", "5", None, None, None), "percent", "9.90"),
        (("5", "10", None, None, None), ("9.50", None, None, None, None), "fixed", "9.90"),
        (("5", None, None, None, None), ("9.95", None, None, None, None), "fixed", "9.90"),
        (("5", None, None, None, None), ("120", None, None, None, None), "percent", "9.90"),
    ],
    why="Amazon refuses quantity prices whose thresholds do not rise or whose price does not fall.",
    source=TEMPLATES + ": quantity price type, thresholds and prices of Amazon Business",
    checked=CHECKED,
    suspects=lambda quantity_lower_bound: pl.any_horizontal(bound.is_not_null() for bound in quantity_lower_bound),
)
def quantity_tiers(
    quantity_lower_bound: tuple[str | None, ...],
    quantity_price: tuple[str | None, ...],
    quantity_price_type: str | None,
    business_price: str | None,
) -> Flaw | None:
    """Quantity prices have thresholds that rise, each with a price that falls from the business price on."""
    percent = (quantity_price_type or "").lower() in ("percent", "prozent")
    before: tuple[float, float] | None = None
    for number, (bound, price) in enumerate(zip(quantity_lower_bound, quantity_price, strict=True), 1):
        if not bound and not price:
            continue
        if not bound or not price:
            return Flaw(f"quantity price {number} has no {'price' if bound else 'threshold'}", field=f"quantity_lower_bound_{number}")
        now = _plain(bound), _plain(price)
        if now[0] is None or now[1] is None:
            return None  # what is no number is told by OFR001 and by the schema
        flaw = _tier(number, (now[0], now[1]), before, percent=percent, most=_plain(business_price))
        if flaw:
            return flaw
        before = now[0], now[1]
    return None


def _plain(text: str | None) -> float | None:
    try:
        return float(text) if text and text.isascii() and "_" not in text else None
    except ValueError:
        return None


def _tier(number: int, now: tuple[float, float], before: tuple[float, float] | None, *, percent: bool, most: float | None) -> Flaw | None:
    at = f"quantity_lower_bound_{number}"
    if percent and not 0 < now[1] < 100:
        return Flaw(f"a discount of {now[1]:g} percent from {now[0]:g} units on", field=at)
    if before is None:
        above = not percent and most is not None and now[1] > most
        return Flaw(f"{now[1]:g} from {now[0]:g} units on is above the business price {most:g}", field=at) if above and most else None
    if now[0] <= before[0]:
        return Flaw(f"threshold {number} is {now[0]:g}, the one before is {before[0]:g}", field=at)
    if (now[1] <= before[1]) if percent else (now[1] >= before[1]):
        return Flaw(f"from {now[0]:g} units on it is {now[1]:g}, before it was {before[1]:g}: no advantage", field=at)
    return None
