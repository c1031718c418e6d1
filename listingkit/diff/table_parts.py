"""Very large tables of different making: both are mapped part by part onto disk, and compared row by row there."""

from collections.abc import Iterator
from functools import cached_property
from io import BytesIO
from pathlib import Path

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from listingkit.diff import keys
from listingkit.diff.forms import is_inventory_file, is_upload_text, profile_of, upload_of
from listingkit.diff.sameness import text
from listingkit.diff.side import actions, paths_of
from listingkit.errors import Unwritable
from listingkit.inventory.upload import LISTING, Upload
from listingkit.mapping.apply import map_part, plan
from listingkit.mapping.assign import Assignment
from listingkit.mapping.pieces import look_at, needs_every_row, styles_of, with_every_column, with_head
from listingkit.mapping.values import Seen
from listingkit.mapping.votes import LOOKED_AT
from listingkit.master.batches import read_batches

ROWS = 20_000  # of a part; it is held in several forms at once
VERY_LARGE = {False: 256 << 20, True: 32 << 20}  # bytes of a file that is better not held, and of a packed one
PACKED = (b"PK", b"\x1f\x8b")


def spilled(old: Path, new: Path, store: str, key: str | None, folder: Path) -> "tuple[Spilled, Spilled] | None":
    """Both files on disk in this folder, where they are tables, one is very large, and their rows do not need each other."""
    if not any(_is_very_large(path) for path in (old, new)) or not all(_is_table(path) for path in (new, old)):
        return None
    after = _spilled(new, None, store, key, folder / "new")
    before = _spilled(old, after.like, store, key, folder / "old") if after else None
    if after is None or before is None:
        return None
    shared = tuple(name for name in before.like.frame.columns if name in after.like.frame.columns and name != LISTING)
    return replace(before, shared=shared), replace(after, shared=shared)


def _is_very_large(path: Path) -> bool:
    with path.open("rb") as stream:
        return path.stat().st_size > VERY_LARGE[stream.read(2) in PACKED]


def _is_table(path: Path) -> bool:
    return not is_upload_text(path) and not is_inventory_file(path)


def _spilled(path: Path, like: Upload | None, store: str, key: str | None, folder: Path) -> "Spilled | None":
    """The rows of a table in this folder; None where they need each other.

    What the columns are and how they are written is taken from the first rows; where all rows say otherwise, they are mapped again.
    """
    first = next(read_batches(path, rows=ROWS))
    assumed = plan(first, profile_of(first, key))
    while not needs_every_row(assumed):
        seen: dict[Assignment, Seen] = {}
        head = first.frame.clear()
        made = _Folder(folder)
        for master in read_batches(path, rows=ROWS):
            head = pl.concat([head, master.frame.head(LOOKED_AT - head.height)], how="diagonal")
            last = with_every_column(master, assumed)
            look_at(seen, last.frame, assumed)
            assumed = assumed if assumed.styles else replace(assumed, styles=styles_of(seen, assumed, last.evidence))
            listings = map_part(last, assumed).listings(assumed.profile)
            upload = upload_of(listings, assumed.profile, like, store, path.name)
            made.add(upload.frame)
        found = plan(with_head(last, head), profile_of(last, key))
        found = replace(found, styles=styles_of(seen, replace(assumed, styles={}), last.evidence))
        if replace(found, notes=assumed.notes) == assumed:
            return Spilled(replace(upload, frame=upload.frame.clear()), tuple(made.parts), ())
        assumed = found if found.assignments == assumed.assignments else replace(found, styles={})
    return None


class _Folder:
    """Parts of a frame on disk."""

    def __init__(self, place: Path) -> None:
        self.place, self.parts = place, list[Path]()
        place.mkdir(exist_ok=True)

    def add(self, part: pl.DataFrame) -> None:
        self.parts.append(self.place / f"{len(self.parts)}.arrow")
        try:
            part.write_ipc(self.parts[-1], compression="lz4")
        except OSError as error:
            why = f"{self.place.parent} cannot hold the tables while they are compared ({error.strerror or error})"
            raise Unwritable(f"{why}; set TMPDIR to a larger place") from None


class Spilled(Struct, frozen=True, dict=True):
    """The rows of a table on disk, as they are compared: one file a part."""

    like: Upload  # without rows
    parts: tuple[Path, ...]
    shared: tuple[str, ...]  # columns that both tables have

    def uploads(self) -> Iterator[Upload]:
        for path in self.parts:
            yield replace(self.like, frame=pl.read_ipc(path))

    @cached_property
    def rows(self) -> pl.DataFrame:
        """See `Outlined`."""
        parts = []
        for one in self.uploads():
            paths = paths_of(one)
            hashed = one.frame.select(self.shared).hash_rows(seed=0)
            sku = text(one.frame.get_column(paths[keys.SKU]))
            parts.append(pl.DataFrame({"sku": sku, "action": actions(one, paths.get(keys.ACTION)), "hash": hashed}))
        return pl.concat(parts).with_row_index("record")

    def without(self, records: pl.Series, like: Upload | None) -> Upload:
        """The upload without these rows; it was made in the columns of the other, if of any."""
        del like
        gone = pl.repeat(value=False, n=self.rows.height, dtype=pl.Boolean, eager=True).scatter(records, values=True)
        kept, at = [self.like.frame], 0
        for one in self.uploads():
            kept.append(_alone(one.frame.filter(~gone.slice(at, one.frame.height))))
            at += one.frame.height
        return replace(self.like, frame=pl.concat(kept, how="diagonal"))

    def children_of(self, parents: pl.Series) -> pl.Series:
        """The SKUs whose rows name one of these parents."""
        paths = paths_of(self.like)
        found = [parents.clear()]
        for one in self.uploads() if keys.PARENT in paths and len(parents) else ():
            sku, parent = (text(one.frame.get_column(paths[key])) for key in (keys.SKU, keys.PARENT))
            found.append(sku.filter(parent.is_in(parents.to_list()).fill_null(value=False)))
        return pl.concat(found)


def _alone(frame: pl.DataFrame) -> pl.DataFrame:
    """A copy that does not keep in memory what the frame was taken from."""
    stream = BytesIO()
    frame.write_ipc(stream)
    return pl.read_ipc(stream.getvalue())
