"""listingkit check."""

from datetime import date
from typing import Any

import click

from listingkit.cli import options


@click.command()
@options.inputs
@options.rules
@click.option("--format", "style", type=click.Choice(options.FORMATS), default="text", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="Write the report there instead of to standard output.")
@click.option("-q", "--quiet", is_flag=True, help="Only the summary line.")
@click.option("--statistics", is_flag=True, help="Only how often each rule was broken.")
def check(style: str, output: str | None, *, quiet: bool, statistics: bool, as_of: date, **given: Any) -> int:
    """Check MASTER and report what is wrong. Exit status 1 when there are errors.

    \b
    listingkit check master.xlsx -m US -m DE
    listingkit check master.csv --format sarif -o findings.sarif
    """
    from listingkit.cli.run import checking, emit
    from listingkit.finding import Severity

    if style == "xlsx" and output is None:
        raise click.UsageError("a workbook goes into a file: name it with -o review.xlsx")
    report, findings, masters = checking(given, as_of)
    extra: dict[str, Any] = (
        {"quiet": quiet, "statistics": statistics} if style == "text" else {"masters": masters} if style == "xlsx" else {}
    )
    emit(report, style, output, **extra)
    return 1 if findings.severities()[Severity.ERROR] else 0
