"""What mapping costs beside reading: `python tests/benchmarks/bench_map.py [ROWS] [FOLDER]`.

CPU seconds (all threads), the best of three, of polars.read_csv, of our reader, of proposing and of mapping the same file.
"""

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


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of the fastest of three runs."""
    spent = []
    for _ in range(3):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


def main(rows: int = 100_000, folder: str = gettempdir()) -> None:
    """Print one line a step, with its multiple of polars.read_csv."""
    path = Path(folder) / f"map-{rows}.csv"
    if not path.exists():
        master(rows).write_csv(path)
    sheet = read(path)
    least = seconds(lambda: pl.read_csv(path, infer_schema=False))
    for name, work in (
        ("polars.read_csv", lambda: pl.read_csv(path, infer_schema=False)),
        ("read", lambda: read(path)),
        ("propose", lambda: propose(sheet)),
        ("map_columns", lambda: map_columns(sheet)),
        ("read and map", lambda: map_columns(read(path))),
    ):
        spent = seconds(work)
        print(f"{name:16} {spent:7.3f} s  {spent / least:5.2f} x")


if __name__ == "__main__":
    main(*(int(word) if word.isdigit() else word for word in sys.argv[1:]))  # type: ignore[arg-type]
