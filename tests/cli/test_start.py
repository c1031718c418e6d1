"""What a small run costs besides its work, by counting: modules loaded, data files read, passes of polars over a few rows."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "listingkit"
HEAVY = {"openpyxl", "jinja2", "rich", "ftfy", "chardet", "rapidfuzz", "stdnum", "numpy", "fastexcel", "hypothesis"}
MASTER = "sku,product_id,item_name,brand,price,quantity,product_type\nAB-1,4006381333931,Stoneware Mug,Northcup,12.90,3,HOME\n"
SCRIPT = """
import sys
read, passes = [], []
sys.addaudithook(lambda event, given: read.append(given[0]) if event == "open" and isinstance(given[0], str) else None)
sys.setprofile(lambda frame, event, called: passes.append(1) if event == "c_call" and called.__name__ == "collect" else None)
from listingkit.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
sys.setprofile(None)
import json
print(json.dumps({"modules": list(sys.modules), "read": read, "passes": len(passes)}), file=sys.stderr)
"""


@dataclass
class Cost:
    modules: set[str]
    read: list[str]  # data of ours
    passes: int

    def of(self, *parts: str) -> set[str]:
        """The modules loaded of these packages or modules."""
        return {name for name in self.modules if any(name == part or name.startswith(f"{part}.") for part in parts)}


def cost(*words: str, given: str = "") -> Cost:
    done = subprocess.run([sys.executable, "-c", SCRIPT, *words], capture_output=True, text=True, check=True, input=given, encoding="utf-8")
    told = json.loads(done.stderr.splitlines()[-1])
    ours = [path for path in map(Path, told["read"]) if path.suffix in (".toml", ".tsv", ".json")]
    return Cost(set(told["modules"]), [str(path) for path in ours], told["passes"])


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("start") / "master.csv"
    path.write_text(MASTER, "utf-8")
    return path


@pytest.fixture(scope="module")
def check(master: Path) -> Cost:
    return cost("check", str(master), "-m", "DE", "--as-of", "2026-11-01")


def test_a_check_loads_nothing_of_templates_diffs_uploads_and_other_reports(check: Cost) -> None:
    unneeded = {"inventory.read", "inventory.filled", "inventory.template", "inventory.workbook", "inventory.builtin", "diff", "large"}
    unneeded |= {"build", "mend", "render.rows", "render.workbook", "master.workbook", "master.html_table", "master.old_workbook"}
    unneeded |= {"report.page", "report.review", "schemas.definition", "gtin.licences", "gtin.exemptions", "config.checking"}
    assert not check.of(*(f"listingkit.{name}" for name in unneeded))
    assert not check.of(*HEAVY)


def test_a_check_of_a_workbook_loads_no_reader_of_templates(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for line in MASTER.splitlines():
        book.active.append(line.split(","))
    book.save(tmp_path / "master.xlsx")
    found = cost("check", str(tmp_path / "master.xlsx"), "-m", "DE", "--as-of", "2026-11-01")
    assert found.of("listingkit.master.workbook")
    assert not found.of("listingkit.inventory.template_book", "listingkit.inventory.requirements", "listingkit.rules.template_rows", *HEAVY)
    assert not found.of("listingkit.inventory.template", "listingkit.inventory.text_file")


def test_a_check_of_a_filled_template_maps_nothing(templates: ModuleType, tmp_path: Path) -> None:
    path = templates.build(templates.unified(), tmp_path / "filled.xlsx")
    found = cost("check", str(path), "--as-of", "2026-11-01")
    assert found.of("listingkit.inventory.template_book")
    assert not found.of("listingkit.mapping.apply", "listingkit.mapping.profile", "listingkit.master.read", "listingkit.parts", *HEAVY)


def test_a_map_loads_no_rules(master: Path) -> None:
    found = cost("map", str(master))
    assert not found.of("listingkit.rules", "listingkit.schemas", "listingkit.inventory", "listingkit.diff", "listingkit.gtin.written")
    assert not found.of(*HEAVY - {"rich"})  # it tells how wide characters are on a terminal


def test_a_diff_of_tables_loads_no_rules_and_writes_no_delta(master: Path) -> None:
    found = cost("diff", str(master), str(master))
    assert not found.of("listingkit.rules", "listingkit.schemas", *(f"listingkit.diff.{name}" for name in ("delta", "previous", "live")))
    assert not found.of("listingkit.inventory.template_book", "listingkit.inventory.workbook", "listingkit.render.workbook")


def test_a_first_build_compares_nothing_and_fills_no_workbook(master: Path, tmp_path: Path) -> None:
    found = cost("build", str(master), "-m", "DE", "--as-of", "2026-11-01", "-o", str(tmp_path / "out"))
    assert (tmp_path / "out/DE/upload.txt").is_file()
    assert not found.of("listingkit.diff.compare", "listingkit.diff.delta", "listingkit.diff.previous", "listingkit.build_parts")
    assert not found.of("listingkit.render.workbook", "listingkit.report.changes_page", "listingkit.inventory.template_book")


def test_gtins_from_standard_input_need_no_frames() -> None:
    found = cost("gtin", "-", given="4006381333931\n")
    assert not found.of("polars", "listingkit.mapping", "listingkit.rules", *HEAVY)


def test_data_is_read_once_and_only_what_is_asked_for(check: Cost) -> None:
    assert {path: times for path, times in Counter(check.read).items() if times > 1} == {}
    assert not [path for path in check.read if Path(path).name in ("rules_zh.tsv", "listingkit.schema.json")]
    asked = {Path(path).parent.name for path in check.read if "category_schemas" in path}
    assert asked == {"HOME", "COMMON"}


def test_a_check_of_one_row_makes_few_passes(check: Cost) -> None:
    """What grows with the rules is one pass each for their groups; a pass for each column or sieve would show here."""
    assert 0 < check.passes < 200


@pytest.mark.parametrize(("own", "expected"), [(None, "narenas:1,dirty_decay_ms:5000"), ("dirty_decay_ms:0", "dirty_decay_ms:0")])
def test_the_command_keeps_memory_that_polars_lets_go_unless_a_user_says_otherwise(own: str | None, expected: str) -> None:
    script = "import atexit, os, sys; os.cpu_count = lambda: 2; sys.argv[1:] = ['--version']; from listingkit.__main__ import program\n"
    script += "atexit.register(lambda: print(os.environ['_RJEM_MALLOC_CONF'])); program()"
    given = {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"} | ({"_RJEM_MALLOC_CONF": own} if own else {})
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=given, encoding="utf-8")
    assert done.stdout.splitlines()[-1] == expected


@pytest.mark.parametrize(("words", "status"), [(["--version"], 0), (["gtin", "4006381333932"], 1), (["nothing"], 2)])
@pytest.mark.parametrize("watched", [False, True])
def test_it_ends_at_once_unless_it_is_watched(words: list[str], status: int, watched: bool) -> None:
    script = f"import sys; sys.argv[1:] = {words}; from listingkit.__main__ import program\n"
    script += "sys.setprofile(lambda *said: None)\n" if watched else ""
    script += "try: program()\nfinally: sys.setprofile(None); print('taken apart')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == status
    assert ("taken apart" in done.stdout) is watched


SETTLED = """
import os, sys
from listingkit import process
process.settle(sys.argv[1:])
print(os.environ.get("POLARS_MAX_THREADS", "all"))
"""


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core is all there is")
@pytest.mark.parametrize(
    ("sizes", "more", "threads"),
    [
        ({"a.csv": 100}, ["check", "-m", "DE"], "1"),
        ({"a.csv": 31 << 20}, ["check"], "1"),
        ({"a.csv": 20 << 20, "b.csv": 20 << 20}, ["diff"], "more"),
        ({"a.xlsx": 9 << 20}, ["check"], "1"),
        ({"a.XLSX": 12 << 20}, ["check"], "more"),
        ({"a.csv.gz": 1 << 30}, ["check"], "all"),
        ({"a.csv.gz": 3 << 20}, ["check"], "1"),
        ({"listingkit.toml": 100}, ["check", "-", "--config"], "all"),
        ({"listingkit.toml": 100}, ["distributed", "s3://bucket/part.csv", "--config"], "all"),
        ({"listingkit.toml": 100}, ["distributed", "parts/*.csv", "--config"], "all"),
        ({"a.csv": 100}, ["diff", "."], "1"),
        ({"a.csv": 33 << 20}, ["diff", "."], "more"),
        ({"a.csv": 120 << 20}, ["build", "--previous", "."], "1"),
        ({"a.csv": 130 << 20}, ["build", "--previous", "."], "more"),
        ({"a.xlsx": 12 << 20}, ["build"], "more"),
        ({}, ["rules"], "all"),
    ],
)
def test_threads_are_as_many_as_the_files_are_worth(sizes: dict[str, int], more: list[str], threads: str, tmp_path: Path) -> None:
    for name, size in sizes.items():
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)
    unset = {name: value for name, value in os.environ.items() if name != "POLARS_MAX_THREADS"}

    def said(**environment: str) -> str:
        command = [sys.executable, "-c", SETTLED, *more, *sizes]
        env = {**unset, **environment}
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, env=env).stdout.strip()

    expected = "all" if threads == "more" and os.cpu_count() == 2 else threads
    assert said() == expected or (threads == "more" and int(said()) >= 2)
    assert said(POLARS_MAX_THREADS="7") == "7"
