"""A delimited text in outline: the cells of a few columns, and of every record a hash of all of it and how many bytes it takes."""

import codecs
from collections.abc import Collection, Iterator
from typing import IO

import polars as pl

from listingkit.master.chunks import Chunks
from listingkit.master.delimited import DelimitedSheet, record_end
from listingkit.master.records import Record
from listingkit.master.sheet import ROW

_MOST = 4 << 20  # bytes of the first piece
_HASHED = (pl.col("line").hash(seed=0).alias("hash"), pl.col("size").cast(pl.UInt32))


class Outline(DelimitedSheet):
    """A text file in UTF-8 whose blocks have the `wanted` columns alone (letters; None: all of them).

    `records` grows with the blocks: `hash` (line ends do not count) and `size` of every record from the top, blank ones included,
    so that record N of the sheet is row N - 1 there. `sound` says that no reader would cut the record in another way.
    """

    def __init__(self, stream: IO[bytes], name: str, wholly: int) -> None:
        """All columns are read of a first piece of at least about `wholly` rows."""
        super().__init__(stream, name)
        head, _ = self._chunks.peek()
        enough = len(head) * wholly * 5 // 4 // max(1, head.count(b"\n"))
        self._chunks.first = min(_MOST, max(len(head), enough))
        self.wanted: Collection[str] | None = None
        self.records: list[pl.DataFrame] = []
        self.tagged = False  # whether any of the text may be HTML
        self.folded = False  # whether some record takes several lines

    def _detected(self) -> str:
        """UTF-8; where it is not, `UnicodeDecodeError` is raised here or while the blocks are read."""
        head = self._stream.read(4096)
        self._stream.seek(0)
        if b"\0" in head or head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise UnicodeDecodeError("utf-8", head, 0, 1, "not in UTF-8")
        return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"

    @property
    def start(self) -> int:
        """Where in the stream the first record begins."""
        return self._chunks.start

    def _parsed(self, piece: memoryview, row: int) -> pl.DataFrame | None:
        text = bytes(piece)
        if text[0] in b"\r\n":
            return None
        if self.wanted is None:
            frame = pl.read_csv(text, has_header=False, schema=self.regular.schema, separator=self.delimiter)
        else:
            places = [place for place, name in enumerate(self.regular.schema) if name in self.wanted]
            frame = pl.read_csv(text, has_header=False, schema=self.regular.schema, separator=self.delimiter, columns=places)
        lines = text_lines(text)
        folded = b'"' in text and lines.height != frame.height  # every record has a line, and polars leaves none out
        found = _joined(lines) if folded else lines
        if found.height != frame.height:
            return None
        self.folded = self.folded or folded
        self._note(found, sound=True)
        self.tagged = self.tagged or b"<" in text
        return frame.with_row_index(ROW, offset=row)

    def _records(self, text: str, *, final: bool) -> Iterator[Record]:
        texts: list[str] = []
        start = 0
        for record in super()._records(text, final=final):
            texts.append(text[start : record.end])
            start = record.end
            yield record
        found = pl.DataFrame({"line": texts}, schema={"line": pl.String})
        bare = pl.col("line").str.replace_all("\r\n", "\n", literal=True).str.strip_suffix("\n")
        self._note(found.select(bare, size=pl.col("line").str.len_bytes()), sound=False)
        self.tagged = self.tagged or "<" in text

    def _note(self, found: pl.DataFrame, *, sound: bool) -> None:
        self.records.append(found.select(*_HASHED, sound=pl.lit(sound)))

    def lines(self, *, folded: bool) -> pl.DataFrame | None:
        """`hash` and `size` of every record of the whole text, by its line breaks alone; None where it is not in UTF-8.

        Where records are `folded`, line breaks inside quotes end none. The reading of blocks goes on where it was.
        """
        here = self._stream.tell()
        self._stream.seek(self.start)
        chunks = Chunks(self._stream, self.name, "utf-8", trusted=True)
        found = [pl.DataFrame(schema={"hash": pl.UInt64, "size": pl.UInt32})]
        try:
            for given, final in chunks:
                size = given
                if folded and not final and chunks.buffer.count(b'"', 0, size) % 2:
                    size = record_end(chunks.buffer, size)
                chunks.used(size)
                with memoryview(chunks.buffer) as view, view[:size] as piece:
                    lines = text_lines(bytes(piece))
                found.append((_joined(lines) if folded else lines).select(_HASHED))
        except pl.exceptions.PolarsError:
            return None
        finally:
            self._stream.seek(here)
        return pl.concat(found)


def text_lines(block: bytes) -> pl.DataFrame:
    """The lines of a text: `line` without its end, "" where it is blank, and the `size` in bytes with it."""
    lines = pl.read_lines(block)
    returns = block.count(b"\r\n") if b"\r" in block else 0
    if returns in (0, lines.height) and not block.endswith(b"\r"):
        return lines.with_columns(size=pl.col("line").str.len_bytes() + (2 if returns else 1))
    sizes = [len(line) + 1 for line in block.removesuffix(b"\n").split(b"\n")]
    return lines.with_columns(pl.Series("size", sizes, dtype=pl.UInt32))


class Folds(DelimitedSheet):
    """A text file whose cells may hold line breaks."""

    def first_lines(self) -> pl.Series | None:
        """By record, from the top, the number of its first line; None where each has one, or where readers cut them differently."""
        found, line = [pl.Series(dtype=pl.UInt32)], 1
        for _, text in self.uncut():
            piece = bytes(text)
            if not self.regular.cut_alike(piece, len(piece)):
                return None
            begins = _begins(text_lines(piece))
            found.append((begins.arg_true() + line).cast(pl.UInt32))
            line += len(begins)
        every = pl.concat(found)
        return every if len(every) < line - 1 else None


def _begins(lines: pl.DataFrame) -> pl.Series:
    """Whether a record begins with a line: not where a cell in quotes that a line before has opened is open still."""
    odd = lines.get_column("line").str.count_matches('"', literal=True) % 2 == 1
    return odd.cum_sum().shift(1, fill_value=0) % 2 == 0


def _joined(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines of one record, where a cell in quotes holds line breaks, as one."""
    return (
        lines.group_by(_begins(lines).cum_sum().alias("record"), maintain_order=True)
        .agg(pl.col("line").str.join("\n"), pl.col("size").sum())
        .drop("record")
    )
