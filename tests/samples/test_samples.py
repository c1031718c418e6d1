"""The bundled samples give their expected output, byte for byte. `python tests/samples/test_samples.py` makes it anew."""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

from listingkit.build import build
from listingkit.stories import stories

TOLD = (".txt", ".jsonl")
STORIES = list(stories())


def made(story: Any, out: Any) -> Any:
    build(story.order(out))
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.suffix in TOLD}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_story_gives_its_expected_output(story: Any, tmp_path: Any) -> None:
    expected = story.folder / "expected"
    wanted = {path.relative_to(expected).as_posix(): path.read_bytes() for path in sorted(expected.rglob("*")) if path.is_file()}
    found = made(story, tmp_path / "out")
    assert list(found) == list(wanted)
    for name, content in wanted.items():
        assert found[name].decode().splitlines() == content.decode().splitlines(), name
        assert found[name] == content, name


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_same_story_gives_the_same_bytes(story: Any, tmp_path: Any) -> None:
    """Everything in the folder, workbooks and report too."""
    for name in ("one", "two"):
        build(story.order(tmp_path / name))
    one, two = (
        {path.relative_to(tmp_path / name).as_posix(): path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()}
        for name in ("one", "two")
    )
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_manifest_tells_the_truth(story: Any, tmp_path: Any) -> None:
    out = tmp_path / "out"
    built = build(story.order(out))
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["as_of"] == built.order.as_of.isoformat()
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    assert set(manifest["outputs"]) | {"manifest.json"} == {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    for store in manifest["marketplaces"].values():
        assert store["shipped"] + store["held"] == built.listings.frame.height


def test_the_clean_story_is_clean() -> None:
    (clean,) = (story for story in STORIES if story.name == "stoneware")
    with tempfile.TemporaryDirectory() as folder:
        built = build(clean.order(Path(folder) / "out"))
    assert list(built.findings) == []
    assert [one.held.sum() for one in built.made] == [0, 0, 0, 0]


def main() -> None:
    for story in STORIES:
        expected = story.folder / "expected"
        shutil.rmtree(expected, ignore_errors=True)
        with tempfile.TemporaryDirectory() as folder:
            for name, content in made(story, Path(folder) / "out").items():
                (expected / name).parent.mkdir(parents=True, exist_ok=True)
                (expected / name).write_bytes(content)


if __name__ == "__main__":
    main()
