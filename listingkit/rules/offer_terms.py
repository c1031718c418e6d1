"""What the terms of an offer say together: sale prices and dates, bounds, business prices, fulfilment."""

import re
from datetime import date
from decimal import Decimal

import polars as pl

from listingkit.finding import Flaw
from listingkit.rules.engine import Context, rule

CHECKED = date(2026, 9, 30)
TEMPLATES = "Amazon templates of 2025 and 2026, offer attributes"
_NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]+)?")


def _amount(text: str | None) -> Decimal | None:
    """A plain number; what is none is the business of OFR001."""
    return Decimal(text) if text and _NUMBER.fullmatch(text) else None


def _at_least(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Where both are numbers and the first is not below the second, as far as floats can tell."""
    return (one.cast(pl.Float64, strict=False) >= other.cast(pl.Float64, strict=False)).fill_null(value=False)


def day(text: str | None) -> date | None:
    found = re.match(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:$|T)", text or "")
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


@rule(
    "OFR004",
    fields=("sale_price", "price"),
    good=[("12.99", "14.99"), ("12.99", None)],
    bad=[("14.99", "14.99"), ("19.99", "14.99")],
    why="A sale price that is no reduction is refused, and misleads shoppers.",
    source=TEMPLATES + ": the sale price is below the price",
    checked=CHECKED,
    suspects=lambda sale_price, price: _at_least(sale_price, price),
)
def sale_not_below_price(sale_price: str, price: str | None) -> Flaw | None:
    """A sale price is below the price."""
    sale, full = _amount(sale_price), _amount(price)
    if sale is None or full is None or sale < full:
        return None
    return Flaw(f"sale price {sale_price} is not below the price {price}")


@rule(
    "OFR005",
    fields=("sale_price", "sale_start_date", "sale_end_date"),
    good=[("12.99", "2026-11-20", "2099-12-31")],
    bad=[("12.99", None, None), ("12.99", "2026-11-20", None)],
    why="Amazon ignores or refuses a sale price without both dates.",
    source=TEMPLATES + ": sale price, start and end belong together",
    checked=CHECKED,
    errors=("99010", "90220"),
    suspects=lambda sale_start_date, sale_end_date: sale_start_date.is_null() | sale_end_date.is_null(),
)
def sale_without_dates(sale_price: str, sale_start_date: str | None, sale_end_date: str | None) -> Flaw | None:
    """A sale price comes with the day it starts and the day it ends."""
    absent = [name for name, day in (("start", sale_start_date), ("end", sale_end_date)) if not day]
    return Flaw(f"sale price {sale_price} has no {' and no '.join(absent)} date") if absent else None


@rule(
    "OFR006",
    fields=("sale_end_date", "sale_start_date"),
    good=[("2026-11-30", "2026-11-20"), ("2026-11-30", None)],
    bad=[("2026-11-20", "2026-11-30")],
    why="A sale that ends before it starts never takes place, or the row is refused.",
    source=TEMPLATES + ": start before end",
    checked=CHECKED,
    suspects=lambda sale_end_date, sale_start_date: sale_end_date < sale_start_date,
)
def sale_dates_inverted(sale_end_date: str, sale_start_date: str | None) -> Flaw | None:
    """A sale starts before it ends."""
    first, last = day(sale_start_date), day(sale_end_date)
    if first is None or last is None or first <= last:
        return None
    return Flaw(f"the sale ends on {last} before it starts on {first}", field="sale_end_date")


@rule(
    "OFR007",
    fields=("sale_end_date",),
    good=["2099-12-31", "soon"],
    bad=["2020-01-31"],
    why="A sale that is over changes nothing; the date is usually last year's.",
    source=TEMPLATES + ": sale end date",
    checked=CHECKED,
    severity="warning",
    suspects=lambda sale_end_date, at: sale_end_date.str.slice(0, 10) < at.as_of.isoformat(),
)
def sale_is_over(sale_end_date: str, at: Context) -> Flaw | None:
    """A sale ends in the future."""
    last = day(sale_end_date)
    return Flaw(f"the sale ended on {last}") if last and last.year >= 2000 and last < at.as_of else None  # older: DAT002


@rule(
    "OFR008",
    fields=("minimum_seller_allowed_price", "maximum_seller_allowed_price", "price"),
    good=[("10", "20", "15"), ("10", None, None), ("10", "20", None)],
    bad=[("20", "10", None), ("10", "20", "9.99"), ("10", "20", "21")],
    why="A price outside its own bounds deactivates the offer (potential pricing error).",
    source=TEMPLATES + ": minimum at most price, price at most maximum",
    checked=CHECKED,
    suspects=lambda minimum_seller_allowed_price, maximum_seller_allowed_price, price: (
        _at_least(minimum_seller_allowed_price, maximum_seller_allowed_price)
        | _at_least(minimum_seller_allowed_price, price)
        | _at_least(price, maximum_seller_allowed_price)
    ),
)
def price_outside_bounds(minimum_seller_allowed_price: str, maximum_seller_allowed_price: str | None, price: str | None) -> Flaw | None:
    """The price lies between the minimum and maximum allowed price."""
    low, high, now = _amount(minimum_seller_allowed_price), _amount(maximum_seller_allowed_price), _amount(price)
    if low is not None and high is not None and low > high:
        return Flaw(f"the minimum allowed price {low} is above the maximum {high}")
    if low is not None and now is not None and now < low:
        return Flaw(f"price {now} is below the minimum allowed price {low}", field="price")
    if high is not None and now is not None and now > high:
        return Flaw(f"price {now} is above the maximum allowed price {high}", field="price")
    return None


@rule(
    "OFR009",
    fields=("business_price", "price"),
    good=[("12.99", "14.99"), ("14.99", "14.99"), ("12.99", None)],
    bad=[("15.99", "14.99")],
    why="A business price is at most the price; Amazon refuses a higher one with 95021.",
    source=TEMPLATES + ": at or below the price; error 95021",
    checked=CHECKED,
    errors=("95021",),
    suspects=lambda business_price, price: _at_least(business_price, price),
)
def business_price_above_price(business_price: str, price: str | None) -> Flaw | None:
    """A business price is not above the price."""
    business, full = _amount(business_price), _amount(price)
    if business is None or full is None or business <= full:
        return None
    return Flaw(f"business price {business_price} is above the price {price}")


@rule(
    "OFR010",
    fields=("quantity", "fulfillment_channel_code"),
    good=[("5", "DEFAULT"), ("5", None), ("5", "3f1c2f0e-0000-4000-8000-000000000000")],
    bad={("5", "AMAZON_EU"): "", ("0", "AMAZON_NA"): "", ("5", "AMAZON_JP"): ""},
    why="A quantity on a listing that Amazon fulfils turns it into one that you ship yourself: it loses Prime at once.",
    source=TEMPLATES + ": quantity is blank for Fulfillment by Amazon",
    checked=CHECKED,
    fix="ask",
    suspects=lambda fulfillment_channel_code: fulfillment_channel_code.str.starts_with("AMAZON").fill_null(value=False),
)
def quantity_with_fba(quantity: str, fulfillment_channel_code: str | None) -> Flaw | None:
    """A listing that Amazon fulfils has no quantity."""
    if not (fulfillment_channel_code or "").startswith("AMAZON"):
        return None
    return Flaw(f"quantity {quantity} on a listing that Amazon fulfils ({fulfillment_channel_code})", fix="")


@rule(
    "OFR011",
    fields=("fulfillment_channel_code", "lead_time_to_ship_max_days", "merchant_shipping_group"),
    good=[("DEFAULT", None, "Standard"), ("DEFAULT", "2", None), ("AMAZON_EU", None, None)],
    bad=[("DEFAULT", None, None)],
    why="Without a shipping template and a handling time the account's defaults apply, which may promise what you cannot keep.",
    source=TEMPLATES + ": merchant shipping group, handling time",
    checked=CHECKED,
    severity="info",
    suspects=lambda fulfillment_channel_code: fulfillment_channel_code == "DEFAULT",
)
def merchant_fulfilled_without_terms(
    fulfillment_channel_code: str, lead_time_to_ship_max_days: str | None, merchant_shipping_group: str | None
) -> Flaw | None:
    """A listing that you ship yourself says how: shipping template or handling time."""
    if fulfillment_channel_code != "DEFAULT" or lead_time_to_ship_max_days or merchant_shipping_group:
        return None
    return Flaw("you ship this yourself, and the row names neither shipping template nor handling time")


@rule(
    "OFR012",
    fields=("lead_time_to_ship_max_days", "quantity", "fulfillment_channel_code", "parentage_level"),
    good=[("2", "5", "DEFAULT", None), ("2", "0", None, "Child"), ("2", None, "AMAZON_EU", None), ("2", None, None, "Parent")],
    bad=[("2", None, "DEFAULT", None), ("2", None, None, "Child")],
    why="Amazon answers 99006: a handling time is taken only with a quantity.",
    source="Amazon error 99006 (as WP-Lister documents it)",
    checked=CHECKED,
    severity="warning",
    errors=("99006",),
    suspects=lambda quantity: quantity.is_null(),
)
def handling_time_without_quantity(
    lead_time_to_ship_max_days: str, quantity: str | None, fulfillment_channel_code: str | None, parentage_level: str | None
) -> Flaw | None:
    """A handling time comes with a quantity, but on a parent, which has none."""
    if (parentage_level or "").casefold() == "parent":
        return None
    if not lead_time_to_ship_max_days or quantity or (fulfillment_channel_code or "").startswith("AMAZON"):
        return None
    return Flaw("handling time without quantity")


@rule(
    "OFR013",
    fields=("price", "maximum_retail_price"),
    stores=("IN",),
    good=[("450", "500"), ("450", None)],
    bad=[("550", "500")],
    why="In India nothing may be sold above its maximum retail price (Legal Metrology).",
    source="Legal Metrology (Packaged Commodities) Rules, as reported by medianama and CNBC-TV18",
    checked=CHECKED,
    severity="warning",
    suspects=lambda price, maximum_retail_price: _at_least(price, maximum_retail_price),
)
def price_above_mrp(price: str, maximum_retail_price: str | None) -> Flaw | None:
    """The price is not above the maximum retail price."""
    now, most = _amount(price), _amount(maximum_retail_price)
    return Flaw(f"price {price} is above the maximum retail price {maximum_retail_price}") if now and most and now > most else None


@rule(
    "OFR014",
    fields=("price", "uvp_list_price"),
    stores=("DE",),
    good=[("19.99", "24.99"), ("19.99", None)],
    bad=[("29.99", "24.99")],
    why="A recommended price (UVP) below the price shows shoppers a markup, or is not shown at all.",
    source=TEMPLATES + ": uvp_list_price",
    checked=CHECKED,
    severity="warning",
    suspects=lambda price, uvp_list_price: _at_least(price, uvp_list_price),
)
def price_above_uvp(price: str, uvp_list_price: str | None) -> Flaw | None:
    """The price is not above the recommended retail price."""
    now, advised = _amount(price), _amount(uvp_list_price)
    return Flaw(f"price {price} is above the UVP {uvp_list_price}") if now and advised and now > advised else None


@rule(
    "OFR015",
    fields=("list_price", "price"),
    good=[("24.99", "19.99"), ("19.99", "19.99"), ("24.99", None)],
    bad=[("14.99", "19.99")],
    why="A list price below the price shows no saving; usually the two columns were exchanged.",
    source=TEMPLATES + ": list price",
    checked=CHECKED,
    severity="warning",
    suspects=lambda list_price, price: _at_least(price, list_price),
)
def list_price_below_price(list_price: str, price: str | None) -> Flaw | None:
    """A list price is not below the price."""
    listed, now = _amount(list_price), _amount(price)
    return Flaw(f"list price {list_price} is below the price {price}") if listed and now and listed < now else None
