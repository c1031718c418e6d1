"""What other processes read, map and judge is what one alone finds; whatever happens to them, the answer is the same."""

import os
import re
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from generate import master
from hypothesis import given, settings
from hypothesis import strategies as st
from mug import document

from listingkit import build_parts, parts, workers
from listingkit.build import Order
from listingkit.config import load
from listingkit.errors import ListingkitError
from listingkit.inventory.read import read_template
from listingkit.job import Inputs
from listingkit.judging import Question
from listingkit.large import check_parts
from listingkit.master import chunks, cuts
from listingkit.parts import Parts
from listingkit.schemas.definition.definition import compiled
from listingkit.workers import Workers

AS_OF = date(2026, 11, 1)
CONFIG = """
[brand.Havnegade.rules]
severity = { GTN = "warning" }

[marketplace.DE.rules]
ignore = ["TTL"]

[[exceptions]]
rule = "OFR003"
sku = "HG-*"
reason = "stock is counted twice a day"
expires = 2026-12-01
"""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files are cut as large ones are, for two processes."""
    monkeypatch.setattr(parts, "LARGE", {False: 0, True: 0})
    monkeypatch.setattr(parts, "SHARED", 0)
    monkeypatch.setattr(chunks, "CHUNK", 40_000)
    monkeypatch.setattr(chunks, "PEEK", 4_000)
    monkeypatch.setattr(parts, "spare", lambda _: 2)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Workers]:
    """The processes that were started."""
    started: list[Workers] = []
    born = Workers.__init__

    def noted(self: Workers, *given: Any) -> None:
        started.append(self)
        born(self, *given)

    monkeypatch.setattr(Workers, "__init__", noted)
    return started


def asked(path: Path, *, alone: bool = False, **more: Any) -> Any:
    """What is found, by this process alone or by others; and whether the others could."""
    made = Parts(Inputs((str(path),)))
    made._alone = alone
    report, found = check_parts(made, Question(("US", "DE"), AS_OF, **more))
    told = [*found, *(found.error_rows(code) for code in ("US", "DE")), found.counts(), report.held, report.inputs, report.products]
    return told, not made._alone


def written(path: Path, frame: pl.DataFrame, **how: Any) -> Path:
    frame.write_csv(path, **how)
    return path


def test_they_find_what_one_finds(tmp_path: Path, begun: list[Workers]) -> None:
    path = written(tmp_path / "master.csv", master(3_000))
    told, shared = asked(path)
    assert shared
    assert len(begun) == 1
    assert told == asked(path, alone=True)[0]
    assert len(begun) == 1


@settings(max_examples=5)
@given(most=st.sampled_from([1, 5, 60]), seed=st.integers(0, 99), blank=st.booleans(), stray=st.none() | st.integers(0, 2_600))
def test_whatever_the_order_the_cap_and_the_quotes(tmp_path_factory: Any, most: int, seed: int, blank: bool, stray: int | None) -> None:
    frame = master(2_600).sample(fraction=1, shuffle=True, seed=seed)  # families stand in many pieces
    path = written(tmp_path_factory.mktemp("workers") / "master.csv", frame)
    lines = path.read_text("utf-8").split("\n")
    if blank:
        lines[2_100:2_100] = ["," * 39] * 30
    if stray is not None:
        lines[stray + 1] = lines[stray + 1].replace("Havnegade ", '5" Havnegade ', 1)
    path.write_text("\n".join(lines), "utf-8")
    told, shared = asked(path, most=most)
    assert told == asked(path, alone=True, most=most)[0]
    assert shared or stray is not None


@pytest.mark.parametrize(("encoding", "delimiter", "end"), [("utf-16", "\t", "\r\n"), ("cp1252", ";", "\n"), ("utf-8-sig", ",", "\r\n")])
def test_every_encoding_and_line_end(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    frame = master(2_600).drop(pl.selectors.contains("ja_JP"))
    path = written(tmp_path / "master.csv", frame, separator=delimiter, line_terminator=end)
    path.write_bytes(path.read_bytes().decode().encode(encoding))
    told, shared = asked(path)
    assert shared
    assert told == asked(path, alone=True)[0]


def test_what_is_utf8_only_at_the_top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "VERIFIED", 1)
    path = written(tmp_path / "master.csv", master(3_000))
    lines = path.read_bytes().split(b"\n")
    lines[2_900] = lines[2_900].replace(b"Los", b"L\xf6s", 1)
    path.write_bytes(b"\n".join(lines))
    told, shared = asked(path)
    assert not shared
    assert told == asked(path, alone=True)[0]


def test_what_is_not_utf8_within_the_top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "VERIFIED", 1)  # a megabyte
    path = written(tmp_path / "master.csv", master(1_800))
    path.write_bytes(path.read_bytes() + b"Z-1,HOME,,,,,,K\xe4se" + b"," * 32 + b"\n")
    told, shared = asked(path)
    assert not shared
    assert told == asked(path, alone=True)[0]


def test_columns_without_a_header_that_only_later_rows_fill(tmp_path: Path) -> None:
    path = written(tmp_path / "master.csv", master(3_000))
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([line + (",remark" if number == 2_700 else ",") for number, line in enumerate(lines)]) + "\n", "utf-8")
    told, shared = asked(path)
    assert shared
    assert told == asked(path, alone=True)[0]


def test_what_only_later_rows_tell_of_a_column(tmp_path: Path) -> None:
    frame = master(3_000)
    late = pl.int_range(pl.len()) > 2_800
    frame = frame.with_columns(pl.when(late).then(pl.lit("1.234,50")).otherwise("price@US").alias("price@US"))
    frame = frame.with_columns(pl.when(late).then(pl.lit("SP-") + pl.col("sku")).otherwise("product_id").alias("product_id"))
    path = written(tmp_path / "master.csv", frame)
    told, shared = asked(path)
    assert shared
    assert told == asked(path, alone=True)[0]


def test_supplier_numbers_for_gtins_are_told_once(tmp_path: Path) -> None:
    """The first piece proves another thing than the whole column."""
    frame = master(6_000).with_columns(pl.when(pl.int_range(pl.len()) < 2_500).then("product_id").otherwise(pl.lit("SP-") + pl.col("sku")))
    path = written(tmp_path / "master.csv", frame.with_columns(pl.col("product_id").alias("product_id")))
    assert asked(path)[0] == asked(path, alone=True)[0]


@pytest.mark.parametrize("after", [0, 3])
def test_who_is_killed_is_not_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: list[Workers], after: int) -> None:
    path = written(tmp_path / "master.csv", master(3_000))
    done = workers._Child.asked
    count = 0

    def killing(self: Any, what: object) -> Any:
        nonlocal count
        count += 1
        if count > after:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
        return done(self, what)

    monkeypatch.setattr(workers._Child, "asked", killing)
    told, shared = asked(path)
    assert begun
    assert not shared
    assert told == asked(path, alone=True)[0]


def test_a_file_that_is_written_meanwhile_is_not_read_by_others(tmp_path: Path) -> None:
    path = tmp_path / "master.csv"
    path.write_text("sku,price\nA-1,5\n", "utf-8")
    with cuts.cuts(str(path), apart=True, encoding=None, delimiter=None, header_row=None) as cut:
        cut.first(1)
        how, whole = cut.piecemeal, cuts.Stretch(0, path.stat().st_size)
        assert how.cells(whole).height == 2
        path.write_text("sku,price\nB-1,5\n", "utf-8")
        os.utime(path, (1, 1))
        with pytest.raises(cuts.Alone):
            how.cells(whole)
        path.unlink()
        with pytest.raises(cuts.Alone):
            how.cells(whole)


class Refusing:
    """Work that no process can do but the one that began."""

    def __init__(self) -> None:
        self.home = os.getpid()

    def begin(self) -> Any:
        if os.getpid() != self.home:
            raise ListingkitError("the folder is full; make room")
        return lambda _: None


def test_what_they_raise_is_raised_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # so that they know this class
    made = Parts(Inputs((str(written(tmp_path / "master.csv", master(2_600))),)))
    with pytest.raises(ListingkitError, match="the folder is full; make room"):
        list(made.each(lambda _: Refusing()))


def test_configs_templates_and_definitions_travel(tmp_path: Path, templates: Any) -> None:
    frame = master(2_600).with_columns(
        pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit("MUG")).otherwise("product_type").alias("product_type")
    )
    path = written(tmp_path / "master.csv", frame)
    (tmp_path / "listingkit.toml").write_text(CONFIG, "utf-8")
    question: dict[str, Any] = {
        "config": load(str(tmp_path / "listingkit.toml")),
        "templates": [read_template(templates.build(templates.unified(), tmp_path / "us.xlsm"))],
        "definitions": {("MUG", "US"): compiled("MUG.json", document())},
    }
    told, shared = asked(path, **question)
    assert shared
    assert told == asked(path, alone=True, **question)[0]


def test_a_build_writes_the_same_files(tmp_path: Path, begun: list[Workers]) -> None:
    path = tmp_path / "master.csv"
    frame = master(2_600)
    spoiled = frame.with_columns(product_id=frame["product_id"].str.replace("^4", " 4"))  # safe fixes
    spoiled.write_csv(path)
    for name, count in (("shared", 2), ("alone", 0)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(parts, "spare", lambda _, count=count: count)
            build_parts.build(Order(Inputs((str(path),)), tmp_path / name, AS_OF, ("US", "DE")))
    assert len(begun) == 1
    files = [file.relative_to(tmp_path / "alone") for file in (tmp_path / "alone").rglob("*") if file.suffix in {".txt", ".jsonl"}]
    assert len(files) == 3
    for file in files:
        one, other = ((tmp_path / name / file).read_bytes() for name in ("shared", "alone"))
        assert one == other, file


def test_a_sheet_without_a_sku_is_refused_in_the_same_words(tmp_path: Path) -> None:
    path = tmp_path / "master.csv"
    path.write_text("Title,Price\n" + "Mug,5\n" * 9_000, "utf-8")
    with pytest.raises(ListingkitError) as alone:
        asked(path, alone=True)
    with pytest.raises(ListingkitError, match=re.escape(str(alone.value))):
        asked(path)
