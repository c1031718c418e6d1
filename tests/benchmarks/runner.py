"""Runs the cases: makes their files, measures them interleaved, compares their output with the truth."""

import hashlib
import json
import math
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cases import GROUPS, Case, Group
from environments import NoEnvironmentError
from measure import run
from results import Result, Results, key

HERE = Path(__file__).parent
MAKERS = (
    "generate.py",
    "data.py",
    "books.py",
    "template_files.py",
    "../inventory/template_description.py",
    "../inventory/build_templates.py",
)
SHORT, OFTEN = 2, 3  # what takes fewer seconds runs so often each time: a short run is soon twice as slow as the next
OUTPUTS = {"findings": "findings.jsonl", "parts": "out/findings", "changes": "changes.jsonl"}  # what a judge reads


@dataclass(frozen=True)
class Plan:
    """What to measure and where to keep things."""

    sizes: Sequence[int]
    data: Path  # the files that the cases read, kept for the next run
    peers: Path  # the peers' environments, too
    only: str = ""  # a pattern of keys; the first case of a group runs with the others
    rounds: int = 3
    minutes: float = 25
    once_over: float = math.inf  # a peer that took more seconds is not run again
    say: Callable[[str], None] = print  # progress, a line at a time


def measure(plan: Plan, groups: Sequence[Group] = GROUPS) -> Results:
    """Measure everything that the plan names. Whatever a case does, the others run, and its result says why it has no figures."""
    end = time.monotonic() + 60 * plan.minutes
    found: list[Result] = []
    for group, rows in sorted(_sized(plan, groups), key=lambda one: one[1]):
        cases = _chosen(plan, group, rows)
        if cases:
            found += _Interleaved(plan, group, rows, cases, end).results()
    return Results(found)


def _sized(plan: Plan, groups: Sequence[Group]) -> Iterator[tuple[Group, int]]:
    largest = max(plan.sizes)
    for group in groups:
        for rows in dict.fromkeys(min(size, largest) for size in group.sizes or plan.sizes):
            if rows <= group.up_to:
                yield group, rows


def _chosen(plan: Plan, group: Group, rows: int) -> list[Case]:
    able = [case for case in group.cases if rows <= case.up_to]
    wanted = [case for case in able if re.search(plan.only, key(group.name, rows, case.name))]
    return [case for case in able if case in wanted or case is able[0]] if wanted else []


class _Interleaved:
    """One group on one number of rows: every case once, then every case again."""

    def __init__(self, plan: Plan, group: Group, rows: int, cases: Sequence[Case], end: float) -> None:
        self.plan, self.rows, self.end = plan, rows, end
        self.found = {case: Result(group.name, rows, case.name, peer=bool(case.peer)) for case in cases}
        self.data = plan.data / _stamp() / str(rows)

    def results(self) -> list[Result]:
        """Measure the group."""
        for case, result in self.found.items():
            result.problem = self._made(case)
        for _ in range(self.plan.rounds):
            for case, result in self.found.items():
                for again in range(OFTEN):
                    if not result.problem and not (again and result.runs[-1].wall > SHORT):
                        self._once(case, result, first=not result.runs)
        for result in self.found.values():
            self.plan.say(f"{result.key}: {_told(result)}")
        return list(self.found.values())

    def _once(self, case: Case, result: Result, *, first: bool) -> None:
        left = self.end - time.monotonic()
        longest = max((one.wall for one in result.runs), default=0)
        if left < max(longest, 1):
            result.problem = "" if result.runs else "the time was up"
            return
        if case.peer and longest > self.plan.once_over:
            return
        try:
            words = case.words(self.data, self.plan.peers)
        except NoEnvironmentError as error:
            result.problem = str(error)
            return
        with TemporaryDirectory() as folder:
            one = run(words, Path(folder), min(_patience(self.rows), left + 60))
            if one.late:
                result.problem = f"ended after {one.wall:.0f} s"
            elif one.status not in case.statuses:
                result.problem = f"status {one.status}: {one.told[:200]}"
            else:
                result.runs.append(one)
                result.told = one.told
                if case.judge and first:
                    self._judge(case, result, Path(folder) / OUTPUTS[case.judge])

    def _judge(self, case: Case, result: Result, output: Path) -> None:
        done = _script("truths.py", case.judge, str(self.rows), str(output))
        if done.returncode:
            result.problem = f"cannot be compared with the truth: {_last(done.stderr)}"
        else:
            result.truth = json.loads(done.stdout)

    def _made(self, case: Case) -> str:
        """Make the files of a case that are not there; why that failed, if it did."""
        for name in case.files:
            mark = self.data / f"{name}.made"
            if not mark.exists():
                self.data.mkdir(parents=True, exist_ok=True)
                done = _script("data.py", name, str(self.rows), str(self.data))
                if done.returncode:
                    return f"{name} cannot be made: {_last(done.stderr)}"
                mark.touch()
        return ""


def _patience(rows: int) -> float:
    """Seconds after which a run is ended: 120, one more for every thousand rows, 600 at most."""
    return min(120 + rows / 1000, 600)


def _script(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(HERE / name), *words], capture_output=True, text=True, check=False)


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["it says nothing"])[-1]


def _stamp() -> str:
    """Changes with whatever makes the files."""
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in MAKERS)).hexdigest()[:12]


def _told(result: Result) -> str:
    cpu, wall, peak = (result.figure(what) for what in ("cpu", "wall", "peak"))
    return result.problem if cpu is None else f"{cpu:.2f} s CPU, {wall:.2f} s, {peak:.0f} MB"
