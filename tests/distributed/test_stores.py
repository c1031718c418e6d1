"""What cannot be read, written or reached ends in one sentence, and nothing half-written is left."""

import os
import socket
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from generate import master
from parted import parted

from listingkit import distributed
from listingkit.distributed.reading import batches
from listingkit.distributed.store import PartFile, part_files
from listingkit.errors import ListingkitError, Unreadable, Unwritable

CUTS = (0, 30, 60)


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    parted(master(90), tmp_path / "parts", CUTS)
    return tmp_path / "parts"


def refused(client: Any, urls: Any, out: Any, kind: type[ListingkitError] = ListingkitError, **asked: Any) -> str:
    with pytest.raises(kind) as told:
        distributed.render(urls, str(out), client=client, **{"marketplaces": ["US"], **asked})
    assert not Path(out).exists()
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_part_with_other_columns_is_named_with_the_column(client: Any, parts: Path, tmp_path: Path) -> None:
    master(30).drop("brand").write_csv(parts / "part-01.csv")
    assert "part-01.csv: its columns are not those of the first part (column 'brand'" in refused(client, f"{parts}/*.csv", tmp_path / "o")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 99])
def test_a_part_that_is_no_sheet_is_named(client: Any, parts: Path, tmp_path: Path, content: bytes) -> None:
    (parts / "part-02.csv").write_bytes(content)
    assert str(parts / "part-02.csv") in refused(client, f"{parts}/*.csv", tmp_path / "o", Unreadable)


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_part_is_named_by_its_address_once(tmp_path: Path, kind: str) -> None:
    url = f"file://{tmp_path}/part.{kind}"
    (tmp_path / f"part.{kind}").write_bytes(b"\x00\x01\x02" * 99)
    with pytest.raises(Unreadable, match=f"^{url}[: ]"):
        next(batches(PartFile(0, url, f"part.{kind}")))


def test_a_parquet_part_that_is_cut_off_or_nested_is_named(client: Any, tmp_path: Path) -> None:
    urls = parted(master(90), tmp_path / "parts", CUTS, ".parquet")
    whole = Path(urls[1]).read_bytes()
    Path(urls[1]).write_bytes(whole[:4000] + b"x" * 2000 + whole[6000:])
    assert f"{urls[1]} is no parquet file that can be read" in refused(client, urls, tmp_path / "o", Unreadable)
    master(30).with_columns(brand=pl.concat_list("brand")).write_parquet(urls[1])
    assert f"{urls[1]}: column 'brand' holds List(String)" in refused(client, urls, tmp_path / "o", Unreadable)


def test_a_part_of_the_header_alone_is_a_part_without_rows(client: Any, parts: Path, tmp_path: Path) -> None:
    for name in ("part-00.csv", "part-02.csv"):
        head, _, _ = (parts / name).read_text("utf-8").partition("\n")
        (parts / name).write_text(f"{head}\n", "utf-8")
    done = distributed.render(f"{parts}/*.csv", str(tmp_path / "out"), client=client, marketplaces=["US"])
    assert done.rows == 30
    assert done.shipped["US"] + done.held["US"] == 30


@pytest.mark.parametrize(
    ("urls", "words"),
    [
        ("{parts}/none-*.csv", "there is no such file"),
        (["{parts}/part-00.csv", "{parts}/none.csv"], "none.csv: there is no such file"),
        ("xyz://bucket/*.csv", "Protocol not known: xyz"),
        ("memory://master/*.csv", "in the memory of one process"),
    ],
)
def test_addresses_that_mean_nothing_are_named(client: Any, parts: Path, tmp_path: Path, urls: Any, words: str) -> None:
    given = [url.format(parts=parts) for url in ([urls] if isinstance(urls, str) else urls)]
    assert words in refused(client, given, tmp_path / "o")


