"""The recorded ratios that later runs may not exceed by much: budget.toml."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import NamedTuple

from results import Results

FILE = Path(__file__).parent / "budget.toml"
MARGIN = 1.25


class Entry(NamedTuple):
    """What was recorded of a case, and when."""

    ratio: float
    day: date


def worse(found: Results, path: Path = FILE) -> dict[str, str]:
    """What took more CPU beside its reference than recorded, by more than a quarter: key -> a sentence."""
    recorded = _read(path)
    told: dict[str, str] = {}
    for key, ratio in found.ratios().items():
        before = recorded.get(key)
        if before and ratio > before.ratio * MARGIN:
            more = f"{ratio / before.ratio - 1:.0%} more than the {before.ratio:.2f} of {before.day}"
            told[key] = f"{key}: {ratio:.2f} times its reference, {more}"
    return told


def record(found: Results, day: date, path: Path = FILE) -> None:
    """Write this run's ratios, and leave those of cases that did not run as they are."""
    entries = {**_read(path), **{key: Entry(round(ratio, 2), day) for key, ratio in found.ratios().items()}}
    lines = ["# CPU of each case as a multiple of the first of its group; written by `python tests/benchmarks --record`", "[ratios]"]
    lines += [f"{json.dumps(key)} = {{ ratio = {entry.ratio}, date = {entry.day} }}" for key, entry in sorted(entries.items())]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _read(path: Path) -> dict[str, Entry]:
    if not path.exists():
        return {}
    return {key: Entry(entry["ratio"], entry["date"]) for key, entry in tomllib.loads(path.read_text("utf-8"))["ratios"].items()}
