"""The benchmarks measure what they say, know the truth about their data, and notice what got slower."""

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import generate
import polars as pl
import pytest
from budget import worse
from cases import GROUPS, Case, Group
from data import FILES
from measure import Run, run
from results import Result, Results
from runner import OFTEN, SHORT, Plan, measure

import listingkit as lk
from listingkit.gtin.check_digit import check_digit

HERE = Path(__file__).parent
ROWS = 700


def test_the_truth_is_what_differs_from_a_clean_master() -> None:
    clean, bad = generate.clean(ROWS), generate.master(ROWS)
    assert clean.shape == (ROWS, 40)
    changed = {(row, field) for field in clean.columns for row in clean[field].ne_missing(bad[field]).arg_true()}
    alone = {(row - 2, generate.DEFECTS[code][0]) for row, code in generate.truth(ROWS) if code not in ("GTN040", "SKU003")}
    assert alone <= changed
    assert {field for _, field in changed - alone} == {"product_id", "sku"}
    assert {code for _, code in generate.truth(ROWS)} == set(generate.DEFECTS)
    assert 0.025 < len(changed) / ROWS < 0.035
    numbers = clean["product_id"].drop_nulls()
    assert numbers.is_unique().all()
    assert all(check_digit(code[:12]) == code[12] for code in numbers)


def test_a_check_tells_the_truth_and_nothing_else(tmp_path: Path) -> None:
    generate.write(ROWS, tmp_path / "master.csv")
    found = lk.check(lk.map_columns(lk.read(tmp_path / "master.csv")), ["US", "DE", "JP"])
    assert {(one.row, one.code) for one in found if one.severity != "info"} == generate.truth(ROWS)


def test_pieces_are_the_rows_of_the_whole() -> None:
    for made in (generate.master, generate.previous, generate.every_cell_bad):
        whole = made(2_100, 0)
        assert pl.concat([made(1_007, 0), made(1_093, 1_007)]).equals(whole)


def test_what_was_live_before_differs_as_told() -> None:
    rows = 2_100
    old, new = (dict(zip(frame["sku"], frame.iter_rows(), strict=True)) for frame in (generate.previous(rows), generate.clean(rows)))
    told = generate.differences(rows)
    assert new.keys() - old.keys() == told["added"]
    assert old.keys() - new.keys() == told["vanished"]
    assert {sku for sku in old.keys() & new.keys() if old[sku] != new[sku]} == told["changed"]
    assert all(told.values())


def test_cpu_wall_and_memory_of_all_processes_are_measured(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "burn = 'import time; held = bytearray(60_000_000); end = time.process_time() + 0.4\\nwhile time.process_time() < end: pass\\ntime.sleep(0.3)'\n"
        "both = [subprocess.Popen([sys.executable, '-c', burn]) for _ in range(2)]\n"
        "[one.wait() for one in both]; print('done', file=sys.stderr)"
    )
    one = run([sys.executable, "-c", script], tmp_path)
    assert (one.status, one.told, one.late) == (0, "done", False)
    assert 0.8 <= one.cpu < 3
    assert one.wall >= 0.7
    assert one.peak >= 57
    assert one.together >= 114


def test_what_does_not_end_is_ended_with_all_it_started(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open('child', 'w').write(str(child.pid)); child.wait()"
    )
    one = run([sys.executable, "-c", script], tmp_path, seconds=2)
    assert one.late
    assert one.wall < 30
    status = Path(f"/proc/{(tmp_path / 'child').read_text()}/stat")
    end = time.monotonic() + 10
    while status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z" and time.monotonic() < end:
        time.sleep(0.05)
    assert not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_every_file_of_a_case_is_made_by_something() -> None:
    for group in GROUPS:
        for case in group.cases:
            assert set(case.files) <= set(FILES)
            assert bool(case.files) == any("{data}" in word for word in case.command), case.name


@pytest.mark.slow
def test_a_case_that_fails_is_a_row_that_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd.txt").write_text("./no-such-folder\n")
    monkeypatch.setattr("environments.PEERS", tmp_path)
    group = Group(
        "Trial",
        (
            Case("good", (sys.executable, "-c", "print('{data}')")),
            Case("bad", (sys.executable, "-c", "raise SystemExit('no such thing')")),
            Case("peer", ("{peer}/python",), peer="odd"),
            Case("long", (sys.executable, "-c", f"import time; time.sleep({SHORT} + 0.1)")),
        ),
    )
    said: list[str] = []
    found = measure(Plan([10], tmp_path / "data", tmp_path / "peers", rounds=2, say=said.append), [group])
    good, bad, peer, long = found
    assert len(good.runs) == 2 * OFTEN  # it is a short one
    assert len(long.runs) == 2
    assert not good.problem
    assert bad.problem == "status 1: no such thing"
    assert peer.problem.startswith("cannot be installed: ERROR: ")
    assert "no-such-folder" in peer.problem
    assert len(said) == 4


@pytest.mark.parametrize(("recorded", "worsened"), [(1.2, True), (2.0, False)])
def test_a_ratio_beyond_the_budget_is_told(tmp_path: Path, recorded: float, worsened: bool) -> None:
    def result(case: str, cpu: float, **more: Any) -> Result:
        return Result("G", 10_000, case, runs=[Run(cpu, cpu, 1, 1, 0, "")], **more)

    found = Results([result("floor", 1), result("ours", 2), result("theirs", 50, peer=True)])
    assert found.ratios() == {"G, 10k: ours": 2}
    path = tmp_path / "budget.toml"
    path.write_text(f'[ratios]\n"G, 10k: ours" = {{ ratio = {recorded}, date = 2026-11-01 }}\n')
    told = worse(found, path)
    assert bool(told) is worsened
    if worsened:
        assert told["G, 10k: ours"] == "G, 10k: ours: 2.00 times its reference, 67% more than the 1.20 of 2026-11-01"


@pytest.mark.slow
def test_the_command_writes_its_tables_and_fails_on_a_doctored_budget(tmp_path: Path) -> None:
    page, recorded = tmp_path / "page.md", tmp_path / "budget.toml"
    page.write_text("# Before\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nafter\n")
    command = [
        sys.executable,
        str(HERE),
        "--sizes",
        "300",
        "--rounds",
        "1",
        "--only",
        "300: (check, three|diff$)",
        "--budget",
        str(recorded),
    ]
    command += ["--data-dir", str(tmp_path / "data"), "--peers-dir", str(tmp_path / "peers"), "-o", str(page)]
    done = subprocess.run([*command, "--record"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert text.startswith("# Before\n<!-- measured: begin -->\nMeasured on ")
    assert text.endswith("<!-- measured: end -->\nafter\n")
    assert "old" not in text.splitlines()
    assert "recall 1.0000, precision 1.0000 of 9 |" in text
    assert "polars.read_csv | " in text
    budget = recorded.read_text()
    assert '"csv, 40 columns, 300: check, three marketplaces" = { ratio = ' in budget
    recorded.write_text(re.sub(r'(three marketplaces" = \{ ratio = )[0-9.]+', r"\g<1>0.1", budget))
    done = subprocess.run([*command, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "csv, 40 columns, 300: check, three marketplaces" in done.stderr.splitlines()[-1]
