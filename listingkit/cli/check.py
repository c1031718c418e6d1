"""listingkit check."""

from datetime import date
from typing import Any

import click

from listingkit.cli import options


@click.command(cls=options.Careful)
@options.jobs
@options.inputs
@options.rules
@click.option("--format", "style", type=options.OneOf(options.FORMATS), default="text", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="Write the report there instead of to standard output.")
@click.option("--max-findings", type=click.IntRange(0), metavar="N", help="Of a large master list N findings a rule; 0 for all.")
@click.option("-q", "--quiet", is_flag=True, help="Only the summary line.")
@click.option("--statistics", is_flag=True, help="Only how often each rule was broken.")
@click.option("--schema", "schemas", multiple=True, metavar="FILE", help="Amazon's product type definition (JSON), or a folder of them.")
@click.option("--baseline", metavar="FILE", help="Fail on new findings only: not on those that this file knows.")
@click.option("--write-baseline", metavar="FILE", help="Write what is found now into FILE, for --baseline, and report nothing.")
@click.option("--probe-images", is_flag=True, help="Fetch the images from their addresses and look at them; asks the network.")
@click.option("--fix", is_flag=True, help="Write safe fixes into a copy, MASTER.fixed.xlsx (or .csv).")
@click.option("--unsafe", is_flag=True, help="With --fix or --diff: also fixes that ask, where there is one candidate.")
@click.option("--watch", is_flag=True, help="Check again whenever a file is saved, until Ctrl-C.")
@click.option("--diff", "show", is_flag=True, help="Show what --fix would change, and write nothing.")
def check(
    style: str,
    output: str | None,
    baseline: str | None,
    write_baseline: str | None,
    *,
    quiet: bool,
    statistics: bool,
    fix: bool,
    unsafe: bool,
    show: bool,
    watch: bool,
    as_of: date,
    **given: Any,
) -> int:
    """Check MASTER and report what is wrong. Exit status 1 when there are errors.

    \b
    listingkit check master.xlsx -m US -m DE
    listingkit check master.xlsx --fix
    listingkit check master.xlsx --watch
    listingkit check master.csv --format sarif -o findings.sarif
    listingkit check master.xlsx --write-baseline known.json
    listingkit check master.xlsx --baseline known.json
    """
    from listingkit.cli import known
    from listingkit.cli.progress import shown
    from listingkit.cli.run import checking, emit
    from listingkit.finding import Severity

    if style == "xlsx" and output is None:
        raise click.UsageError("a workbook goes into a file: name it with -o review.xlsx")
    if baseline and write_baseline:
        raise click.UsageError("--baseline compares and --write-baseline writes: give one of them")

    whole = style == "xlsx" or fix or show or bool(baseline or write_baseline) or given["probe_images"]

    def once() -> int:
        before = known.read(baseline) if baseline else None
        with shown():
            report, findings, masters = checking(given, as_of, masters_too=whole)
        if write_baseline:
            known.write(report, write_baseline)
            return 0
        every = findings
        if before is not None:
            report, findings = known.only_new(report, findings, before, given)
        extra: dict[str, Any] = (
            {"quiet": quiet, "statistics": statistics} if style == "text" else {"masters": masters} if style == "xlsx" else {}
        )
        if not show:
            emit(report, style, output, **extra)
        if fix or show:
            from listingkit.cli.fix import mend

            plain = {**given, "probe_images": False, "select": (), "ignore": ()}
            narrow = bool(given["select"] or given["ignore"])
            mend(every, masters, lambda files: checking({**plain, "masters": files}, as_of)[1], narrow=narrow, unsafe=unsafe, show=show)
        return 1 if findings.severities()[Severity.ERROR] else 0

    if not watch:
        return once()
    if "-" in given["masters"]:
        raise click.UsageError("standard input cannot be watched: name a file")
    from listingkit.cli.run import files_of
    from listingkit.cli.watch import watched

    return watched(once, files_of(given, baseline))
