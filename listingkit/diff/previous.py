"""The previous state, in any form people have it: an upload, a template, a report, a table, a folder of earlier uploads, a ledger."""

from collections.abc import Iterator
from pathlib import Path

from listingkit.diff import ledger, live
from listingkit.diff.forms import read_file
from listingkit.diff.side import place
from listingkit.errors import ListingkitError, Unreadable
from listingkit.inventory.read import read_template
from listingkit.inventory.upload import Upload


def load(path: str | Path, like: Upload | None = None, *, store: str = "", key: str | None = None, home: Path | None = None) -> Upload:
    """What is live according to `path`, as an upload.

    A file: our own text or workbook, an Amazon template of any generation and language, a Category Listings Report, an All Listings
    Report, or a plain table (`key`: its SKU column). A folder: a ledger, a build's output, or earlier uploads of which the one
    counts that the ledger (`home`, or in the folder) recorded last. Tables take their columns from `like`, the upload to compare with.
    Raises `ListingkitError` children.
    """
    path = Path(path)
    store = store or (place(like)[0] if like else "")
    if path.is_dir():
        return _from_folder(path, like, store, home)
    return read_file(path, like, store=store, key=key)


def _from_folder(path: Path, like: Upload | None, store: str, home: Path | None) -> Upload:
    if ledger.is_ledger(path):
        home = path
    elif home is None and ledger.is_ledger(path / ledger.NAME):
        home = path / ledger.NAME
    if home is not None:
        state = live.state(home, store)
        if state is not None:
            return state
    found = list(_uploads(path, store))
    if len(found) == 1:
        return read_file(found[0], like, store=store)
    if not found:
        raise Unreadable(f"the folder {path} holds no upload{f' for {store}' if store else ''}: name the file")
    names = ", ".join(str(one.relative_to(path)) for one in found[:5])
    raise ListingkitError(
        f"the folder {path} holds {len(found)} uploads ({names}{' ...' if found[5:] else ''}) and no ledger says which was sent last: "
        "name one, or record what is sent with listingkit sent"
    )


def _uploads(path: Path, store: str) -> Iterator[Path]:
    """The uploads in a folder: of a build the marketplace's own, else every inventory file of this marketplace."""
    if store and (path / store / "upload.txt").is_file():
        yield path / store / "upload.txt"
        return
    for one in sorted(path.rglob("*")):
        if one.suffix.lower() in (".txt", ".xlsx", ".xlsm") and one.name != "delta.txt" and one.is_file() and _is_for(one, store):
            yield one


def _is_for(path: Path, store: str) -> bool:
    try:
        stores = read_template(path).marketplaces
    except Unreadable:
        return False
    return not store or not stores or store in stores
