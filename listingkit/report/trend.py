"""Earlier runs: what a build leaves of its counts, and where the next one finds them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from listingkit.errors import Unwritable
from listingkit.report.report import Report, Run

LINES = "runs.jsonl"  # in a ledger: one line a build that was sent
KEPT = 11  # earlier runs that a report shows


def counts(report: Report) -> dict[str, Any]:
    """What the manifest says of this run and of those before it."""
    tally = report.tally
    return {
        "findings": {"errors": tally.errors, "warnings": tally.warnings, "rules": dict(sorted(tally.codes.items()))},
        "earlier": [_line(run) for run in report.trend[-KEPT + 1 :]],
    }


def of_folders(folders: Sequence[Path], manifest: str) -> tuple[Run, ...]:
    """The runs that the first of these output folders knows of, its own last; () where none is a build's output."""
    for folder in folders:
        path = folder / manifest
        if path.is_file():
            return _of_manifest(path)
    return ()


def of_ledger(home: Path) -> tuple[Run, ...]:
    """The runs whose uploads were sent, the oldest first. Lines that are no run, such as a torn last one, are left out."""
    path = home / LINES
    if not path.is_file():
        return ()
    return tuple(run for line in path.read_text("utf-8", errors="replace").splitlines() for run in _run(_parsed(line)))[-KEPT:]


def record(home: Path, out: Path, manifest: str) -> None:
    """Note in the ledger what the build in `out` had found. Raises `Unwritable`."""
    path = out / manifest
    runs = _of_manifest(path) if path.is_file() else ()
    known = of_ledger(home)
    if not runs or (known and known[-1] == runs[-1]):
        return
    try:
        with (home / LINES).open("a+", encoding="utf-8", errors="replace", newline="\n") as stream:
            stream.seek(0)
            if (before := stream.read()) and not before.endswith("\n"):
                stream.write("\n")  # a crash tore the last line
            stream.write(json.dumps({**_line(runs[-1]), "sent": datetime.now(UTC).isoformat(timespec="seconds")}) + "\n")
    except OSError as error:
        raise Unwritable(f"cannot write {home / LINES}: {error.strerror or error}") from error


def _of_manifest(path: Path) -> tuple[Run, ...]:
    document = _parsed(path.read_text("utf-8", errors="replace"))
    if not isinstance(document, Mapping) or not isinstance(document.get("findings"), Mapping):
        return ()  # of a version that did not count
    earlier = document.get("earlier")
    last = {**document["findings"], "label": document.get("as_of", "")}
    return tuple(run for line in (*(earlier if isinstance(earlier, list) else ()), last) for run in _run(line))[-KEPT:]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _line(run: Run) -> dict[str, Any]:
    return {"label": run.label, "errors": run.errors, "warnings": run.warnings, "rules": dict(run.rules or {})}


def _run(line: Any) -> Iterator[Run]:
    match line:
        case {"label": str(label), "errors": int(errors), "warnings": int(warnings), "rules": dict(rules)}:
            yield Run(label, errors, warnings, {code: count for code, count in rules.items() if isinstance(count, int)})
