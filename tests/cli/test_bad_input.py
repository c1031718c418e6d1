"""Every bad input gets one sentence that says what, where and what to do; exit 2; nothing is written, never a traceback."""

import os
import struct
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from listingkit.cli import main

GOOD = "sku,item_name,brand\nAB-1,Mug,Havnegade\n"


@pytest.fixture
def run(capfd: Any) -> Any:
    def run(*args: Any) -> Any:
        with pytest.raises(SystemExit) as stop:
            main([str(arg) for arg in args])
        out, err = capfd.readouterr()
        return stop.value.code, out, err

    return run


@pytest.fixture
def good(tmp_path: Any) -> Any:
    path = tmp_path / "good.csv"
    path.write_text(GOOD)
    return path


def refused(result: Any, *words: Any) -> Any:
    status, out, err = result
    assert status == 2, (out, err)
    assert out == ""
    assert len(err.strip().splitlines()) == 1, err
    assert "Traceback" not in err
    for word in words:
        assert word in err
    return err


def zip_of(path: Any, members: Any) -> None:
    with zipfile.ZipFile(path, "w") as package:
        for name, content in members.items():
            package.writestr(name, content)


def test_no_such_file(run: Any, tmp_path: Any) -> None:
    refused(run("check", tmp_path / "gone.xlsx"), "gone.xlsx")


def test_a_folder(run: Any, tmp_path: Any) -> None:
    refused(run("check", tmp_path), "folder")


def test_an_empty_file(run: Any, tmp_path: Any) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    refused(run("check", tmp_path / "empty.csv"), "empty")


def test_a_workbook_that_is_no_zip(run: Any, tmp_path: Any) -> None:
    (tmp_path / "fake.xlsx").write_bytes(b"PK\x03\x04 this is no zip")
    refused(run("check", tmp_path / "fake.xlsx"), "fake.xlsx")


def test_a_zip_that_is_no_workbook(run: Any, tmp_path: Any) -> None:
    zip_of(tmp_path / "photos.xlsx", {"a.jpg": b"\xff\xd8", "b.jpg": b"\xff\xd8"})
    refused(run("check", tmp_path / "photos.xlsx"), "photos.xlsx")


