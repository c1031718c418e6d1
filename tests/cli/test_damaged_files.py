"""Whatever happened to a file, every command answers: with findings, or with one sentence and exit 2."""

import contextlib
import io
import random
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from damage import damaged
from given_files import ASKED, make

from listingkit.cli import main

SAMPLES = Path(__file__).parents[2] / "samples"
MASTER, WORKBOOK = SAMPLES / "tiny" / "master.csv", SAMPLES / "stoneware" / "master.xlsx"
PREVIOUS = SAMPLES / "stoneware" / "previous" / "DE" / "upload.txt"
LARGEST = 3 << 20  # bytes of a file that is damaged
SECONDS = 20  # of work that a small file may make
WORDS = ("text", "json", "jsonl", "csv", "html", "sarif", "xlsx")


def asked(sound: Path, broken: Path, out: Path, chance: random.Random) -> list[Any]:
    """A command that reads the broken file, which was this one."""
    store = chance.choice(("DE", "US", "JP", "UK"))
    if sound.suffix == ".json":
        return ["check", MASTER, "-m", "US", "--schema", broken]
    if sound.suffix == ".toml":
        return chance.choice((["check", MASTER, "-m", "US", "--config", broken], ["check", MASTER, "--profile", broken]))
    commands: list[list[Any]] = [["check", broken, "-m", store, "--format", word, "-o", out / "found"] for word in WORDS]
    if sound.suffix in (".xlsm", ".txt"):
        commands += [["template", broken], ["diff", broken, sound], ["diff", sound, broken]] * 3
    if sound.suffix == ".xlsm":
        commands += [["build", chance.choice((MASTER, WORKBOOK)), "--template", broken, "-o", out / "built"]] * 5
    elif sound.suffix == ".txt":
        commands += [["build", WORKBOOK, "-m", "DE", "--previous", broken, "-o", out / "built"]] * 5
    else:
        commands += [["build", broken, "-m", store, "-m", "US", "-o", out / "built"], ["map", broken]] * 3
        commands += [["check", broken, "--fix", "-o", (out / "fixed").with_suffix(sound.suffix)]] * 3
    return chance.choice(commands)


def answers(files: list[Path], seed: int, times: int, folder: Path, capfd: Any) -> Iterator[tuple[str, int]]:
    """Damage files, ask about them, and give what was asked and the exit status. The damaged file of a failure stays in the folder."""
    chance = random.Random(seed)
    for number in range(times):
        sound = chance.choice(files)
        out = folder / str(number)
        out.mkdir()
        broken = out / f"broken{sound.suffix}"
        broken.write_bytes(damaged(sound, chance))
        command = [str(word) for word in asked(sound, broken, out, chance)]
        with pytest.raises(SystemExit) as stop:
            main(command)
        told, refused = capfd.readouterr()
        asked_for = f"{sound.name}: {' '.join(command)}"
        assert stop.value.code in (0, 1, 2), asked_for
        if stop.value.code == 2:
            assert told == "", asked_for
            assert len(refused.strip().splitlines()) == 1, (asked_for, refused)
            assert sorted(out.iterdir()) == [broken], asked_for
        yield asked_for, int(stop.value.code)
        shutil.rmtree(out)


@pytest.mark.parametrize("seed", range(4))
def test_damaged_samples(seed: int, tmp_path: Path, capfd: Any) -> None:
    files = [path for path in sorted(SAMPLES.rglob("*")) if path.is_file() and "expected" not in path.parts]
    told = list(answers(files, seed, 25, tmp_path, capfd))
    assert {code for _, code in told} == {0, 1, 2}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 106))
def test_damaged_real_files(real_files: Path, seed: int, tmp_path: Path, capfd: Any) -> None:
    files = [path for path in sorted(real_files.rglob("*")) if path.is_file() and path.suffix != ".md" and path.stat().st_size < LARGEST]
    told = list(answers(files, seed, 50, tmp_path, capfd))
    assert {code for _, code in told} == {0, 1, 2}


def run(command: str) -> tuple[Any, str, str]:
    """Exit status, output and errors of a command line; `< FILE` gives a file on standard input."""
    words, _, given = command.partition(" < ")
    raw = io.BytesIO()
    out, err = io.TextIOWrapper(raw, "utf-8"), io.StringIO()
    stdin = io.TextIOWrapper(io.BytesIO(Path(given).read_bytes() if given else b""))
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setattr(sys, "stdin", stdin)
        with pytest.raises(SystemExit) as stop:
            main(words.split())
    out.flush()
    return stop.value.code, raw.getvalue().decode(), err.getvalue()


def content(folder: Path) -> Mapping[str, bytes]:
    """Every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory, templates: ModuleType) -> Path:
    """A folder with a sound file of every kind."""
    folder = tmp_path_factory.mktemp("given")
    with contextlib.chdir(folder):
        make(folder, lambda command: int(run(command)[0]), templates)
    return folder


@pytest.mark.slow
def test_every_question_about_sound_files_is_answered(given: Path, tmp_path: Path) -> None:
    """What refuses sound files would not look at damaged ones."""
    for number, (name, command) in enumerate((name, command) for name, commands in ASKED.items() for command in commands):
        folder = shutil.copytree(given, tmp_path / str(number))
        asked_for = command.replace("{}", next(folder.glob(name)).relative_to(folder).as_posix())
        with contextlib.chdir(folder):
            code, _, refused = run(asked_for)
        assert code in (0, 1), (asked_for, refused)
        shutil.rmtree(folder)


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(100, 106))])
def test_damaged_files_of_every_kind(given: Path, seed: int, tmp_path: Path) -> None:
    """One file is damaged and asked about, of each kind; now and then another one with it."""
    chance = random.Random(seed)
    for number, (name, commands) in enumerate(ASKED.items()):
        folder = shutil.copytree(given, tmp_path / str(number))
        broken = chance.choice(sorted(folder.glob(name)))
        too = chance.choice([path for each in ASKED for path in sorted(folder.glob(each))])
        for path in {broken, too} if chance.random() < 0.3 else {broken}:
            path.write_bytes(damaged(path, chance))
        asked_for = chance.choice(commands).replace("{}", broken.relative_to(folder).as_posix())
        before, begun = content(folder), time.process_time()
        with contextlib.chdir(folder):
            code, told, refused = run(asked_for)
        assert time.process_time() - begun < SECONDS, asked_for
        assert code in (0, 1, 2), asked_for
        if code == 2:
            assert told == "", asked_for
            assert len(refused.strip().splitlines()) == 1, (asked_for, refused)
            assert content(folder) == before, asked_for
        shutil.rmtree(folder)
