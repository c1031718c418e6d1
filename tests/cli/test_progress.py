"""Progress: told in rows, shown on a terminal only, gone when the work is done, never on standard output."""

import io
import os
import pty
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from listingkit.cli import progress
from listingkit.cli.progress import shown
from listingkit.job import Inputs, checked, listings_of, read_masters
from listingkit.progress import listening, tell, within
from listingkit.stories import stories

SAMPLE = next(story for story in stories() if story.name == "supplier").folder


def test_nobody_listens_and_nothing_happens() -> None:
    tell("checking", 1, 2)


def test_a_batch_counts_on_from_the_rows_before_it() -> None:
    heard: list[Any] = []
    with listening(lambda *told: heard.append(told)):
        tell("checking", 5, 10)
        with within(10, 30):
            tell("checking", 5, 10)
        tell("reading")
    tell("checking", 9, 10)
    assert heard == [("checking", 5, 10), ("checking", 15, 30), ("reading", 0, None)]


def test_a_check_tells_how_far_it_is() -> None:
    heard: list[Any] = []
    inputs = Inputs((str(SAMPLE / "preisliste.csv"),), profile=str(SAMPLE / "profile.toml"))
    with listening(lambda *told: heard.append(told)):
        listings = listings_of(inputs, read_masters(inputs))
        checked(listings, (), as_of=date(2026, 11, 1))
    assert heard[0] == ("reading preisliste.csv", 0, None)
    rows = listings.frame.height
    done = [told[1] for told in heard if told[0] == "checking"]
    assert done == sorted(done)
    assert done[-1] == rows
    assert {told[2] for told in heard if told[0] == "checking"} == {rows}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def line(stream: io.StringIO) -> str:
    with shown(stream):
        tell("checking", 0, 1000)
        for _ in range(200):
            if "checking" in stream.getvalue():
                break
            time.sleep(0.05)
        for done in (250, 500):
            time.sleep(0.3)
            tell("checking", done, 1000)
        time.sleep(0.3)
    return stream.getvalue()


def test_a_terminal_shows_step_rows_and_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.01)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    text = line(Terminal())
    assert "checking" in text
    assert "500/1,000 rows" in text
    assert "/s" in text
    assert "left" in text
    assert "\x1b[3" not in text  # NO_COLOR
    assert text.endswith(("\x1b[2K", "\x1b[?25h"))  # the line is wiped


def test_elsewhere_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    stream = io.StringIO()
    with shown(stream):
        tell("checking", 1, 2)
        time.sleep(0.1)
    assert stream.getvalue() == ""


def test_an_error_inside_leaves_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 60.0)
    stream = Terminal()
    with pytest.raises(ValueError, match="inside"), shown(stream):
        raise ValueError("inside")
    assert stream.getvalue() == ""


def test_standard_output_is_data_only_also_where_the_terminal_shows_progress(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(
        "import sys\nfrom listingkit.cli import main, progress\nprogress.PATIENCE = 0.0\n"
        f"main(['check', {str(SAMPLE / 'preisliste.csv')!r}, '--profile', {str(SAMPLE / 'profile.toml')!r}, '--format', 'jsonl'])\n"
    )
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, script], stdout=subprocess.PIPE, stderr=theirs, check=False, env=os.environ | {"TERM": "xterm"}
        )
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 1
    assert all(text.startswith(b'{"code": ') for text in done.stdout.splitlines())
