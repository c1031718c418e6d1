"""What is seen of the columns of a table, in counts: where a table and a part of it are known, so is the rest, without reading it."""

from collections.abc import Iterable, Mapping

import polars as pl
from msgspec.structs import replace

from listingkit.mapping.assign import Assignment
from listingkit.mapping.values import Seen, look

BLANK = pl.Series([], dtype=pl.String)


class Tally:
    """What `look` says of the columns of these assignments, and how often each different cell was seen."""

    def __init__(self, assignments: Iterable[Assignment]) -> None:
        self._counted: dict[Assignment, list[pl.DataFrame]] = {}
        self._seen: dict[Assignment, Seen] = {}
        for assignment in assignments:
            if (blank := look(BLANK, assignment)) is not None and blank.distinct is not None:
                self._counted[assignment] = [_counts(BLANK)]
            elif blank is not None:
                self._seen[assignment] = blank

    @property
    def assignments(self) -> Iterable[Assignment]:
        """Those whose columns are looked at."""
        return (*self._counted, *self._seen)

    def add(self, frame: pl.DataFrame) -> None:
        """Look at more rows; their columns are named by letter."""
        for assignment, counts in self._counted.items():
            counts.append(_counts(frame.get_column(assignment.column.letter)))
        for assignment, seen in self._seen.items():
            more = look(frame.get_column(assignment.column.letter), assignment)
            self._seen[assignment] = seen + more if more else seen

    def seen(self) -> Mapping[Assignment, Seen]:
        """The same as looking at the whole columns gives."""
        cells = {assignment: _summed(counts).get_column("cell") for assignment, counts in self._counted.items()}
        return {**self._seen, **{assignment: Seen(column) for assignment, column in cells.items()}}

    def exchanged(self, gone: "Tally", more: "Tally") -> "Tally | None":
        """That of a table with the rows of `more` in place of those of `gone`; None where only that table tells.

        All three are of the same assignments.
        """
        made = Tally(())
        for assignment, counts in self._counted.items():
            less = [part.with_columns(-pl.col("times")) for part in gone._counted[assignment]]  # noqa: SLF001 - of its own kind
            made._counted[assignment] = [_summed([*counts, *less, *more._counted[assignment]])]  # noqa: SLF001
        for assignment, seen in self._seen.items():
            lost, found = gone._seen[assignment], more._seen[assignment]  # noqa: SLF001
            if lost.longest == seen.longest > found.longest:  # the others may have one as long, or not
                return None
            filled, tagged = seen.filled - lost.filled + found.filled, seen.tagged - lost.tagged + found.tagged
            made._seen[assignment] = replace(seen, longest=max(seen.longest, found.longest), filled=filled, tagged=tagged)
        return made


def _counts(column: pl.Series) -> pl.DataFrame:
    """Each different cell and how many `times` it stands there."""
    return column.alias("cell").value_counts(name="times").cast({"times": pl.Int64})


def _summed(counts: list[pl.DataFrame]) -> pl.DataFrame:
    """The cells that are there at all."""
    return pl.concat(counts).group_by("cell").agg(pl.col("times").sum()).filter(pl.col("times") > 0)
