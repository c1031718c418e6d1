"""100,000 rows on two worker processes, one of them killed half-way: findings, uploads and changes are those of one machine."""

import io
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import generate
import polars as pl
import pytest
from parted import expected, parted, told, upload

from listingkit import distributed
from listingkit.build import Built, Order, build
from listingkit.diff.gate import gate
from listingkit.diff.lines import compare_files
from listingkit.job import Inputs
from listingkit.judging import Question
from listingkit.large import check_parts
from listingkit.parts import Parts
from listingkit.report.changes_lines import write_jsonl

AS_OF = date(2026, 11, 1)
CODES = ("US", "DE")
ROWS = 100_000
CUTS = (0, 6_329, 7_603, 30_000, 42_446, 47_932, 70_240, 70_241, 85_320)


def dirty(rows: int, made: Any) -> pl.DataFrame:
    """Rows of which one in two hundred has only bad cells, many with a fix that needs no question."""
    frame: pl.DataFrame = made(rows, 0)
    bad = generate.every_cell_bad(rows, 0).select(frame.columns)
    every = pl.int_range(rows, eager=True) % 200 == 7
    return frame.with_columns(frame[name].zip_with(~every, bad[name]) for name in frame.columns if name not in ("sku", "parent_sku"))


@dataclass(frozen=True)
class Whole:
    """What one machine makes of the master as it was (`old`) or as it is (`new`)."""

    folder: Path  # holds the master's parts and the uploads
    built: Built
    findings: Counter[Any]


@pytest.fixture(scope="module")
def wholes(tmp_path_factory: Any) -> dict[str, Whole]:
    """Both."""
    found = {}
    for name, made in (("old", generate.previous), ("new", generate.master)):
        folder = tmp_path_factory.mktemp(name)
        frame = dirty(ROWS, made)
        frame.write_csv(folder / "master.csv")
        parted(frame, folder / "parts", CUTS)
        order = Order(Inputs((str(folder / "master.csv"),)), folder / "out", AS_OF, CODES)
        found[name] = Whole(folder, build(order), every_finding(folder / "master.csv"))
    return found


def every_finding(path: Path) -> Counter[Any]:
    """What one machine finds, each row of it."""
    question = Question(CODES, AS_OF, most=1 << 62)
    return expected(check_parts(Parts(Inputs((str(path),))), question)[1])


@contextmanager
def struck(client: Any, folder: Path, files: int) -> Iterator[None]:
    """Kill a worker as soon as so many files lie in a folder; it was at work then."""
    killed: list[int] = []

    def strike() -> None:
        while not folder.is_dir() or len(list(folder.iterdir())) < files:
            time.sleep(0.02)
        killed.append(next(iter(client.run(os.getpid).values())))
        os.kill(killed[0], signal.SIGKILL)

    thread = threading.Thread(target=strike, daemon=True)
    thread.start()
    yield
    thread.join(timeout=1)
    assert killed


@pytest.mark.slow
@pytest.mark.parametrize("kill", [False, True])
def test_100_000_rows_row_for_row(wholes: dict[str, Whole], tmp_path: Path, kill: bool) -> None:
    with distributed.cluster(workers=2) as client:
        for name, whole in wholes.items():
            out = tmp_path / name
            with struck(client, out / "findings", 3) if kill else nullcontext():
                urls = f"{whole.folder}/parts/*.csv"
                done = distributed.render(urls, str(out), client=client, marketplaces=CODES, as_of=AS_OF, most=1 << 62)
            assert dict(done.counts) == dict(whole.built.findings.counts())
            assert told(out, CUTS) == whole.findings
            for one in whole.built.made:
                code = one.store.code
                assert upload(out / code) == (whole.folder / "out" / code / "upload.txt").read_bytes()
                assert (done.shipped[code], done.held[code], done.fixed[code]) == (one.shipped, one.held.sum(), one.fixed)
        changes = tmp_path / "changes"
        with struck(client, changes / "_shuffle" / "old", 2) if kill else nullcontext():
            sides = f"{tmp_path}/old/DE/*.txt", f"{tmp_path}/new/DE/*.txt"
            compared = distributed.diff(*sides, str(changes), client=client, store="DE")
    old, new = (wholes[name].folder / "out" / "DE" / "upload.txt" for name in ("old", "new"))
    expected_changes = compare_files(old, new, store="DE")
    stream = io.StringIO()
    write_jsonl(expected_changes, stream)
    lines = [line for path in (changes / "changes").iterdir() for line in path.read_text("utf-8").splitlines()]
    assert Counter(lines) == Counter(stream.getvalue().splitlines())
    assert compared.gate == gate(expected_changes)
    assert len(lines) > 3_000
