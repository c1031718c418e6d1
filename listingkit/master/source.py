"""Where a master comes from: a file, stdin, or the one file inside a .gz or .zip; always handed over as a seekable stream."""

import gzip
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple, cast

from listingkit.errors import Unreadable
from listingkit.master.unpacking import DAMAGED, reason

STDIN = "-"
LARGEST = 2 << 30  # bytes of unpacked input; beyond it a sheet is no master but a mistake or an attack
BOMB = 64 << 20  # unpacked bytes beyond which a packing must not be tighter than ...
TIGHTEST = 200  # ... this many to one; sheets come to 5 to 50
BLOCK = 1 << 20
IN_MEMORY = 32 << 20


class Opened(NamedTuple):
    """An input ready to read: `name` as findings call it, `suffix` of the innermost file name, lower case."""

    name: str
    suffix: str
    stream: IO[bytes]


@contextmanager
def opened(source: str | Path) -> Iterator[Opened]:
    """Open a path, or stdin for `-`, through one layer of .gz or .zip.

    Raises Unreadable where there is no such file, it is a folder, it is empty, or its packing is damaged or hostile.
    """
    with _outer(source) as (name, stream):
        head = stream.read(4)
        stream.seek(0)
        if not head:
            raise Unreadable(f"{name}: the file is empty")
        suffix = Path(name).suffix.lower()
        if head[:2] == b"\x1f\x8b":
            inner = Path(name).with_suffix("").name
            with gzip.open(stream) as packed, _spooled(cast("IO[bytes]", packed), name, stream.tell) as plain:
                yield Opened(name, Path(inner).suffix.lower(), plain)
        elif head == b"PK\x03\x04" and (member := _only_member(stream, name)):
            with zipfile.ZipFile(stream) as archive, archive.open(member) as inside, _spooled(inside, name, stream.tell) as plain:
                yield Opened(name, Path(member).suffix.lower(), plain)
        else:
            stream.seek(0)
            yield Opened(name, suffix, stream)


def _near(path: Path) -> str:
    """The file beside it that a person may have meant."""
    from difflib import get_close_matches

    try:
        near = get_close_matches(path.name, [other.name for other in path.parent.iterdir() if other.is_file()], n=1)
    except OSError:
        return f"; there is no folder {path.parent} either"
    return f"; did you mean {path.with_name(near[0])}?" if near else ""


@contextmanager
def _outer(source: str | Path) -> Iterator[tuple[str, IO[bytes]]]:
    if str(source) == STDIN:
        with _spooled(sys.stdin.buffer, "stdin") as stream:
            yield "stdin", stream
        return
    path = Path(source)
    if path.is_dir():
        raise Unreadable(f"{path}: is a folder, not a sheet; name one file in it")
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        raise Unreadable(f"{path}: no such file{_near(path)}") from None
    except OSError as error:
        raise Unreadable(f"{path}: cannot be opened ({error.strerror})") from None
    with stream:
        if not stream.seekable():  # a named pipe
            with _spooled(stream, str(path)) as copy:
                yield str(path), copy
            return
        yield str(path), stream


@contextmanager
def _spooled(packed: IO[bytes], name: str, packed_size: Callable[[], int] | None = None) -> Iterator[IO[bytes]]:
    """A seekable copy, on disk where it is large. `packed_size` tells how many packed bytes it was so far."""
    with SpooledTemporaryFile(max_size=IN_MEMORY) as copy:
        size = 0
        try:
            while block := packed.read(BLOCK):
                size += len(block)
                if size > LARGEST or (size > BOMB and packed_size and size > TIGHTEST * packed_size()):
                    raise Unreadable(f"{name}: unpacks to {size >> 20} MB and more, which no real sheet does; unpack it and look at it")
                copy.write(block)
        except DAMAGED as error:
            raise Unreadable(f"{name}: the packed file is damaged, incomplete or locked ({reason(error)})") from None
        if not size:
            raise Unreadable(f"{name}: the file is empty")
        copy.seek(0)
        yield cast("IO[bytes]", copy)


def _only_member(stream: IO[bytes], name: str) -> str | None:
    """The one file in a plain zip; None for workbooks, which are zips too."""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except DAMAGED as error:
        raise Unreadable(f"{name}: the file is damaged or incomplete ({reason(error)})") from None
    if "[Content_Types].xml" in names or "mimetype" in names or any(part.startswith("Index/") for part in names):
        return None
    sheets = [part for part in names if not part.startswith("__MACOSX/") and not part.endswith(".DS_Store")]
    if len(sheets) == 1:
        return sheets[0]
    raise Unreadable(f"{name}: holds {len(sheets)} files; pack one sheet alone, or unpack it and name the one you mean")
