"""Laws of the diff and the delta, against the reference model of a store."""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from listingkit.diff import keys
from listingkit.diff.compare import compare
from listingkit.diff.delta import delta
from listingkit.diff.replay import replay
from listingkit.diff.side import DELETE_WIRE
from listingkit.diff.store import Listing, apply
from listingkit.inventory.upload import Upload

Make = Callable[..., Upload]
Rows = list[dict[str, str | None]]
State = Mapping[str, Listing]

SKUS = ("A", "B", "C", "P")
VALUES = {
    "item_name": ("Mug", "Cup", "Mug, blue"),
    "brand": ("Ours", "Theirs"),
    "bullet_point_1": ("a", "b", "c"),
    "bullet_point_2": ("a", "b", "c"),
    "bullet_point_3": ("a", "b", "c"),
    "price": ("5", "5.00", "7"),
    "sale_price": ("3", "4"),
    "minimum_seller_allowed_price": ("1", "2"),
    "quantity": ("0", "1", "2.0", "2"),
    "fulfillment_channel_code": ("DEFAULT", "AMAZON_EU"),
    "parent_sku": ("P",),
    "item_weight": ("1", "1000"),
    "item_weight_unit": ("kilograms", "grams"),
}
OFFER = "purchasable_offer[marketplace_id=A1PA6795UKMFR9][audience=ALL]#1."
DELETE_OFFER = "amzn1.volt.cv.delete_ump_variant"
ACTIONS = ("full_update", "full_update", "partial_update", "delete", None, "ignore")
LAYOUTS = ("unified_full", "legacy_category")


few = settings(max_examples=25)


def rows(actions: tuple[str | None, ...], without: tuple[str, ...] = ()) -> st.SearchStrategy[Rows]:
    cells = {name: st.none() | st.sampled_from(values) for name, values in VALUES.items() if name not in without}
    row = st.fixed_dictionaries({"record_action": st.sampled_from(actions), **cells})
    return st.dictionaries(st.sampled_from(SKUS), row, max_size=4).map(lambda table: [{"sku": sku, **one} for sku, one in table.items()])


full, mixed = rows(("full_update",)), rows(ACTIONS)


def meaning(listing: Listing) -> Listing:
    """What a listing says, numbers in one form and weights in one unit."""
    told = {}
    unit = listing.get("item_weight.unit")
    for key, value in listing.items():
        if key == "item_weight.value" and unit:
            told[key] = str((Decimal(value) * {"kilograms": 1000, "grams": 1}[unit]).normalize())
        elif key == "item_weight.unit" and "item_weight.value" in listing:
            told[key] = "a unit"
        elif key.startswith(("purchasable_offer", keys.name("fulfillment_availability.quantity"), "item_weight")):
            told[key] = str(Decimal(value).normalize()) if value.replace(".", "").isdigit() else value
        else:
            told[key] = value
    return told


def meant(state: State) -> dict[str, Listing]:
    return {sku: meaning(listing) for sku, listing in state.items()}


@pytest.mark.parametrize("layout", LAYOUTS)
@few
@given(old=full, new=mixed)
def test_the_delta_makes_the_previous_state_the_wanted_one(upload: Make, layout: str, old: Rows, new: Rows) -> None:
    before, wanted = upload(old, layout=layout), upload(new, layout=layout)
    state = apply({}, before)
    sent = delta(compare(before, wanted), erase="blanks")
    assert sent.held.is_empty()
    assert meant(apply(state, sent.upload)) == meant(apply(state, wanted))


@pytest.mark.parametrize("layout", LAYOUTS)
@few
@given(old=full, new=rows(("full_update", "delete")))
def test_the_delta_is_right_where_partial_updates_replace_whole_attributes(upload: Make, layout: str, old: Rows, new: Rows) -> None:
    before, wanted = upload(old, layout=layout), upload(new, layout=layout)
    state = apply({}, before)
    sent = delta(compare(before, wanted), erase="blanks")
    assert meant(apply(state, sent.upload, "attribute")) == meant(apply(state, wanted))


@pytest.mark.parametrize("merge", ["cell", "attribute"])
@few
@given(old=full, new=rows(("full_update", "delete")))
def test_what_the_delta_holds_back_stays_as_it_was(upload: Make, merge: str, old: Rows, new: Rows) -> None:
    before, wanted = upload(old), upload(new)
    state = apply({}, before)
    sent = delta(compare(before, wanted))
    got = apply(state, sent.upload, merge)  # type: ignore[arg-type]
    expected = {sku: dict(listing) for sku, listing in apply(state, wanted).items()}
    for sku, path, _, value, _ in sent.held.iter_rows():
        key = keys.key(path, "DE")
        if value is None:
            expected[sku].pop(key, None)
        else:
            expected[sku][key] = value
    assert meant(got) == meant(expected)


@few
@given(old=full, new=mixed)
def test_nothing_is_lost_that_was_not_called_dangerous(upload: Make, old: Rows, new: Rows) -> None:
    before, wanted = upload(old), upload(new)
    was = apply({}, before)
    will = apply(was, wanted)
    dangerous = {(change.sku, change.kind) for change in compare(before, wanted) if change.dangerous}
    wipes = {change.sku for change in compare(before, wanted) if change.dangerous and change.path and change.new is None}
    for sku, listing in was.items():
        if sku not in will:
            assert (sku, "removed") in dangerous
        elif lost(listing, will[sku]):
            assert sku in wipes


def lost(was: Listing, will: Listing) -> bool:
    """Whether a value is gone without another in its place; bullet points may change places."""
    bullets = [Counter(value for key, value in listing.items() if key.startswith("bullet_point")) for listing in (was, will)]
    gone = [key for key in was if key not in will and not key.startswith("bullet_point")]
    return bool(gone) or (bullets[0] - bullets[1]).total() > (bullets[1] - bullets[0]).total()


