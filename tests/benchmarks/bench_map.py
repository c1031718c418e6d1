"""What mapping costs beside reading: `python tests/benchmarks/bench_map.py [ROWS] [FOLDER]`.

CPU seconds (all threads) of polars.read_csv, of our reader, of proposing and of mapping the same file: all in one process, in turns,
so that a busy machine is busy for each of them; the medians of five rounds, and their multiples of the median of polars.
Asked for: read and mapped at most 2 times `polars.read_csv`.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir

import polars as pl
from generate import master

from listingkit.mapping.apply import map_columns
from listingkit.mapping.propose import propose
from listingkit.master.read import read

ROUNDS = 5


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one run."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main(rows: int = 100_000, folder: str = gettempdir()) -> None:
    """Print one line a step, with its multiple of polars.read_csv."""
    path = Path(folder) / f"map-{rows}.csv"
    if not path.exists():
        master(rows).write_csv(path)
    sheet = read(path)
    steps: dict[str, Callable[[], object]] = {
        "polars.read_csv": lambda: pl.read_csv(path, infer_schema=False),
        "read": lambda: read(path),
        "propose": lambda: propose(sheet),
        "map_columns": lambda: map_columns(sheet),
        "read and map": lambda: map_columns(read(path)),
    }
    rounds = [{name: seconds(work) for name, work in steps.items()} for _ in range(ROUNDS)]
    spent = {name: statistics.median(one[name] for one in rounds) for name in steps}
    for name, median in spent.items():
        print(f"{name:16} {median:7.3f} s  {median / spent['polars.read_csv']:5.2f} x")


if __name__ == "__main__":
    main(*(int(word) if word.isdigit() else word for word in sys.argv[1:]))  # type: ignore[arg-type]
