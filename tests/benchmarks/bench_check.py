"""`listingkit check` of a large csv beside polars reading it: `python tests/benchmarks/bench_check.py [ROWS]`.

Each in its own process, interleaved, medians of three, CPU seconds with start-up; recall and precision against the seeded truth.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from generate import DEFECTS, truth, write

ROUNDS = 3
EVERYDAY = "SKU,GTN001,GTN002,GTN003,GTN004,GTN005,GTN006,GTN040,REQ001,TTL001,TTL002,BUL001,BUL002,BUL003,OFR001,OFR003,IMG001,IMG002,VAR001,VAR002"


def cpu(*command: str) -> tuple[float, float]:
    """CPU seconds and peak MB of a process (1 is a status of ours: errors were found)."""
    script = (
        "import resource, subprocess, sys\n"
        "status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(status, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", script, *command], capture_output=True, text=True, check=True)
    status, seconds, peak = done.stdout.split()
    assert status in {"0", "1"}, done.stderr
    return float(seconds), float(peak)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        master = Path(folder) / "master.csv"
        write(rows, master)
        read = f"import polars as pl; pl.read_csv({str(master)!r}, infer_schema=False)"
        commands = {
            "polars.read_csv and start-up": (sys.executable, "-c", read),
            "check, the everyday rules": (sys.executable, "-m", "listingkit", "check", str(master), "-m", "US", "-q", "--select", EVERYDAY),
            "check, one marketplace": (sys.executable, "-m", "listingkit", "check", str(master), "-m", "DE", "-q"),
            "check, three marketplaces": (
                sys.executable,
                "-m",
                "listingkit",
                "check",
                str(master),
                "-m",
                "US",
                "-m",
                "DE",
                "-m",
                "JP",
                "-q",
            ),
        }
        measured: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                measured[name].append(cpu(*command))
        reference = statistics.median(seconds for seconds, _ in measured["polars.read_csv and start-up"])
        for name, runs in measured.items():
            seconds = statistics.median(one for one, _ in runs)
            print(f"{name:32} {seconds:6.2f} s CPU  {seconds / reference:5.2f}x  {max(peak for _, peak in runs):5.0f} MB")
        told = subprocess.run(
            [*commands["check, three marketplaces"][:-1], "--format", "jsonl"], capture_output=True, text=True, check=False
        )
        found = {(one["row"], one["code"]) for one in map(json.loads, told.stdout.splitlines()) if one["code"] in DEFECTS}
        wanted = truth(rows)
        print(
            f"recall {len(found & wanted) / len(wanted):.4f}, precision {len(found & wanted) / max(1, len(found)):.4f} of {len(wanted)} defects"
        )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
