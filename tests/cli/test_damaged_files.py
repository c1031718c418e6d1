"""Whatever happened to a file, every command answers: with findings, or with one sentence and exit 2."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from damage import damaged

from listingkit.cli import main

SAMPLES = Path(__file__).parents[2] / "samples"
MASTER, WORKBOOK = SAMPLES / "tiny" / "master.csv", SAMPLES / "stoneware" / "master.xlsx"
PREVIOUS = SAMPLES / "stoneware" / "previous" / "DE" / "upload.txt"
LARGEST = 3 << 20  # bytes of a file that is damaged
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
