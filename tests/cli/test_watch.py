"""`check --watch`: again on every save, through broken moments, until Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from listingkit.cli import main, watch

HEAD = "sku,product_id,item_name\n"
BAD = HEAD + "A-1,4006381333932,Mug\n"
GOOD = HEAD + "A-1,4006381333931,Mug\n"


def saved(path: Path, text: str) -> None:
    """As office programs save: into another file that takes the place."""
    part = path.with_suffix(".tmp")
    part.write_text(text, "utf-8")
    part.replace(path)


def test_each_save_is_checked_and_ctrl_c_ends_quietly(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    master = tmp_path / "master.csv"
    master.write_text(BAD, "utf-8")
    words = [sys.executable, "-m", "listingkit", "check", str(master), "--select", "GTN", "--watch", "--quiet"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out: Any = process.stdout
    try:
        assert out.readline().startswith("1 error")
        saved(master, GOOD)
        assert out.readline().startswith("No findings")
        master.unlink()
        time.sleep(1.2)
        saved(master, BAD)
        assert out.readline().startswith("1 error")
        process.send_signal(signal.SIGINT)
        rest, told = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert rest == ""
    assert "Traceback" not in told
    assert told.startswith(f"watching {master}")
    assert told.count("master.csv changed") == 2


def test_a_broken_moment_is_told_and_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from listingkit.errors import Unreadable

    file = tmp_path / "master.csv"
    file.write_text("", "utf-8")
    calls: list[int] = []

    def once() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise Unreadable("master.csv: is empty")
        raise KeyboardInterrupt

    looks = 0

    def look(_seconds: float) -> None:
        nonlocal looks
        looks += 1
        assert looks < 20
        if looks == 2:
            saved(file, GOOD)
            os.utime(file, ns=(1, 1))

    monkeypatch.setattr("listingkit.cli.watch.time.sleep", look)
    assert watch.watched(once, [file]) == 130
    assert "master.csv: is empty" in capsys.readouterr().err
    assert len(calls) == 2


def test_standard_input_cannot_be_watched(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", "-", "--watch"])
    assert ended.value.code == 2
    assert "name a file" in capsys.readouterr().err
