"""The members of a workbook's zip, unpacked within bounds."""

import zipfile
from collections.abc import Iterator
from errno import EINVAL
from pathlib import Path
from typing import IO

from listingkit.errors import Unreadable
from listingkit.master.unpacking import DAMAGED, reason, unpacked, whole

BOMB = 64 << 20  # bytes beyond which a member must not be packed tighter than ...
TIGHTEST = 200  # ... this many to one; sheets come to 10 or 20


def is_bomb(member: zipfile.ZipInfo) -> bool:
    """Whether a member is packed as tightly as no real one is."""
    return member.file_size > BOMB and member.file_size > TIGHTEST * member.compress_size


class Members:
    """An open zip, its members known by the names of a workbook's parts. Raises `Unreadable` for what is damaged or hostile."""

    def __init__(self, file: Path | IO[bytes], name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(file)
        except DAMAGED as error:
            if isinstance(error, OSError) and error.errno != EINVAL:  # the file itself does not open
                raise
            raise self.damaged(reason(error)) from None
        self._members = {info.filename.lstrip("/").replace("\\", "/").lower(): info for info in self._zip.infolist()}

    def damaged(self, why: str) -> Unreadable:
        """What to raise for a part that does not read."""
        how = "copy or download it again, or open it in Excel and save it"
        return Unreadable(f"{self.name}: the workbook is damaged or incomplete ({why}); {how}")

    def close(self) -> None:
        """Read nothing more."""
        self._zip.close()

    def has(self, part: str) -> bool:
        """Whether there is such a part; capitals do not matter."""
        return part.lower() in self._members

    def unpacked(self, part: str, largest: int, otherwise: str) -> Iterator[bytes]:
        """A part's bytes, block by block; `otherwise` says what to make of one with more than `largest`."""
        info = self._bounded(part, largest, otherwise)
        try:
            yield from unpacked(self._zip, info)
        except DAMAGED as error:
            raise self.damaged(reason(error)) from None

    def whole(self, part: str, largest: int, otherwise: str) -> bytes:
        """All of a part, within the same bounds."""
        info = self._bounded(part, largest, otherwise)
        try:
            return whole(self._zip, info)
        except DAMAGED as error:
            raise self.damaged(reason(error)) from None

    def _bounded(self, part: str, largest: int, otherwise: str) -> zipfile.ZipInfo:
        info = self._members.get(part.lower())
        if info is None:
            raise self.damaged(f"{part} is missing")
        if info.flag_bits & 1:
            raise Unreadable(f"{self.name}: the workbook is protected by a password; remove it and save again")
        if info.file_size > largest:
            raise Unreadable(f"{self.name}: {part} unpacks to {info.file_size >> 20} MB, more than {largest >> 20} MB; {otherwise}")
        if is_bomb(info):
            tight = info.file_size // max(info.compress_size, 1)
            raise Unreadable(f"{self.name}: {part} unpacks to {tight} times its size; no real sheet does")
        return info
