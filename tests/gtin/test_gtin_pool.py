"""The pool never hands out a number twice: not to two processes, not after a crash at any byte."""

import multiprocessing
import os
import re
import sys
from datetime import date
from pathlib import Path

import pytest

from listingkit.errors import BadProfile, ListingkitError, Unreadable, Unwritable
from listingkit.gtin import triage
from listingkit.gtin.pool import Allocation, allocate, capacity, numbers_in

DAY = date(2026, 11, 24)


def take(ledger: Path, count: int, prefix: str = "0614141", used: set[str] | None = None) -> Allocation:
    return allocate(prefix, count, ledger, used=used or (), today=DAY)


def test_the_lowest_unused_numbers_in_order(tmp_path: Path) -> None:
    ledger = tmp_path / "numbers.tsv"
    assert take(ledger, 2).gtins == ("614141000005", "614141000012")
    found = take(ledger, 1)
    assert found.gtins == ("614141000029",)
    assert (found.capacity, found.left) == (100_000, 99_997)
    assert "0614141000029\t2026-11-24\t" in ledger.read_text("utf-8")


def test_an_ean_prefix_gives_13_digits(tmp_path: Path) -> None:
    assert take(tmp_path / "n.tsv", 1, "4012345").gtins == ("4012345000009",)


def test_numbers_used_elsewhere_are_left_out(tmp_path: Path) -> None:
    used = tmp_path / "upload.txt"
    used.write_text("sku\tid\nA\t0614141000005\nB\t00614141000012\nC\t614141000029\n", "utf-8")
    assert numbers_in(used) >= {"0614141000005", "00614141000012", "614141000029"}
    found = take(tmp_path / "n.tsv", 1, used=numbers_in(used))
    assert found.gtins == ("614141000036",)
    assert found.left == 99_996


def test_what_is_handed_out_may_be_used(tmp_path: Path) -> None:
    found = take(tmp_path / "n.tsv", 50, "40123456")
    assert {triage(code).status for code in found.gtins} <= {"valid", "warn"}


def test_an_exhausted_prefix_takes_nothing(tmp_path: Path) -> None:
    ledger = tmp_path / "n.tsv"
    assert take(ledger, 9, "40123456789").left == 1
    before = ledger.read_bytes()
    with pytest.raises(ListingkitError, match="1 of 10 numbers left, 2 were asked for; none was taken"):
        take(ledger, 2, "40123456789")
    assert ledger.read_bytes() == before
    found = take(ledger, 1, "40123456789")
    assert found.left == 0
    assert found.nearly_used_up
    assert capacity("40123456789") == 10


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("614141", "with its zero: 0614141"),
        ("200123", "restricted"),
        ("12", "no company prefix"),
        ("abc", "no company prefix"),
        ("١٢٣٤٥٦٧", "no company prefix"),
        ("1401234", "unassigned"),
    ],
)
def test_a_bad_prefix_is_named(tmp_path: Path, prefix: str, words: str) -> None:
    with pytest.raises(ListingkitError, match=words):
        take(tmp_path / "n.tsv", 1, prefix)
    assert not (tmp_path / "n.tsv").exists()


def test_a_count_below_one(tmp_path: Path) -> None:
    with pytest.raises(ListingkitError, match="one or more"):
        take(tmp_path / "n.tsv", 0)


def test_a_crash_at_any_byte_hands_out_nothing_twice(tmp_path: Path) -> None:
    ledger = tmp_path / "n.tsv"
    first = take(ledger, 3).gtins
    seen = len(ledger.read_bytes())
    take(ledger, 2)
    whole = ledger.read_bytes()
    for cut in range(seen, len(whole)):  # the second batch was never shown
        ledger.write_bytes(whole[:cut])
        again = take(ledger, 3).gtins
        assert not set(again) & set(first)
        more = take(ledger, 1).gtins
        assert not set(more) & {*first, *again}


def test_a_damaged_ledger_names_its_line(tmp_path: Path) -> None:
    ledger = tmp_path / "n.tsv"
    ledger.write_text("# head\n0614141000005\t2026-11-24\t\nsomething else\n", "utf-8")
    with pytest.raises(BadProfile, match="line 3"):
        take(ledger, 1)
    ledger.write_bytes(b"0614141000005\t2026-11-24\t\n\xff\xfe\n")
    with pytest.raises(BadProfile, match="line 2"):
        take(ledger, 1)


def test_a_note_cannot_break_the_ledger(tmp_path: Path) -> None:
    ledger = tmp_path / "n.tsv"
    allocate("0614141", 1, ledger, note="two\nlines\tand a tab", today=DAY)
    assert take(ledger, 1).gtins == ("614141000012",)


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="cannot open the ledger"):
        take(tmp_path, 1)
    with pytest.raises(Unreadable, match="cannot read the used numbers"):
        numbers_in(tmp_path / "none.txt")


def test_a_device_is_no_ledger() -> None:
    with pytest.raises(Unwritable, match="not a regular file"):
        allocate("0614141", 1, os.devnull, today=DAY)


def _on_a_full_disk(ledger: str) -> None:
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150, 150))
    with pytest.raises(Unwritable, match="no number was taken"):
        take(Path(ledger), 50)


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are Unix")
def test_a_full_disk_hands_out_nothing(tmp_path: Path) -> None:
    ledger = tmp_path / "n.tsv"
    shown = take(ledger, 1).gtins
    worker = multiprocessing.get_context("spawn").Process(target=_on_a_full_disk, args=(str(ledger),))
    worker.start()
    worker.join(60)
    assert worker.exitcode == 0
    assert not set(take(ledger, 5).gtins) & set(shown)


def _worker(ledger: str, results: str) -> None:
    taken = [code for _ in range(10) for code in take(Path(ledger), 2).gtins]
    Path(results).write_text("\n".join(taken), "utf-8")


def test_processes_at_once_get_different_numbers(tmp_path: Path) -> None:
    ledger = tmp_path / "n.tsv"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_worker, args=(str(ledger), str(tmp_path / f"{n}.txt"))) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    taken = [code for n in range(3) for code in (tmp_path / f"{n}.txt").read_text("utf-8").split()]
    assert len(taken) == len(set(taken)) == 60
    assert len(re.findall(r"^\d+\t", ledger.read_text("utf-8"), re.MULTILINE)) == 60
