"""Every stage of the program and its peers on the same files: `python tests/benchmarks`.

    python tests/benchmarks                      everything, into docs/performance.md (up to 25 minutes)
    python tests/benchmarks --quick              10,000 rows only, a minute or two, on standard output
    python tests/benchmarks --only "diff|daff"   what matches, on standard output
    python tests/benchmarks --check              also fail where a ratio is worse than recorded by more than a quarter
    python tests/benchmarks --record             also record the ratios as the new budget

Each case runs in a process of its own, interleaved with those it is compared with, three times, or nine times where it is short;
figures are medians.
Where the time (--minutes) is up, the table says how often a case ran. The first run also makes the files and the peers' environments.
"""

import argparse
import math
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir

import budget
import performance_page
from cases import rows_of
from runner import Plan, measure

QUICK = 4  # seconds: what takes a peer longer runs once in a quick run
PAGE = Path(__file__).parents[2] / "docs" / "performance.md"


def main(words: list[str]) -> int:
    """The exit status: 0, or 1 where --check found something worse."""
    given = _arguments(words)
    sizes = given.sizes or ([10_000] if given.quick else [10_000, 100_000, 1_000_000])
    once_over = QUICK if given.quick else math.inf
    plan = Plan(sizes, given.data_dir, given.peers_dir, given.only, given.rounds, given.minutes, once_over, _say)
    found = measure(plan)
    day = datetime.now(UTC).date()
    whole = not (given.quick or given.only or given.sizes)
    text = performance_page.tables(found, day, whole=whole)
    page = given.output or (PAGE if whole else None)
    if page:
        performance_page.put(text, page)
    else:
        print(text)
    status = _check(plan, budget.worse(found, given.budget), given.budget) if given.check else 0
    if given.record:
        budget.record(found, day, given.budget)
    return status


def _check(plan: Plan, worse: dict[str, str], recorded: Path) -> int:
    """Measure again what seems worse, and tell what is so twice."""
    if worse:
        again = Plan(**{**vars(plan), "only": "|".join(f"^{re.escape(key)}$" for key in worse)})
        twice = budget.worse(measure(again), recorded)
        worse = {key: told for key, told in twice.items() if key in worse}
    for told in worse.values():
        print(told, file=sys.stderr)
    return 1 if worse else 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _sizes(text: str) -> list[int]:
    return [rows_of(word) for word in text.split(",")]


def _arguments(words: list[str]) -> argparse.Namespace:
    kept = Path(gettempdir()) / "listingkit-benchmarks"
    parser = argparse.ArgumentParser(
        prog="python tests/benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="10,000 rows only; peers that take long run once")
    parser.add_argument("--sizes", type=_sizes, metavar="10k,100k,1m", help="numbers of rows; default: these three")
    parser.add_argument("--only", default="", metavar="PATTERN", help="cases whose 'group, size: name' matches this pattern")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each case; of short ones three times as many")
    parser.add_argument("--minutes", type=float, default=25, help="no further run is begun after this time")
    parser.add_argument("--check", action="store_true", help="exit 1 where a ratio is worse than recorded by more than 25 %%")
    parser.add_argument("--record", action="store_true", help="record this run's ratios")
    parser.add_argument("--budget", type=Path, default=budget.FILE, metavar="FILE")
    parser.add_argument("--data-dir", type=Path, default=kept / "data", metavar="DIR", help="where the files that are read are kept")
    parser.add_argument("--peers-dir", type=Path, default=kept / "peers", metavar="DIR", help="where the peers' environments are kept")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write the tables there, between their marks")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
