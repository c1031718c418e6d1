"""Parts of a master on any file system that fsspec knows, and the files that workers leave for each other."""

import io
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import fsspec
import polars as pl
from msgspec import Struct

from listingkit.atomic import replacing
from listingkit.errors import ListingkitError, Unreadable, Unwritable

PARQUET = ".parquet"
TOGETHER = 32  # pieces of files that are asked for at once


class PartFile(Struct, frozen=True, order=True):
    """One file of the master."""

    number: int
    url: str
    name: str  # as findings call it
    bytes: int = 0


class Spread(Struct, frozen=True):
    """Rows that were put into buckets: all in one file, bucket after bucket."""

    url: str
    ends: Sequence[int]  # the byte at which each bucket ends

    def slice(self, bucket: int) -> tuple[str, int, int]:
        """Where the rows of a bucket lie: file, first byte, byte behind the last."""
        return self.url, self.ends[bucket - 1] if bucket else 0, self.ends[bucket]

    def holds(self, bucket: int) -> bool:
        """Whether it has rows for a bucket."""
        _, start, end = self.slice(bucket)
        return start < end


@contextmanager
def _telling(url: str, kind: type[ListingkitError], what: str) -> Iterator[None]:
    """Say of what a store refuses which address it was: every file system has errors of its own."""
    try:
        yield
    except ListingkitError:
        raise
    except ImportError as error:
        raise kind(f"{url}: this kind of address needs a package that is not installed: {error}") from None
    except Exception as error:  # noqa: BLE001
        raise kind(f"{url} cannot be {what}: {first_line(error)}") from None


