"""`check --fix` and `--diff`: fixes in a copy of the master, or shown."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from listingkit.master.sheet import Master
from listingkit.mend import Edit, edits, written
from listingkit.report.escape import visible
from listingkit.rules.findings import Findings


def mend(findings: Findings, masters: Sequence[Master], *, unsafe: bool, show: bool) -> None:
    """Show the fixes, or write them into `MASTER.fixed.xlsx` (or `.csv`) beside the master with a log of what was changed."""
    found = list(edits(findings, masters, unsafe=unsafe))
    if show:
        for line in _shown(found):
            click.echo(line)
        return
    for master in dict.fromkeys(master.file for master in masters):
        mine = [edit for edit in found if edit.file == master]
        if mine:
            out = written(Path(master), mine, [one for one in masters if one.file == master])
            click.echo(f"{len(mine)} {'cell' if len(mine) == 1 else 'cells'} fixed in {out}; {out}.log.jsonl undoes them", err=True)


def _shown(found: Sequence[Edit]) -> Iterator[str]:
    for edit in found:
        place = f"{Path(edit.file).name}{f' > {edit.sheet}' if edit.sheet else ''} {edit.cell}"
        yield f"{place}  {edit.code}"
        yield f"- {visible(edit.old)}"
        yield f"+ {visible(edit.new)}"
