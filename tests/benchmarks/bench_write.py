"""How long rendering and writing take: `python tests/benchmarks/bench_write.py [ROWS] [FILLED]`, by default 100000 rows, 60 filled columns.

A synthetic template of 250 columns is filled as a workbook and written as text, each in a process of its own. Figures are CPU seconds of
the step (all threads) without start-up, wall seconds, and the process's peak memory. The seed is fixed.
"""

import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

WIDTH = 250
WORDS = ("stoneware", "mug", "Tasse & Teller", "café", "large", "0036000291452", "https://img.example.com/abc/1.jpg", "lorem ipsum dolor")


def step(kind: str, rows: int, filled: int, folder: Path) -> None:
    """One step in this process; prints its figures."""
    import polars as pl

    sys.path.insert(0, str(Path(__file__).parent.parent / "inventory"))
    from build_templates import Col, Description, build

    from listingkit.inventory.read import read_template
    from listingkit.inventory.upload import Upload
    from listingkit.render import text, workbook

    types = ("text", "text", "text", "text", "integer", "decimal")
    columns = [Col("contribution_sku#1.value", "SKU"), *(Col(f"attribute_{at}#1.value", type=types[at % 6]) for at in range(1, WIDTH))]
    template = read_template(build(Description(columns=columns), folder / "template.xlsm"))
    draw = random.Random(1)
    share = 2_000
    cells: dict[str, list[str | None]] = {}
    for at, column in enumerate(columns[:filled]):
        number = column.type in ("integer", "decimal")
        cells[column.path] = [
            None if at % 7 == 3 and row % 3 == 0 else f"{draw.randrange(9999)}.{at % 9 + 1}" if number else f"{draw.choice(WORDS)} {row}"
            for row in range(share)
        ]
    frame = pl.concat([pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String))] * (rows // share)).rechunk()
    upload = Upload(template, frame, "US")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    cpu, wall = time.process_time(), time.perf_counter()
    if kind == "workbook":
        workbook.fill(upload, template, folder / "out.xlsm")
    else:
        text.write(upload, folder / "out.txt")
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{kind:9} {frame.height} x {filled} of {WIDTH}: {cpu:.2f} s CPU, {wall:.2f} s, peak {peak} MB ({before} MB before the step)")


def main() -> None:
    """Every step in a process of its own."""
    given = sys.argv[1:3]
    rows, filled = (*given, *("100000", "60")[len(given) :])
    with TemporaryDirectory() as folder:
        for kind in ("workbook", "text"):
            subprocess.run([sys.executable, __file__, kind, rows, filled, folder], check=True)


if __name__ == "__main__":
    if len(sys.argv) == 5:
        step(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        main()