def first_line(error: Exception) -> str:
    """What an error of somebody else says, in a line."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).partition("\n")[0]


def _system(url: str) -> tuple[Any, str]:
    system, path = fsspec.core.url_to_fs(url)
    if "memory" in _protocols(system):
        raise ListingkitError(f"{url} lies in the memory of one process, and workers are others: name a store that all of them reach")
    return system, path


def _protocols(system: Any) -> tuple[str, ...]:
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


def part_files(urls: str | Sequence[str]) -> list[PartFile]:
    """The files that addresses or patterns mean, in the order of their addresses. Raises `Unreadable` where one means none."""
    found: dict[str, int] = {}
    for url in [urls] if isinstance(urls, str) else urls:
        with _telling(url, Unreadable, "read"):
            system, path = _system(url)
            paths = system.glob(path) if any(sign in path for sign in "*?[") else [path] if system.exists(path) else []
            sizes = {system.unstrip_protocol(one): int(system.size(one) or 0) for one in paths if not system.isdir(one)}
        if not sizes:
            raise Unreadable(f"{url}: there is no such file; name the parts of the master, such as master/*.parquet")
        found |= sizes
    names = [PurePosixPath(url).name for url in found]
    named = {url: url if names.count(name) > 1 else name for url, name in zip(found, names, strict=True)}
    return [PartFile(number, url, named[url], found[url]) for number, url in enumerate(sorted(found))]


@contextmanager
def local(url: str) -> Iterator[Path]:
    """The file on this machine: itself where it is local, else a copy for the time being. Raises `Unreadable`."""
    with TemporaryDirectory(prefix="listingkit-") as folder:
        with _telling(url, Unreadable, "read"):
            system, path = _system(url)
            copy = Path(path) if "file" in _protocols(system) else Path(folder) / PurePosixPath(path).name
            if copy.parent == Path(folder):
                system.get_file(path, str(copy))
            elif not copy.is_file():
                raise Unreadable(f"{url} is not there any more, or this worker does not see it: name a store that every worker reaches")
        yield copy


def write(url: str, content: bytes, *, synced: bool = True) -> None:
    """Write a file wholly or not at all, making its folders. Raises `Unwritable`."""
    with _telling(url, Unwritable, "written"):
        system, path = _system(url)
        if "file" in _protocols(system):
            with replacing(Path(path), synced=synced) as stream:
                stream.write(content)
            return
        system.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
        system.pipe_file(path, content)


def write_through(url: str, make: Callable[[Path], int]) -> int:
    """Let `make` write a file on this machine, and put it there wholly or not at all; what `make` tells. Raises `Unwritable`."""
    system, path = _system(url)
    if "file" in _protocols(system):
        return make(Path(path))
    with TemporaryDirectory(prefix="listingkit-") as folder:
        made = Path(folder) / PurePosixPath(path).name
        told = make(made)
        with _telling(url, Unwritable, "written"):
            system.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
            system.put_file(str(made), path)
    return told


def read_frames(urls: Sequence[str]) -> list[pl.DataFrame]:
    """The frames that workers left. Raises `Unreadable`."""
    return _frames([(url, None, None) for url in urls])


def write_frame(url: str, frame: pl.DataFrame) -> str:
    """Write a frame for another worker; its address."""
    write(url, _packed(frame), synced=False)
    return url


def write_buckets(url: str, buckets: Mapping[int, Sequence[pl.DataFrame]], count: int) -> Spread:
    """Write the rows of every bucket into one file."""
    return write_frames(url, [pl.concat(buckets[number]) if number in buckets else None for number in range(count)])


def write_frames(url: str, frames: Sequence[pl.DataFrame | None]) -> Spread:
    """Write frames into one file, one behind the other."""
    pieces = [b"" if frame is None else _packed(frame) for frame in frames]
    write(url, b"".join(pieces), synced=False)
    return Spread(url, array("Q", accumulate(map(len, pieces))))


def read_frames_of(spread: Spread) -> list[pl.DataFrame]:
    """All frames of one file. Raises `Unreadable`."""
    return _frames([spread.slice(number) for number in range(len(spread.ends))])


def read_bucket(spreads: Sequence[Spread], bucket: int) -> list[pl.DataFrame]:
    """The rows that every file has for a bucket. Raises `Unreadable`."""
    places = [(url, start, end) for url, start, end in (one.slice(bucket) for one in spreads) if start < end]
    return _frames(places)


def _frames(places: Sequence[tuple[str, int | None, int | None]]) -> list[pl.DataFrame]:
    """Frames from pieces of files, some at a time: their bytes are not held beside them."""
    groups = (places[start : start + TOGETHER] for start in range(0, len(places), TOGETHER))
    return [pl.read_ipc(io.BytesIO(content)) for group in groups for content in _contents(group)]


def _packed(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="lz4")
    return buffer.getvalue()


def _contents(places: Sequence[tuple[str, int | None, int | None]]) -> list[bytes]:
    """Pieces of files of one store, several at a time where the store can."""
    if not places:
        return []
    with _telling(places[0][0], Unreadable, "read"):
        system, _ = _system(places[0][0])
        paths = [_system(url)[1] for url, _, _ in places]
        ranges = [start for _, start, _ in places], [end for _, _, end in places]
        found: list[bytes] = system.cat_ranges(paths, *ranges, on_error="raise")
        return found


def remove(url: str) -> None:
    """Take away a folder and all that is in it."""
    with _telling(url, Unwritable, "taken away"):
        system, path = _system(url)
        system.invalidate_cache()
        if system.exists(path):
            system.rm(path, recursive=True)


def has_files(url: str) -> bool:
    """Whether a folder is there and holds anything."""
    with _telling(url, Unwritable, "used"):
        system, path = _system(url)
        system.invalidate_cache()
        return bool(system.exists(path) and system.ls(path, detail=False))


def joined(*parts: Any) -> str:
    """An address from its pieces."""
    return "/".join(str(part).rstrip("/") for part in parts)


class Space(Struct, frozen=True):
    """The output folder of one job: what it leaves there, and the files that its tasks leave for each other."""

    out: str
    leaves: tuple[str, ...]  # names of the files and folders that a job of this kind makes

    @property
    def shuffled(self) -> str:
        """The folder of what tasks leave for each other."""
        return joined(self.out, "_shuffle")

    @property
    def _stopped(self) -> str:
        return joined(self.shuffled, "stopped")

    def claim(self) -> None:
        """Begin a job here. Raises `ListingkitError` where the folder is in use, `Unwritable` where it cannot be written."""
        for name in (*self.leaves, "_shuffle"):
            if exists(joined(self.out, name)):
                raise ListingkitError(f"{self.out} holds {name} of an earlier run: name another folder, or remove it")
        write(joined(self.shuffled, "begun"), b"")

    def go_on(self) -> None:
        """Raise `ListingkitError` in a task whose job has failed elsewhere."""
        if exists(self._stopped):
            raise ListingkitError("the job was given up")

    def stop(self) -> None:
        """Let tasks that have not begun fail at once."""
        write(self._stopped, b"")

    def give_up(self) -> None:
        """Take away everything that the job made."""
        for name in ("_shuffle", *self.leaves):
            remove(joined(self.out, name))
        if not has_files(self.out):
            remove(self.out)


def exists(url: str) -> bool:
    """Whether there is such a file or folder."""
    with _telling(url, Unwritable, "used"):
        system, path = _system(url)
        system.invalidate_cache()
        return bool(system.exists(path))
