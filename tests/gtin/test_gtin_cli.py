"""The command: codes or a stream in, one line each out, exit status for scripts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from listingkit.gtin.check_digit import complete


def run(*arguments: str, stdin: str | bytes = b"") -> subprocess.CompletedProcess[str]:
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "listingkit", "gtin", *arguments],
        input=given,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_codes_as_arguments() -> None:
    done = run("4006381333931", "036000291453")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "4006381333931: valid; GTIN-13 of GS1 Germany",
        "036000291453: reject (GTN001), the check digit is 3, the other digits need 2: at least one digit is wrong; perhaps 036000291452",
    ]
    assert "prefix table of 20" in done.stderr


def test_clean_codes_exit_0_and_odd_arguments_are_codes() -> None:
    assert run("4006381333931", "N/A", "14006381333938").returncode == 0
    assert run("-4006381333931").stdout.startswith("-4006381333931: suggest")


def test_standard_input_streams() -> None:
    done = run("-", "--format", "jsonl", stdin="\ufeff4006381333931\r\n\n36000291452\n" + "9" * 3_000_000 + "\n4.00638E+12")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["status"] for row in rows] == ["valid", "missing", "suggest", "reject", "reject"]
    assert rows[0]["organisation"] == "GS1 Germany"
    assert rows[2]["candidates"] == ["036000291452"]
    assert rows[4]["code"] == "GTN011"
    assert done.returncode == 1


def test_bytes_that_are_no_text_and_signs_for_terminals() -> None:
    done = run("-", stdin=b"\xff\xfe\x1b[2J\n")
    assert done.returncode == 1
    assert "\x1b" not in done.stdout


def test_tsv_keeps_one_line_a_code() -> None:
    done = run("--format", "tsv", "4006381333931", "a\tb")
    assert [line.count("\t") for line in done.stdout.splitlines()] == [6, 6]


def test_own_prefix_rows_and_licensed_blocks(tmp_path: Path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("13\t140\t140\torganisation\tGS1 Somewhere\t\n", "utf-8")
    done = run("--prefix-table", str(own), complete("140927364582"))
    assert "GS1 Somewhere" in done.stdout
    assert str(own) in done.stderr
    assert "company prefix 4006381" in run("--gcp", "4006381333931").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--gcp-table", "none.xml", "1"),
        ("--prefix-table", "none.tsv", "1"),
        ("next", "--prefix", "2", "--ledger", "x"),
        ("--format", "x", "1"),
    ],
)
def test_what_cannot_run_exits_2_in_one_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_the_next_numbers(tmp_path: Path) -> None:
    ledger = tmp_path / "folder" / "numbers.tsv"
    first = run("next", "--prefix", "0614141", "--count", "2", "--ledger", str(ledger), "--note", "mugs")
    assert (first.returncode, first.stdout) == (0, "614141000005\n614141000012\n")
    assert "99998 of 100000 numbers of prefix 0614141 are left" in first.stderr
    used = tmp_path / "used.txt"
    used.write_text("614141000029\n", "utf-8")
    assert run("next", "--prefix", "0614141", "--ledger", str(ledger), "--used", str(used)).stdout == "614141000036\n"


def test_without_arguments_it_explains() -> None:
    done = run()
    assert "listingkit gtin next --prefix 0614141" in done.stdout + done.stderr
    assert done.returncode in (0, 2)
