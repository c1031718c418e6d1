"""What is asked of the program's speed, and what was measured: one line each, in words for its users."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cases import MIDDLE, SMALL, WIDE_ROWS, shown
from results import Results, key

CSV, XLSX, WIDE = "csv, 40 columns", "xlsx, 40 columns", "Listing report of 173 columns, xlsx"
DIFF, BAD, START = "Diff by SKU of two tables of 40 columns", "Every cell bad, csv", "Start-up"
DASK = "Dask on this machine, csv in parts"
MILLION = 1_000_000
ONE, BUILD = "check, one marketplace", "build, three marketplaces as text, with diff"
Value = Callable[[Results], float | None]


@dataclass(frozen=True)
class Ask:
    """One line: `limit` is a ceiling, or a floor where `least`."""

    what: str
    limit: float
    unit: str
    value: Value
    least: bool = False

    def asked(self) -> str:
        return f"{'at least' if self.least else 'at most'} {self.limit:,g} {self.unit}"

    def kept(self, value: float) -> bool:
        return value >= self.limit if self.least else value <= self.limit


def _times(rows: int, over: tuple[str, str], under: tuple[str, str], what: str = "cpu") -> Value:
    def value(found: Results) -> float | None:
        a, b = (found.figure(group, rows, case, what) for group, case in (over, under))
        return a / b if a is not None and b else None

    return value


def _plain(rows: int, group: str, case: str, what: str, scale: Callable[[float], float] = float) -> Value:
    def value(found: Results) -> float | None:
        figure = found.figure(group, rows, case, what)
        return None if figure is None else scale(figure)

    return value


def _file_more(found: Results) -> float | None:
    text = found.figure(CSV, MIDDLE, BUILD, "cpu")
    filled = found.figure(CSV, MIDDLE, "build, into 250-column templates, with diff", "cpu")
    return None if text is None or filled is None else (filled - text) / 3


def _file_more_than_reading(found: Results) -> float | None:
    more, read = _file_more(found), found.figure(CSV, MIDDLE, "polars.read_csv", "cpu")
    return None if more is None or read is None else more / read


def _truth(rows: int, group: str, case: str, what: str) -> Value:
    def value(found: Results) -> float | None:
        result = found.by_key.get(key(group, rows, case))
        return result.truth[what] if result and result.truth else None

    return value


ASKED = (
    Ask("check 100k × 40 csv, every rule, one marketplace", 6, "times the CPU of polars.read_csv", _times(MIDDLE, (CSV, ONE), (CSV, "polars.read_csv"))),
    Ask("check 100k × 40 xlsx", 1.6, "times the CPU of polars.read_excel", _times(MIDDLE, (XLSX, ONE), (XLSX, 'polars.read_excel(engine="calamine")'))),
    Ask("check 1m × 40 csv", 100_000, "rows a second", _plain(MILLION, CSV, ONE, "wall", lambda wall: MILLION / wall), least=True),
    Ask("the same, whatever the machine", 8, "times the wall time of polars.read_csv", _times(MILLION, (CSV, ONE), (CSV, "polars.read_csv"), "wall")),
    Ask("check 1m × 40 csv, memory of all processes", 1024, "MB", _plain(MILLION, CSV, ONE, "together")),
    Ask("check 1m × 40 csv by two Dask workers", 1.3, "times the wall time without Dask", _times(MILLION, (DASK, "distributed, two workers"), (DASK, "check, without Dask"), "wall")),
    Ask("the same, memory of the biggest process", 1024, "MB", _plain(MILLION, DASK, "distributed, two workers", "peak")),
    Ask("build 100k rows for three marketplaces as text, with diff", 3, "times the CPU of checking for the three", _times(MIDDLE, (CSV, BUILD), (CSV, "check, three marketplaces"))),
    Ask("the same into 250-column templates, each file", 3, "s CPU more", _file_more),
    Ask("the same, whatever the machine", 11, "times the CPU of polars.read_csv of the master", _file_more_than_reading),
    Ask("check 10k × 173 xlsx beside amazon-catalog-cli", 15, "times faster (CPU)", _times(WIDE_ROWS, (WIDE, "amazon-catalog-cli scan"), (WIDE, ONE)), least=True),
    Ask("check 10k × 173 xlsx, memory", 1, "times that of amazon-catalog-cli", _times(WIDE_ROWS, (WIDE, ONE), (WIDE, "amazon-catalog-cli scan"), "together")),
    Ask("diff by SKU, 1m rows, beside csv-diff", 5, "times faster (CPU)", _times(MILLION, (DIFF, "csv-diff"), (DIFF, "diff")), least=True),
    Ask("diff by SKU, 10k rows, beside daff", 20, "times faster (CPU)", _times(SMALL, (DIFF, "daff"), (DIFF, "diff")), least=True),
    Ask("check 10k × 40 xlsx beside frictionless with eleven checks", 10, "times faster (CPU)", _times(SMALL, (XLSX, "frictionless, 11 checks"), (XLSX, ONE)), least=True),
    Ask("check 100k × 40 csv beside frictionless with eleven checks", 10, "times faster (CPU)", _times(MIDDLE, (CSV, "frictionless, 11 checks"), (CSV, ONE)), least=True),
    Ask("every cell of 100k × 40 bad, memory of all processes", 2048, "MB", _plain(MIDDLE, BAD, ONE, "together")),
    Ask("--help", 2.5, "times the CPU of importing click", _times(100, (START, "--help"), (START, "python -c 'import click'"))),
    Ask("gtin CODE", 2.5, "times the CPU of importing click", _times(100, (START, "gtin CODE"), (START, "python -c 'import click'"))),
    Ask("check of 100 rows", 0.6, "s CPU", _plain(100, START, "check of 100 rows", "cpu")),
    Ask("the same, whatever the machine", 17, "times the CPU of importing click", _times(100, (START, "check of 100 rows"), (START, "python -c 'import click'"))),
    *(
        Ask(f"{subject}, {shown(rows)} rows: {what}", 1, f"({measure})", _truth(rows, group, case, what), least=True)
        for rows in (SMALL, MIDDLE, MILLION)
        for subject, group, case, measure in (
            ("seeded defects found", CSV, "check, three marketplaces", "row and code, errors and warnings"),
            ("known differences found", DIFF, "diff", "SKU and kind"),
        )
        for what in ("recall", "precision")
    ),
    *(
        Ask(f"seeded defects found by two Dask workers, 1m rows: {what}", 1, "(row and code, errors and warnings)", _truth(MILLION, DASK, "distributed, three marketplaces", what), least=True)
        for what in ("recall", "precision")
    ),
)  # fmt: skip


def answers(found: Results) -> Iterator[tuple[Ask, float | None]]:
    """Every line with what this run measured, nothing where it did not."""
    for ask in ASKED:
        yield ask, ask.value(found)
