"""Kill a writer at random moments and look at what it leaves: `python killed.py ledger|build FOLDER TIMES SEED`.

A process of its own without threads, so that it may fork: each child writes until it is killed, the parent checks.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from listingkit.atomic import replacing
from listingkit.diff import ledger
from listingkit.render import folder

Work = Callable[[], None]

STORES = ("DE", "US", "UK")


def kill_while(work: Work, after: float) -> bool:
    """Run `work` in a child and kill it after this many seconds; whether the kill came before it was done."""
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the parent must hear of everything
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the writer failed by itself"
    return os.WIFSIGNALED(status)


def write(path: Path, content: bytes) -> None:
    with replacing(path) as stream:
        stream.write(content)


def sent(place: Path, number: int) -> Work:
    """Files of one run, two parts a marketplace, and recording them."""
    files = []
    for store in STORES:
        for part in (1, 2):
            path = place / "out" / store / f"delta-0{part}.txt"
            write(path, f"{store} {number}\n".encode() * 1000 * part)
            files.append((store, path))

    def work() -> None:
        ledger.record(place / "ledger", files)

    return work


def check_ledger(place: Path, number: int, before: tuple[ledger.Entry, ...]) -> tuple[ledger.Entry, ...]:
    """Every entry that was there is there, every copy is what was sent, and a second try completes what the kill left undone."""
    home = place / "ledger"
    after = ledger.entries(home)
    assert after[: len(before)] == before, "an entry was lost"
    assert len(after) - len(before) <= 2 * len(STORES)
    for entry in after[len(before) :]:
        assert ledger.content(home, entry).startswith(f"{entry.store} {number}\n".encode())
    sent(place, number)()
    whole = ledger.entries(home)
    told = [(entry.store, entry.file[-6:-4]) for entry in whole[len(before) :]]
    assert told == [(store, part) for store in STORES for part in ("01", "02")], "recorded twice, or not at all"
    assert not list(home.rglob("*.part")), "the next run leaves what a dead one left"
    return whole


def built(place: Path, number: int) -> Work:
    """A build that writes several files into a folder that takes its place at once."""

    def work() -> None:
        with folder.replacing(place / "out") as part:
            for store in STORES:
                (part / store).mkdir()
                write(part / store / "upload.txt", f"{store} {number}\n".encode() * 5000)
            (part / folder.MARK).write_text(json.dumps({"number": number, "outputs": {f"{store}/upload.txt": "" for store in STORES}}))

    return work


def check_build(place: Path, number: int, known: int) -> int:
    """The old output or the new one, whole."""
    out = place / "out"
    said: int = json.loads((out / folder.MARK).read_text())["number"]
    assert said in (known, number), f"{said} is neither {known} nor {number}"
    for store in STORES:
        assert (out / store / "upload.txt").read_bytes() == f"{store} {said}\n".encode() * 5000, "half an output"
    return said


_JOBS: dict[str, tuple[Callable[[Path, int], Work], Callable[[Path, int, Any], Any]]] = {
    "ledger": (sent, check_ledger),
    "build": (built, check_build),
}


def main(what: str, folder_: str, kills: int, seed: int) -> None:
    """Go on until so many kills came in time."""
    place, dice = Path(folder_), random.Random(seed)
    killed = number = 0
    known: Any = ()
    if what == "build":
        built(place, 0)()
        known = 0
    work, check = _JOBS[what]
    begun = time.perf_counter()
    work(place / "trial", 1)()
    span = 1.2 * (time.perf_counter() - begun)
    while killed < kills and number < 20 * kills:
        number += 1
        killed += kill_while(work(place, number), dice.random() * span)
        known = check(place, number, known)
    print(killed, number)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
