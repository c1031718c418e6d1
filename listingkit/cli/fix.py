"""`check --fix` and `--diff`: fixes in a copy of the master, or shown."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from listingkit.finding import Finding, Safety, Severity
from listingkit.job import display
from listingkit.master.sheet import Master
from listingkit.mend.edits import Edit, edits
from listingkit.mend.writing import LOG, place_of, written
from listingkit.report.escape import visible
from listingkit.report.words import count
from listingkit.rules.findings import Findings

Again = Callable[[tuple[str, ...]], Findings]  # the same check of other masters
ROUNDS = 8  # of leaving out fixes that make findings; then none is applied


def mend(findings: Findings, masters: Sequence[Master], again: Again, *, narrow: bool, unsafe: bool, show: bool) -> None:
    """Show the fixes, or write them into `MASTER.fixed.xlsx` (or `.csv`) beside the master with a log of what was changed.

    Every set of fixes is tried on a copy that is checked again by every rule; those that would make a new finding are left out.
    `narrow`: the findings are not those of every rule.
    """
    files = tuple(dict.fromkeys(master.file for master in masters))
    wanted = list(edits(findings, masters, unsafe=unsafe))
    for file in dict.fromkeys(edit.file for edit in wanted):
        place_of(Path(file), _sheets(masters, file))
    before = again(files) if wanted and narrow else findings
    with tempfile.TemporaryDirectory() as folder:
        good, left_over = _proven(wanted, before, masters, again, Path(folder), files)
    if show:
        for line in _shown(good):
            click.echo(line)
    else:
        for file in dict.fromkeys(edit.file for edit in good):
            mine = [edit for edit in good if edit.file == file]
            copy = written(Path(file), mine, _sheets(masters, file))
            told = (
                f"{count(len(copy.done), 'cell')} fixed in {copy.path}; listingkit undo {copy.path} takes them back ({copy.path.name}{LOG})"
            )
            click.echo(told, err=True)
        if good:
            errors, warnings = (left_over.severities()[one] for one in (Severity.ERROR, Severity.WARNING))
            click.echo(f"checked again with the fixes: {count(errors, 'error')} and {count(warnings, 'warning')} left", err=True)
    offered = {(one.file, one.sheet, one.cell) for one in findings if one.fix and (unsafe or one.fix.safety is Safety.SAFE)}
    if not offered:
        more = "" if unsafe else " that is safe; --unsafe also takes those that ask for a yes"
        click.echo(f"nothing to fix: no finding has a fix{more}", err=True)
    elif len(wanted) < len(offered):
        other = count(len(offered) - len(wanted), "fix is", "fixes are")
        click.echo(f"{other} left for you: the cell holds its value in other words or units, or has several proposals", err=True)
    rivals = _rivals(findings, good, files)
    if rivals:
        more = count(rivals, "more fix is for a cell", "more fixes are for cells")
        click.echo(f"{more} that another fix changes first: check the copy with --fix to apply what is still wrong then", err=True)
    if len(good) < len(wanted):
        left = count(len(wanted) - len(good), "fix is", "fixes are")
        click.echo(f"{left} left for you: the cell is a formula, cannot hold the value, or would become wrong in another way", err=True)


def _sheets(masters: Sequence[Master], file: str) -> list[Master]:
    return [master for master in masters if master.file == file]


def _rivals(findings: Findings, good: Sequence[Edit], files: Sequence[str]) -> int:
    """How many safe fixes would have given a cell another value than the one that it gets."""
    given = {(display(edit.file, files), edit.sheet, edit.cell): edit.new for edit in good}
    safe = (one for one in findings if one.fix is not None and one.fix.safety is Safety.SAFE)
    other = {
        (place, one.fix.value, one.code)
        for one in safe
        if one.fix is not None and (place := (one.file, one.sheet, one.cell)) in given and given[place] != one.fix.value
    }
    return len(other)


def _proven(
    wanted: Sequence[Edit], findings: Findings, masters: Sequence[Master], again: Again, folder: Path, files: tuple[str, ...]
) -> tuple[list[Edit], Findings]:
    """The edits that can be written and make no finding that was not there before; and what is found when they are made."""
    before = Counter(_place(finding, files) for finding in findings)
    good = list(wanted)
    for number in range(ROUNDS):
        if not good:
            break
        copies, good = _copies(good, masters, folder / str(number), files)
        left = again(copies)
        bad = Counter(_place(finding, copies) for finding in left) - before
        if not bad:
            return good, left
        good = [edit for edit in good if not _is_to_blame(edit, bad, files, good)]
    return [], findings


def _copies(good: Sequence[Edit], masters: Sequence[Master], folder: Path, files: tuple[str, ...]) -> tuple[tuple[str, ...], list[Edit]]:
    """Every master, fixed where there is something to fix, as a copy of the same name; and what could be written."""
    made: list[str] = []
    done: list[Edit] = []
    for number, file in enumerate(files):
        mine = [edit for edit in good if edit.file == file]
        if not mine:
            made.append(file)
            continue
        copy = written(Path(file), mine, _sheets(masters, file), folder / str(number) / Path(file).name)
        made.append(str(copy.path))
        done += copy.done
    return tuple(made), done


def _place(finding: Finding, files: Sequence[str]) -> tuple[Any, ...]:
    """What makes a finding the same one before and after: its file by number, its place, its rule."""
    number = next((number for number, file in enumerate(files) if display(file, files) == finding.file), -1)
    return number, finding.sheet, finding.row, finding.field, finding.code, finding.marketplace


def _is_to_blame(edit: Edit, bad: Iterable[tuple[Any, ...]], files: Sequence[str], good: Sequence[Edit]) -> bool:
    """Whether an edit stands in a row that a new finding is about; where no edit does, every edit of its file is to blame."""
    for number, sheet, row, *_ in bad:
        if number < 0 or files[number] != edit.file:
            continue
        in_row = any(one.row == row and one.sheet == sheet and one.file == edit.file for one in good)
        if (edit.row == row and edit.sheet == sheet) or not in_row:
            return True
    return all(number < 0 for number, *_ in bad)


def _shown(found: Sequence[Edit]) -> Iterator[str]:
    for edit in found:
        place = f"{Path(edit.file).name}{f' > {edit.sheet}' if edit.sheet else ''} {edit.cell}"
        yield f"{visible(place)}  {edit.code}"
        yield f"- {visible(edit.old)}"
        yield f"+ {visible(edit.new)}"
