"""What the ledger knows to be live, and how a listing came to be what it is."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from listingkit.diff import keys, ledger
from listingkit.diff.changes import Change
from listingkit.diff.compare import compare
from listingkit.diff.forms import read_file
from listingkit.diff.ledger import Entry
from listingkit.diff.replay import after
from listingkit.diff.side import DELETE, FULL, PARTIAL, side
from listingkit.inventory.upload import Upload


class Step(Struct, frozen=True):
    """What one recorded upload did to one listing. Where it was not `known` before, what its cells were is not."""

    entry: Entry
    changes: tuple[Change, ...]
    known: bool = True


def state(home: Path, store: str, last: int | None = None) -> Upload | None:
    """What is live in a marketplace after every recorded upload (until number `last`); None where nothing was recorded for it."""
    live: Upload | None = None
    for entry in ledger.entries(home, store):
        if last is None or entry.number <= last:
            live = after(live, sent(home, entry))
    return live


def sent(home: Path, entry: Entry) -> Upload:
    """The upload of an entry. Raises `Unreadable`."""
    with TemporaryDirectory(prefix="listingkit-") as folder:
        path = Path(folder) / Path(entry.file).name
        path.write_bytes(ledger.content(home, entry))
        return replace(read_file(path, store=entry.store), store=entry.store)


def history(home: Path, sku: str, store: str | None = None) -> Iterator[Step]:
    """What every recorded upload did to this listing, the oldest first, marketplace by marketplace as they come."""
    live: dict[str, Upload] = {}
    for entry in ledger.entries(home, store):
        upload = _only(sent(home, entry), sku)
        if not upload.frame.height:
            continue
        before = live.get(entry.store) or _before(upload)
        yield Step(entry, tuple(compare(before, upload)), known=entry.store in live or not before.frame.height)
        live[entry.store] = after(live.get(entry.store), upload)


def _before(upload: Upload) -> Upload:
    """What is known of a listing before its first upload: nothing, or that it is there where the upload changes or deletes it."""
    one = side(upload)
    there = one.action.is_in([PARTIAL, DELETE]).fill_null(value=False)
    column = one.paths[keys.SKU]
    frame = one.upload.frame.filter(there).select(pl.when(pl.lit(name == column)).then(name).alias(name) for name in upload.frame.columns)
    return replace(upload, frame=frame, template=replace(upload.template, default_action=FULL))


def _only(upload: Upload, sku: str) -> Upload:
    """The rows of one SKU."""
    column = side(upload).paths[keys.SKU]
    return replace(upload, frame=upload.frame.filter((pl.col(column).str.strip_chars() == sku).fill_null(value=False)))
