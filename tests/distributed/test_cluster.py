"""On a real scheduler and two real worker processes: the same findings and uploads as on one machine, also when a worker dies."""

import io
import json
import os
import signal
import threading
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from generate import every_cell_bad, master
from parted import expected, parted, told, upload

from listingkit import distributed
from listingkit.build import Order, build
from listingkit.cli import group
from listingkit.config import DEFAULT, Config, load
from listingkit.diff.gate import gate
from listingkit.diff.lines import compare_files
from listingkit.diff.settings import Settings
from listingkit.distributed.run import buckets_for
from listingkit.errors import BadProfile, ListingkitError, UnknownName
from listingkit.holding import held_by
from listingkit.inventory import builtin
from listingkit.job import Inputs, checked, listings_of, read_masters
from listingkit.judging import Question
from listingkit.large import check_parts
from listingkit.marketplace import select
from listingkit.parts import Parts
from listingkit.render import text
from listingkit.render.rows import render
from listingkit.report.changes_lines import write_jsonl

AS_OF = date(2026, 11, 1)
CODES = ("US", "DE")
ROWS = 900
CUTS = (0, 200, 201, 640)
CONFIG = """
[rules]
ignore = ["IMG"]
severity = { BUL = "warning" }
[marketplace.DE.rules]
ignore = ["TTL"]
severity = { GTN = "warning" }
[[exceptions]]
sku = "*"
rule = "SKU003"
marketplace = "US"
reason = "two warehouses"
expires = 2026-12-31
[[exceptions]]
sku = "HG-1*"
rule = "OFR"
reason = "new prices come on Monday"
expires = 2026-12-31
[[exceptions]]
sku = "HG-1*"
rule = "REQ"
reason = "over"
expires = 2026-10-31
[[exceptions]]
sku = "nobody"
rule = "GTN"
reason = "not ours"
expires = 2026-12-31
"""


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    rows = master(ROWS)
    twice = rows["sku"][11]
    price = pl.when(pl.int_range(pl.len()) % 50 != 3).then("price@DE").alias("price@DE")
    rows = rows.with_columns(price)  # some are not offered in DE: said once of the sheet
    return rows.with_columns(sku=pl.when(pl.int_range(pl.len()) == ROWS - 3).then(pl.lit(twice)).otherwise("sku"))


@pytest.fixture(scope="module")
def single(frame: pl.DataFrame, tmp_path_factory: Any) -> Any:
    path = tmp_path_factory.mktemp("single") / "master.csv"
    frame.write_csv(path)
    inputs = Inputs((str(path),))
    return checked(listings_of(inputs, read_masters(inputs)), select(CODES), as_of=AS_OF)


def held(path: Path, findings: Any) -> dict[str, int]:
    """The rows that a build of this master holds back."""
    inputs = Inputs((str(path),))
    listings = listings_of(inputs, read_masters(inputs))
    return {store.code: int(held_by("hold", listings, findings, store).sum()) for store in select(CODES)}


@pytest.mark.parametrize(("suffix", "header"), [(".csv", 1), (".parquet", 0)])
def test_the_findings_are_those_of_one_machine(client: Any, frame: Any, single: Any, tmp_path: Path, suffix: str, header: int) -> None:
    urls = parted(frame, tmp_path / "parts", CUTS, suffix)
    out = tmp_path / "out"
    done = distributed.check(urls, str(out), client=client, marketplaces=CODES, as_of=AS_OF)
    assert told(out, CUTS, header) == expected(single)
    assert done.rows == ROWS
    assert dict(done.counts) == dict(single.counts())
    assert done.errors == single.severities()["error"]
    frame.write_csv(tmp_path / "master.csv")
    assert done.held == held(tmp_path / "master.csv", single)
    assert json.loads((out / "summary.json").read_text("utf-8"))["held"] == done.held
    assert not (out / "_shuffle").exists()
    assert "MKT005" in (out / "findings" / "sheet.jsonl").read_text("utf-8")


