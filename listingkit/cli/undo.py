"""listingkit undo."""

from pathlib import Path

import click

from listingkit.cli import options


@click.command(cls=options.Careful)
@click.argument("fixed", metavar="FIXED", type=click.Path(path_type=Path, dir_okay=False))
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Where to; default: MASTER.undone.xlsx (or .csv).")
@click.option("--select", multiple=True, metavar="CODES", help="Take back only the fixes of these codes or prefixes (comma-separated).")
def undo(fixed: Path, output: Path | None, select: tuple[str, ...]) -> int:
    """Take the fixes of `check --fix` back out of FIXED, into another copy. Exit status 1 where some cell holds something else by now.

    \b
    listingkit undo master.fixed.xlsx
    listingkit undo master.fixed.xlsx --select TXT006 -o without-TXT006.xlsx
    """
    from listingkit.cli.run import masters_of
    from listingkit.mend.writing import undone
    from listingkit.report.escape import visible
    from listingkit.report.words import count

    words = options.codes(select)
    out = output or fixed.with_name(f"{fixed.name.removesuffix(fixed.suffix).removesuffix('.fixed')}.undone{fixed.suffix}")
    done, left = undone(fixed, out, lambda code: not words or code.startswith(words), masters_of)
    click.echo(f"{count(done, 'cell')} in {out} {'is' if done == 1 else 'are'} as before", err=True)
    for entry in left:
        place = " ".join(part for part in (entry["sheet"], entry["cell"]) if part)
        click.echo(f"{visible(place)} was changed since and stays: it was {visible(entry['old'])!r}")
    return 1 if left else 0
