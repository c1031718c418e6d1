"""The tables of a run, and their place in docs/performance.md."""

import os
import platform
from collections.abc import Iterable, Iterator
from datetime import date
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from asked import answers
from cases import shown
from results import Result, Results

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def tables(found: Results, day: date, *, whole: bool = True) -> str:
    """Everything that was measured, as Markdown; of a `whole` run also what it should have measured and did not."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    where = f"{cores} cores, Python {platform.python_version()}, polars {version('polars')}"
    lines = [f"Measured on {day} by `python tests/benchmarks`: {where}. Medians.", ""]
    asked = list(_asked(found, whole=whole))
    if asked:
        lines += ["### Asked and measured", "", "| what | asked | measured | |", "|---|---|---:|---|", *asked]
    for (group, rows), results in groupby(found, key=lambda one: (one.group, one.rows)):
        lines += ["", f"### {group}, {shown(rows)} rows", "", *_table(results)]
    return "\n".join(lines) + "\n"


def put(text: str, path: Path) -> None:
    """Write the tables between their marks in a page; into a new page where there is none. Raises `ValueError` without marks."""
    page = path.read_text("utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} has no lines {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n{text}{END}{after}", "utf-8")


def _asked(found: Results, *, whole: bool) -> Iterator[str]:
    for ask, value in answers(found):
        if value is None and not whole:
            continue
        told = ("", "not in this run") if value is None else (_number(value), "kept" if ask.kept(value) else "**missed**")
        yield f"| {ask.what} | {ask.asked()} | {told[0]} | {told[1]} |"


def _table(results: Iterable[Result]) -> Iterator[str]:
    yield "| | CPU s | times the first | wall s | peak MB | all processes MB | runs | |"
    yield "|---|---:|---:|---:|---:|---:|---:|---|"
    first: float | None = None
    for one in results:
        cpu = one.figure("cpu")
        first = first or cpu
        times = f"{cpu / first:.2f}" if cpu and first else ""
        cells = ["" if (value := one.figure(what)) is None else _number(value) for what in ("cpu", "wall", "peak", "together")]
        yield f"| {one.case} | {cells[0]} | {times} | {' | '.join(cells[1:])} | {len(one.runs)} | {_note(one)} |"


def _note(one: Result) -> str:
    notes = [one.problem] if one.problem else []
    if one.truth:
        notes.append(f"recall {one.truth['recall']:.4f}, precision {one.truth['precision']:.4f} of {one.truth['of']:,}")
    return "; ".join(notes).replace("|", "\\|")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
