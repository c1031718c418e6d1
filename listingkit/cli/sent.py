"""listingkit sent."""

from collections.abc import Sequence
from pathlib import Path

import click


@click.command()
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option("-m", "--marketplace", "marketplaces", multiple=True, metavar="CODE", help="Only what went to this marketplace; repeatable.")
@click.option("--whole", is_flag=True, help="The whole upload.txt was uploaded, not delta.txt.")
@click.option("--ledger", "home", metavar="DIR", type=click.Path(path_type=Path), help="The ledger; default: listingkit-ledger here.")
def sent(out: Path, marketplaces: tuple[str, ...], home: Path | None, *, whole: bool) -> None:
    """Record that the files of OUT were uploaded, so that the next build knows what is live.

    OUT is the folder that a build wrote, or one file. Of each marketplace the files in parts/ are taken, where the build split the
    upload; else its delta.txt; where there is none, its upload.txt.

    \b
    listingkit sent out
    listingkit sent out -m DE --whole
    """
    from listingkit.diff import ledger
    from listingkit.marketplace import select
    from listingkit.render.folder import MARK
    from listingkit.report import trend

    home = home or Path(ledger.NAME)
    codes = [store.code for store in select(marketplaces)]
    chosen = _one(out, codes) if out.is_file() else ledger.files(out, whole=whole, marketplaces=codes)
    _base_is_known(home, out, chosen)
    made = {(entry.store, entry.file): entry for entry in ledger.record(home, chosen)}
    if out.is_dir():
        trend.record(home, out, MARK)
    for store, path in chosen:
        if entry := made.get((store, str(path))):
            click.echo(f"{store}: recorded {path} as upload {entry.number}")
        else:
            click.echo(f"{store}: {path} is what was recorded last; nothing to add")
    click.echo(f"the ledger is {home}", err=True)


def _base_is_known(home: Path, out: Path, chosen: Sequence[tuple[str, Path]]) -> None:
    """Refuse to begin with a file of changes: what else is live would not be known. Raises `ListingkitError`."""
    from listingkit.diff import ledger
    from listingkit.errors import ListingkitError

    begun = {entry.store for entry in ledger.entries(home)}
    for store, path in chosen:
        if store not in begun and _of_changes(out, store, path):
            raise ListingkitError(
                f"{path} only changes what is live, and the ledger {home} does not know what was live in {store} before: record that first "
                f"(listingkit sent PREVIOUS -m {store}, the upload that the build was compared with), or say --whole if it was upload.txt"
            )
        begun.add(store)


def _of_changes(out: Path, store: str, path: Path) -> bool:
    """Whether a file is a delta, a part of one, or one with partial updates."""
    from listingkit.diff.forms import read_file
    from listingkit.diff.side import PARTIAL, side

    if out.is_dir():
        return path.name != "upload.txt" and (out / store / "delta.txt").is_file()
    return path.name == "delta.txt" or bool((side(read_file(path, store=store)).action == PARTIAL).any())


def _one(path: Path, codes: list[str]) -> list[tuple[str, Path]]:
    """A single file, for the marketplace that it names or that was given."""
    from listingkit.diff.forms import read_file
    from listingkit.diff.side import place
    from listingkit.errors import ListingkitError

    store = codes[0] if codes else place(read_file(path))[0]
    if not store or len(codes) > 1:
        raise ListingkitError(f"say with -m which marketplace {path} was uploaded to")
    return [(store, path)]
