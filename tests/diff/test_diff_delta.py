"""The delta: what is sent, in which order, in which files."""

from collections.abc import Callable

import polars as pl
from msgspec.structs import replace

from listingkit.diff.compare import compare
from listingkit.diff.delta import delta, takes_partial
from listingkit.diff.side import side
from listingkit.inventory.upload import LISTING, Upload

Make = Callable[..., Upload]


def cells(one: Upload) -> list[dict[str, str]]:
    """The filled cells of every row."""
    return [{key: value for key, value in row.items() if value is not None} for row in one.frame.iter_rows(named=True)]


def short(one: Upload) -> list[dict[str, str]]:
    """As `cells`, columns named by the last words of their path."""
    return [{key.split("[")[0].split("#")[0]: value for key, value in row.items()} for row in cells(one)]


def test_a_changed_row_is_a_partial_update_of_what_changed(upload: Make) -> None:
    row = {"sku": "A", "product_type": "HOME", "record_action": "full_update", "item_name": "Mug", "brand": "B", "price": "5"}
    sent = delta(compare(upload([row]), upload([{**row, "item_name": "Cup"}])))
    assert short(sent.upload) == [
        {"contribution_sku": "A", "product_type": "HOME", "::record_action": "partial_update", "item_name": "Cup"},
    ]


def test_siblings_of_a_changed_cell_travel_with_it(upload: Make) -> None:
    row = {"sku": "A", "item_length": "10", "item_length_unit": "centimeters", "item_width": "5", "item_width_unit": "centimeters"}
    (sent,) = cells(delta(compare(upload([row]), upload([{**row, "item_width": "6"}]))).upload)
    assert sorted(sent.values()) == ["10", "6", "A", "centimeters", "centimeters", "partial_update"]


def test_new_rows_go_whole_and_parents_first(upload: Make) -> None:
    new = [
        {"sku": "C1", "record_action": "full_update", "parentage_level": "child", "parent_sku": "P"},
        {"sku": "X", "record_action": "full_update", "item_name": "Alone"},
        {"sku": "P", "record_action": "full_update", "parentage_level": "parent", "item_name": "Family"},
    ]
    sent = delta(compare(upload([]), upload(new))).upload
    assert sent.frame["contribution_sku#1.value"].to_list() == ["P", "C1", "X"]
    assert sorted(map(str, cells(sent))) == sorted(map(str, cells(upload(new))))


def test_deletions_come_last_and_children_first(upload: Make) -> None:
    family = [
        {"sku": "P", "parentage_level": "parent"},
        {"sku": "C1", "parentage_level": "child", "parent_sku": "P"},
        {"sku": "C2", "parentage_level": "child", "parent_sku": "P"},
        {"sku": "Q", "parentage_level": "parent"},
    ]
    new = [
        {"sku": "P", "record_action": "delete", "item_name": "what else the row says does not matter"},
        {"sku": "C1", "record_action": "delete"},
        {"sku": "C2", "record_action": "full_update", "parentage_level": "child", "parent_sku": "Q"},
        {"sku": "Q", "record_action": "full_update", "parentage_level": "parent"},
    ]
    sent = delta(compare(upload(family), upload(new))).upload
    assert sent.frame["contribution_sku#1.value"].to_list() == ["C2", "C1", "P"]
    assert sent.frame["::record_action"].to_list() == ["partial_update", "delete", "delete"]
    assert sent.frame.select(pl.exclude("contribution_sku#1.value", "::record_action"))[1:].null_count().sum_horizontal().item() == 2 * (
        sent.frame.width - 2
    )


def test_vanished_unclear_and_ignored_rows_are_not_sent(upload: Make) -> None:
    old = upload([{"sku": "A", "item_name": "Mug"}, {"sku": "B", "item_name": "Cup"}, {"sku": "C", "item_name": "Pot"}])
    new = upload([{"sku": "B", "record_action": "Replace!", "item_name": "x"}, {"sku": "C", "record_action": "ignore", "item_name": "x"}])
    assert delta(compare(old, new)).upload.frame.height == 0


def test_a_wipe_is_held_and_told(upload: Make) -> None:
    old = upload([{"sku": "A", "item_name": "Mug", "brand": "B", "price": "5"}])
    changes = compare(old, upload([{"sku": "A", "item_name": "Cup", "price": "5"}]))
    held = delta(changes)
    assert short(held.upload) == [{"contribution_sku": "A", "::record_action": "partial_update", "item_name": "Cup"}]
    assert held.held.select("sku", "field", "old", "new").rows() == [("A", "brand", "B", None)]
    allowed = delta(changes, "blanks")
    assert allowed.held.height == 0
    assert [row["::record_action"] for row in cells(allowed.upload)] == ["full_update"]
    assert [row["brand"] for row in short(allowed.upload) if "brand" in row] == []


def test_half_a_list_is_never_sent(upload: Make) -> None:
    old = upload([{"sku": "A", "bullet_point_1": "a", "bullet_point_2": "b", "bullet_point_3": "c"}])
    changes = compare(old, upload([{"sku": "A", "bullet_point_1": "a", "bullet_point_2": "c"}]))
    assert delta(changes).upload.frame.height == 0
    assert delta(changes).held["field"].to_list() == ["bullet_point_2", "bullet_point_3"]


def test_held_values_go_along_when_their_attribute_is_sent(upload: Make) -> None:
    old = upload([{"sku": "A", "price": "5", "sale_price": "4"}])
    (sent,) = cells(delta(compare(old, upload([{"sku": "A", "price": "6"}]))).upload)
    assert {"6", "4"} <= set(sent.values())


def test_a_template_without_partial_updates_gets_whole_rows(upload: Make) -> None:
    def plain(one: Upload) -> Upload:
        columns = [
            replace(column, aliases={"Replace": "full_update", "Delete": "delete"}, values={})
            if column.path == "::record_action"
            else column
            for column in one.template.columns
        ]
        return replace(one, template=replace(one.template, columns=tuple(columns)))

    old = plain(upload([{"sku": "A", "item_name": "Mug", "brand": "B", "price": "5"}]))
    new = plain(upload([{"sku": "A", "item_name": "Cup", "price": "5"}]))
    assert takes_partial(side(upload([{"sku": "A"}])))
    assert not takes_partial(side(new))
    sent = delta(compare(old, new))
    assert short(sent.upload) == [
        {"contribution_sku": "A", "::record_action": "full_update", "item_name": "Cup", "brand": "B", "purchasable_offer": "5"}
    ]


def test_an_offer_file_has_no_action_column_and_needs_none(upload: Make) -> None:
    old = upload([{"sku": "A", "item_name": "Mug", "price": "5"}, {"sku": "B", "price": "7"}])
    new = upload([{"sku": "A", "price": "6"}, {"sku": "B", "price": "7.00"}], layout="unified_price_quantity")
    assert short(delta(compare(old, new)).upload) == [{"contribution_sku": "A", "purchasable_offer": "6"}]


def test_the_link_to_the_listings_survives(upload: Make) -> None:
    old, new = (
        upload([{"sku": "A", "price": "5"}, {"sku": "B", "price": "5"}]),
        upload([{"sku": "A", "price": "5"}, {"sku": "B", "price": "6"}]),
    )
    linked = replace(new, frame=new.frame.with_row_index(LISTING))
    sent = delta(compare(old, linked)).upload.frame
    assert sent[LISTING].to_list() == [1]
    assert sent.schema[LISTING] == pl.UInt32
