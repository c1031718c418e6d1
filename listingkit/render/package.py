"""Zip packages, written anew or with one member replaced: then every other member keeps its bytes, compressed as they were."""

import struct
import zipfile
from collections.abc import Iterable
from copy import copy
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, BinaryIO, NamedTuple

from isal import isal_zlib

from listingkit.errors import Unreadable, Unwritable

_LOCAL = struct.Struct("<26xHH")  # of a local header: the lengths of name and extra field
_DESCRIPTOR = 0x08  # flag: sizes stand behind the data
_LEVELS = 0x06  # flags: how hard the packer tried
_CHUNK = 1 << 20
_DAY = (2020, 1, 1, 0, 0, 0)  # of every member: the clock is no content


class Member(NamedTuple):
    """A member to write; `large`: it may unpack to more than 2 GB."""

    name: str
    content: Iterable[bytes]
    large: bool = False


def write_members(members: Iterable[Member], stream: IO[bytes], *, level: int = 1) -> None:
    """Write a package of these members, deflated at `level` (0 to 3); its bytes depend on nothing but them.

    Raises `Unwritable` when a member grows beyond 2 GB and is not said to be large.
    """
    if not stream.seekable():
        with TemporaryFile() as whole:
            write_members(members, whole, level=level)
            whole.seek(0)
            copyfileobj(whole, stream, _CHUNK)
        return
    with zipfile.ZipFile(stream, "w") as new:
        for member in members:
            info = zipfile.ZipInfo(member.name, _DAY)
            info.external_attr = 0o600 << 16
            info.header_offset = stream.tell()
            _deflate(info, member.content, stream, level, large=member.large)
            new.filelist.append(info)
            new.start_dir = stream.tell()


def replace_member(source: Path | BinaryIO, member: str, content: Iterable[bytes], stream: BinaryIO, *, level: int = 1) -> None:
    """Write `source` to `stream` with `content` as the new content of one member, deflated at `level` (0 to 3).

    Raises `Unreadable` when the source is damaged, `Unwritable` when the member grows beyond 2 GB.
    """
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(stream, "w") as new:
        new.comment = old.comment
        for info in old.infolist():
            fresh = copy(info)
            fresh.flag_bits &= ~_DESCRIPTOR
            fresh.header_offset = stream.tell()
            if info.filename == member:
                _deflate(fresh, content, stream, level)
            else:
                _copy(source, old, info, fresh, stream)
            new.filelist.append(fresh)
            new.start_dir = stream.tell()


def _copy(source: Path | BinaryIO, old: zipfile.ZipFile, info: zipfile.ZipInfo, fresh: zipfile.ZipInfo, stream: BinaryIO) -> None:
    """The member as it lies there, behind a header that states its sizes."""
    raw, where = old.fp, source if isinstance(source, Path) else "the package"
    if raw is None:
        raise Unreadable(f"{where} was closed while it was read")
    raw.seek(max(0, info.header_offset))
    header = raw.read(_LOCAL.size)
    if info.header_offset < 0 or len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise Unreadable(f"{where}: the member {info.filename} is not where the directory says; the file is damaged")
    raw.seek(sum(_LOCAL.unpack(header)), 1)
    stream.write(fresh.FileHeader())
    rest = info.compress_size
    while rest:
        chunk = raw.read(min(rest, _CHUNK))
        if not chunk:
            raise Unreadable(f"{where}: the member {info.filename} ends too early; the file is damaged")
        stream.write(chunk)
        rest -= len(chunk)


def _deflate(fresh: zipfile.ZipInfo, content: Iterable[bytes], stream: IO[bytes], level: int, *, large: bool = False) -> None:
    fresh.compress_type = zipfile.ZIP_DEFLATED
    fresh.flag_bits &= ~_LEVELS
    fresh.CRC = fresh.file_size = fresh.compress_size = 0
    start = stream.tell()
    stream.write(fresh.FileHeader(large))
    packer = isal_zlib.compressobj(level, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    for chunk in content:
        fresh.CRC = isal_zlib.crc32(chunk, fresh.CRC)
        fresh.file_size += len(chunk)
        fresh.compress_size += stream.write(packer.compress(chunk))
    fresh.compress_size += stream.write(packer.flush())
    if fresh.file_size > zipfile.ZIP64_LIMIT and not large:
        raise Unwritable(f"the sheet {fresh.filename} would unpack to more than 2 GB; split the upload")
    end = stream.tell()
    stream.seek(start)
    stream.write(fresh.FileHeader(large))
    stream.seek(end)
