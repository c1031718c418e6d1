"""What reading could not take: cells that hold an error or no value, rows whose cells may stand in the wrong columns.

Reading finds them and mapping knows whether a listing needs them; here they become findings that hold their listing back.
"""

from collections.abc import Iterator
from itertools import groupby

import polars as pl

from listingkit.finding import Flaw, Safety, Severity
from listingkit.mapping.listings import SOURCE, Lost
from listingkit.master.sheet import ROW
from listingkit.rules.engine import catalogue, wanted
from listingkit.rules.findings import Batch
from listingkit.rules.task import Run


def lost_batches(run: Run) -> Iterator[Batch]:
    """A batch for each code and column; a cell that no listing needs is only told."""
    told = sorted(run.listings.lost, key=_kind)  # in the order of the sheet within each
    for (code, column, matters), group in groupby(told, key=_kind):
        if wanted(code, run.config):
            yield _batch(run, code, column, list(group), matters=matters)


def _kind(lost: Lost) -> tuple[str, str, bool]:
    return lost.cell.code, lost.column, lost.matters


def _batch(run: Run, code: str, column: str, lost: list[Lost], *, matters: bool) -> Batch:
    rule = catalogue()[code]
    named = not column.startswith("#") and bool(column)
    rest = "" if matters else "; the column is not used"
    return Batch(
        code=code,
        name=rule.name,
        severity=rule.severity if matters else Severity.INFO,
        safety=rule.fix or Safety.ASK,
        field=column.partition("@")[0] if named else "",
        column=column,
        marketplaces=(None,),
        stores=(),
        places=_places(run.frame, lost),
        flaws=[Flaw(f"{one.cell.message}{rest}") for one in lost],
    )


def _places(frame: pl.DataFrame, lost: list[Lost]) -> pl.DataFrame:
    """Where they stand; without index those in rows that are no listings."""
    cells = pl.DataFrame(
        {"row": [one.cell.row for one in lost], "source": [one.source for one in lost], "value": [one.cell.value for one in lost]},
        schema={"row": pl.UInt32, "source": pl.UInt16, "value": pl.String},
    )
    rows = frame.select(pl.row_index("index"), row=ROW, source=SOURCE, sku="sku" if "sku" in frame.columns else pl.lit(None, pl.String))
    return cells.join(rows, on=["row", "source"], how="left", maintain_order="left").select("index", "row", "source", "sku", "value")
