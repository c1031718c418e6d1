"""Completion, as the shells themselves do it."""

import os
import pty
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
BIN = Path(sys.executable).parent
ENV = {name: value for name, value in os.environ.items() if name != "CI"} | {
    "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    "TERM": "dumb",
}

CASES = {
    "listingkit ch": {"check"},
    "listingkit check master.xlsx -m D": {"DE"},
    "listingkit check master.xlsx --format sar": {"sarif"},
    "listingkit explain GTN00": {"GTN001", "GTN002"},
    "listingkit check master.xlsx --select GTN001,TTL00": {"GTN001,TTL002"},
    "listingkit schemas sh": {"show"},
    "listingkit schemas show HOM": {"HOME"},
    "listingkit check master.xlsx --wat": {"--watch"},
}


def shell(name: str) -> str:
    found = shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def run(*words: str, **more: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True, env=ENV | more, timeout=60).stdout


def script(name: str, folder: Path) -> Path:
    file = folder / f"complete.{name}"
    file.write_text(run(str(BIN / "listingkit"), "completion", name), "utf-8")
    return file


def test_bash_completes(tmp_path: Path) -> None:
    source = script("bash", tmp_path)
    ask = tmp_path / "ask.sh"
    lines = [
        f'COMP_WORDS=({line}); COMP_CWORD={len(line.split()) - 1}; _listingkit_completion listingkit; echo "${{COMPREPLY[*]}}"'
        for line in CASES
    ]
    ask.write_text("\n".join([f"source {source}", *lines]), "utf-8")
    told = run(shell("bash"), "--norc", str(ask)).splitlines()
    for (line, wanted), offered in zip(CASES.items(), told, strict=True):
        assert wanted <= set(offered.split()), line


def test_fish_completes(tmp_path: Path) -> None:
    source = script("fish", tmp_path)
    fish = shell("fish")
    cases = {line: wanted for line, wanted in CASES.items() if "," not in line}  # click's script for fish splits there
    asked = "; echo ----; ".join(f"complete -C '{line}'" for line in cases)
    told = run(fish, "--no-config", "-c", f"source {source}; {asked}", HOME=str(tmp_path)).split("----\n")
    for (line, wanted), offered in zip(cases.items(), told, strict=True):
        assert wanted <= {row.split("\t")[0] for row in offered.splitlines()}, line


def test_zsh_completes(tmp_path: Path) -> None:
    """zsh completes only in its line editor, so a person at a terminal is played."""
    source = script("zsh", tmp_path)
    zsh = shell("zsh")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [zsh, "-f", "-i"], stdin=theirs, stdout=theirs, stderr=theirs, env=ENV | {"HOME": str(tmp_path)}, start_new_session=True
    )
    os.close(theirs)
    os.set_blocking(ours, False)
    seen = ""

    def until(text: str) -> None:
        nonlocal seen
        for _ in range(400):
            if text in seen:
                return
            time.sleep(0.05)
            try:
                seen += os.read(ours, 65_536).decode("utf-8", "replace")
            except BlockingIOError:
                continue
        raise AssertionError(f"{text!r} did not come: {seen[-2000:]!r}")

    try:
        os.write(ours, f"autoload -U compinit && compinit -u -d {tmp_path}/dump; source {source}; echo rea''dy\n".encode())
        until("ready")
        seen = ""
        os.write(ours, b"listingkit check master.xlsx -m D\t")
        until("DE")
        os.write(ours, b"\x15listingkit explain GTN00\t\t")
        until("GTN001")
    finally:
        process.kill()
        process.wait()
        os.close(ours)
