"""Every command and example of the pages in docs/ does what the page says, and every picture and link is there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pages import DOCS, blocks, carry_out, run

TOP = DOCS.parent
README = TOP / "README.md"
PAGES = ["agencies.md", "catalog-managers.md", "contributors.md", "test-authors.md"]
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.slow
@pytest.mark.parametrize("page", ["agencies.md", "catalog-managers.md", "test-authors.md"])
def test_a_reader_gets_what_the_page_says(page: str, tmp_path: Path) -> None:
    shutil.copytree(TOP / "samples", tmp_path / "samples")
    assert carry_out(page, tmp_path) == []


@pytest.mark.slow
def test_a_contributor_gets_what_the_page_says(tmp_path: Path) -> None:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(TOP / name, tmp_path / name)
    before = (TOP / "docs" / "rules.md").read_text("utf-8")
    assert carry_out("contributors.md", tmp_path) == []
    after = (tmp_path / "docs" / "rules.md").read_text("utf-8")
    assert "## HLT099" in after
    assert "## HLT099" not in before


@pytest.mark.parametrize("page", PAGES)
def test_nothing_on_a_page_is_left_out(page: str) -> None:
    """What is set in a fence is carried out; commands stand nowhere else but inside a sentence."""
    found = list(blocks(page))
    assert any(block.language == "sh" for block in found)
    assert {block.language for block in found} <= {"sh", "text", "toml", "python", "tsv", "csv", "yaml"}
    outside = re.sub(r"^```.*?^```$", "", (DOCS / page).read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"^(    |\$ )listingkit", outside, re.MULTILINE)


@pytest.mark.parametrize("page", [*PAGES, "../README.md"])
def test_links_and_pictures_are_there(page: str) -> None:
    path = DOCS / page
    for target in LINK.findall(path.read_text("utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).is_file(), target


COMMAND = re.compile(r"^    (listingkit .+)$|`(listingkit [^`]+)`", re.MULTILINE)


@pytest.mark.slow
def test_every_command_of_the_readme_runs(templates: Any, tmp_path: Path) -> None:
    """Also those inside sentences, with the files that they name."""
    stoneware = TOP / "samples" / "stoneware"
    for name in ("master.xlsx", "supplier.xlsx"):
        shutil.copy2(stoneware / "master.xlsx", tmp_path / name)
    shutil.copytree(stoneware / "previous", tmp_path / "last-time")
    for name in ("FILE.xlsm", "FILLED.xlsm"):
        templates.build(templates.unified("US", "en_US"), tmp_path / name)
    commands = [
        (line or inline).replace("history SKU", "history HG-MUG-BLU") for line, inline in COMMAND.findall(README.read_text("utf-8"))
    ]
    assert len(commands) > 9
    for command in commands:
        status, said = run(command, tmp_path)
        assert status in (0, 1), f"{command}: {said}"
        assert "Traceback" not in said, command


@pytest.mark.slow
def test_the_pictures_are_made_by_the_script(tmp_path: Path) -> None:
    for program in ("chromium", "chromedriver", "soffice", "pdftoppm"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    subprocess.run([sys.executable, TOP / "scripts" / "pictures.py", tmp_path], check=True, capture_output=True, timeout=300)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(made) == {path.name for path in (DOCS / "pictures").iterdir()}
    for picture in made.values():
        assert picture.startswith(b"\x89PNG")
        assert 10_000 < len(picture) < 200_000  # other fonts, other sizes


def test_pictures_are_small() -> None:
    pictures = list((DOCS / "pictures").glob("*.png"))
    assert pictures
    assert [picture.name for picture in pictures if picture.stat().st_size > 150_000] == []
