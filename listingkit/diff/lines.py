"""Large text uploads: rows that are the same line in both files are unchanged, and only the others are read.

A million rows are mostly rows that nobody touched. Lines are read in blocks and kept as a hash a row, so that memory depends on
what changed instead of on what there is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import polars as pl

from listingkit.diff import keys
from listingkit.diff.changes import Changes
from listingkit.diff.compare import UNSEEN, compare
from listingkit.diff.forms import is_upload_text, read_file
from listingkit.diff.sameness import text
from listingkit.diff.settings import DEFAULT, Settings
from listingkit.diff.side import DELETE, FULL, PARTIAL, side, wire_action
from listingkit.inventory.template import Template
from listingkit.inventory.upload import Upload

BLOCK = 8 << 20  # bytes of lines that are looked at together; larger ones cost more than they save
SMALL = 8 << 20  # bytes of a file below which it is simply read
_HEAD = 1 << 20  # bytes that hold the header rows


@dataclass(frozen=True)
class _Lines:
    """The data lines of an upload text: where they begin, and what its header says."""

    path: Path
    head: bytes
    template: Template

    def column(self, key: str) -> int | None:
        """The position of the column with this key."""
        store = next(iter(self.template.marketplaces), "")
        found = (one.index for one in self.template.columns if keys.key(one.path, store, self.template.language) == key)
        return next(found, None)

    def blocks(self) -> Iterator[tuple[int, pl.DataFrame]]:
        """The lines, a block at a time, with the byte at which the block begins; `line` is null where one is blank."""
        start = len(self.head)
        with self.path.open("rb") as stream:
            stream.seek(start)
            while block := stream.read(BLOCK):
                block += stream.readline()
                yield start, _lines(block)
                start += len(block)


def compare_files(
    old: Path, new: Path, settings: Settings = DEFAULT, *, store: str = "", key: str | None = None, apart: pl.Series | None = None
) -> Changes:
    """Compare two files as `compare` does the uploads in them. SKUs that are set `apart` are as if the old file had none of them."""
    pair = _alike(old, new)
    if pair is None:
        wanted = read_file(new, store=store, key=key)
        return compare(without(read_file(old, wanted, store=store, key=key), apart), wanted, settings)
    before, after = (_fingerprints(lines) for lines in pair)
    if apart is not None:
        before = before.filter(~pl.col("sku").is_in(apart.to_list()).fill_null(value=False))
    same = _unchanged(before, after)
    family = _children_of_deleted(pair, after, same)
    same = same.filter(~pl.col("sku").is_in(family.to_list()))
    with _rest(pair[0], before, same) as one, _rest(pair[1], after, same) as other:
        changes = compare(read_file(one), read_file(other), settings)
    unchanged = pl.concat([changes.unchanged, same.get_column("sku").rename(changes.unchanged.name)]).sort()
    said = {"OPS009": unchanged} if len(unchanged) else {}
    merged = UNSEEN not in changes.notes and (before.get_column("action") == PARTIAL).any()
    notes = (*changes.notes, UNSEEN) if merged else changes.notes
    return replace(changes, unchanged=unchanged, advice=said | {**changes.advice} | said, notes=notes)


def without(upload: Upload, apart: pl.Series | None) -> Upload:
    """The upload without these SKUs."""
    if apart is None or not len(apart):
        return upload
    before = side(upload)
    return replace(before.upload, frame=before.upload.frame.filter(~before.sku.is_in(apart.to_list()).fill_null(value=False)))


def _alike(old: Path, new: Path) -> tuple[_Lines, _Lines] | None:
    """Both files, where they are large UTF-8 uploads whose columns mean the same."""
    if not all(path.is_file() and path.stat().st_size > SMALL and is_upload_text(path) for path in (old, new)):
        return None
    one, other = _opened(old), _opened(new)
    if one is None or other is None or _meaning(one.template) != _meaning(other.template):
        return None
    return one, other


def _opened(path: Path) -> _Lines | None:
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
        template = read_file(sample).template
    rows = head.split(b"\n", template.data_row - 1)
    if len(rows) < template.data_row:
        return None
    lines = _Lines(path, head[: len(head) - len(rows[-1])], template)
    return lines if lines.column(keys.SKU) is not None else None


def _meaning(template: Template) -> tuple[object, ...]:
    columns = [(one.index, one.path, one.aliases) for one in template.columns]
    return columns, template.default_action, template.marketplaces, template.language, template.generation


def _lines(block: bytes) -> pl.DataFrame:
    """A block of lines as one column; a null is a blank line."""
    schema = {"line": pl.String}
    return pl.read_csv(block, separator="\x1f", quote_char=None, has_header=False, schema=schema, truncate_ragged_lines=True)


def _cell(column: int) -> pl.Expr:
    return pl.col("line").str.extract(rf"^(?:[^\t]*\t){{{column}}}([^\t]*)")


def _fingerprints(lines: _Lines) -> pl.DataFrame:
    """For every line: its SKU, what its action means, a hash of all of it, and which bytes of the file it is."""
    action, parts = lines.column(keys.ACTION), []
    for start, block in lines.blocks():
        size = pl.col("line").str.len_bytes().fill_null(0) + 1
        table = block.select(
            _cell(lines.column(keys.SKU) or 0).alias("sku"),
            (pl.lit("") if action is None else _cell(action).fill_null("")).alias("action"),
            pl.col("line").str.strip_suffix("\r").hash(seed=0).alias("hash"),
            (size.cast(pl.UInt64).cum_sum() - size + start).alias("start"),
            size.alias("size"),
        )
        table = table.with_columns(text(table.get_column("sku")))
        words = table.get_column("action").unique()
        wires = pl.Series([wire_action(word, lines.template) for word in words], dtype=pl.String)
        parts.append(table.with_columns(pl.col("action").replace_strict(words, wires, return_dtype=pl.String)))
    return pl.concat(parts)


def _unchanged(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """SKUs (with their hash) that stand once in each file, in the same line, and are neither deleted nor left alone there."""
    once = [frame.filter(pl.col("sku").is_unique() & pl.col("action").is_in([FULL, PARTIAL])) for frame in (before, after)]
    return once[0].join(once[1].select("sku", "hash"), on=["sku", "hash"]).select("sku", "hash")


def _children_of_deleted(pair: tuple[_Lines, _Lines], after: pl.DataFrame, same: pl.DataFrame) -> pl.Series:
    """Unchanged children of parents that the new file deletes: they must be looked at, for they would lose their parent."""
    deleted = after.filter(pl.col("action") == DELETE).get_column("sku").drop_nulls()
    parent, sku = pair[0].column(keys.PARENT), pair[0].column(keys.SKU)
    found = [same.get_column("sku").clear()]
    if len(deleted) and parent is not None:
        for _, block in pair[0].blocks():
            table = block.select(_cell(sku or 0).alias("sku"), _cell(parent).alias("parent"))
            named = text(table.get_column("parent")).is_in(deleted.to_list()).fill_null(value=False)
            found.append(text(table.get_column("sku").filter(named)))
    return pl.concat(found)


@contextmanager
def _rest(lines: _Lines, fingerprints: pl.DataFrame, same: pl.DataFrame) -> Iterator[Path]:
    """A file with the same header and only the lines that are not unchanged; the file itself where no line is."""
    if not same.height:
        yield lines.path
        return
    rows = fingerprints.join(same.select("sku"), on="sku", how="anti").sort("start")
    follows = pl.col("start") == pl.col("start").shift() + pl.col("size").shift()
    runs = rows.group_by((~follows).fill_null(value=True).cum_sum().alias("run"), maintain_order=True)
    with TemporaryDirectory(prefix="listingkit-") as folder:
        path = Path(folder) / lines.path.name
        with lines.path.open("rb") as source, path.open("wb") as stream:
            stream.write(lines.head)
            for _, start, size in runs.agg(pl.col("start").first(), pl.col("size").sum()).iter_rows():
                source.seek(start)
                _copy(source, stream, size)
        yield path


def _copy(source: BinaryIO, stream: BinaryIO, size: int) -> None:
    """Copy whole lines; the last one of a file may lack its end."""
    while size:
        block = source.read(min(size, BLOCK))
        if not block:
            break
        size -= len(block)
        stream.write(block)
    if size:
        stream.write(b"\n")
