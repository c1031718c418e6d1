"""Large files are compared by their lines first: with the same result."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from listingkit.diff import lines, upload_lines
from listingkit.diff.changes import Changes
from listingkit.diff.compare import compare
from listingkit.diff.lines import compare_files
from listingkit.diff.previous import load
from listingkit.inventory.upload import Upload
from listingkit.render import text

Make = Callable[..., Upload]

NAMES = ("item_name", "price", "bullet_point_1", "bullet_point_2", "parent_sku")
ACTIONS = ("full_update", "full_update", "partial_update", "delete", "ignore", "")


@pytest.fixture(autouse=True)
def _small_files_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "SMALL", 0)
    monkeypatch.setattr(upload_lines, "BLOCK", 300)


def told(changes: Changes) -> tuple[object, ...]:
    advice = {code: skus.to_list() for code, skus in changes.advice.items()}
    return changes.frame.rows(), changes.unchanged.to_list(), list(advice.items()), changes.counts(), changes.notes


@pytest.mark.parametrize("layout", ["unified_full", "legacy_category"])
@pytest.mark.parametrize("seed", range(6))
def test_the_same_changes_as_by_cells(upload: Make, tmp_path: Path, layout: str, seed: int) -> None:
    dice = random.Random(seed)

    def row(number: int) -> dict[str, str | None]:
        cells: dict[str, str | None] = {name: dice.choice(["", "5", "Größe", "A-1", "5.0", "M-1"]) or None for name in NAMES}
        return {"sku": f"M-{number}", "record_action": dice.choice(ACTIONS) or None, **cells}

    old = [row(number) for number in range(60)]
    new = [dict(one) if dice.random() < 0.6 else row(number) for number, one in enumerate(old)][:55]
    new += [row(number) for number in range(70, 75)]
    new += [*dice.sample(old, 2), {**old[3], "record_action": "delete"}]
    dice.shuffle(new)
    for name, rows in (("old", old), ("new", new)):
        text.write(upload(rows, layout=layout), tmp_path / f"{name}.txt", encoding="utf-8")
        if seed % 2:  # as a spreadsheet saves it
            path = tmp_path / f"{name}.txt"
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    plain = compare(load(tmp_path / "old.txt"), load(tmp_path / "new.txt"))
    assert told(compare_files(tmp_path / "old.txt", tmp_path / "new.txt")) == told(plain)


def test_rows_that_were_merged_are_told_of_though_no_line_changed(upload: Make, tmp_path: Path) -> None:
    rows = [{"sku": "A", "record_action": "partial_update", "price": "5"}, {"sku": "B", "record_action": "full_update", "price": "6"}]
    text.write(upload(rows), tmp_path / "old.txt")
    text.write(upload([rows[0], rows[1] | {"price": "7"}]), tmp_path / "new.txt")
    assert any("partial updates" in note for note in compare_files(tmp_path / "old.txt", tmp_path / "new.txt").notes)


def test_unchanged_children_of_a_deleted_parent_are_seen(upload: Make, tmp_path: Path) -> None:
    child = {"sku": "C", "record_action": "full_update", "parentage_level": "child", "parent_sku": "P"}
    text.write(upload([{"sku": "P", "record_action": "full_update"}, child]), tmp_path / "old.txt")
    text.write(upload([{"sku": "P", "record_action": "delete"}, child]), tmp_path / "new.txt")
    changes = compare_files(tmp_path / "old.txt", tmp_path / "new.txt")
    assert [change.risk for change in changes] == ["OPS010", "OPS002"]
    assert changes.unchanged.to_list() == ["C"]


def test_lines_that_are_all_the_same_partial_updates_are_told_of(upload: Make, tmp_path: Path) -> None:
    rows = [{"sku": f"M-{number}", "record_action": "partial_update", "price": "5"} for number in range(9)]
    for name in ("old", "new"):
        text.write(upload(rows), tmp_path / f"{name}.txt")
    plain = compare(load(tmp_path / "old.txt"), load(tmp_path / "new.txt"))
    assert told(compare_files(tmp_path / "old.txt", tmp_path / "new.txt")) == told(plain)
    assert any("partial updates" in note for note in plain.notes)


def test_files_with_other_columns_are_compared_by_cells(upload: Make, tmp_path: Path) -> None:
    text.write(upload([{"sku": "A", "price": "5"}]), tmp_path / "old.txt")
    text.write(upload([{"sku": "A", "price": "5.00"}], layout="legacy_category"), tmp_path / "new.txt")
    assert len(compare_files(tmp_path / "old.txt", tmp_path / "new.txt")) == 0