def dirty(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with fixes that need no question, below which others are wrong too; and a column of numbers that are none."""
    both = pl.concat([frame.head(100), every_cell_bad(40)], how="diagonal")
    return both.with_columns(product_id=pl.concat_str(pl.lit("No. "), pl.col("sku").str.slice(0, 4)))


@pytest.mark.parametrize(("given", "rules"), [("frame", CONFIG), ("dirty", ""), ("dirty", CONFIG)])
def test_uploads_are_fixed_excepted_and_held_back_as_on_one_machine(
    client: Any, frame: Any, tmp_path: Path, rules: str, given: str
) -> None:
    rows = dirty(frame) if given == "dirty" else frame
    (tmp_path / "listingkit.toml").write_text(rules, "utf-8")
    config = load(tmp_path / "listingkit.toml") if rules else DEFAULT
    rows.write_csv(tmp_path / "master.csv")
    built = build(Order(Inputs((str(tmp_path / "master.csv"),)), tmp_path / "whole", AS_OF, CODES, config=config))
    cuts = (0, 70, 71, 120)
    urls, out = parted(rows, tmp_path / "parts", cuts), tmp_path / "out"
    done = distributed.render(urls, str(out), client=client, marketplaces=CODES, as_of=AS_OF, config=config, most=1 << 62)
    assert told(out, cuts) == expected(built.findings)
    assert dict(done.counts) == dict(built.findings.counts())
    for one in built.made:
        assert upload(out / one.store.code) == (tmp_path / "whole" / one.store.code / "upload.txt").read_bytes()
        code = one.store.code
        assert (done.shipped[code], done.held[code], done.fixed[code]) == (one.shipped, one.held.sum(), one.fixed)
    accepted = {one["reason"]: one["count"] for one in json.loads((out / "summary.json").read_text("utf-8"))["accepted"]}
    assert accepted == {one.reason: len(one.findings) for one in built.findings.accepted}
    assert bool(accepted) is bool(rules)


LAYERS = {
    "none": "",
    "a brand is silent": '[brand.Havnegade.rules]\nignore = ["GTN030", "REQ"]',
    "a brand is milder": '[brand.Havnegade.rules]\nseverity = { GTN030 = "info", REQ = "warning" }',
    "a type says what the rule says": '[product_type.HOME.rules]\nseverity = { GTN030 = "error", REQ = "error" }',
    "only a brand asks": '[rules]\nignore = ["GTN", "REQ"]\n[brand.Other.rules]\nselect = ["GTN030", "REQ"]',
    "both, and a marketplace": (
        '[brand.Other.rules]\nseverity = { REQ = "info" }\n[product_type.MUG.rules]\nignore = ["REQ001"]\n'
        '[marketplace.DE.rules]\nseverity = { GTN030 = "info", REQ002 = "warning" }\n'
        '[[exceptions]]\nsku = "HG-1*"\nrule = "REQ"\nreason = "asked"\nexpires = 2026-12-31'
    ),
}


def columns_wrong() -> pl.DataFrame:
    """A column that holds no GTIN and in some parts nothing, and columns that are missing, for some rows only; of two brands and types."""
    number = pl.int_range(pl.len())
    return (
        master(60)
        .drop("country_of_origin")
        .with_columns(
            brand=pl.when(number % 3 == 1).then(pl.lit("Havnegade")).when(number % 3 == 2).then(pl.lit("Other")),
            product_type=pl.when(number < 42).then(pl.lit("HOME")).otherwise(pl.lit("MUG")),
            product_id=pl.when(number % 40 < 20).then(pl.format("SP-{}", number)),
            supplier_declared_dg_hz_regulation=pl.when(number % 7 == 3).then(pl.lit("ghs")).otherwise(pl.lit("not_applicable")),
        )
    )


@pytest.mark.parametrize("rules", LAYERS.values(), ids=LAYERS)
def test_what_is_said_of_columns_is_graded_as_on_one_machine(client: Any, tmp_path: Path, rules: str) -> None:
    (tmp_path / "listingkit.toml").write_text(rules, "utf-8")
    config, rows, cuts = load(tmp_path / "listingkit.toml"), columns_wrong(), (0, 21, 22, 40)
    rows.write_csv(tmp_path / "master.csv")
    inputs = Inputs((str(tmp_path / "master.csv"),))
    whole = checked(listings_of(inputs, read_masters(inputs)), select(CODES), as_of=AS_OF, config=config)
    done = distributed.check(
        parted(rows, tmp_path / "parts", cuts), str(tmp_path / "out"), client=client, marketplaces=CODES, as_of=AS_OF, config=config
    )
    assert told(tmp_path / "out", cuts) == expected(whole)
    assert dict(done.counts) == dict(whole.counts())
    assert done.held == held(tmp_path / "master.csv", whole)
    assert {"GTN030", "REQ001", "REQ002"} <= {one.code for one in whole if one.row is None}
    parts = check_parts(Parts(inputs, 21), Question(CODES, AS_OF, config))[1]
    assert expected(parts) == expected(whole)


def test_what_ships_is_as_strict_as_asked(client: Any, frame: Any, tmp_path: Path) -> None:
    urls = parted(frame.head(60), tmp_path / "parts", (0, 30))
    frame.head(60).write_csv(tmp_path / "master.csv")
    for policy in ("strict", "all"):
        order = Order(Inputs((str(tmp_path / "master.csv"),)), tmp_path / policy, AS_OF, CODES, policy=policy, fix=False)
        built = build(order)
        out = tmp_path / f"{policy}-parts"
        done = distributed.render(urls, str(out), client=client, marketplaces=CODES, as_of=AS_OF, policy=policy, fix=False)
        assert upload(out / "US") == (tmp_path / policy / "US" / "upload.txt").read_bytes()
        for one in built.made:
            code = one.store.code
            assert (done.shipped[code], done.held[code], done.wrong[code]) == (one.shipped, one.held.sum(), one.wrong.sum())


def test_children_of_held_parents_in_other_parts_are_counted_before_and_after(client: Any, tmp_path: Path) -> None:
    """What a check tells is what the uploads lack: with a grandchild, for one marketplace and for both, every row in a part of its own."""
    lines = ["A,,free,5", "B,A,5,5", "C,B,5,5", "D,,5,free", "E,D,5,5", "F,,5,5"]
    cells = [line.split(",") for line in lines]
    rows = pl.DataFrame(cells, schema=["sku", "parent_sku", "price@US", "price@DE"], orient="row").with_columns(
        pl.col("parent_sku").replace("", None)
    )
    config = Config(select=("OFR001",))
    asked = {"client": client, "marketplaces": CODES, "as_of": AS_OF, "config": config}
    urls = parted(rows, tmp_path / "parts", range(6))
    before = distributed.check(urls, str(tmp_path / "check"), **asked)
    after = distributed.render(urls, str(tmp_path / "render"), **asked)
    assert before.held == after.held == {"US": 3, "DE": 2}
    rows.write_csv(tmp_path / "master.csv")
    order = Order(Inputs((str(tmp_path / "master.csv"),)), tmp_path / "whole", AS_OF, CODES, config=config)
    assert {one.store.code: one.held.sum() for one in build(order).made} == before.held


def test_rows_that_ship_with_errors_are_counted(client: Any, tmp_path: Path) -> None:
    """The words of `build --include-errors`, in what is printed and in the summary."""
    rows = pl.DataFrame({"sku": ["A", "B", "C", "D"], "price": ["5", "free", "free", "5"]})
    urls = parted(rows, tmp_path / "parts", (0, 1, 3))
    command = [
        "distributed",
        *urls,
        "-m",
        "US",
        "--select",
        "OFR001",
        "--as-of",
        str(AS_OF),
        "--scheduler",
        client.scheduler.address,
        "--render",
    ]
    for words, wanted in (
        ((), "US: 2 rows shipped, 0 cells fixed"),
        (("--include-errors",), "US: 4 rows shipped (2 with errors), 0 cells fixed"),
    ):
        out = tmp_path / f"out{len(words)}"
        done = CliRunner().invoke(group, [*command, *words, "-o", str(out)], standalone_mode=False)
        assert done.stdout.splitlines()[-1] == wanted
        assert json.loads((out / "summary.json").read_text("utf-8"))["with_errors"] == {"US": 2 if words else 0}


def test_what_is_not_listed_is_counted_and_said(client: Any, frame: Any, tmp_path: Path) -> None:
    urls = parted(frame, tmp_path / "parts", CUTS)
    done = distributed.check(urls, str(tmp_path / "out"), client=client, marketplaces=CODES, as_of=AS_OF, most=1)
    whole = (tmp_path / "out" / "findings" / "whole.jsonl").read_text("utf-8")
    listed = sum(told(tmp_path / "out", CUTS).values())
    left = [json.loads(line)["message"] for line in whole.splitlines() if "CAP001" in line]
    assert sum(done.counts.values()) == listed + sum(int(message.split(": ")[1].split()[0].replace(",", "")) for message in left)
    assert len(left) > 3


def test_a_killed_worker_costs_only_its_parts(frame: Any, single: Any, tmp_path: Path) -> None:
    urls = parted(frame, tmp_path / "parts", CUTS)
    with distributed.cluster(workers=2) as client:
        victim = next(iter(client.run(os.getpid).values()))
        killer = threading.Timer(0.7, os.kill, (victim, signal.SIGKILL))
        killer.start()
        done = distributed.check(urls, str(tmp_path / "out"), client=client, marketplaces=CODES, as_of=AS_OF)
        killer.join()
    assert told(tmp_path / "out", CUTS) == expected(single)
    assert done.rows == ROWS


def test_the_command_runs_on_a_given_scheduler(client: Any, frame: Any, single: Any, tmp_path: Path) -> None:
    parted(frame, tmp_path / "parts", CUTS, ".parquet")
    command = ["distributed", f"{tmp_path}/parts/*.parquet", "-m", "US", "-m", "DE", "--as-of", str(AS_OF), "-o", str(tmp_path / "out")]
    done = CliRunner().invoke(group, [*command, "--scheduler", client.scheduler.address, "--render"], standalone_mode=False)
    assert done.return_value == 1
    assert told(tmp_path / "out", CUTS, 0) == expected(single)
    assert f"{single.severities()['error']} errors in {ROWS} rows of {len(CUTS)} parts" in done.stdout
    assert (tmp_path / "out" / "DE" / "part-00003.txt").is_file()


@pytest.fixture(scope="module")
def uploads(frame: Any, tmp_path_factory: Any) -> Path:
    """Two uploads of one marketplace, whole and in three parts each; in one of them a SKU stands twice."""
    folder: Path = tmp_path_factory.mktemp("uploads")
    first = frame.unique("sku", keep="first", maintain_order=True)
    again = pl.concat([first.filter(pl.int_range(pl.len()) % 37 != 5).with_columns(brand=pl.lit("Other")), first.slice(40, 1)])
    for number, rows in enumerate((first, again)):
        deleted = pl.when(pl.col("sku").is_in(["HG-3", "HG-9-1"])).then(pl.lit("delete")).alias("record_action")
        rows.with_columns(deleted if number else pl.lit(None, pl.String).alias("record_action")).write_csv(folder / f"{number}.csv")
        inputs = Inputs((str(folder / f"{number}.csv"),))
        made = render(listings_of(inputs, read_masters(inputs)), select(["US"])[0], builtin.template("unified_full", select(["US"])[0]))
        whole = type(made)(made.template, made.frame.drop("#listing"), made.store)
        text.write(whole, folder / f"whole-{number}.txt")
        for part, start in enumerate(range(0, rows.height, 400)):
            text.write(type(made)(made.template, whole.frame[start : start + 400], made.store), folder / f"side{number}-{part}.txt")
    return folder


@pytest.mark.parametrize("settings", [Settings(), Settings(max_deletes=3, max_wipes=2)])
def test_a_diff_of_parts_is_the_diff_of_the_files(client: Any, uploads: Path, tmp_path: Path, settings: Settings) -> None:
    whole = compare_files(uploads / "whole-0.txt", uploads / "whole-1.txt", settings)
    sides = str(uploads / "side0-*.txt"), str(uploads / "side1-*.txt")
    done = distributed.diff(*sides, str(tmp_path / "out"), client=client, settings=settings)
    lines = [line for path in (tmp_path / "out" / "changes").iterdir() for line in path.read_text("utf-8").splitlines()]
    stream = io.StringIO()
    write_jsonl(whole, stream)
    assert Counter(lines) == Counter(stream.getvalue().splitlines())
    assert dict(done.counts) == whole.counts()
    assert dict(done.risks) == whole.risks()
    assert whole.risks()["OPS010"] == 1
    assert whole.risks()["OPS019"] == 1
    assert done.gate == gate(whole)
    assert done.gate.token


def test_dangerous_changes_of_parts_are_confirmed_by_the_token_of_the_files(client: Any, uploads: Path, tmp_path: Path) -> None:
    token = gate(compare_files(uploads / "whole-0.txt", uploads / "whole-1.txt")).token
    command = ["distributed-diff", "--old", f"{uploads}/side0-*.txt", f"{uploads}/side1-*.txt", "--scheduler", client.scheduler.address]

    def run(out: str, *more: str) -> Any:
        return CliRunner().invoke(group, [*command, "-o", str(tmp_path / out), *more], standalone_mode=False)

    shut = run("shut")
    assert shut.return_value == 1
    assert f"--confirm {token}" in shut.stderr
    assert run("open", "--confirm", str(token)).return_value == 0
    other = run("other", "--confirm", "0000-0000")
    assert isinstance(other.exception, ListingkitError)
    assert "another set of changes" in str(other.exception)
    assert not (tmp_path / "other").exists()


def test_buckets_hold_so_many_rows() -> None:
    assert [buckets_for(rows) for rows in (0, 10, 1_000_000, 1_000_000_000)] == [1, 1, 2, 2_000]


@pytest.mark.parametrize("error", [UnknownName("rule", "GTX", ["GTN"]), BadProfile("p.toml", 3, "no"), ListingkitError("so")])
def test_errors_come_back_from_workers_as_they_were_raised(error: ListingkitError) -> None:
    import pickle

    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
