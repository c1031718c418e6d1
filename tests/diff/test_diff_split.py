"""An upload in several files: nothing lost, nothing too large, nothing before what it depends on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listingkit.diff import ledger
from listingkit.diff.compare import compare
from listingkit.diff.delta import delta
from listingkit.diff.previous import load
from listingkit.diff.side import side
from listingkit.diff.split import Split, is_part, parts, write
from listingkit.diff.store import apply
from listingkit.errors import ListingkitError
from listingkit.inventory.upload import Upload
from listingkit.render import text

Make = Callable[..., Upload]
SKU = "contribution_sku#1.value"


def skus(one: Upload) -> list[str]:
    return one.frame[SKU].to_list() if SKU in one.frame.columns else []


@settings(max_examples=60)
@given(
    texts=st.lists(st.text("äx", max_size=9), max_size=12),
    kinds=st.data(),
    rows=st.none() | st.integers(1, 5),
    room=st.none() | st.integers(80, 400),
)
def test_parts_are_the_whole_in_its_order(upload: Make, texts: list[str], kinds: st.DataObject, rows: int | None, room: int | None) -> None:
    types = [kinds.draw(st.sampled_from(["HOME", "SHIRT"])) for _ in texts]
    one = upload(
        [{"sku": str(n), "product_type": kind, "item_name": text or None} for n, (text, kind) in enumerate(zip(texts, types, strict=True))]
    )
    size = room and text.sizes(one)[0] + 3 * len(one.template.columns) + room
    made = parts(one, Split(by_product_type=True, rows=rows, size=size))
    assert [part.name.split("-")[0] for part in made] == [f"{n:02}" for n in range(1, len(made) + 1)]
    names = [skus(part.upload) for part in made]
    assert sorted(sku for part in names for sku in part) == sorted(str(n) for n in range(len(texts)))
    for part, held in zip(made, names, strict=True):
        assert held == sorted(held, key=int)
        assert len({types[int(sku)] for sku in held}) <= 1
        assert not held or part.name.endswith(types[int(held[0])])
        assert not rows or len(held) <= rows
        assert not size or len(text.text(part.upload)) <= size


TYPES = ("HOME", "SHIRT")


@st.composite
def families(draw: st.DrawFn) -> list[dict[str, str | None]]:
    """Two parents and their children, of any types, made, moved and deleted."""
    rows: list[dict[str, str | None]] = []
    for sku in ("P", "Q", "A", "B", "C"):
        child = sku not in "PQ"
        if draw(st.booleans()):
            action = draw(st.sampled_from(["full_update", "full_update", "delete"]))
            rows.append(
                {
                    "sku": sku,
                    "product_type": draw(st.sampled_from(TYPES)),
                    "record_action": action,
                    "parentage_level": "child" if child else "parent",
                    "parent_sku": draw(st.sampled_from(["P", "Q"])) if child else None,
                    "item_name": draw(st.sampled_from(["x", "y"])),
                }
            )
    return draw(st.permutations(rows))


@settings(max_examples=80)
@given(old=families(), new=families(), rows=st.none() | st.integers(1, 3), by=st.booleans())
def test_parts_in_their_order_do_what_the_whole_does_and_no_child_comes_too_early(
    upload: Make, old: list[dict[str, str | None]], new: list[dict[str, str | None]], rows: int | None, by: bool
) -> None:
    before = upload([row for row in old if row["record_action"] == "full_update"])
    made = delta(compare(before, upload(new)), "blanks")
    known = apply({}, before)
    state = known
    place: dict[str, int] = {}
    for part in parts(made.upload, Split(by_product_type=by, rows=rows), made.ranks):
        place |= {sku: len(place) + at for at, sku in enumerate(skus(part.upload))}
        state = apply(state, part.upload)
    assert state == apply(known, made.upload)
    action = dict(zip(side(made.upload).sku, side(made.upload).action, strict=True))
    for row in new:
        child, above = row["sku"], row["parent_sku"]
        if (
            child in place
            and above in place
            and action[child] == action[above] == "full_update"
            and child not in known
            and above not in known
        ):
            assert place[above] < place[child], f"{child} is made before its parent {above}"
    for row in old:
        child, above = row["sku"], row["parent_sku"]
        if child in place and above in place and child in known and above in known and action[above] == "delete":
            assert place[child] < place[above], f"{above} is deleted while {child} still names it"


def test_parents_of_another_type_go_first_and_are_deleted_last(upload: Make) -> None:
    family: list[dict[str, str | None]] = [
        {"sku": "C1", "product_type": "SHIRT", "parentage_level": "child", "parent_sku": "P"},
        {"sku": "P", "product_type": "HOME", "parentage_level": "parent", "parent_sku": None},
        {"sku": "C2", "product_type": "HOME", "parentage_level": "child", "parent_sku": "P"},
    ]
    made = upload([{**row, "record_action": "full_update"} for row in family])
    told = parts(made, Split(by_product_type=True))
    assert [(part.name, skus(part.upload)) for part in told] == [("01-HOME", ["P", "C2"]), ("02-SHIRT", ["C1"])]
    gone = delta(compare(made, upload([{**row, "record_action": "delete"} for row in family])))
    told = parts(gone.upload, Split(by_product_type=True), gone.ranks)
    assert [(part.name, skus(part.upload)) for part in told] == [("01-SHIRT", ["C1"]), ("02-HOME", ["C2"]), ("03-HOME", ["P"])]


def test_an_empty_delta_is_one_empty_file(upload: Make) -> None:
    assert [(part.name, part.upload.frame.height) for part in parts(upload([]), Split(rows=1))] == [("01", 0)]


def test_a_row_that_is_too_large_is_named(upload: Make) -> None:
    one = upload([{"sku": "A", "item_name": "x"}, {"sku": "B", "item_name": "x" * 5000}])
    with pytest.raises(ListingkitError, match=r"the row of B and the header rows alone make [\d,]+ bytes"):
        parts(one, Split(size=text.sizes(one)[0] + 3000))


def test_a_folder_of_parts_is_what_they_made_together(upload: Make, tmp_path: Path) -> None:
    one = upload([{"sku": sku, "record_action": "full_update", "item_name": sku, "price": "5"} for sku in "ABCDE"])
    told = write(one, Split(rows=2), tmp_path / "parts", "upload")
    assert [(part["file"], part["rows"]) for part in told] == [("upload-01.txt", 2), ("upload-02.txt", 2), ("upload-03.txt", 1)]
    assert all(is_part(tmp_path / part["file"]) and (tmp_path / "parts" / part["file"]).stat().st_size == part["bytes"] for part in told)
    assert list(compare(load(tmp_path / "parts", one), one)) == []
    home = tmp_path / "ledger"
    files = [("DE", tmp_path / "parts" / part["file"]) for part in told]
    assert [entry.number for entry in ledger.record(home, files[:2])] == [1, 2]
    assert [entry.file[-6:-4] for entry in ledger.record(home, files)] == ["03"], "what was sent is not recorded again"
    assert ledger.record(home, files) == ()
    assert list(compare(load(home, one), one)) == []
