"""The house: what imports what, and what a start may load."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "listingkit"
STOREYS = [
    {"errors", "resources", "callable_package", "progress", "ahead", "packing", "atomic", "process"},
    {"marketplace", "finding", "config"},
    {"fields"},
    {"gtin", "images"},
    {"master"},
    {"mapping"},
    {"schemas", "inventory"},
    {"rules"},
    {"render"},
    {"diff"},
    {"report"},
    {"defined"},
    {"checker"},
    {"job", "fixing", "holding"},
    {"piece", "mend", "kept"},
    {"workers"},
    {"parts", "worker"},
    {"outputs"},
    {"judging"},
    {"large"},
    {"build", "build_parts", "api"},
    {"stories"},
    {"cli", "testing", "distributed"},
]
LEVEL = {name: level for level, names in enumerate(STOREYS) for name in names}
FREE = {"__init__", "__main__"}


def imports(path: Any) -> Any:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("listingkit"):
            names = [node.module] if node.module != "listingkit" else [f"listingkit.{alias.name}" for alias in node.names]
            yield from names
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("listingkit"))


def part(module: Any) -> Any:
    return module.split(".")[1] if "." in module else "__init__"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_package_imports_only_from_those_above_it(path: Any) -> None:
    mine = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if mine in FREE:
        return
    for module in imports(path):
        theirs = part(module)
        if theirs not in {mine, "__version__", *FREE}:
            assert LEVEL[theirs] <= LEVEL[mine], f"{mine} imports {theirs}"
            assert LEVEL[theirs] < LEVEL[mine] or {mine, theirs} <= STOREYS[LEVEL[mine]], f"{mine} imports {theirs}"


HEAVY = ("polars", "msgspec", "openpyxl", "hypothesis", "jinja2", "rich", "rapidfuzz", "fastexcel", "stdnum", "numpy")


def loaded(code: Any) -> Any:
    script = f"import sys\n{code}\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import listingkit",
        "from listingkit.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass",
        "from listingkit.cli import main\ntry: main(['check', '--help'])\nexcept SystemExit: pass",
        "from listingkit.cli import main\ntry: main(['gtin', '4006381333931'])\nexcept SystemExit: pass",
    ],
    ids=["import", "--help", "check --help", "gtin"],
)
def test_a_start_is_light(code: Any) -> None:
    assert not loaded(code) & set(HEAVY)


def test_no_file_holds_two_subjects() -> None:
    long = {str(path.relative_to(PACKAGE)): len(path.read_text("utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_no_drawer_for_everything() -> None:
    drawers = {"utils", "helpers", "common", "misc", "base", "manager"}
    assert [path for path in PACKAGE.rglob("*.py") if path.stem.casefold() in drawers] == []


def test_rules_are_found_without_the_machinery_that_few_runs_need() -> None:
    script = (
        "import sys\nfrom importlib import import_module\nfrom listingkit.rules import engine\n"
        "known = set(engine.catalogue())\nearly = engine.MACHINERY & {name.rpartition('.')[2] for name in sys.modules}\n"
        "for name in engine.MACHINERY: import_module(f'listingkit.rules.{name}')\nprint(len(known), *early, *(set(engine._RULES) - known))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert len(done.stdout.split()) == 1, done.stdout