@few
@given(rows=full)
def test_nothing_differs_from_itself(upload: Make, rows: Rows) -> None:
    changes = compare(upload(rows), upload(rows))
    assert len(changes) == 0
    assert delta(changes).upload.frame.is_empty()
    assert changes.unchanged.to_list() == sorted(row["sku"] or "" for row in rows)


@few
@given(old=mixed, new=mixed, data=st.data())
def test_the_order_of_rows_and_columns_does_not_matter(upload: Make, old: Rows, new: Rows, data: st.DataObject) -> None:
    def shuffled(one: Upload) -> Upload:
        order = data.draw(st.permutations(range(one.frame.height)))
        names = data.draw(st.permutations(one.frame.columns))
        return Upload(one.template, one.frame[list(order)].select(names), one.store)

    before, wanted = upload(old), upload(new)
    plain, mixed_up = compare(before, wanted), compare(shuffled(before), shuffled(wanted))
    about_order = pl.col("kind") != "misordered"
    assert plain.frame.filter(about_order).equals(mixed_up.frame.filter(about_order))
    assert plain.unchanged.equals(mixed_up.unchanged)


@few
@given(
    old=rows(("full_update",), without=("item_weight", "item_weight_unit")),
    new=rows(("full_update",), without=("item_weight", "item_weight_unit")),
)
def test_no_more_cells_are_told_than_differ(upload: Make, old: Rows, new: Rows) -> None:
    before, wanted = upload(old), upload(new)
    was, will = meant(apply({}, before)), meant(apply({}, wanted))
    for sku in was.keys() & will.keys():
        told = [change for change in compare(before, wanted) if change.sku == sku and change.path]
        differing = [key for key in was[sku] | will[sku] if was[sku].get(key) != will[sku].get(key)]
        bullets = [key for key in differing if key.startswith("bullet_point")]
        assert len(told) - len(differing) + len(bullets) == fewest(was[sku], will[sku], len(bullets))


def fewest(was: Listing, will: Listing, slotwise: int) -> int:
    """The least number of changes that explains the bullet points: values out and in, one for the order; or slot by slot."""
    slots = [[one.get(f"bullet_point{n}.value") for n in ("", "#2", "#3")] for one in (was, will)]
    old, new = ([value for value in one if value] for one in slots)
    out, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    exchanged = max(out.total(), come.total())
    if slots[0] == slots[1]:
        return 0
    stay = not exchanged or not any(kept in subsequences(new, come) for kept in subsequences(old, out))
    return min(slotwise, exchanged + stay)


def subsequences(values: list[str], without: Counter[str]) -> list[list[str]]:
    """Every sequence that is left when these values are taken out, whichever of equal ones goes."""
    found: list[tuple[list[str], Counter[str]]] = [([], without)]
    for value in values:
        found = [
            (kept + extra, rest)
            for kept, left in found
            for extra, rest in [([value], left), *([([], left - Counter([value]))] if left[value] else [])]
        ]
    return [kept for kept, left in found if not left.total()]


@few
@given(st.lists(mixed, min_size=1, max_size=4))
def test_replaying_uploads_gives_what_the_store_holds(upload: Make, history: list[Rows]) -> None:
    history[0] = [{**row, "record_action": "full_update"} for row in history[0]]
    uploads = [upload(rows) for rows in history]
    live: State = {}
    for one in uploads:
        live = apply(live, one)
    state = replay(uploads)
    assert state is not None
    assert apply({}, state) == live


@few
@given(old=full, new=full)
def test_delete_values_erase_offers_and_nothing_else(upload: Make, old: Rows, new: Rows) -> None:
    before, wanted = upload(old), with_delete_values(upload(new))
    state, target = apply({}, before), apply(apply({}, before), wanted)
    sent = delta(compare(before, wanted), erase="delete_values")
    held = {(sku, keys.key(path, "DE")) for sku, path, *_ in sent.held.iter_rows()}
    got = apply(state, sent.upload)
    for sku, listing in meant(target).items():
        told = meaning(got[sku])
        offers = {key for key in {*listing, *told} if key.startswith("purchasable_offer") and (sku, key) not in held}
        assert {key: listing.get(key) for key in offers} == {key: told.get(key) for key in offers}
        if not any(key.startswith("purchasable_offer") for key in listing):
            assert not any(key.startswith("purchasable_offer") for key in told)


def with_delete_values(one: Upload) -> Upload:
    """The same upload for a template whose price column can delete the offer."""
    price = f"{OFFER}our_price#1.schedule#1.value_with_tax"
    columns = [
        replace(column, aliases={"Delete Offer (Sell on Amazon)": DELETE_OFFER}) if column.path == price else column
        for column in one.template.columns
    ]
    assert DELETE_OFFER.startswith(DELETE_WIRE)
    return replace(one, template=replace(one.template, columns=tuple(columns)))


@few
@given(old=full)
def test_a_delete_value_of_the_upload_is_kept_and_dangerous(upload: Make, old: Rows) -> None:
    before = upload(old)
    wanted = upload([{**row, "record_action": "partial_update", "price": DELETE_OFFER, "sale_price": None} for row in old])
    changes = compare(before, wanted)
    state = apply({}, before)
    assert meant(apply(state, delta(changes).upload)) == meant(apply(state, wanted))
    offered = {row["sku"] for row in old if row["price"] or row["sale_price"] or row["minimum_seller_allowed_price"]}
    assert {change.sku for change in changes if change.dangerous} >= {
        row["sku"] for row in old if row["sku"] in offered and not row["minimum_seller_allowed_price"]
    }
