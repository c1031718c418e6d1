"""A baseline: a pipeline fails on new findings only, wherever rows have moved."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from listingkit.config import Config
from listingkit.errors import Unreadable
from listingkit.marketplace import select
from listingkit.master.sheet import ROW
from listingkit.report.baseline import compared, read, written
from listingkit.report.fingerprint import fingerprint
from listingkit.rules.run import check

LONG = "T" * 201
STORES = ("US", "DE")
AS_OF = date(2026, 11, 1)


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.csv").write_text(f"sku,item_name\nAB-1,{LONG}\nAB-2,Mug\nAB-3,{LONG}s\n")
    return tmp_path


CHECK = ("check", "m.csv", "-m", "US", "-m", "DE", "--select", "TTL,SKU")


def test_known_findings_do_not_fail_and_new_ones_do(client: Path, run: Any) -> None:
    assert run(*CHECK)[0] == 1
    status, out, err = run(*CHECK, "--write-baseline", "known.json")
    assert (status, out) == (0, "")
    assert "check --baseline known.json" in err
    status, out, _ = run(*CHECK, "--baseline", "known.json")
    assert status == 0
    assert out.startswith("No new findings in 3 rows. ")
    (client / "m.csv").write_text(f"sku,item_name\nNEW,{LONG}x\nAB-3,{LONG}s\nAB-1,{LONG}\n")
    status, out, _ = run(*CHECK, "--baseline", "known.json", "--format", "json")
    assert status == 1
    assert {(one["sku"], one["row"]) for one in json.loads(out)} == {("NEW", 2)}
    (client / "m.csv").write_text(f"sku,item_name\nAB-1,{LONG}\n")
    status, out, _ = run(*CHECK, "--baseline", "known.json")
    assert status == 0
    assert "no finding any more: write it anew with --write-baseline" in out


def test_fewer_marketplaces_or_rules_know_their_part_of_it(client: Path, run: Any) -> None:
    run(*CHECK, "--write-baseline", "known.json")
    for less in (("-m", "DE"), ("-m", "US"), ("-m", "US", "-m", "DE", "--select", "TTL001")):
        status, out, _ = run("check", "m.csv", *less, *(() if "--select" in less else ("--select", "TTL,SKU")), "--baseline", "known.json")
        assert status == 0, out
        assert "No new findings" in out
        assert "any more" not in out
    assert run("check", "m.csv", "-m", "US", "-m", "JP", "--select", "TTL", "--baseline", "known.json")[0] == 1


def test_sarif_tells_new_from_known(client: Path, run: Any) -> None:
    run(*CHECK, "--write-baseline", "known.json")
    (client / "m.csv").write_text(f"sku,item_name\nAB-1,{LONG}\nAB-2,{LONG}b\n")
    _, out, _ = run(*CHECK, "--baseline", "known.json", "--format", "sarif")
    states = Counter((one["properties"]["sku"], one["baselineState"]) for one in json.loads(out)["runs"][0]["results"])
    assert {state for sku, state in states if sku == "AB-1"} == {"unchanged"}
    assert ("AB-2", "new") in states


def test_a_baseline_is_one_entry_a_line_in_a_steady_order(client: Path, run: Any) -> None:
    run(*CHECK, "--write-baseline", "one.json")
    lines = (client / "m.csv").read_text().splitlines()
    (client / "m.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    run(*CHECK, "--write-baseline", "two.json")
    assert (client / "one.json").read_bytes() == (client / "two.json").read_bytes()
    document = json.loads((client / "one.json").read_text("utf-8"))
    assert len((client / "one.json").read_text("utf-8").splitlines()) == len(document["findings"]) + 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"listingkit": "baseline 0", "marketplaces": [], "findings": []}',
        b'{"findings": [{}], "marketplaces": []}',
        b"[" * 100_000,
        b'{"marketplaces": [], "findings": []}',
        b'{"listingkit": "baseline 1", "marketplaces": [], "findings": [{"fingerprint":"", "code":"", "marketplace": "", "count": 1e999}]}',
        b'{"listingkit": "baseline 1", "marketplaces": [], "findings": [{"fingerprint": "x", "code": "", "marketplace": 0, "count": "x"}]}',
    ],
)
def test_what_is_no_baseline_is_one_sentence(client: Path, run: Any, content: bytes) -> None:
    (client / "bad.json").write_bytes(content)
    status, out, err = run(*CHECK, "--baseline", "bad.json")
    assert (status, out) == (2, "")
    assert "bad.json is no baseline" in err
    assert "--write-baseline bad.json" in err


def test_a_baseline_that_is_not_there_names_the_command_that_makes_it(client: Path, run: Any) -> None:
    with pytest.raises(Unreadable, match=r"check --write-baseline gone\.json"):
        read(Path("gone.json"))
    assert run(*CHECK, "--baseline", "gone.json")[0] == 2
    assert run(*CHECK, "--baseline", "a.json", "--write-baseline", "a.json")[0] == 2


@given(st.data())
def test_new_is_exactly_what_was_not_written(flawed: Any, tmp_path_factory: Any, data: Any) -> None:
    _, findings = flawed
    every = list(findings)
    chosen = data.draw(st.lists(st.sampled_from(range(len(every))), unique=True))
    path = tmp_path_factory.mktemp("baseline") / "known.json"
    path.write_text(written([every[number] for number in chosen], STORES), "utf-8")
    found = compared(findings, read(path), STORES, lambda _: True)

    def counted(findings: Any) -> Counter[Any]:
        """By what a baseline knows, each marketplace by itself."""
        return Counter(
            (fingerprint(replace(one, marketplace=None)), store)
            for one in findings
            for store in ([one.marketplace] if one.marketplace else STORES)
        )

    known = counted(every[number] for number in chosen)
    assert counted(found.known) == known
    assert counted(found.new) == counted(every) - known
    assert found.gone == 0
    assert len(found.new) + len(found.known) == len(every)


@pytest.mark.parametrize("order", [[3, 1, 0, 2], [1, 0, 2, 3]])
def test_moved_rows_are_known(flawed: Any, tmp_path: Path, order: list[int]) -> None:
    listings, _ = flawed
    moved = listings.frame[order].with_columns(pl.int_range(77, 77 + pl.len(), dtype=pl.UInt32).alias(ROW))
    config = Config(select=("TTL001", "OFR", "REQ", "SKU001"))
    before = check(listings, select(STORES), as_of=AS_OF, config=config)
    after = check(structs.replace(listings, frame=moved), select(STORES), as_of=AS_OF, config=config)
    path = tmp_path / "known.json"
    path.write_text(written(before, STORES), "utf-8")
    found = compared(after, read(path), STORES, lambda _: True)
    assert list(found.new) == []
    assert found.gone == 0
