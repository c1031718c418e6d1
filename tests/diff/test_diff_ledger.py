"""The ledger: append-only, chained, one writer at a time, nothing lost when a writer dies."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from listingkit.diff import ledger, live
from listingkit.diff.store import apply
from listingkit.errors import ListingkitError, Unreadable, Unwritable
from listingkit.inventory.upload import Upload
from listingkit.render import text

Make = Callable[..., Upload]
KILLED = Path(__file__).with_name("killed.py")


def files(folder: Path, word: str, stores: tuple[str, ...] = ("DE", "US")) -> list[tuple[str, Path]]:
    made = []
    for store in stores:
        path = folder / f"{store}-{word}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{store} {word}", "utf-8")
        made.append((store, path))
    return made


def test_what_was_sent_is_kept(tmp_path: Path) -> None:
    home = tmp_path / "ledger"
    at = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
    first = ledger.record(home, files(tmp_path, "one"), at)
    second = ledger.record(home, files(tmp_path, "two", ("DE",)), at)
    assert [(entry.number, entry.store, entry.at) for entry in ledger.entries(home)] == [
        (1, "DE", "2026-11-24T01:02:03+00:00"),
        (2, "US", "2026-11-24T01:02:03+00:00"),
        (3, "DE", "2026-11-24T01:02:03+00:00"),
    ]
    assert ledger.entries(home, "US") == first[1:]
    assert [ledger.content(home, entry) for entry in (*first, *second)] == [b"DE one", b"US one", b"DE two"]


def test_the_same_file_again_is_no_new_entry(tmp_path: Path) -> None:
    home = tmp_path / "ledger"
    one, two = files(tmp_path, "one"), files(tmp_path, "two", ("DE",))
    assert len(ledger.record(home, one)) == 2
    assert ledger.record(home, one) == ()
    assert len(ledger.record(home, two)) == 1
    assert [entry.store for entry in ledger.record(home, one)] == ["DE"]  # back to the first: that is another upload


def test_a_torn_last_line_is_left_out_and_mended(tmp_path: Path) -> None:
    home = tmp_path / "ledger"
    ledger.record(home, files(tmp_path, "one"))
    path = home / "ledger.jsonl"
    whole = path.read_bytes()
    for cut in (1, 20, len(whole.splitlines()[1])):
        path.write_bytes(whole[:-cut])
        assert [entry.store for entry in ledger.entries(home)] == ["DE"]
        ledger.record(home, files(tmp_path, "one"))
        assert [entry.store for entry in ledger.entries(home)] == ["DE", "US"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"store": "DE"', '"store": "UK"', "line 1 was changed"),
        ('"number": 2', '"number": 7', "line 2 was changed"),
        ('{"number": 1', '["number": 1', "line 1 is no entry"),
    ],
)
def test_an_edited_ledger_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    home = tmp_path / "ledger"
    ledger.record(home, files(tmp_path, "one"))
    path = home / "ledger.jsonl"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(Unreadable, match=words):
        ledger.entries(home)


def test_a_line_taken_out_is_noticed(tmp_path: Path) -> None:
    home = tmp_path / "ledger"
    ledger.record(home, files(tmp_path, "one"))
    path = home / "ledger.jsonl"
    path.write_bytes(path.read_bytes().split(b"\n", 1)[1])
    with pytest.raises(Unreadable, match="line 1 was changed"):
        ledger.entries(home)


def test_a_copy_that_is_not_what_was_sent_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "ledger"
    one, other = ledger.record(home, files(tmp_path, "one"))
    copies = home / "uploads"
    (copies / f"{one.sha256}.gz").write_bytes((copies / f"{other.sha256}.gz").read_bytes())
    with pytest.raises(Unreadable, match="is not what was recorded"):
        ledger.content(home, one)
    (copies / f"{other.sha256}.gz").write_bytes(b"")
    with pytest.raises(Unreadable, match=r"is not what was recorded"):
        ledger.content(home, other)
    (copies / f"{other.sha256}.gz").unlink()
    with pytest.raises(Unreadable, match=r"upload 2 is missing: restore it"):
        ledger.content(home, other)


@pytest.mark.parametrize("at", range(10, 30, 2))
def test_a_copy_that_is_damaged_is_refused(tmp_path: Path, at: int) -> None:
    home = tmp_path / "ledger"
    one, _ = ledger.record(home, files(tmp_path, "one"))
    path = home / "uploads" / f"{one.sha256}.gz"
    sound = path.read_bytes()
    path.write_bytes(sound[:at] + b"\xff\xff" + sound[at + 2 :])
    with pytest.raises(Unreadable, match="restore it from a copy of the ledger"):
        ledger.content(home, one)


@pytest.mark.parametrize("value", ['"\\ud800"', "[" * 100_000, "1e999", '{"a": []}', "null"])
def test_a_line_that_is_no_entry_is_refused(tmp_path: Path, value: str) -> None:
    home = tmp_path / "ledger"
    ledger.record(home, files(tmp_path, "one"))
    path = home / "ledger.jsonl"
    path.write_text(path.read_text("utf-8").replace('"DE"', value), "utf-8")
    with pytest.raises(Unreadable, match=r"line 1 .*: restore the file from a copy"):
        ledger.entries(home)


def test_two_runs_at_once_both_count(tmp_path: Path) -> None:
    home = tmp_path / "ledger"
    jobs = [files(tmp_path, f"run {number}", (f"S{number}",)) for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda job: ledger.record(home, job), jobs))
    assert sorted(entry.store for entry in ledger.entries(home)) == sorted(f"S{number}" for number in range(24))


def test_bad_places(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"cannot read .*missing"):
        ledger.record(tmp_path / "ledger", [("DE", tmp_path / "missing.txt")])
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unwritable, match="cannot make the ledger"):
        ledger.record(tmp_path / "file", files(tmp_path, "one"))
    with pytest.raises(ListingkitError, match="holds no output of listingkit build"):
        ledger.files(tmp_path)


def test_the_files_of_a_build(tmp_path: Path) -> None:
    import hashlib

    for name in ("DE/upload.txt", "DE/delta.txt", "US/upload.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert [path.name for _, path in ledger.files(tmp_path)] == ["delta.txt", "upload.txt"]
    assert [path.name for _, path in ledger.files(tmp_path, whole=True)] == ["upload.txt", "upload.txt"]
    assert [store for store, _ in ledger.files(tmp_path, marketplaces=["US"])] == ["US"]
    with pytest.raises(ListingkitError, match=r"holds no FR/upload\.txt"):
        ledger.files(tmp_path, marketplaces=["FR"])
    outputs = {"DE/delta.txt": hashlib.sha256(b"DE/delta.txt").hexdigest()}
    (tmp_path / "manifest.json").write_text(json.dumps({"outputs": outputs}))
    assert len(ledger.files(tmp_path)) == 2
    (tmp_path / "DE" / "delta.txt").write_text("edited")
    with pytest.raises(ListingkitError, match=r"delta\.txt was edited after the build"):
        ledger.files(tmp_path)
    for damaged in ("{}", "[", "[]", '{"outputs": 7}', "[" * 100_000):
        (tmp_path / "manifest.json").write_text(damaged)
        with pytest.raises(Unreadable, match="not the manifest of a build: build again"):
            ledger.files(tmp_path)


def test_the_state_and_the_history_of_a_listing(tmp_path: Path, upload: Make) -> None:
    home = tmp_path / "ledger"
    sent = [
        upload([{"sku": "A", "item_name": "Mug", "price": "5"}, {"sku": "B", "item_name": "Cup"}]),
        upload([{"sku": "A", "record_action": "partial_update", "price": "7"}]),
        upload([{"sku": "B", "record_action": "delete"}]),
    ]
    wanted: dict[str, dict[str, str]] = {}
    for number, one in enumerate(sent):
        path = tmp_path / str(number) / "upload.txt"
        text.write(one, path)
        ledger.record(home, [("DE", path)])
        wanted = apply(wanted, one)
    state = live.state(home, "DE")
    assert state is not None
    assert apply({}, state) == wanted
    assert live.state(home, "US") is None
    steps = list(live.history(home, "A"))
    assert [(step.entry.number, [(change.kind, change.old, change.new) for change in step.changes]) for step in steps] == [
        (1, [("added", None, None)]),
        (2, [("changed", "5", "7")]),
    ]
    assert [step.changes[0].kind for step in live.history(home, "B")] == ["added", "removed"]


def test_the_history_of_a_listing_that_was_there_before_the_ledger(tmp_path: Path, upload: Make) -> None:
    home = tmp_path / "ledger"
    sent = [
        upload([{"sku": "B", "record_action": "full_update", "item_name": "Cup"}]),
        upload([{"sku": "A", "record_action": "partial_update", "price": "7"}]),
        upload([{"sku": "A", "record_action": "partial_update", "price": "8"}]),
        upload([{"sku": "C", "record_action": "delete"}]),
    ]
    for number, one in enumerate(sent):
        text.write(one, tmp_path / f"{number}.txt")
        ledger.record(home, [("DE", tmp_path / f"{number}.txt")])

    def told(sku: str) -> list[tuple[int, bool, list[tuple[str, str | None, str | None]]]]:
        steps = live.history(home, sku)
        return [(step.entry.number, step.known, [(one.kind, one.old, one.new) for one in step.changes]) for step in steps]

    assert told("A") == [(2, False, [("changed", None, "7")]), (3, True, [("changed", "7", "8")])]
    assert told("B") == [(1, True, [("added", None, None)])]
    assert told("C") == [(4, False, [("removed", None, None)])]


def kill(what: str, folder: Path, times: int) -> None:
    folder.mkdir(parents=True)
    run = subprocess.run(
        [sys.executable, str(KILLED), what, str(folder), str(times), "7"], capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert int(run.stdout.split()[0]) == times


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked writers")
@pytest.mark.parametrize("what", ["ledger", "build"])
def test_a_killed_writer_leaves_everything_sound(tmp_path: Path, what: str) -> None:
    kill(what, tmp_path / what, 100)
