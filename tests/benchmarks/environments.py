"""The peers' environments: one a tool, made from `peers/TOOL.txt` and kept in a folder for the next run."""

import hashlib
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).parent / "peers"
READY = "ready"  # the file that marks an environment as whole


class NoEnvironmentError(Exception):
    """The tool cannot be installed here; the message says why."""


def environment(tool: str, folder: Path) -> Path:
    """The folder of programs (`python` among them) of a tool's environment, made if need be. Raises `NoEnvironmentError`."""
    wanted = PEERS / f"{tool}.txt"
    mark = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()[:12]
    place = folder / f"{tool}-{mark}"
    programs = place / "bin"
    if not (place / READY).exists():
        _call([sys.executable, "-m", "venv", "--clear", str(place)])
        _call([str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(wanted)])
        (place / READY).touch()
    return programs


def _call(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoEnvironmentError(f"cannot be installed: {error}") from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines() or ["pip failed"]
        raise NoEnvironmentError(f"cannot be installed: {lines[-1]}")
