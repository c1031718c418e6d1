"""Which encoding a text file is in: marks first, then strict UTF-8 over the whole file, then a detector on what is not ASCII."""

import codecs
import re
from typing import IO

from msgspec import Struct

from listingkit.errors import UnknownName, Unreadable

BLOCK = 1 << 20
VERIFIED = 64 << 20  # bytes that a guess must decode beforehand; reading is strict to the end
SAMPLE = 64 << 10  # bytes of lines with non-ASCII characters that the detector sees
GUESSED = ("cp1252", "cp932", "gb18030", "big5", "cp949", *(f"cp125{digit}" for digit in (0, 1, 3, 4, 5, 6, 7, 8)))
SUPPORTED = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", *GUESSED)
# Six bytes are Turkish in cp1254 (Ğ İ Ş ğ ı ş) and Icelandic in cp1252 (Ð Ý Þ ð ý þ); only Turkey has a marketplace.
TURKISH = re.compile(rb"[\xd0\xdd\xde\xf0\xfd\xfe]")


class Guess(Struct, frozen=True):
    """An encoding by its Python name; `sure` where the bytes leave no other reading."""

    encoding: str
    sure: bool
    instead: tuple[str, ...] = ()  # other encodings that would also decode it without error


def encoding_of(stream: IO[bytes], name: str) -> Guess:
    """Detect the encoding of a text stream and leave it at its start. Raises Unreadable for bytes that are no text."""
    head = stream.read(4096)
    stream.seek(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Guess("utf-16", sure=True)
    if head.startswith(codecs.BOM_UTF8):
        if not _is_utf8(stream):
            where = _where_not(stream)
            raise Unreadable(f"{name}: begins with the mark of UTF-8, but {where}; save it as UTF-8 again, or name its --encoding")
        return Guess("utf-8-sig", sure=True)
    if b"\0" in head:
        return _without_mark(head, name)
    if _is_utf8(stream):
        return Guess("utf-8", sure=True)
    sample = _sample(stream)
    candidates = [encoding for encoding in _ranked(sample) if _decodes(stream, encoding)]
    if not candidates:
        raise Unreadable(
            f"{name}: the text is in no encoding that listingkit knows; save it as UTF-8, or name its encoding with --encoding"
        )
    return Guess(candidates[0], sure=False, instead=tuple(candidates[1:4]))


def known(encoding: str) -> str:
    """The Python name of an encoding that a user gave. Raises UnknownName."""
    try:
        "".encode(encoding)  # not every codec is one of text
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError):
        raise UnknownName("encoding", encoding, SUPPORTED) from None


def _without_mark(head: bytes, name: str) -> Guess:
    """UTF-16 without its mark: of each ASCII character one byte is zero, and always the same one."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > 0.3 * len(head) / 2 and min(even, odd) <= 0.1 * max(even, odd):
        return Guess("utf-16-le" if odd > even else "utf-16-be", sure=False)
    raise Unreadable(f"{name}: holds NUL bytes, so it is no text file; export the sheet again as csv or xlsx")


def begins_as_utf8(stream: IO[bytes], size: int) -> bool:
    """Whether so many bytes of a stream are UTF-8 and no mark of another encoding; leaves it at its start."""
    head = stream.read(4096)
    stream.seek(0)
    return b"\0" not in head and not head.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and _is_utf8(stream, size)


def _is_utf8(stream: IO[bytes], size: int = 1 << 62) -> bool:
    """Strictly, at the speed of polars' own check, as far as so many bytes."""
    import polars as pl

    rest = b""
    while stream.tell() < size and (block := stream.read(BLOCK)):
        block = rest + block
        end = len(block)
        for back in range(1, 4):  # a character may go on in the next block
            if back <= len(block) and block[-back] >= 0xC0:
                end = len(block) - back
                break
            if back > len(block) or block[-back] < 0x80:
                break
        try:
            pl.Series([block[:end]], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.PolarsError:
            stream.seek(0)
            return False
        rest = block[end:]
    whole = not stream.read(1)
    stream.seek(0)
    return not whole or not rest or _complete(rest)


def _where_not(stream: IO[bytes]) -> str:
    """The first line that is not UTF-8."""
    for number, line in enumerate(stream, 1):
        if not _complete(line):
            stream.seek(0)
            return f"line {number} holds bytes that are not"
    return "its end is not"


def _complete(rest: bytes) -> bool:
    try:
        rest.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decodes(stream: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        for _ in range(VERIFIED >> 20):
            block = stream.read(BLOCK)
            decoder.decode(block, final=not block)
            if not block:
                break
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def _sample(stream: IO[bytes]) -> bytes:
    """Lines that hold something else than ASCII."""
    lines: list[bytes] = []
    size = 0
    while size < SAMPLE and (block := stream.read(BLOCK)):
        if block.isascii():
            continue
        for line in block.split(b"\n"):
            if not line.isascii():
                lines.append(line[:4096])
                size += len(lines[-1]) + 1
                if size >= SAMPLE:
                    break
    stream.seek(0)
    return b"\n".join(lines)


def _ranked(sample: bytes) -> list[str]:
    """Encodings that could be it, the likeliest first."""
    from chardet import detect_all

    found = detect_all(sample, ignore_threshold=True, include_encodings=GUESSED, max_bytes=SAMPLE)
    names = [*dict.fromkeys([*(codecs.lookup(guess["encoding"]).name for guess in found if guess["encoding"]), "cp1252"])]
    if names[0] == "cp1252" and "cp1254" in names and TURKISH.search(sample):
        names.remove("cp1254")
        names.insert(0, "cp1254")
    return names
