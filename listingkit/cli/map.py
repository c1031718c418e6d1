"""listingkit map."""

import json
from typing import Any

import click

from listingkit.cli.options import Careful, OneOf


@click.command("map", cls=Careful)
@click.argument("master", metavar="MASTER")
@click.option("-o", "--output", metavar="FILE", help="Write a profile there, commented, for you to correct; never over another one.")
@click.option(
    "--accept",
    type=click.FloatRange(0, 1),
    metavar="0..1",
    help="For pipelines: take what is at least so sure; exit 1 if a question is left.",
)
@click.option("--preset", metavar="NAME", help="Read the sheet as this preset, or as none.")
@click.option("--sheet", help="Sheet to read, by name or pattern; default: the one with the table.")
@click.option("--encoding", help="Encoding of a text master, where detection is wrong.")
@click.option("--delimiter", metavar="CHAR", help="Delimiter of a text master, where detection is wrong; tab for tabs.")
@click.option("--header-row", type=click.IntRange(min=1), metavar="ROW", help="Row of the header, where detection is wrong.")
@click.option("--format", "style", type=OneOf(["text", "json"]), default="text", show_default=True)
def map_(
    master: str,
    output: str | None,
    accept: float | None,
    preset: str | None,
    sheet: str | None,
    encoding: str | None,
    delimiter: str | None,
    header_row: int | None,
    style: str,
) -> int:
    """Propose which column of MASTER is which field, and say what is unsure.

    \b
    listingkit map master.xlsx -o profile.toml
    listingkit check master.xlsx --profile profile.toml
    """
    from listingkit.mapping.draft import draft, write
    from listingkit.mapping.profile import Profile
    from listingkit.mapping.propose import ACCEPT, propose
    from listingkit.master.read import read
    from listingkit.report.escape import json_visible

    threshold = ACCEPT if accept is None else accept
    read_in = read(master, sheet=sheet, encoding=encoding, delimiter=delimiter, header_row=header_row)
    proposal = propose(read_in, Profile(file="--preset", preset=preset))
    if output:
        write(output, draft(proposal, threshold))
    click.echo(_table(proposal, threshold) if style == "text" else json_visible(_json(proposal, threshold)))
    return 1 if accept is not None and proposal.questions(threshold) else 0


def _table(proposal: Any, threshold: float) -> str:
    import shutil
    import sys

    from listingkit.mapping.report import table
    from listingkit.report.escape import visible

    wide = max(100, shutil.get_terminal_size().columns) if sys.stdout.isatty() else 180
    return "\n".join(visible(line) for line in table(proposal, threshold, wide).split("\n"))


def _json(proposal: Any, threshold: float) -> str:
    from listingkit.mapping.report import rows

    return json.dumps(rows(proposal, threshold), ensure_ascii=False, indent=2)
