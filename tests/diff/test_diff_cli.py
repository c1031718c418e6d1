"""The commands diff, sent and history: output, exit status, one sentence for every mistake."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from listingkit.cli import diff as diff_command
from listingkit.cli import history as history_command
from listingkit.cli import sent as sent_command
from listingkit.errors import ListingkitError
from listingkit.inventory.upload import Upload
from listingkit.inventory.upload_read import read_upload
from listingkit.render import text

Make = Callable[..., Upload]

ROW = {"sku": "A", "product_type": "HOME", "record_action": "full_update", "item_name": "Becher", "brand": "Nordsee", "price": "5"}


@pytest.fixture
def places(upload: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """out/DE/upload.txt of three builds: as it was, a small change, a wipe."""
    monkeypatch.chdir(tmp_path)
    for name, row in (("was", ROW), ("small", {**ROW, "price": "5.5"}), ("wipe", {**ROW, "brand": None, "item_name": "Tasse"})):
        text.write(upload([row]), tmp_path / name / "DE" / "upload.txt")
    return tmp_path


def run(command: object, *words: str) -> int:
    status = command.main(args=list(words), standalone_mode=False)  # type: ignore[attr-defined]
    return int(status or 0)


def test_a_harmless_change_exits_0(places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(diff_command.diff, "was/DE/upload.txt", "small/DE/upload.txt") == 0
    told = capsys.readouterr()
    assert "A  price: 5 -> 5.5" in told.out
    assert told.out.splitlines()[-1] == "DE: 0 new, 1 changed; 1 differing cell; nothing dangerous"
    assert told.err == ""


def test_a_dangerous_change_exits_1_until_it_is_confirmed(places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(diff_command.diff, "was", "wipe", "-m", "DE") == 1
    told = capsys.readouterr()
    assert "OPS001 blank-wipes-live-value: 1 change, DANGEROUS" in told.out
    token = told.err.split("--confirm ")[1].strip()
    assert run(diff_command.diff, "was", "wipe", "-m", "DE", "--confirm", token) == 0
    with pytest.raises(ListingkitError, match="confirms another set"):
        run(diff_command.diff, "was", "wipe", "-m", "DE", "--confirm", "0000-0000")


def test_the_formats_for_programs(places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(diff_command.diff, "was", "wipe", "-m", "DE", "--format", "jsonl")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    run(diff_command.diff, "was", "wipe", "-m", "DE", "--format", "json", "-o", "changes.json")
    document = json.loads((places / "changes.json").read_text("utf-8"))
    assert document["changes"] == lines
    assert document["counts"]["dangerous"] == 1
    assert document["risks"] == {"OPS001": 1}
    assert [line["risk"] for line in lines] == [None, "OPS001"]
    assert capsys.readouterr().out == ""


def test_the_delta_beside_it(places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(diff_command.diff, "was", "wipe", "-m", "DE", "--delta", "delta.txt")
    assert "1 cell keeps its live value in delta.txt" in capsys.readouterr().err
    assert read_upload(places / "delta.txt").frame["::record_action"].to_list() == ["partial_update"]
    run(diff_command.diff, "was", "wipe", "-m", "DE", "--delta", "delta.txt", "--allow-blank-wipes")
    assert read_upload(places / "delta.txt").frame["::record_action"].to_list() == ["full_update"]


def test_settings_from_the_config(places: Path) -> None:
    (places / "listingkit.toml").write_text("[diff]\nmax_wipes = 1\n")
    assert run(diff_command.diff, "was", "wipe", "-m", "DE") == 0
    (places / "strict.toml").write_text("[diff]\nmax_price_change = 5\n")
    assert run(diff_command.diff, "was", "small", "-m", "DE", "--config", "strict.toml") == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[diff\n", "is not TOML"),
        ("diff = 3\n", "line 1: diff is a table"),
        ("[diff]\nmax_wipe = 1\n", "did you mean max_wipes"),
    ],
)
def test_a_config_with_a_mistake(places: Path, content: str, words: str) -> None:
    (places / "listingkit.toml").write_text(content)
    with pytest.raises(ListingkitError, match=words):
        run(diff_command.diff, "was", "wipe", "-m", "DE")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["missing.txt", "was/DE/upload.txt"], "there is no upload missing.txt"),
        (["was", "was", "-m", "XX"], "unknown marketplace"),
        (["was", "empty", "-m", "DE"], "holds no upload for DE"),
        (["was", "wipe", "-m", "DE", "--config", "none.toml"], "none.toml: cannot be read"),
        (["was", "wipe", "-m", "DE", "-o", "was/DE/upload.txt/x"], "cannot write"),
    ],
)
def test_mistakes_are_one_sentence(places: Path, words: list[str], message: str) -> None:
    (places / "empty").mkdir()
    with pytest.raises(ListingkitError, match=message) as error:
        run(diff_command.diff, *words)
    assert "\n" not in str(error.value)


def test_sent_and_history(places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(sent_command.sent, "was")
    run(sent_command.sent, "was")
    run(sent_command.sent, "small/DE/upload.txt")
    assert capsys.readouterr().out.splitlines() == [
        "DE: recorded was/DE/upload.txt as upload 1",
        "DE: was/DE/upload.txt is what was recorded last; nothing to add",
        "DE: recorded small/DE/upload.txt as upload 2",
    ]
    run(history_command.history, "A")
    told = capsys.readouterr().out.splitlines()
    assert [line.strip() for line in told if line.startswith(" ")] == ["added", "price: 5 -> 5.5"]
    run(history_command.history, "A", "-m", "DE", "--format", "jsonl")
    steps = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(step["number"], step["store"], [change["kind"] for change in step["changes"]]) for step in steps] == [
        (1, "DE", ["added"]),
        (2, "DE", ["changed"]),
    ]
    assert run(diff_command.diff, "listingkit-ledger", "small", "-m", "DE") == 0
    with pytest.raises(ListingkitError, match="no recorded upload has a row for 'B'"):
        run(history_command.history, "B")


def test_a_ledger_does_not_begin_with_a_file_of_changes(places: Path, upload: Make) -> None:
    """What it leaves out would be taken for new later, and what a blank cell erases would not be told."""
    text.write(upload([{**ROW, "price": "6", "record_action": None}]), places / "small" / "DE" / "delta.txt")
    text.write(upload([{"sku": "A", "record_action": "partial_update", "price": "6"}]), places / "prices.txt")
    for words in (["small"], ["small/DE/delta.txt", "-m", "DE"], ["prices.txt", "-m", "DE"]):
        with pytest.raises(
            ListingkitError, match=r"does not know what was live in DE before: record that first \(listingkit sent PREVIOUS -m DE"
        ):
            run(sent_command.sent, *words)
    assert not (places / "listingkit-ledger" / "ledger.jsonl").exists()
    assert run(sent_command.sent, "was") == 0
    assert run(sent_command.sent, "small") == 0
    assert run(sent_command.sent, "prices.txt", "-m", "DE") == 0


def test_no_ledger_is_said(places: Path) -> None:
    with pytest.raises(ListingkitError, match="there is no ledger listingkit-ledger: record uploads with listingkit sent"):
        run(history_command.history, "A")
    with pytest.raises(ListingkitError, match="holds no output of listingkit build"):
        run(sent_command.sent, "nowhere")
