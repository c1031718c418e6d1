"""Frames as bytes: what is held of a part must not hold the whole part in memory, as columns and slices of it do."""

from collections.abc import Sequence
from io import BytesIO

import polars as pl


def packed(frame: pl.DataFrame) -> bytes:
    """A frame as bytes of its own."""
    stream = BytesIO()
    frame.write_ipc(stream, compression="lz4")
    return stream.getvalue()


def unpacked(content: bytes, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The frame again, or some of its columns; only these are read."""
    return pl.read_ipc(BytesIO(content), columns=list(columns) if columns is not None else None)
