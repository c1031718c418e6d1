"""The parts of a template's workbook, byte for byte."""

from collections.abc import Iterator
from pathlib import Path

from listingkit.errors import Unreadable
from listingkit.master.members import Members

PART_LIMIT = 256 << 20  # bytes that a part held in memory may unpack to
STREAM_LIMIT = 2 << 30  # bytes of a part that is only passed through
OTHERWISE = "this is no inventory template"


class Package(Members):
    """An open .xlsx or .xlsm file. Raises `Unreadable` for whatever is none, also later, when a part turns out broken."""

    def __init__(self, path: Path) -> None:
        try:
            super().__init__(path, str(path))
        except OSError as error:
            raise Unreadable(f"cannot read {path}: {error.strerror or error}") from error
        if not self.has("xl/workbook.xml"):
            self.close()
            raise Unreadable(f"{path} is a zip file but not an Excel workbook: it has no xl/workbook.xml")

    def content(self, part: str) -> bytes:
        """A part, unpacked."""
        return self.whole(part, PART_LIMIT, OTHERWISE)

    def chunks(self, part: str) -> Iterator[bytes]:
        """A part as a stream."""
        return self.unpacked(part, STREAM_LIMIT, OTHERWISE)
