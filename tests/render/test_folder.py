"""The output folder is the old one or the new one, whatever happens in between."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from typing import Any

import pytest

from listingkit.errors import Unwritable
from listingkit.render.folder import MARK, replacing


def fill(folder: Any, text: Any) -> None:
    (folder / "DE").mkdir()
    (folder / "DE" / "upload.txt").write_text(text)
    (folder / MARK).write_text(json.dumps({"outputs": {"DE/upload.txt": ""}}))


def test_a_new_folder_takes_the_place_of_the_old(tmp_path: Any) -> None:
    out = tmp_path / "out"
    for text in ("first", "second"):
        with replacing(out) as part:
            fill(part, text)
        assert (out / "DE" / "upload.txt").read_text() == text
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_run_that_fails_changes_nothing(tmp_path: Any) -> None:
    out = tmp_path / "out"
    with replacing(out) as part:
        fill(part, "first")
    with pytest.raises(RuntimeError, match="broken"), replacing(out) as part:
        fill(part, "second")
        raise RuntimeError("broken")
    assert (out / "DE" / "upload.txt").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_others_put_there_moves_along(tmp_path: Any) -> None:
    out = tmp_path / "out"
    with replacing(out) as part:
        fill(part, "first")
    (out / "notes.txt").write_text("call the supplier")
    (out / "DE" / "report.pdf").write_text("a report")
    with replacing(out) as part:
        fill(part, "second")
    assert (out / "notes.txt").read_text() == "call the supplier"
    assert (out / "DE" / "report.pdf").read_text() == "a report"
    assert (out / "DE" / "upload.txt").read_text() == "second"


def test_a_folder_that_is_not_ours_is_never_replaced(tmp_path: Any) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_text("a")
    with pytest.raises(Unwritable, match="did not write"), replacing(tmp_path / "photos"):
        pass
    with pytest.raises(Unwritable, match="is a file"), replacing(tmp_path / "photos" / "a.jpg"):
        pass


@pytest.mark.parametrize("text", ["", "{", "[]", '{"outputs": 7}', '{"outputs": [7]}', "[" * 100_000, "\xff"])
def test_a_folder_with_a_damaged_manifest_stays_as_it_is(tmp_path: Any, text: str) -> None:
    out = tmp_path / "out"
    with replacing(out) as part:
        fill(part, "first")
    (out / MARK).write_text(text, "latin-1")
    with pytest.raises(Unwritable, match=r"manifest\.json is damaged and .*: choose another output folder"), replacing(out) as part:
        fill(part, "second")
    assert (out / "DE" / "upload.txt").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_place_that_cannot_be_written_says_so(tmp_path: Any) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unwritable, match="cannot write"), replacing(tmp_path / "file" / "out"):
        pass


def test_two_renames_are_completed_by_the_next_run(tmp_path: Any) -> None:
    """What a run leaves that died between the two renames, where folders cannot change places in one step."""
    out = tmp_path / "out"
    with replacing(out) as part:
        fill(part, "first")
    ready = tmp_path / ".out.ready"
    ready.mkdir()
    fill(ready, "second")
    out.rename(tmp_path / ".out.old")
    with pytest.raises(RuntimeError, match="stop"), replacing(out) as part:
        raise RuntimeError("stop")
    assert (out / "DE" / "upload.txt").read_text() == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX systems")
def test_kill_leaves_the_old_or_the_new_one(tmp_path: Any) -> None:
    """A writer that replaces the folder over and over is killed at 20 different moments."""
    out = tmp_path / "out"
    script = textwrap.dedent(f"""
        import json, pathlib
        from listingkit.render.folder import MARK, replacing
        number = 0
        while True:
            number += 1
            with replacing(pathlib.Path({str(out)!r})) as part:
                for name in "abcdefgh":
                    (part / name).write_text(str(number) * 1000)
                (part / MARK).write_text(json.dumps({{"outputs": {{name: "" for name in "abcdefgh"}}}}))
                print(number, flush=True)
    """)
    for moment in range(20):
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            writer.stdout.readline()
            time.sleep(0.001 * moment)
            os.kill(writer.pid, signal.SIGKILL)
        if out.exists():
            held = {(out / name).read_text() for name in "abcdefgh"}
            assert len(held) == 1
            assert (out / MARK).is_file()