def test_an_encrypted_workbook(run: Any, tmp_path: Any) -> None:
    """Excel puts an encrypted workbook into an OLE container with a stream EncryptedPackage."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16 + struct.pack("<HHH", 0x3E, 3, 0xFFFE)
    (tmp_path / "secret.xlsx").write_bytes(head.ljust(512, b"\0") + "EncryptedPackage".encode("utf-16-le").ljust(1024, b"\0"))
    refused(run("check", tmp_path / "secret.xlsx"), "password")


def test_text_with_nul_bytes(run: Any, tmp_path: Any) -> None:
    (tmp_path / "binary.csv").write_bytes(b"sku,item_name\nAB-1,Mu\x00g\n" * 5)
    refused(run("check", tmp_path / "binary.csv"), "binary.csv")


def test_no_header_row(run: Any, tmp_path: Any) -> None:
    (tmp_path / "numbers.csv").write_text("1,2,3\n4,5,6\n7,8,9\n")
    refused(run("check", tmp_path / "numbers.csv"), "numbers.csv")


def test_no_sku_column(run: Any, tmp_path: Any) -> None:
    (tmp_path / "names.csv").write_text("Title,Brand\nMug,Havnegade\n")
    refused(run("check", tmp_path / "names.csv"), "SKU", "[derived]")


def test_two_files_with_the_same_sheet(run: Any, good: Any, tmp_path: Any) -> None:
    refused(run("check", good, good), "good.csv", "twice")


def test_an_unknown_marketplace(run: Any, good: Any) -> None:
    refused(run("check", good, "-m", "UK1"), "did you mean UK?")


def test_a_profile_with_a_syntax_error(run: Any, good: Any, tmp_path: Any) -> None:
    (tmp_path / "profile.toml").write_text('language = "de_DE"\n[columns\n')
    refused(run("check", good, "--profile", tmp_path / "profile.toml"), "profile.toml", "line 2")


def test_a_profile_that_names_an_unknown_field(run: Any, good: Any, tmp_path: Any) -> None:
    (tmp_path / "profile.toml").write_text('[columns]\nskuu = "sku"\n')
    refused(run("check", good, "--profile", tmp_path / "profile.toml"), "profile.toml", "line 2", "did you mean sku?")


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX systems")
def test_an_output_folder_that_cannot_be_written(run: Any, good: Any, tmp_path: Any) -> None:
    (tmp_path / "file").write_text("")
    refused(run("build", good, "-m", "US", "-o", tmp_path / "file" / "out"), "cannot write", "choose another")


def test_an_output_folder_of_somebody_else(run: Any, good: Any, tmp_path: Any) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_text("a")
    refused(run("build", good, "-m", "US", "-o", tmp_path / "photos"), "did not write")
    assert (tmp_path / "photos" / "a.jpg").read_text() == "a"


def test_no_marketplace_to_build_for(run: Any, good: Any, tmp_path: Any) -> None:
    refused(run("build", good, "-o", tmp_path / "out"), "-m US")
    assert not (tmp_path / "out").exists()


def test_a_previous_upload_that_is_not_there(run: Any, good: Any, tmp_path: Any) -> None:
    refused(run("build", good, "-m", "US", "--previous", tmp_path / "gone.txt", "-o", tmp_path / "out"), "gone.txt")


def test_a_previous_upload_that_is_none(run: Any, good: Any, tmp_path: Any) -> None:
    (tmp_path / "photo.txt").write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8)
    refused(run("build", good, "-m", "US", "--previous", tmp_path / "photo.txt", "-o", tmp_path / "out"), "photo.txt")
    assert not (tmp_path / "out").exists()


def test_a_day_that_is_none(run: Any, good: Any) -> None:
    status, _, err = run("check", good, "--as-of", "tomorrow")
    assert status == 2
    assert "2026-11-01" in err


@pytest.mark.parametrize("word", ["XYZ", "GTN999"])
def test_an_unknown_rule(run: Any, good: Any, word: Any) -> None:
    refused(run("check", good, "--select", word), word)


def test_an_unknown_command(run: Any) -> None:
    refused(run("chek"), "did you mean check?")


def test_an_unknown_rule_to_explain(run: Any) -> None:
    refused(run("explain", "SKU0O1"), "did you mean SKU001?")


def test_an_output_file_that_cannot_be_written(run: Any, good: Any, tmp_path: Any) -> None:
    refused(run("check", good, "--format", "json", "-o", good / "x.json"), "cannot write")


def test_inputs_are_never_written_to(run: Any, good: Any, tmp_path: Any) -> None:
    before = good.read_bytes(), good.stat().st_mtime_ns
    run("build", good, "-m", "US", "-o", tmp_path / "out", "--as-of", date(2026, 11, 1))
    assert (good.read_bytes(), good.stat().st_mtime_ns) == before


@pytest.mark.parametrize("words", ["check --format jsonl -o", "check --write-baseline", "map -o", "diff GOOD -o"])
@pytest.mark.parametrize("link", [False, True])
def test_no_output_is_written_over_an_input(run: Any, good: Any, tmp_path: Any, words: Any, link: Any) -> None:
    out = tmp_path / "link" if link else good
    if link:
        out.symlink_to(good)
    command, *rest = words.split()
    status, _, err = run(command, good, *(good if word == "GOOD" else word for word in rest), out)
    assert status == 2
    assert "is a file to read, which stays as it is" in err
    assert good.read_text() == GOOD


@pytest.mark.skipif(os.name == "nt", reason="devices and links as Unix has them")
def test_devices_pipes_and_links_stay_what_they_are(run: Any, good: Any, tmp_path: Any) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to("real.jsonl")
    report = ("check", good, "-m", "US", "--format", "jsonl", "-o")
    end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        for out in (pipe, link, "/dev/null"):
            assert run(*report, out)[0] == 1
        told = os.read(end, 1 << 20)
    finally:
        os.close(end)
    assert pipe.is_fifo()
    assert not Path("/dev/null").is_file()
    assert link.is_symlink()
    assert (tmp_path / "real.jsonl").read_bytes() == told != b""
