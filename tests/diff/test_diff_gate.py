"""The gate: exit 1 on danger, and a token for exactly these changes."""

import re
from collections.abc import Callable

import pytest

from listingkit.diff.changes import Changes
from listingkit.diff.compare import compare
from listingkit.diff.gate import gate
from listingkit.diff.settings import settings
from listingkit.errors import ListingkitError, UnknownName
from listingkit.inventory.upload import Upload

Make = Callable[..., Upload]


def test_nothing_dangerous_needs_no_token(upload: Make) -> None:
    opened = gate(compare(upload([{"sku": "A", "price": "5"}]), upload([{"sku": "A", "price": "6"}])))
    assert (opened.open, opened.token, opened.dangerous) == (True, None, 0)


def test_the_token_fits_exactly_this_set(upload: Make) -> None:
    old = upload([{"sku": "A", "price": "5", "item_name": "Mug"}, {"sku": "B"}])
    wiping = compare(old, upload([{"sku": "A", "price": "5"}, {"sku": "B"}]))
    again = compare(old, upload([{"sku": "B"}, {"sku": "A", "price": "5.00"}]))
    worse = compare(old, upload([{"sku": "A", "price": "5"}, {"sku": "B", "record_action": "delete"}]))
    shut = gate(wiping)
    assert not shut.open
    assert shut.token is not None
    assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}", shut.token)
    assert gate(again).token == shut.token
    assert gate(worse).token != shut.token
    assert gate(wiping, shut.token.lower()).open
    with pytest.raises(ListingkitError, match="confirms another set"):
        gate(worse, shut.token)


def test_one_token_for_all_marketplaces_in_any_order(upload: Make) -> None:
    def wiping(store: str) -> Changes:
        return compare(upload([{"sku": "A", "item_name": "Mug"}], store), upload([{"sku": "A"}], store))

    german, british = wiping("DE"), wiping("UK")
    both = gate([german, british])
    assert both.token == gate([british, german]).token
    assert both.token not in (gate(german).token, gate(british).token)


def test_the_token_is_the_same_on_every_machine(upload: Make) -> None:
    changes = compare(upload([{"sku": "A", "item_name": "Becher „Größe“"}]), upload([{"sku": "A"}]))
    assert gate(changes).token == "6E64-FC51"


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        ({"max_delete": 3}, UnknownName, "did you mean max_deletes"),
        ({"max_wipes": -1}, ListingkitError, "a number from 0 up"),
        ({"max_wipes": True}, ListingkitError, "a number from 0 up"),
        ({"max_price_change": "30%"}, ListingkitError, "a number from 0 up"),
        ({"ignore": "price"}, ListingkitError, "a list of field names"),
        ({"dangerous": {"OPS001": "no"}}, ListingkitError, "true or false"),
    ],
)
def test_settings_with_a_mistake(table: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        settings(table)


def test_settings_are_read(upload: Make) -> None:
    read = settings({"max_deletes": 3, "max_price_change": 50, "ignore": ["quantity"], "dangerous": {"OPS013": True}})
    assert (read.max_deletes, read.max_price_change, read.ignore) == (3, 50.0, frozenset({"quantity"}))
    changes = compare(upload([{"sku": "A", "price": "5", "quantity": "4"}]), upload([{"sku": "A", "price": "7", "quantity": "0"}]), read)
    assert [change.field for change in changes] == ["price"]
