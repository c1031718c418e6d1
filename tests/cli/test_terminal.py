"""What comes from a sheet, a file name or the command line itself is shown on a terminal, never obeyed by it."""

import json
from pathlib import Path
from typing import Any

import click
import pytest

from listingkit.cli import main
from listingkit.report.escape import INVISIBLE

EVIL = "\x1b[31mred\x1b]0;title\x07\x9b2J\u202etxt.exe\u2066"


@pytest.fixture
def run(capfd: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The command line as on a terminal: click would take some escapes out of what goes into a pipe."""
    monkeypatch.setattr(click.utils, "should_strip_ansi", lambda *_, **__: False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evil.csv").write_text(
        f'SKU,Title{EVIL},Brand,UPC,Price\nAB{EVIL},Mug {EVIL},H{EVIL},{EVIL},{EVIL}\nAB-2,"<b>{EVIL}</b>",H,4006381333932,x{EVIL}\n',
        "utf-8",
    )
    (tmp_path / "other.csv").write_text("SKU,Title,Brand,UPC,Price\nAB-2,Bowl,H,4006381333931,9.90\n", "utf-8")

    def run(*args: Any) -> tuple[Any, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(arg) for arg in args])
        out, err = capfd.readouterr()
        return stop.value.code, out, err

    return run


@pytest.mark.parametrize(
    "args",
    [
        ("check", "evil.csv", "-m", "US"),
        ("check", "evil.csv", "-m", "US", "--statistics"),
        ("check", "evil.csv", "-m", "US", "--format", "github"),
        ("check", "evil.csv", "-m", "US", "--diff"),
        ("check", "evil.csv", "-m", "US", "--fix", "--unsafe"),
        ("build", "evil.csv", "-m", "US", "-o", "out"),
        ("map", "evil.csv"),
        ("map", "evil.csv", "--format", "json"),
        ("diff", "evil.csv", "other.csv"),
        ("diff", "other.csv", "evil.csv", "--format", "jsonl"),
        ("template", "evil.csv"),
        ("gtin", EVIL),
        ("history", EVIL),
        ("explain", EVIL),
        ("schemas", "show", EVIL),
        ("check", f"{EVIL}.csv"),
        ("check", "evil.csv", "-m", EVIL),
        ("check", "evil.csv", "--select", EVIL),
        ("check", "evil.csv", "--profile", f"{EVIL}.toml"),
        ("check", "evil.csv", "--template", f"{EVIL}.xlsm"),
        ("check", "evil.csv", "--baseline", f"{EVIL}.json"),
        ("check", "evil.csv", "--config", f"{EVIL}.toml"),
        ("undo", f"{EVIL}.xlsx"),
        (EVIL,),
    ],
    ids=lambda args: " ".join(args).replace(EVIL, "EVIL"),
)
def test_nothing_is_obeyed(run: Any, args: tuple[str, ...]) -> None:
    status, out, err = run(*args)
    assert status in (0, 1, 2)
    assert not INVISIBLE.search((out + err).replace("\n", ""))
    assert out + err


def test_a_config_full_of_it(run: Any, tmp_path: Path) -> None:
    (tmp_path / "listingkit.toml").write_text(f'[brand.{json.dumps(EVIL)}.rules]\nignore = ["TTL"]\n')
    _, out, _ = run("config")
    assert "brand." in out
    assert not INVISIBLE.search(out.replace("\n", ""))
    (tmp_path / "listingkit.toml").write_text(f"{json.dumps(EVIL)} = 1\n")
    status, _, err = run("config")
    assert status == 2
    assert not INVISIBLE.search(err.replace("\n", ""))


def test_the_nearest_choice_is_named(run: Any) -> None:
    status, _, err = run("check", "other.csv", "--format", "serif")
    assert status == 2
    assert "Did you mean 'sarif'?" in err
    status, _, err = run("rules", "--format", "qqqqqq")
    assert status == 2
    assert "Did you mean" not in err


def test_a_product_type_that_looks_like_a_slip_is_told(run: Any) -> None:
    assert "did you mean HOME? listingkit schemas lists them" in run("check", "other.csv", "-m", "US", "--category", "hoem", "-q")[2]
    assert run("check", "other.csv", "-m", "US", "--category", "home", "-q")[2] == ""
    assert run("check", "other.csv", "-m", "US", "--category", "SNOWBOARD_BINDING", "-q")[2] == ""


@pytest.mark.parametrize("style", ["github", "gitlab", "sarif"])
def test_programs_that_open_files_get_their_paths(run: Any, tmp_path: Path, style: str) -> None:
    """Reports name files without folders; a pipeline that links to the line needs the way there."""
    (tmp_path / "in").mkdir()
    (tmp_path / "other.csv").rename(tmp_path / "in" / "other.csv")
    for given in ("in/other.csv", tmp_path / "in" / "other.csv"):
        _, out, _ = run("check", given, "-m", "US", "--format", style)
        wanted = {"github": "file=in/other.csv,", "gitlab": '"path": "in/other.csv"', "sarif": '"uri": "in/other.csv"'}[style]
        assert wanted in out
        assert str(tmp_path) not in out
