"""The parts of a workbook, unpacked within bounds: no part may unpack to more than it could honestly hold."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from listingkit.errors import Unreadable
from listingkit.master.unpacking import unpacked

PART_LIMIT = 256 << 20  # bytes that a part held in memory may unpack to
STREAM_LIMIT = 2 << 30  # bytes of a part that is only passed through


class Package:
    """An open .xlsx or .xlsm file. Raises `Unreadable` for whatever is none, also later, when a part turns out broken."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise Unreadable(f"cannot read {path}: {error.strerror or error}") from error
        except zipfile.BadZipFile as error:
            with path.open("rb") as stream:
                packed = stream.read(2) == b"PK"
            how = "is cut off or damaged: copy or download it again" if packed else "is no Excel workbook (.xlsx, .xlsm): save it as one"
            raise Unreadable(f"{path} {how}") from error
        self._members = {info.filename.lower(): info.filename for info in self._zip.infolist()}
        if not self.has("xl/workbook.xml"):
            self.close()
            raise Unreadable(f"{path} is a zip file but not an Excel workbook: it has no xl/workbook.xml")

    def close(self) -> None:
        """Read nothing more."""
        self._zip.close()

    def has(self, part: str) -> bool:
        """Whether there is such a part; capitals do not matter."""
        return part.lower() in self._members

    def content(self, part: str) -> bytes:
        """A part, unpacked. Raises `Unreadable` above the limit."""
        size = 0
        pieces = []
        for chunk in self.chunks(part):
            size += len(chunk)
            if size > PART_LIMIT:
                raise Unreadable(f"{self.path}: {part} unpacks to more than {PART_LIMIT >> 20} MB; this is no inventory template")
            pieces.append(chunk)
        return b"".join(pieces)

    def chunks(self, part: str) -> Iterator[bytes]:
        """A part as a stream."""
        member = self._members.get(part.lower())
        if member is None:
            raise Unreadable(f"{self.path} lacks {part}; open it in Excel and save it again")
        size = 0
        try:
            for chunk in unpacked(self._zip, self._zip.getinfo(member)):
                size += len(chunk)
                if size > STREAM_LIMIT:
                    raise Unreadable(f"{self.path}: {part} unpacks to more than {STREAM_LIMIT >> 30} GB; this is no inventory template")
                yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise Unreadable(f"{self.path}: {part} cannot be unpacked ({error}); the file is damaged or protected") from error
