"""Offers: prices and quantities."""

import re
from datetime import date

from listingkit.finding import Flaw
from listingkit.rules.engine import Context, rule
from listingkit.rules.sieve import Holds

CHECKED = date(2026, 9, 30)
_PRICE = r"^[0-9]{1,18}(\.[0-9]+)?$"
_ODD = r"[^0-9.]|^(?:[0.]|$)|\.$|\.[0-9]*\.|^[0-9]{19}"  # in prices that are none, and in those below one


PRICES = (
    "price",
    "sale_price",
    "list_price",
    "business_price",
    "minimum_seller_allowed_price",
    "maximum_seller_allowed_price",
    "maximum_retail_price",
    "map_price",
)


@rule(
    "OFR001",
    each=True,
    fields=PRICES,
    good=["14.99", "1500", "0.5"],
    bad=["0", "0.00", "-5", "$19,99", "free", "1,499.00"],
    why="Amazon refuses the offer: a price is a number above zero with a decimal point, without currency sign or thousands separator.",
    source="Amazon templates: up to 18 digits, commas and currency symbols cannot be used",
    checked=CHECKED,
    errors=("90057", "90244", "13006"),
    suspects=lambda text: Holds(text, _ODD),
)
def price_not_positive(text: str) -> Flaw | None:
    """A price is a number above zero."""
    if re.fullmatch(_PRICE, text):
        return None if re.search("[1-9]", text) else Flaw(f"price {text} is not above zero")
    return Flaw(f"price {text!r} is not a number above zero with a decimal point")


@rule(
    "OFR002",
    each=True,
    fields=PRICES,
    good=["14.99", "14.990", "15"],
    bad=["14.995"],
    why="Amazon refuses or rounds prices with more decimals than the currency has: two nearly everywhere, none in Japan.",
    source="Amazon templates: 2 decimals; JPY has none (ISO 4217)",
    checked=CHECKED,
    errors=("90057", "90244"),
    suspects=lambda text, at: Holds(text, rf"\.[0-9]{{{_decimals(at)}}}[0-9]*[1-9]"),
)
def price_decimals(text: str, at: Context) -> Flaw | None:
    """A price has no more decimals than its currency."""
    found = re.fullmatch(r"[0-9]+\.([0-9]*[1-9])0*", text)
    if not found or len(found[1]) <= _decimals(at):
        return None
    decimals = "1 decimal" if len(found[1]) == 1 else f"{len(found[1])} decimals"
    currency = f"{at.store.currency} has" if at.store else "most currencies have"
    return Flaw(f"price {text} has {decimals}, {currency} {_decimals(at) or 'none'}")


def _decimals(at: Context) -> int:
    return at.store.decimals if at.store else 2


@rule(
    "OFR003",
    fields=("quantity",),
    good=["0", "25"],
    bad=["-1", "2.5", "many", "1,000"],
    why="Amazon refuses the row: a quantity is a whole number of zero or more.",
    source="Amazon templates: quantity is a whole number",
    checked=CHECKED,
    errors=("90057", "90244"),
    suspects=lambda quantity: ~quantity.str.contains("^[0-9]{1,9}$"),
)
def quantity_not_whole(quantity: str) -> Flaw | None:
    """A quantity is a whole number of zero or more."""
    if re.fullmatch("[0-9]{1,9}", quantity):
        return None
    return Flaw(f"quantity {quantity!r} is not a whole number of zero or more")
