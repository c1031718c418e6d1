"""listingkit build."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from listingkit.cli import options


@click.command()
@options.inputs
@options.rules
@click.option("--template", "templates", multiple=True, metavar="FILE", help="An inventory template to fill, as downloaded; repeatable.")
@click.option(
    "--previous", multiple=True, metavar="FILE_OR_DIR", help="The previous upload, or the folder of an earlier build; repeatable."
)
@click.option("-o", "--out", default="out", show_default=True, metavar="OUT", help="Output folder.")
@click.option("--strict", is_flag=True, help="Ship nothing while there are errors.")
@click.option("--include-errors", is_flag=True, help="Ship rows with errors, too.")
@click.option("--no-fix", is_flag=True, help="Do not apply safe fixes to the uploads; hold the rows back instead.")
def build(
    out: str,
    templates: tuple[str, ...],
    previous: tuple[str, ...],
    *,
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
    from listingkit.cli.run import config_of, inputs_of

    if strict and include_errors:
        raise click.UsageError("--strict and --include-errors exclude each other")
    built = build(
        Order(
            inputs=inputs_of(given),
            out=Path(out),
            as_of=as_of,
            marketplaces=given["marketplaces"],
            templates=templates,
            previous=previous,
            policy="strict" if strict else "all" if include_errors else "hold",
            fix=not no_fix,
            config=config_of(given),
        )
    )
    click.echo(told(built), nl=False)
    return built.status
