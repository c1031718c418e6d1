"""A store lives through random histories of uploads, through our files: nothing is lost that was not called dangerous.

Listings of different histories share an upload and nothing else, so that thousands of histories run in a few large steps.
"""

import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from listingkit.diff.changes import Changes
from listingkit.diff.compare import compare
from listingkit.diff.delta import Erase, delta
from listingkit.diff.previous import load
from listingkit.diff.replay import after
from listingkit.diff.store import Listing, apply
from listingkit.inventory.upload import Upload
from listingkit.render import text

Make = Callable[..., Upload]
State = dict[str, Listing]
Row = dict[str, str | None]

STEPS = 4
LAYOUTS = ("unified_full", "legacy_category")
VALUES: dict[str, list[str | None]] = {
    "item_name": ["Becher", "Tasse", "Krug 350 ml", None],
    "brand": ["Nordsee", "Nordsee", "Südsee", None],
    "bullet_point_1": ["Ton", "Glas", "Holz"],
    "bullet_point_2": ["Glas", "Ton", None],
    "bullet_point_3": ["Holz", None],
    "price": ["5", "5", "6", "60", None],
    "sale_price": ["4", None],
    "quantity": ["0", "3", "3", None],
    "fulfillment_channel_code": ["DEFAULT", "DEFAULT", "AMAZON_EU"],
    "main_product_image_locator": ["https://img.example.com/1.jpg", "https://img.example.com/2.jpg", None],
}


def row(sku: str, history: int, dice: random.Random, action: str) -> Row:
    cells: Row = {name: dice.choice(values) for name, values in VALUES.items()}
    child = not sku.endswith(("P", "Q"))
    family: Row = {
        "parentage_level": "child" if child else "parent",
        "parent_sku": f"{history}-{dice.choice('PPQ')}" if child else None,
    }
    return {"sku": sku, "product_type": "HOME", "record_action": action, **family, **cells}


def step(histories: int, known: State, dice: random.Random) -> list[Row]:
    """The next upload of every history: listings made, changed in full or in part, deleted, moved, left out, repeated."""
    rows: list[Row] = []
    for history in range(histories):
        for name in ("P", "Q", "A", "B"):
            sku = f"{history}-{name}"
            kind = dice.random()
            if kind < 0.25:
                continue
            if kind < 0.35 and sku in known:
                rows.append({"sku": sku, "product_type": "HOME", "record_action": "delete"})
            elif kind < 0.55 and sku in known:
                partial = row(sku, history, dice, "partial_update")
                rows.append({field: None if field in VALUES and dice.random() < 0.6 else value for field, value in partial.items()})
            else:
                rows.append(row(sku, history, dice, "full_update"))
    dice.shuffle(rows)
    return rows


def losses(was: State, will: State) -> tuple[set[str], set[str]]:
    """Listings that are gone, and listings that lost a value without another in its place."""
    gone = was.keys() - will.keys()
    return gone, {sku for sku in was.keys() & will.keys() if lost(was[sku], will[sku])}


def lost(was: Listing, will: Listing) -> bool:
    bullets = [Counter(value for key, value in listing.items() if key.startswith("bullet_point")) for listing in (was, will)]
    gone = [key for key in was if key not in will and not key.startswith("bullet_point")]
    return bool(gone) or (bullets[0] - bullets[1]).total() > (bullets[1] - bullets[0]).total()


def check(changes: Changes, was: State, will: State) -> None:
    told = [change for change in changes if change.dangerous]
    gone, emptied = losses(was, will)
    assert gone <= {change.sku for change in told if change.kind == "removed"}
    assert emptied <= {change.sku for change in told if change.path and change.new is None}


def live_through(histories: int, seed: int, make: Make, folder: Path) -> None:
    """Odd seeds speak the older dialect."""
    dice = random.Random(seed)
    upload = partial(make, layout=LAYOUTS[seed % 2])
    live: State = {}
    known: Upload | None = None
    for number in range(STEPS):
        wanted = upload(step(histories, live, dice))
        before = known or upload([])
        changes = compare(before, wanted)
        check(changes, live, apply(live, wanted))
        moves = [change for change in changes if change.field == "parent_sku" and change.old and change.new]
        assert number == 0 or moves, "no child moved to another parent"
        assert all(change.risk == "OPS014" and change.dangerous for change in moves)
        erase: Erase = dice.choice(["hold", "blanks", "delete_values"])
        made = delta(changes, erase)
        whole = dice.random() < 0.3
        path = folder / f"{seed}-{number}.txt"
        text.write(wanted if whole else made.upload, path)
        sent = load(path)
        then = apply(live, sent)
        check(changes, live, then)
        if not whole:
            if erase == "blanks":
                assert then == apply(live, wanted)
            if erase == "hold":
                gone, emptied = losses(live, then)
                assert not emptied, "the delta erased what it should hold"
                assert gone == {change.sku for change in changes if change.kind == "removed"}
        live, known = then, after(known, sent)
        assert apply({}, known) == live, "our picture of the store is not the store"


def test_a_thousand_histories_end_without_an_unreported_loss(upload: Make, tmp_path: Path) -> None:
    for seed in range(2):
        live_through(500, seed, upload, tmp_path)


@pytest.mark.slow
def test_ten_thousand_histories_end_without_an_unreported_loss(upload: Make, tmp_path: Path) -> None:
    for seed in range(2, 20):
        live_through(500, seed, upload, tmp_path)
