"""Large text uploads line by line: a row is a line, and its cells are only looked into for the SKU and the action."""

from collections.abc import Iterator
from functools import cached_property
from io import SEEK_END
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from msgspec import Struct

from listingkit.diff import keys
from listingkit.diff.forms import is_upload_text, read_file
from listingkit.diff.rows import Records
from listingkit.diff.sameness import text
from listingkit.diff.side import wire_action
from listingkit.inventory.read import read_template
from listingkit.inventory.template import Template
from listingkit.inventory.upload import Upload
from listingkit.master.outline import text_lines

BLOCK = 8 << 20  # bytes of lines that are looked at together; larger ones cost more than they save
_HEAD = 1 << 20  # bytes that hold the header rows


class UploadLines(Struct, frozen=True, dict=True):
    """The data lines of an upload text: where they begin, and what its header says."""

    path: Path
    start: int
    template: Template

    def without(self, records: pl.Series, like: Upload | None) -> Upload:
        """The upload without these lines; it has columns of its own, whatever the other is `like`."""
        del like
        with TemporaryDirectory(prefix="listingkit-") as folder:
            path = Path(folder) / self.path.name
            with self.path.open("rb") as source, path.open("wb") as target:
                self._read[1].copy_without(records, source, target)
            return read_file(path)

    @property
    def rows(self) -> pl.DataFrame:
        """See `Outlined`."""
        return self._read[0]

    @cached_property
    def _read(self) -> tuple[pl.DataFrame, Records]:
        action, parts, sizes = self._place(keys.ACTION), [], []
        for lines in self._blocks():
            table = lines.select(
                _cell(self._place(keys.SKU) or 0).alias("sku"),
                (pl.lit("") if action is None else _cell(action).fill_null("")).alias("action"),
                pl.col("line").hash(seed=0).alias("hash"),
            )
            table = table.with_columns(text(table.get_column("sku")))
            words = table.get_column("action").unique()
            wires = pl.Series([wire_action(word, self.template) for word in words], dtype=pl.String)
            parts.append(table.with_columns(pl.col("action").replace_strict(words, wires, return_dtype=pl.String)))
            sizes.append(lines.get_column("size").cast(pl.UInt32))
        return pl.concat(parts).with_row_index("record"), Records(pl.concat(sizes), self.start)

    def children_of(self, parents: pl.Series) -> pl.Series:
        """The SKUs whose rows name one of these parents."""
        found = [parents.clear()]
        if (parent := self._place(keys.PARENT)) is not None:
            for lines in self._blocks():
                table = lines.select(_cell(self._place(keys.SKU) or 0).alias("sku"), _cell(parent).alias("parent"))
                named = text(table.get_column("parent")).is_in(parents.to_list()).fill_null(value=False)
                found.append(text(table.get_column("sku").filter(named)))
        return pl.concat(found)

    def _place(self, key: str) -> int | None:
        """The position of the column with this key."""
        store = next(iter(self.template.marketplaces), "")
        found = (one.index for one in self.template.columns if keys.key(one.path, store, self.template.language) == key)
        return next(found, None)

    def _blocks(self) -> Iterator[pl.DataFrame]:
        """The lines, some megabytes at a time, see `text_lines`; at least one block."""
        with self.path.open("rb") as stream:
            start, end = self.start, stream.seek(0, SEEK_END)
            while True:
                stream.seek(start + BLOCK)
                size = BLOCK + len(stream.readline())
                stream.seek(start)
                yield text_lines(stream.read(size))
                start += size
                if start >= end:
                    return


def alike(old: Path, new: Path) -> tuple[UploadLines, UploadLines] | None:
    """Both files, where they are UTF-8 uploads whose columns mean the same."""
    if not all(is_upload_text(path) for path in (old, new)):
        return None
    one, other = _lines(old), _lines(new)
    if one is None or other is None or _meaning(one.template) != _meaning(other.template):
        return None
    return one, other


def _lines(path: Path) -> UploadLines | None:
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return None
    with TemporaryDirectory(prefix="listingkit-") as folder:
        sample = Path(folder) / path.name
        sample.write_bytes(head[: head.rfind(b"\n") + 1])
        template = read_template(sample)
    rows = head.split(b"\n", template.data_row - 1)
    if len(rows) < template.data_row:
        return None
    lines = UploadLines(path, len(head) - len(rows[-1]), template)
    return lines if lines._place(keys.SKU) is not None else None  # noqa: SLF001 - made here


def _meaning(template: Template) -> tuple[object, ...]:
    columns = [(one.index, one.path, one.aliases) for one in template.columns]
    return columns, template.default_action, template.marketplaces, template.language, template.generation


def _cell(column: int) -> pl.Expr:
    return pl.col("line").str.extract(rf"^(?:[^\t]*\t){{{column}}}([^\t]*)")
