"""What was measured: medians, ratios, and what went wrong."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from cases import shown
from measure import Run


@dataclass
class Result:
    """The runs of one case on one number of rows."""

    group: str
    rows: int
    case: str
    peer: bool = False
    runs: list[Run] = field(default_factory=list)
    problem: str = ""  # why there is no run, or no further one
    truth: Mapping[str, float] | None = None  # recall and precision, where the case is judged
    told: str = ""  # the last line it wrote

    @property
    def key(self) -> str:
        return key(self.group, self.rows, self.case)

    def figure(self, what: str) -> float | None:
        """The median of `cpu`, `wall`, `peak` or `together`."""
        return median(getattr(run, what) for run in self.runs) if self.runs else None


def key(group: str, rows: int, case: str) -> str:
    """What a case is called in tables, patterns and the budget."""
    return f"{group}, {shown(rows)}: {case}"


class Results:
    """All results of a run of the benchmarks."""

    def __init__(self, results: Iterable[Result] = ()) -> None:
        self.by_key = {one.key: one for one in results}

    def __iter__(self) -> Iterator[Result]:
        return iter(self.by_key.values())

    def figure(self, group: str, rows: int, case: str, what: str) -> float | None:
        """A median, or nothing where the case did not run."""
        found = self.by_key.get(key(group, rows, case))
        return found.figure(what) if found else None

    def ratios(self) -> dict[str, float]:
        """CPU of each of our cases as a multiple of its group's first."""
        first: dict[tuple[str, int], float | None] = {}
        found: dict[str, float] = {}
        for one in self.by_key.values():
            cpu = one.figure("cpu")
            beside = first.setdefault((one.group, one.rows), cpu)
            if beside and cpu and not one.peer and cpu is not beside:
                found[one.key] = cpu / beside
        return found
