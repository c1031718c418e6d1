"""What reading a master costs, beside polars on the same file: `python tests/benchmarks/bench_read.py [ROWS] [FOLDER]`.

The master of generate.py as csv and as xlsx (shared strings; quantities as numbers). Each reader runs three times in processes of
its own; the figures are the medians of CPU seconds (all threads, without start-up) and of peak memory.
Asked for: xlsx at most 1.5 times `polars.read_excel(engine="calamine")`, csv at most 2 times `polars.read_csv`.
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir

RUNS = 3
READERS = {
    "read csv": "from listingkit.master.read import read; run = lambda: read(CSV).frame.height",
    "read_batches csv": "from listingkit.master.batches import read_batches; run = lambda: sum(b.frame.height for b in read_batches(CSV))",
    "polars.read_csv": "import polars; run = lambda: polars.read_csv(CSV, infer_schema=False).height",
    "read xlsx": "from listingkit.master.read import read; run = lambda: read(XLSX).frame.height",
    "polars.read_excel": "import polars; run = lambda: polars.read_excel(XLSX, engine='calamine').height",
}
CHILD = """
import json, re, sys, time
from pathlib import Path
CSV, XLSX = sys.argv[1:]
{setup}
start = time.process_time()
rows = run()
seconds = time.process_time() - start
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
print(json.dumps([rows, seconds, int(peak[1]) / 1024]))
"""


def make(rows: int, folder: Path) -> tuple[Path, Path]:
    """The master in both kinds; made once a size."""
    plain, book = folder / f"read-{rows}.csv", folder / f"read-{rows}.xlsx"
    if not book.exists():
        from books import write_book
        from generate import master

        frame = master(rows)
        folder.mkdir(parents=True, exist_ok=True)
        frame.write_csv(plain)
        write_book(book, frame.columns, frame.rows())
    return plain, book


def measured(setup: str, files: tuple[Path, Path]) -> tuple[float, float]:
    """Median CPU seconds and peak MB of one reader."""
    runs = []
    for _ in range(RUNS):
        command = [sys.executable, "-c", CHILD.format(setup=setup), *map(str, files)]
        runs.append(json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout))
    return statistics.median(run[1] for run in runs), statistics.median(run[2] for run in runs)


def main(rows: int = 100_000, folder: str = "") -> None:
    """Print one line a reader."""
    files = make(rows, Path(folder or gettempdir()))
    found = {name: measured(setup, files) for name, setup in READERS.items()}
    for name, (seconds, peak) in found.items():
        beside = found["polars.read_excel" if "xlsx" in name or "excel" in name else "polars.read_csv"][0]
        print(f"{name:18} {seconds:6.2f} s CPU {seconds / beside:6.2f} times polars {peak:6.0f} MB")


if __name__ == "__main__":
    main(*(int(argument) if argument.isdecimal() else argument for argument in sys.argv[1:]))  # type: ignore[arg-type]
