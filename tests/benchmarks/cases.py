"""The cases: what is run, on which file, beside what.

A group is measured interleaved, and every case of it beside the group's first, on the same files.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from environments import PEERS, environment

OURS = (sys.executable, "-m", "listingkit")
DAY = ("--as-of", "2026-11-01")
STORES = ("US", "DE", "JP")
THREE = tuple(word for code in STORES for word in ("-m", code))
MAKERS = {  # how the name of a file begins -> what makes it
    "master.csv": "master_csv",
    "master.xlsx": "master_xlsx",
    "bad.csv": "bad_csv",
    "old.csv": "tables",
    "new.csv": "tables",
    "previous": "uploads",
    "next": "uploads",
    "template-": "templates",
    "wide.xlsx": "wide_xlsx",
    "parts": "parts",
}
WIDE_ROWS = 10_000
SMALL, MIDDLE = 10_000, 100_000


@dataclass(frozen=True)
class Case:
    """One command. Words with `{}` names: `{data}` the group's files, `{peer}` the programs of the peer's environment."""

    name: str
    command: Sequence[str]
    peer: str = ""  # the tool whose environment it runs in; ours where empty
    judge: str = ""  # what compares its output with the truth: see truths.py
    up_to: int = 1 << 62  # rows that it is asked at all
    statuses: frozenset[int] = frozenset({0})

    @property
    def files(self) -> list[str]:
        """What makes its files, see data.py."""
        return list(dict.fromkeys(maker for name, maker in MAKERS.items() if any(f"{{data}}/{name}" in word for word in self.command)))

    def words(self, data: Path, peers: Path) -> list[str]:
        """The command to run. Raises `NoEnvironmentError`."""
        programs = str(environment(self.peer, peers)) if self.peer else ""
        return [word.replace("{data}", str(data)).replace("{peer}", programs) for word in self.command]


@dataclass(frozen=True)
class Group:
    """Cases that are compared with each other."""

    name: str
    cases: Sequence[Case]
    sizes: Sequence[int] = ()  # rows; empty: those that were asked for
    up_to: int = 1 << 62


def _ours(name: str, *words: str, judge: str = "", up_to: int = 1 << 62) -> Case:
    return Case(name, (*OURS, *words), judge=judge, up_to=up_to, statuses=frozenset({0, 1}))


def _python(name: str, script: str) -> Case:
    return Case(name, (sys.executable, "-c", script))


def _script(name: str, tool: str, script: str, *words: str, up_to: int = 1 << 62) -> Case:
    return Case(name, ("{peer}/python", str(PEERS / script), *words), peer=tool, up_to=up_to)


_CSV, _XLSX = "{data}/master.csv", "{data}/master.xlsx"
_BUILD = (*THREE, *DAY, "--previous", "{data}/previous", "-o", "out")
_TEMPLATES = tuple(word for code in STORES for word in ("--template", f"{{data}}/template-{code}.xlsm"))
_READ = _python("polars.read_csv", f"import polars; polars.read_csv({_CSV!r}, infer_schema=False)")

GROUPS = (
    Group(
        "Start-up",
        (
            _python("python -c 'import click'", "import click"),
            _ours("--help", "--help"),
            _ours("gtin CODE", "gtin", "4006381333931"),
            _ours("check of 100 rows", "check", _CSV, "-m", "DE", *DAY, "-q"),
        ),
        sizes=(100,),
    ),
    Group(
        "Diff by SKU of two tables of 40 columns",
        (
            _python("polars.read_csv of both", "import polars; [polars.read_csv(path, infer_schema=False) for path in ('{data}/old.csv', '{data}/new.csv')]"),
            _ours("diff", "diff", "{data}/old.csv", "{data}/new.csv", "--key", "sku", "-m", "DE", "--format", "jsonl", "-o", "changes.jsonl", judge="changes"),
            _ours("diff of two uploads", "diff", "{data}/previous/DE/upload.txt", "{data}/next/upload.txt", "--format", "jsonl", "-o", "changes.jsonl", judge="changes"),
            _script("datacompy (polars)", "datacompy", "diff_datacompy.py", "{data}/old.csv", "{data}/new.csv"),
            Case("csv-diff", ("{peer}/csv-diff", "{data}/old.csv", "{data}/new.csv", "--key=sku", "--format=csv"), peer="csv-diff"),
            Case("daff", ("{peer}/daff.py", "diff", "--id", "sku", "--output", "daff.csv", "{data}/old.csv", "{data}/new.csv"), peer="daff", up_to=SMALL),
        ),
    ),
    Group(
        "csv, 40 columns",
        (
            _READ,
            _python("read", f"import listingkit; listingkit.read({_CSV!r})"),
            _python("read and map", f"import listingkit; listingkit.map_columns(listingkit.read({_CSV!r}))"),
            _ours("check, one marketplace", "check", _CSV, "-m", "DE", *DAY, "-q"),
            _ours("check, three marketplaces", "check", _CSV, *THREE, *DAY, "--format", "jsonl", "-o", "findings.jsonl", judge="findings"),
            _ours("check, with the report page", "check", _CSV, "-m", "DE", *DAY, "--format", "html", "-o", "report.html", up_to=MIDDLE),
            _ours("check, with the review workbook", "check", _CSV, "-m", "DE", *DAY, "--format", "xlsx", "-o", "review.xlsx", up_to=MIDDLE),
            _ours("build, three marketplaces as text, with diff", "build", _CSV, *_BUILD),
            _ours("build, into 250-column templates, with diff", "build", _CSV, *_BUILD, *_TEMPLATES, up_to=MIDDLE),
            _script("pandera[polars], 11 checks", "pandera", "check_pandera.py", _CSV),
            _script("frictionless, 11 checks", "frictionless", "check_frictionless.py", _CSV, up_to=MIDDLE),
        ),
    ),
    Group(
        "xlsx, 40 columns",
        (
            _python('polars.read_excel(engine="calamine")', f'import polars; polars.read_excel({_XLSX!r}, engine="calamine")'),
            _python("read", f"import listingkit; listingkit.read({_XLSX!r})"),
            _ours("check, one marketplace", "check", _XLSX, "-m", "DE", *DAY, "-q"),
            _ours("whole line: three 250-column templates and diff", "build", _XLSX, *_BUILD, *_TEMPLATES),
            _script("frictionless, 11 checks", "frictionless", "check_frictionless.py", _XLSX, up_to=SMALL),
        ),
        up_to=MIDDLE,
    ),
    Group(
        "Listing report of 173 columns, xlsx",
        (
            _python('polars.read_excel(engine="calamine")', "import polars; polars.read_excel('{data}/wide.xlsx', engine='calamine', sheet_name='Template')"),
            _ours("check, one marketplace", "check", "{data}/wide.xlsx", "-m", "US", *DAY, "-q"),
            Case("amazon-catalog-cli scan", ("{peer}/catalog", "scan", "{data}/wide.xlsx", "--format", "json", "--output", "scan.json"), peer="amazon-catalog-cli"),
        ),
        sizes=(WIDE_ROWS,),
    ),
    Group(
        "Dask on this machine, csv in parts",
        (
            _READ,
            _ours("check, without Dask", "check", _CSV, "-m", "DE", *DAY, "-q"),
            _ours("distributed, two workers", "distributed", "{data}/parts/*.csv", "-m", "DE", *DAY, "--workers", "2", "-o", "out"),
            _ours("distributed, three marketplaces", "distributed", "{data}/parts/*.csv", *THREE, *DAY, "-o", "out", judge="parts"),
        ),
        sizes=(1_000_000,),
    ),
    Group(
        "Every cell bad, csv",
        (
            _python("polars.read_csv", "import polars; polars.read_csv('{data}/bad.csv', infer_schema=False)"),
            _ours("check, one marketplace", "check", "{data}/bad.csv", "-m", "DE", *DAY, "-q"),
        ),
        up_to=MIDDLE,
    ),
)  # fmt: skip


def shown(rows: int) -> str:
    """A number of rows as people type it: 10k, 1m."""
    if rows % 1_000_000 == 0:
        return f"{rows // 1_000_000}m"
    return f"{rows // 1000}k" if rows % 1000 == 0 else str(rows)


def rows_of(text: str) -> int:
    """The rows that `shown` writes. Raises `ValueError`."""
    text = text.strip().lower()
    for letter, times in (("k", 1000), ("m", 1_000_000)):
        if text.endswith(letter):
            return int(text[:-1]) * times
    return int(text)
