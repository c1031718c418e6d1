"""Frames as bytes: what is held of a part must not hold the whole part in memory, as columns and slices of it do."""

import tempfile
from collections.abc import Sequence
from io import BytesIO
from threading import Lock
from typing import NamedTuple
from weakref import finalize

import polars as pl

from listingkit.errors import Unwritable

IN_MEMORY = 64 << 20  # bytes of a shelf; more lie on disk


def packed(frame: pl.DataFrame) -> bytes:
    """A frame as bytes of its own."""
    stream = BytesIO()
    frame.write_ipc(stream, compression="lz4")
    return stream.getvalue()


def unpacked(content: bytes, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The frame again, or some of its columns; only these are read."""
    return pl.read_ipc(BytesIO(content), columns=list(columns) if columns is not None else None)


class Place(NamedTuple):
    """Where a frame lies on a shelf."""

    at: int
    size: int


class Shelf:
    """Packed frames, and whatever else is bytes, one behind the other: in memory as long as they are few, then on disk.

    Any thread may ask for one.
    """

    def __init__(self) -> None:
        self._store = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with the object
        finalize(self, self._store.close)
        self._end = 0
        self._turn = Lock()

    def put(self, content: bytes) -> Place:
        """Put something packed away. Raises `Unwritable`."""
        try:
            with self._turn:
                self._store.seek(self._end)
                self._store.write(content)
        except OSError as error:
            why = f"the folder for temporary files cannot hold what is compared of so many rows ({error.strerror or error})"
            raise Unwritable(f"{why}; set TMPDIR to a larger place") from None
        place = Place(self._end, len(content))
        self._end += len(content)
        return place

    def get(self, place: Place, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """A frame again, or some of its columns."""
        return unpacked(self.content(place), columns)

    def content(self, place: Place) -> bytes:
        """What was put there."""
        with self._turn:
            self._store.seek(place.at)
            return self._store.read(place.size)
