"""The previous state, in any form people have it: an upload, a template, a report, a table, a folder of earlier uploads, a ledger."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from listingkit.diff import ledger, live
from listingkit.diff.forms import is_upload_text, read_file
from listingkit.diff.replay import replay
from listingkit.diff.side import place
from listingkit.diff.split import is_part
from listingkit.errors import ListingkitError, Unreadable
from listingkit.inventory.read import read_template
from listingkit.inventory.upload import Upload


def load(path: str | Path, like: Upload | None = None, *, store: str = "", key: str | None = None, home: Path | None = None) -> Upload:
    """What is live according to `path`, as an upload.

    A file: our own text or workbook, an Amazon template of any generation and language, a Category Listings Report, an All Listings
    Report, or a plain table (`key`: its SKU column). A folder: a ledger, a build's output, the parts of a split upload, or earlier
    uploads of which the newest counts that a ledger (`home`, or in the folder) recorded as sent. Tables take their columns from
    `like`, the upload to compare with. Raises `ListingkitError` children.
    """
    path = Path(path)
    store = store or (place(like)[0] if like else "")
    if path.is_dir():
        return _from_folder(path, like, store, home)
    return read_file(path, like, store=store, key=key)


def _from_folder(path: Path, like: Upload | None, store: str, home: Path | None) -> Upload:
    inside = next((place for place in (path, path / ledger.NAME) if ledger.is_ledger(place)), None)
    if inside is not None and (state := live.state(inside, store)) is not None:
        return state
    found = list(_uploads(path, store))
    if len(found) == 1:
        return read_file(found[0], like, store=store)
    if not found:
        raise Unreadable(f"the folder {path} holds no upload{f' for {store}' if store else ''}: name the file")
    if all(is_part(one) for one in found):
        return together([read_file(one, like, store=store) for one in found])
    if home is not None and ledger.is_ledger(home) and (last := _last_sent(found, home, store)) is not None:
        return last
    names = ", ".join(str(one.relative_to(path)) for one in found[:5])
    raise ListingkitError(
        f"the folder {path} holds {len(found)} uploads ({names}{' ...' if found[5:] else ''}) and no ledger says which was sent last: "
        "name one, or record what is sent with listingkit sent"
    )


def one_text(paths: Sequence[str], store: str) -> Path | None:
    """The text file that alone tells what is live in a marketplace, where it is one: it can be compared line by line."""
    given = [Path(path) for path in paths]
    if len(given) == 1 and given[0].is_dir():
        recorded = any(ledger.is_ledger(place) for place in (given[0], given[0] / ledger.NAME))
        given = [] if recorded else list(_uploads(given[0], store))
        return given[0] if len(given) == 1 and is_upload_text(given[0]) else None
    if not all(path.is_file() and is_upload_text(path) for path in given):
        return None
    mine = [path for path in given if _is_for(path, store)]
    return mine[0] if len(mine) == 1 else None


def _last_sent(found: Sequence[Path], home: Path, store: str) -> Upload | None:
    """The state after the newest of these files that was recorded; None where none was."""
    sums = {_sha256(one) for one in found}
    last = max((entry.number for entry in ledger.entries(home, store or None) if entry.sha256 in sums), default=None)
    return None if last is None else live.state(home, store, last)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def together(uploads: Sequence[Upload]) -> Upload:
    """What is live after several uploads, the first one first; one is taken as it is."""
    if len(uploads) == 1:
        return uploads[0]
    state = replay(uploads)
    if state is None:
        raise Unreadable("there is no previous upload")
    return replace(state, complete=all(one.complete for one in uploads))


def _uploads(path: Path, store: str) -> Iterator[Path]:
    """The uploads in a folder: of a build the marketplace's own, else every inventory file of this marketplace."""
    if store and (path / store / "upload.txt").is_file():
        yield path / store / "upload.txt"
        return
    for one in sorted(path.rglob("*")):
        if one.suffix.lower() not in (".txt", ".xlsx", ".xlsm") or one.name == "delta.txt" or not one.is_file():
            continue
        repeats = one.parent.name == ledger.PARTS and (one.parent.parent / "upload.txt").is_file() and one.parent != path
        if not repeats and not (is_part(one) and one.suffix != ".txt") and _is_for(one, store):
            yield one


def _is_for(path: Path, store: str) -> bool:
    try:
        stores = read_template(path).marketplaces
    except Unreadable:
        return False
    return not store or not stores or store in stores
