"""A text file as UTF-8 in one buffer that is filled again and again: pieces of bounded size that end where a line ends."""

import codecs
from collections.abc import Iterator
from io import BufferedIOBase
from typing import IO, cast

from listingkit.errors import Unreadable

CHUNK = 8 << 20
PEEK = 256 << 10
LONGEST = 64 << 20  # bytes of one record


class Chunks:
    """The pieces of a stream; `first` is the size of the first one.

    `trusted` where UTF-8 was verified beforehand, so that its bytes are taken as they are.
    """

    def __init__(self, stream: IO[bytes], name: str, encoding: str, *, trusted: bool) -> None:
        self._stream, self._name, self._encoding = cast("BufferedIOBase", stream), name, encoding
        self.first = CHUNK
        self._plain = trusted and encoding in {"utf-8", "utf-8-sig"}
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self.buffer = bytearray()
        self._held = 0  # bytes in the buffer that were not read yet
        self._past = 0  # bytes that were
        self._given = 0
        self._ended = False
        self.start = stream.tell()  # of the text, behind its mark
        if self._plain and encoding == "utf-8-sig":
            self.start += len(codecs.BOM_UTF8)
            stream.seek(self.start)

    def peek(self) -> tuple[bytes, bool]:
        """The first part of the text, without taking it, and whether that is all."""
        self._fill(PEEK)
        if self._ended and self._held <= PEEK:
            return bytes(self.buffer[: self._held]), True
        head = bytes(self.buffer[:PEEK])
        while head and head[-1] & 0xC0 == 0x80:  # no half character at the end
            head = head[:-1]
        return head[: len(head) - (bool(head) and head[-1] >= 0xC0)], False

    def __iter__(self) -> Iterator[tuple[int, bool]]:
        """How many bytes of the buffer are the next piece, and whether it is the last."""
        size = self.first
        while True:
            self._fill(size)
            if not self._held:
                return
            self._given = self._held if self._ended else self.buffer.rfind(b"\n", 0, self._held) + 1
            if self._given:
                yield self._given, self._ended
            size = CHUNK if self._given else self._more(size)
            self._past += self._given
            self.buffer[: self._held - self._given] = self.buffer[self._given : self._held]
            self._held -= self._given

    @property
    def at(self) -> int | None:
        """Where in the stream the piece begins; None where the text is not what stands there."""
        return self.start + self._past if self._plain else None

    def used(self, size: int) -> None:
        """Say that only so many bytes of the piece were read; the others come again with the next one."""
        self._given = size

    def lines_before(self) -> int:
        """How many lines the pieces before this one have; reads them again."""
        here = self._stream.tell()
        self._stream.seek(self.start)
        decoder = codecs.getincrementaldecoder(self._encoding)()
        lines, left = 0, self._past
        while left:
            raw = self._stream.read(CHUNK)
            text = raw if self._plain else decoder.decode(raw).encode()
            lines += text.count(b"\n", 0, left)
            left -= min(left, len(text))
        self._stream.seek(here)
        return lines

    def _fill(self, size: int) -> None:
        if len(self.buffer) < size and not self._ended:
            wider = bytearray(size)  # a third of the cost of extending it
            wider[: self._held] = self.buffer[: self._held]
            self.buffer = wider
        while self._held < size and not self._ended:
            before = self._held
            if self._plain:
                with memoryview(self.buffer) as view, view[before:size] as free:
                    read = self._stream.readinto(free)
                self._held += read
                self._ended = not read
            else:
                self._decode(size - before)
            if self.buffer.find(b"\0", before, self._held) >= 0:
                raise Unreadable(f"{self._name}: holds NUL bytes, so it is no text file; export the sheet again as csv or xlsx")

    def _decode(self, size: int) -> None:
        raw = self._stream.read(size)
        self._ended = not raw
        try:
            text = self._decoder.decode(raw, final=self._ended).encode()
        except UnicodeDecodeError as error:
            raise Unreadable(f"{self._name}: is not {self._encoding} (byte {error.object[error.start]:#04x}); name its encoding") from None
        self.buffer[self._held : self._held + len(text)] = text
        self._held += len(text)

    def _more(self, size: int) -> int:
        """A larger piece, after one in which no record ended."""
        if size >= LONGEST:
            raise Unreadable(f"{self._name}: a line is longer than {LONGEST >> 20} MB, so this is no table")
        return size * 2
