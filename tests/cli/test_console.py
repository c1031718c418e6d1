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


def test_a_reader_that_has_enough_of_many_lines_ends_it_well() -> None:
    process = subprocess.Popen([*WORDS, "rules"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", [["--help"], ["rules"], ["explain", "GTN001"], ["gtin", "4006381333931"], ["check", "{master}"]])
def test_a_full_disk_under_standard_output_is_one_sentence(words: list[str], master: Path) -> None:
    with FULL.open("wb") as full:
        command = [*WORDS, *(word.format(master=master) for word in words)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, timeout=120)
    assert done.returncode == 2
    assert done.stderr.decode().startswith("listingkit: cannot write standard output")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", [["nothing"], ["check", "--nothing"], ["check", "no such file.csv"]])
def test_the_status_stands_where_nobody_hears_why(words: list[str]) -> None:
    with FULL.open("wb") as full:
        assert subprocess.run([*WORDS, *words], stdout=subprocess.PIPE, stderr=full, check=False, timeout=120).returncode == 2


@pytest.mark.skipif(os.name != "posix", reason="closes streams as a POSIX shell does")
@pytest.mark.parametrize(
    ("words", "closed", "status"),
    [
        ("gtin 4006381333931", 1, 0),
        ("gtin -", 0, 0),
        ("check -", 0, 2),
        ("check {master}", 1, 1),
        ("check {master}", 2, 1),
        ("nothing", 2, 2),
    ],
)
def test_a_closed_stream_is_an_empty_one(words: str, closed: int, status: int, master: Path) -> None:
    command = f"{sys.executable} -m listingkit {words.format(master=master)} {closed}{'<' if closed == 0 else '>'}&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False, timeout=120)
    assert done.returncode == status
    assert b"Traceback" not in done.stderr


def test_no_room_for_temporary_files_is_one_sentence_and_nothing_is_left(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    for name in ("old", "new"):
        rows = [f"AB-{number},Mug {number} of {name if number % 10 == 0 else 'red'} {'clay ' * 99},{number}.90" for number in range(20_000)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["sku,item_name,price", *rows]), "utf-8")
    (tmp_path / "temporary").mkdir()
    done = subprocess.run(
        [*WORDS, "diff", "old.csv", "new.csv", "--format", "jsonl", "-o", "changes.jsonl"],
        capture_output=True,
        check=False,
        timeout=120,
        cwd=tmp_path,
        env=os.environ | {"TMPDIR": str(tmp_path / "temporary"), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert done.returncode == 2
    assert b"temporary files" in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.csv", "old.csv", "temporary"]
    assert not list((tmp_path / "temporary").iterdir())


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