def test_a_folder_in_use_or_without_rights_is_named(client: Any, parts: Path, tmp_path: Path) -> None:
    (tmp_path / "used" / "findings").mkdir(parents=True)
    with pytest.raises(ListingkitError, match="holds findings of an earlier run"):
        distributed.check(f"{parts}/*.csv", str(tmp_path / "used"), client=client)
    assert list((tmp_path / "used").iterdir()) == [tmp_path / "used" / "findings"]
    with pytest.raises(Unwritable, match=r"cannot write .*part-00\.csv/out"):
        distributed.check(f"{parts}/*.csv", f"{parts}/part-00.csv/out", client=client)
    with pytest.raises(ListingkitError, match="memory of one process"):
        distributed.check(f"{parts}/*.csv", "memory://out", client=client)


def test_addresses_with_a_protocol_are_read_and_written(client: Any, parts: Path, tmp_path: Path) -> None:
    plain = distributed.render(f"{parts}/*.csv", str(tmp_path / "plain"), client=client, marketplaces=["US"])
    told = distributed.render(f"file://{parts}/*.csv", f"file://{tmp_path}/told", client=client, marketplaces=["US"])
    assert told.counts == plain.counts
    left = {path.relative_to(tmp_path / "plain") for path in (tmp_path / "plain").rglob("*")}
    assert {path.relative_to(tmp_path / "told") for path in (tmp_path / "told").rglob("*")} == left
    assert all((tmp_path / "told" / name).read_bytes() == (tmp_path / "plain" / name).read_bytes() for name in left if name.suffix)


def test_parts_of_the_same_name_are_told_apart(parts: Path, tmp_path: Path) -> None:
    parted(master(30), tmp_path / "more", (0,))
    named = [part.name for part in part_files([f"{parts}/*.csv", f"{tmp_path}/more/*.csv"])]
    assert sorted(named)[-2:] == ["part-01.csv", "part-02.csv"]
    assert len(set(named)) == 4


def test_a_scheduler_that_does_not_answer_or_has_no_workers_is_named() -> None:
    from distributed import LocalCluster

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{held.getsockname()[1]}"
        with (
            pytest.raises(ListingkitError, match=f"no Dask scheduler answers at {address}"),
            distributed.cluster(scheduler=address, patience=1),
        ):
            pass
    with pytest.raises(ListingkitError, match="no Dask scheduler answers at foo"), distributed.cluster(scheduler="foo://x"):
        pass
    with (
        LocalCluster(n_workers=0, dashboard_address=":0") as bare,
        pytest.raises(ListingkitError, match="has no workers"),
        distributed.cluster(scheduler=bare.scheduler_address, patience=1),
    ):
        pass


@pytest.mark.parametrize("threads", [None, "7"])
def test_workers_leave_the_environment_as_it_was(monkeypatch: pytest.MonkeyPatch, threads: str | None) -> None:
    monkeypatch.delenv("POLARS_MAX_THREADS", raising=False)
    if threads:
        monkeypatch.setenv("POLARS_MAX_THREADS", threads)
    with distributed.cluster(workers=1) as client:
        assert set(client.run(os.environ.get, "POLARS_MAX_THREADS").values()) == {threads or str(os.cpu_count())}
    assert os.environ.get("POLARS_MAX_THREADS") == threads


def test_workers_may_come_while_a_run_is_planned(parts: Path, tmp_path: Path) -> None:
    with distributed.cluster(workers=1, coming=True) as client:
        assert distributed.check(f"{parts}/*.csv", str(tmp_path / "out"), client=client, marketplaces=["US"]).rows == 90
    with pytest.raises(ListingkitError, match="worker processes do not start"), distributed.cluster(workers=1, patience=0.01):
        pass


def test_a_worker_of_another_version_is_named(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["listingkit.distributed.cluster"], "ALIKE", ("listingkit", "no-such-package"))
    with pytest.raises(ListingkitError, match="has no no-such-package"), distributed.cluster(scheduler=client.scheduler.address):
        pass
