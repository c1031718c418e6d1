"""Consoles and pipes that cannot take everything: nothing ends in a traceback, and data stays UTF-8."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HEAD = "sku,product_id,item_name\n"
WORDS = [sys.executable, "-m", "listingkit"]


@pytest.fixture
def master(tmp_path: Path) -> Path:
    path = tmp_path / "master.csv"
    path.write_text(HEAD + "杯-1,4006381333932,Tasse für Kaffee 咖啡杯\n", "utf-8")
    return path


def run(*words: str, **env: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([*WORDS, *words], capture_output=True, env=os.environ | env, check=False, timeout=120)


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_an_old_console_gets_escapes(master: Path, encoding: str) -> None:
    done = run("check", str(master), PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr.decode(encoding)
    assert "\\u676f-1" in done.stdout.decode(encoding)


def test_a_pipe_gets_utf_8_whatever_the_locale(master: Path) -> None:
    done = run("check", str(master), "--format", "jsonl", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 1
    assert "杯-1" in done.stdout.decode("utf-8")


def test_what_the_program_says_itself_is_plain_in_every_console() -> None:
    for words in (["--help"], ["rules"], ["explain", "GTN001"], ["map", "--help"]):
        done = run(*words, PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
        assert done.returncode == 0
        assert "─" not in done.stdout.decode("cp1252")


def test_a_reader_that_has_enough_ends_it_quietly() -> None:
    process = subprocess.Popen([*WORDS, "rules", "--format", "markdown"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 0


def test_no_colour_goes_anywhere_but_to_a_terminal(master: Path) -> None:
    assert b"\x1b" not in run("check", str(master), FORCE_COLOR="1").stdout


def test_ctrl_c_leaves_the_old_output_whole_and_nothing_half_written(tmp_path: Path) -> None:
    rows = "".join(f"S-{n},4006381333931,Stoneware Mug {n}\n" for n in range(20_000))
    master = tmp_path / "master.csv"
    master.write_text(HEAD + rows, "utf-8")
    small = tmp_path / "small.csv"
    small.write_text(HEAD + "S-1,4006381333931,Mug\n", "utf-8")
    out = tmp_path / "out"
    assert run("build", str(small), "-m", "US", "-o", str(out)).returncode in (0, 1)
    before = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    process = subprocess.Popen([*WORDS, "build", str(master), "-m", "US", "-o", str(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for _ in range(1_000):  # until it writes beside the old output
        if list(tmp_path.glob(".out.*.next")) or process.poll() is not None:
            break
        time.sleep(0.02)
    assert process.poll() is None, "the build ended before it could be stopped"
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.decode().strip() == "stopped"
    assert {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["master.csv", "out", "small.csv"]
