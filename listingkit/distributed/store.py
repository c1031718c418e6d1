"""Parts of a master on any file system that fsspec knows, and the files that workers leave for each other."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import fsspec
import polars as pl

from listingkit.errors import Unreadable
from listingkit.master.batches import ROWS, read_batches
from listingkit.master.sheet import ROW, Column, Master, letter
from listingkit.progress import tell

PARQUET = ".parquet"


@dataclass(frozen=True, order=True)
class PartFile:
    """One file of the master."""

    number: int
    url: str

    @property
    def name(self) -> str:
        """The file's name, as findings call it."""
        return PurePosixPath(self.url).name


def part_files(urls: str | list[str]) -> list[PartFile]:
    """The files that addresses or patterns mean, in the order of their addresses. Raises `Unreadable` where there are none."""
    found: list[str] = []
    for url in [urls] if isinstance(urls, str) else urls:
        files = fsspec.open_files(url, "rb")
        found += [file.fs.unstrip_protocol(file.path) for file in files if file.fs.exists(file.path)]
    if not found:
        raise Unreadable(f"{urls}: there is no such file; name the parts of the master, such as master/*.parquet")
    return [PartFile(number, url) for number, url in enumerate(sorted(dict.fromkeys(found)))]


@contextmanager
def local(url: str) -> Iterator[Path]:
    """The file on this machine: itself where it is local, else a copy for the time being."""
    system, path = fsspec.core.url_to_fs(url)
    if "file" in ([system.protocol] if isinstance(system.protocol, str) else system.protocol):
        yield Path(path)
        return
    with TemporaryDirectory(prefix="listingkit-") as folder:
        copy = Path(folder) / PurePosixPath(path).name
        system.get_file(path, str(copy))
        yield copy


def batches(part: PartFile, rows: int = ROWS) -> Iterator[Master]:
    """A part as masters of at most `rows` rows each, at least one. Raises what reading raises."""
    with local(part.url) as path:
        yield from _parquet(path, part.name, rows) if path.suffix == PARQUET else read_batches(path, rows=rows)


def _parquet(path: Path, name: str, rows: int) -> Iterator[Master]:
    """Columns by their names as header; `#row` counts from 1, for there is no header row."""
    try:
        lazy = pl.scan_parquet(path)
        height = lazy.select(pl.len()).collect().item()
    except pl.exceptions.PolarsError as error:
        raise Unreadable(f"{name}: is no parquet file that can be read: {error}") from None
    for start in range(0, max(height, 1), rows):
        yield of_frame(lazy.slice(start, rows).collect(), name, start + 1)


def of_frame(frame: pl.DataFrame, name: str, first: int = 1) -> Master:
    """A table with named columns as a master: texts, blank cells null, `#row` counts from `first`."""
    columns = tuple(Column(letter(place), header) for place, header in enumerate(frame.columns))
    cells = frame.cast(pl.String).rename({column.header: column.letter for column in columns})
    cells = cells.with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)))
    return Master(name, None, cells.with_row_index(ROW, first).cast({ROW: pl.UInt32}), columns, 0, "parquet")


def write(url: str, content: bytes) -> None:
    """Write a file in one go, making its folders."""
    system, path = fsspec.core.url_to_fs(url)
    system.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
    with system.open(path, "wb") as stream:
        stream.write(content)


def write_frame(url: str, frame: pl.DataFrame) -> None:
    """Write a frame for another worker."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="lz4")
    write(url, buffer.getvalue())


def read_frames(urls: list[str]) -> list[pl.DataFrame]:
    """The frames that workers left."""
    frames = []
    for url in urls:
        system, path = fsspec.core.url_to_fs(url)
        with system.open(path, "rb") as stream:
            frames.append(pl.read_ipc(io.BytesIO(stream.read())))
    return frames


def remove(url: str) -> None:
    """Take away a folder and all that is in it."""
    system, path = fsspec.core.url_to_fs(url)
    if system.exists(path):
        system.rm(path, recursive=True)


def has_files(url: str) -> bool:
    """Whether a folder is there and holds anything."""
    system, path = fsspec.core.url_to_fs(url)
    return bool(system.exists(path) and system.ls(path, detail=False))


def files(url: str) -> list[str]:
    """The files of a folder, by name."""
    system, path = fsspec.core.url_to_fs(url)
    return [system.unstrip_protocol(name) for name in sorted(system.ls(path, detail=False))]


def joined(*parts: Any) -> str:
    """An address from its pieces."""
    return "/".join(str(part).rstrip("/") for part in parts)


def gathered(client: Any, futures: Sequence[Any], step: str) -> list[Any]:
    """The answers in the order of the tasks; says how far it is."""
    from distributed import as_completed

    tell(step, 0, len(futures))
    for done, _ in enumerate(as_completed(futures), 1):
        tell(step, done, len(futures))
    found: list[Any] = client.gather(list(futures))
    return found
