"""listingkit history."""

import json
from pathlib import Path

import click

from listingkit.cli.options import OneOf


@click.command()
@click.argument("sku", metavar="SKU")
@click.option("-m", "--marketplace", metavar="CODE", help="Only this marketplace.")
@click.option("--ledger", "home", metavar="DIR", type=click.Path(path_type=Path), help="The ledger; default: listingkit-ledger here.")
@click.option("--format", "style", type=OneOf(["text", "jsonl"]), default="text", show_default=True)
def history(sku: str, marketplace: str | None, home: Path | None, style: str) -> None:
    """Show how a listing came to be what it is: every recorded upload that touched SKU, the oldest first.

    \b
    listingkit history MUG-BLUE
    listingkit history MUG-BLUE -m DE --format jsonl
    """
    from listingkit import marketplace as stores
    from listingkit.diff import ledger, live
    from listingkit.errors import ListingkitError, Unreadable
    from listingkit.report.changes_text import line

    home = home or Path(ledger.NAME)
    if not ledger.is_ledger(home):
        raise Unreadable(f"there is no ledger {home}: record uploads with listingkit sent, or name the folder with --ledger")
    store = stores.marketplace(marketplace).code if marketplace else None
    steps = list(live.history(home, sku, store))
    if not steps:
        raise ListingkitError(f"no recorded upload{f' to {store}' if store else ''} has a row for {sku!r}")
    for step in steps:
        if style == "jsonl":
            entry = {name: getattr(step.entry, name) for name in ("number", "at", "store", "file", "sha256")}
            changes = [change.to_dict() for change in step.changes]
            click.echo(json.dumps({**entry, "known_before": step.known, "changes": changes}, ensure_ascii=False))
        else:
            click.echo(f"{step.entry.at}  {step.entry.store}  upload {step.entry.number}: {step.entry.file}")
            if not step.known:
                click.echo("    no earlier upload of this listing is recorded, so (blank) may be any value")
            for change in step.changes:
                click.echo(f"    {line(change)}")
            if not step.changes:
                click.echo("    nothing new")
