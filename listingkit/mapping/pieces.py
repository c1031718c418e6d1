"""A sheet that is mapped in pieces: what of it only the whole tells."""

from collections.abc import Mapping

import polars as pl
from msgspec.structs import replace

from listingkit.mapping.apply import Plan
from listingkit.mapping.assign import Assignment
from listingkit.mapping.glance import Glance
from listingkit.mapping.translations import LANGUAGE
from listingkit.mapping.values import Seen, Style, glance_at, look, style_of
from listingkit.master.sheet import Evidence, Master


def needs_every_row(plan: Plan) -> bool:
    """Whether blank cells take values of other rows, or rows of one listing stand in several languages."""
    named = {assignment.field for assignment in plan.assignments} | set(plan.profile.constants) | set(plan.profile.derived)
    return plan.profile.fill_down is not None or LANGUAGE in named


def look_at(seen: dict[Assignment, Seen], frame: pl.DataFrame, plan: Plan, known: Glance | None = None) -> None:
    """Add what a part of a sheet says of its columns to what was `seen` of them; what is `known` of the part need not be asked again."""
    known = known or glance_at(frame, plan.assignments)
    for assignment in plan.assignments:
        found = look(frame[assignment.column.letter], assignment, known)
        if found is not None:
            seen[assignment] = seen[assignment] + found if assignment in seen else found


def styles_of(seen: Mapping[Assignment, Seen], plan: Plan, evidence: Mapping[str, Evidence]) -> dict[Assignment, Style]:
    """How the columns are written, by all that was seen of them."""
    return {
        assignment: style_of(seen[assignment], assignment, plan.profile, evidence.get(assignment.column.letter))
        for assignment in plan.assignments
        if assignment in seen
    }


def with_every_column(master: Master, plan: Plan) -> Master:
    """The part with the columns that only later rows of a workbook fill."""
    there = set(master.frame.columns)
    late = [assignment.column.letter for assignment in plan.assignments if assignment.column.letter not in there]
    return replace(master, frame=master.frame.with_columns(pl.lit(None, pl.String).alias(name) for name in late)) if late else master


def with_head(master: Master, head: pl.DataFrame) -> Master:
    """What the sheet is by its last part, with its first rows."""
    late = [column.letter for column in master.columns if column.letter not in head.columns]
    return replace(master, frame=head.with_columns(pl.lit(None, pl.String).alias(name) for name in late))
