"""A real scheduler and two real worker processes: the same findings and uploads as on one machine, also when a worker dies."""

import io
import json
import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from generate import master

from listingkit import distributed
from listingkit.cli import group
from listingkit.diff.lines import compare_files
from listingkit.errors import ListingkitError
from listingkit.inventory import builtin
from listingkit.inventory.upload_read import read_upload
from listingkit.job import Inputs, checked, listings_of, read_masters
from listingkit.marketplace import select
from listingkit.render import text
from listingkit.render.rows import render
from listingkit.report.changes_lines import write_jsonl

AS_OF = date(2026, 11, 1)
CODES = ("US", "DE")
ROWS, PARTS = 900, 4  # families are cut apart by the parts


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with distributed.cluster(workers=2) as client:
        yield client


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
    listings = listings_of(inputs, read_masters(inputs))
    return listings, checked(listings, select(CODES), as_of=AS_OF)


def parted(frame: pl.DataFrame, folder: Path, suffix: str) -> list[str]:
    size = -(-frame.height // PARTS)
    for number in range(PARTS):
        part = frame.slice(number * size, size)
        if suffix == ".csv":
            part.write_csv(folder / f"part-{number}.csv")
        else:
            part.write_parquet(folder / f"part-{number}.parquet")
    return [str(folder / f"part-{number}{suffix}") for number in range(PARTS)]


def told(out: Path, header: int) -> Counter[Any]:
    """What was found, with the rows numbered as in the undivided sheet."""
    found: Counter[Any] = Counter()
    size = -(-ROWS // PARTS)
    for path in sorted((out / "findings").iterdir()):
        for line in path.read_text("utf-8").splitlines():
            one = json.loads(line)
            part = int(one["file"].partition("-")[2][0]) if one["file"] else 0
            row = None if one["row"] is None else one["row"] - header + part * size + 1
            found[one["code"], row, one["column"], one["field"], one["sku"], one["marketplace"], worded(one["message"])] += 1
    return found


def expected(findings: Any) -> Counter[Any]:
    return Counter((f.code, f.row, f.column, f.field, f.sku, f.marketplace, worded(f.message)) for f in findings)


def worded(message: str) -> str:
    """A message without the rows that it names: parts count their own."""
    return re.sub(r"stands in rows .*", "stands in rows", message)


@pytest.mark.parametrize(("suffix", "header"), [(".csv", 1), (".parquet", 0)])
def test_the_findings_are_those_of_one_machine(client: Any, frame: Any, single: Any, tmp_path: Path, suffix: str, header: int) -> None:
    urls = parted(frame, tmp_path, suffix)
    out = tmp_path / "out"
    done = distributed.check(urls, str(out), client=client, marketplaces=CODES, as_of=AS_OF)
    _, findings = single
    assert told(out, header) == expected(findings)
    assert done.rows == ROWS
    assert dict(done.counts) == dict(findings.counts())
    assert done.held == {code: len(findings.error_rows(code)) for code in CODES}
    assert json.loads((out / "summary.json").read_text("utf-8"))["held"] == done.held
    assert not (out / "_shuffle").exists()
    assert "MKT005" in (out / "findings" / "sheet.jsonl").read_text("utf-8")


def test_the_uploads_are_those_of_one_machine(client: Any, frame: Any, single: Any, tmp_path: Path) -> None:
    from listingkit.fixing import held_rows

    urls = parted(frame, tmp_path, ".csv")
    done = distributed.render(urls, str(tmp_path / "out"), client=client, marketplaces=CODES, as_of=AS_OF)
    listings, findings = single
    for code in CODES:
        held = held_rows(listings, findings.error_rows(code))
        texts = [read_upload(path).frame for path in sorted((tmp_path / "out" / code).iterdir())]
        skus = pl.concat(texts, how="diagonal")["contribution_sku#1.value"]
        assert skus.to_list() == listings.frame["sku"].filter(~held).to_list()
        assert done.shipped[code] == len(skus)


def test_a_killed_worker_costs_only_its_parts(frame: Any, single: Any, tmp_path: Path) -> None:
    urls = parted(frame, tmp_path, ".csv")
    with distributed.cluster(workers=2) as client:
        victim = next(iter(client.run(os.getpid).values()))
        killer = threading.Timer(0.7, os.kill, (victim, signal.SIGKILL))
        killer.start()
        done = distributed.check(urls, str(tmp_path / "out"), client=client, marketplaces=CODES, as_of=AS_OF)
        killer.join()
    assert told(tmp_path / "out", 1) == expected(single[1])
    assert done.rows == ROWS


def test_parts_with_other_columns_and_folders_in_use_are_refused(client: Any, frame: Any, tmp_path: Path) -> None:
    urls = parted(frame, tmp_path, ".csv")
    frame.drop("brand").write_csv(tmp_path / "part-1.csv")
    with pytest.raises(ListingkitError, match="brand"):
        distributed.check(urls, str(tmp_path / "out"), client=client, marketplaces=CODES, as_of=AS_OF)
    (tmp_path / "used" / "findings").mkdir(parents=True)
    (tmp_path / "used" / "findings" / "part-00000.jsonl").write_text("", "utf-8")
    with pytest.raises(ListingkitError, match="earlier run"):
        distributed.check(urls, str(tmp_path / "used"), client=client, marketplaces=CODES, as_of=AS_OF)
    with pytest.raises(ListingkitError, match="no such file"):
        distributed.check(str(tmp_path / "none-*.csv"), str(tmp_path / "out2"), client=client)


def test_the_command_runs_on_a_given_scheduler(client: Any, frame: Any, single: Any, tmp_path: Path) -> None:
    parted(frame, tmp_path, ".parquet")
    command = ["distributed", f"{tmp_path}/*.parquet", "-m", "US", "-m", "DE", "--as-of", str(AS_OF), "-o", str(tmp_path / "out")]
    done = CliRunner().invoke(group, [*command, "--scheduler", client.scheduler.address, "--render"], standalone_mode=False)
    assert done.return_value == 1
    assert told(tmp_path / "out", 0) == expected(single[1])
    assert f"errors in {ROWS} rows of {PARTS} parts" in done.stdout
    assert (tmp_path / "out" / "DE" / "part-00003.txt").is_file()


def test_a_diff_of_parts_is_the_diff_of_the_files(client: Any, frame: Any, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    first = frame.unique("sku", keep="first", maintain_order=True)
    for number, rows in enumerate((first, first.filter(pl.int_range(pl.len()) % 37 != 5).with_columns(brand=pl.lit("Other")))):
        deleted = pl.when(pl.col("sku").is_in(["HG-3", "HG-9-1"])).then(pl.lit("delete")).alias("record_action")
        rows.with_columns(deleted if number else pl.lit(None, pl.String).alias("record_action")).write_csv(tmp_path / "m" / f"{number}.csv")
        inputs = Inputs((str(tmp_path / "m" / f"{number}.csv"),))
        upload = render(listings_of(inputs, read_masters(inputs)), select(["US"])[0], builtin.template("unified_full", select(["US"])[0]))
        text.write(replace(upload, frame=upload.frame.drop("#listing")), tmp_path / f"whole-{number}.txt")
        for part in range(3):
            text.write(replace(upload, frame=upload.frame.drop("#listing")[part::3]), tmp_path / f"side{number}-{part}.txt")
    whole = compare_files(tmp_path / "whole-0.txt", tmp_path / "whole-1.txt")
    done = distributed.diff(str(tmp_path / "side0-*.txt"), str(tmp_path / "side1-*.txt"), str(tmp_path / "out"), client=client)
    lines = [line for path in (tmp_path / "out" / "changes").iterdir() for line in path.read_text("utf-8").splitlines()]
    stream = io.StringIO()
    write_jsonl(whole, stream)
    assert Counter(lines) == Counter(stream.getvalue().splitlines())
    assert dict(done.counts) == whole.counts()
    assert dict(done.risks) == whole.risks()
    assert whole.risks()["OPS010"] == 1
