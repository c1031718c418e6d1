import json
from pathlib import Path

import pytest

from listingkit.cli import main


def run(capfd: pytest.CaptureFixture[str], *args: object) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["map", *(str(arg) for arg in args)])
    out, err = capfd.readouterr()
    return stop.value.code, out, err


@pytest.fixture
def master(tmp_path: Path) -> Path:
    path = tmp_path / "master.csv"
    path.write_text("Artikel-Nr.;Titel DE;Gewicht;Sortierung\nA;Tasse;2,5;1\nB;Krug;3,5;2\n")
    return path


def test_a_table_and_a_profile(capfd: pytest.CaptureFixture[str], master: Path, tmp_path: Path) -> None:
    status, out, err = run(capfd, master, "-o", tmp_path / "p.toml")
    assert (status, err) == (0, "")
    assert "2 of 4 columns mapped, 1 to ask about, 1 unknown or left out" in out
    assert 'sku = "Artikel-Nr."' in (tmp_path / "p.toml").read_text()


def test_pipelines_fail_where_a_question_is_left(capfd: pytest.CaptureFixture[str], master: Path) -> None:
    assert run(capfd, master, "--accept", "0.9")[0] == 1
    master.write_text("SKU;Titel DE;Sortierung\nA;Tasse;1\n")
    assert run(capfd, master, "--accept", "0.9")[0] == 0
    assert run(capfd, master, "--accept", "1")[0] == 1


def test_json_is_for_programs(capfd: pytest.CaptureFixture[str], master: Path) -> None:
    found = json.loads(run(capfd, master, "--format", "json")[1])
    assert [row["field"] for row in found] == ["sku", "item_name@de_DE", None, None]
    assert found[2]["possible"] == ["item_weight", "package_weight"]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["none.csv"], "none.csv"),
        (["master.csv", "--preset", "shopfy"], "did you mean shopify?"),
        (["master.csv", "-o", "master.csv/p.toml"], "cannot write master.csv/p.toml"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    capfd: pytest.CaptureFixture[str], master: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], sentence: str
) -> None:
    monkeypatch.chdir(master.parent)
    status, out, err = run(capfd, *args)
    assert (status, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert sentence in err


def test_what_is_detected_wrongly_can_be_said(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Preis;Menge\nSKU#Titel\nA-1#Tasse\nA-2#Teller\n")
    found = json.loads(run(capfd, path, "--delimiter", "#", "--header-row", "2", "--format", "json")[1])
    assert [row["field"] for row in found] == ["sku", "item_name"]


@pytest.mark.parametrize("linked", [False, True])
def test_a_profile_that_somebody_corrected_is_never_written_over(capfd: pytest.CaptureFixture[str], master: Path, linked: bool) -> None:
    profile = named = master.with_name("p.toml")
    assert run(capfd, master, "-o", profile)[0] == 0
    drafted = profile.read_bytes()
    assert run(capfd, master, "-o", profile)[0] == 0, "the same draft takes nothing away"
    corrected = drafted + b"# Gewicht is the package: the supplier confirmed it\n"
    profile.write_bytes(corrected)
    if linked:
        named = master.with_name("link.toml")
        named.symlink_to(profile)
    status, out, err = run(capfd, master, "-o", named, "--accept", "0.5")
    assert (status, out) == (2, "")
    assert f"{named} exists already and may hold what somebody confirmed: choose another place with -o, or remove it first" in err
    assert profile.read_bytes() == corrected
    assert {path.name for path in master.parent.iterdir()} == {"master.csv", "p.toml", *(["link.toml"] if linked else [])}


def test_a_blank_file_and_a_device_hold_nothing_to_lose(capfd: pytest.CaptureFixture[str], master: Path) -> None:
    blank = master.with_name("blank.toml")
    blank.touch()
    assert run(capfd, master, "-o", blank)[0] == 0
    assert blank.read_bytes()
    assert run(capfd, master, "-o", "/dev/null")[0] == 0
