"""listingkit build."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from listingkit.cli import options
from listingkit.cli.options import OneOf


@click.command()
@options.jobs
@options.inputs
@options.rules
@click.option(
    "--previous", multiple=True, metavar="FILE_OR_DIR", help="The previous upload, or the folder of an earlier build; repeatable."
)
@click.option("--ledger", metavar="DIR", help="What was sent before, as `listingkit sent` recorded it; default: listingkit-ledger here.")
@click.option("--confirm", metavar="TOKEN", help="Yes to exactly the dangerous changes that printed this token.")
@click.option("--allow-blank-wipes", is_flag=True, help="In the delta, let blank cells erase live values.")
@options.parts
@click.option(
    "--existing-rows",
    "existing",
    type=OneOf(["replace", "append", "keep"]),
    default="replace",
    show_default=True,
    help="Data rows that a template already has: replace them, append ours below, or keep them where both have a SKU.",
)
@click.option("-o", "--out", default="out", show_default=True, metavar="OUT", help="Output folder.")
@click.option("--strict", is_flag=True, help="Ship nothing while there are errors.")
@click.option("--include-errors", is_flag=True, help="Ship rows with errors, too.")
@click.option("--no-fix", is_flag=True, help="Do not apply safe fixes to the uploads; hold the rows back instead.")
def build(
    out: str,
    previous: tuple[str, ...],
    ledger: str | None,
    confirm: str | None,
    *,
    allow_blank_wipes: bool,
    strict: bool,
    include_errors: bool,
    no_fix: bool,
    as_of: date,
    **given: Any,
) -> int:
    """Check MASTER, render one upload a marketplace into OUT, and diff it against the previous upload.

    \b
    listingkit build master.xlsx -m US -m DE -o out
    listingkit build master.xlsx --template mug.xlsm --previous out -o next

    Rows with errors are held back and the clean ones ship. Exit status 1 when there are errors or dangerous changes.
    """
    from listingkit.build import Order, build
    from listingkit.cli.built import told
    from listingkit.cli.progress import shown
    from listingkit.cli.run import config_of, inputs_of
    from listingkit.diff.split import Split

    if strict and include_errors:
        raise click.UsageError("--strict and --include-errors exclude each other")
    config = config_of(given)
    order = Order(
        inputs=inputs_of(given, config),
        out=Path(out),
        as_of=as_of,
        marketplaces=given["marketplaces"],
        templates=given["templates"],
        previous=previous,
        policy="strict" if strict else "all" if include_errors else "hold",
        fix=not no_fix,
        config=config,
        ledger=_ledger(ledger),
        confirm=confirm,
        allow_blank_wipes=allow_blank_wipes,
        existing=given["existing"],
        split=Split(given["split_by"] is not None, given["max_rows"], given["max_bytes"]),
    )
    with shown():
        built = build(order)
    click.echo(told(built), nl=False)
    return built.status


def _ledger(named: str | None) -> Path | None:
    """The ledger that was named, or the one in this folder."""
    from listingkit.diff import ledger

    place = Path(named or ledger.NAME)
    return place if named or ledger.is_ledger(place) else None
