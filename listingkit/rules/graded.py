"""What the layers of the config make of findings: silenced or graded, by marketplace, brand and product type.

The engine runs what anybody wants and knows nothing of layers. Here a batch is split by the marketplaces and by the few flawed
rows for which the layers come to something else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import polars as pl
from msgspec import structs

from listingkit.config import Config
from listingkit.finding import Finding, Severity
from listingkit.rules.findings import Batch
from listingkit.rules.split import of_covered, of_rows, of_stores
from listingkit.rules.task import Silence

Outcome = str | None  # `off`, a severity, or None where the rule's own stands
_BY = ("brand", "product_type")


def graded(batches: Iterable[Batch], frame: pl.DataFrame, config: Config) -> Iterator[Batch]:
    """The batches as the config wants them; `frame` is the listings'. Doing it again changes nothing."""
    if not (config.layers or config.select or config.ignore or config.severity):
        yield from batches
        return
    for batch in batches:
        for part in _by_store(batch, config, batch.code):
            yield from _by_row(part, frame, config)


def heard(batches: Iterable[Batch], frame: pl.DataFrame, config: Config, silent: Iterable[Silence]) -> Iterator[Batch]:
    """The batches without the rows for which a rule about their whole column speaks; where that rule is off, they speak themselves."""
    partly = [one for one in silent if not config.everywhere(one.by)]
    for batch in batches:
        parts = [batch]
        for one in partly:
            if one.concerns(batch.code, (batch.column,)):
                parts = [off for part in parts for off in _where_off(part, one.by, frame, config)]
        yield from parts


def graded_notes(notes: Iterable[Finding], config: Config) -> Iterator[Finding]:
    """What is said of a whole sheet or template: the layers of all rows and marketplaces hold."""
    for note in notes:
        said = config.outcome(note.code)
        if said != "off":
            yield replace(note, severity=Severity(said)) if said else note


def _by_store(batch: Batch, config: Config, code: str) -> Iterator[Batch]:
    """Parts whose marketplaces come to the same of this code for every row."""
    groups: dict[tuple[Outcome, ...], list[str]] = {}
    for store in batch.stores:
        groups.setdefault(tuple(config.outcomes(code, store)), []).append(store)
    if len(groups) < 2:
        yield batch
        return
    for group in groups.values():
        part = of_stores(batch, group)
        if part is not None:
            yield part


def _by_row(batch: Batch, frame: pl.DataFrame, config: Config) -> Iterator[Batch]:
    columns = _asked(batch.code, frame, config)
    if not columns:
        part = _with(batch, config.outcome(batch.code, marketplace=_store(batch)))
        if part is not None:
            yield part
        return
    rows = batch.covers if batch.covers is not None else batch.places["index"]
    own = _own(batch) or ""  # layers that say what the rule says by itself do not part its rows
    outcomes = _outcomes(batch.code, _store(batch), frame.select(pl.col(column).gather(rows) for column in columns), config)
    outcomes = outcomes.fill_null(own)
    for said in outcomes.unique(maintain_order=True):
        chosen = outcomes == said
        part = of_covered(batch, chosen, frame.get_column("sku", default=None)) if batch.covers is not None else of_rows(batch, chosen)
        graded_part = _with(part, said or None) if part is not None else None
        if graded_part is not None:
            yield graded_part


def _where_off(batch: Batch, code: str, frame: pl.DataFrame, config: Config) -> Iterator[Batch]:
    """What a batch says of the marketplaces and rows for which another code is off."""
    columns = _asked(code, frame, config)
    for part in _by_store(batch, config, code):
        if columns:
            cells = frame.select(pl.col(column).gather(part.places["index"]) for column in columns)
            off = of_rows(part, _outcomes(code, _store(part), cells, config).eq_missing("off"))
        else:
            off = part if config.outcome(code, marketplace=_store(part)) == "off" else None
        if off is not None:
            yield off


def _own(batch: Batch) -> Outcome:
    """How bad all the flaws of a batch are where no layer speaks; None where that differs."""
    own = {batch.severity_of(flaw) for flaw in batch.flaws}
    return own.pop().value if len(own) == 1 else None


def _store(batch: Batch) -> str:
    """A marketplace of a batch, where all of them come to the same."""
    return batch.stores[0] if batch.stores else ""


def _asked(code: str, frame: pl.DataFrame, config: Config) -> list[str]:
    """The columns of the listings by which the layers grade a code."""
    kinds = {layer.kind for layer in config.layers if layer.kind in _BY and layer.says(code)}
    return [column for column in _BY if column in kinds and column in frame.columns]


def _outcomes(code: str, store: str, cells: pl.DataFrame, config: Config) -> pl.Series:
    """What the layers say of a code for rows with these brands or product types, asked once for each combination."""
    known = {
        kind: config.outcome(code, marketplace=store, **dict(zip(cells.columns, kind, strict=True))) for kind in cells.unique().iter_rows()
    }
    return pl.Series([known[kind] for kind in cells.iter_rows()], dtype=pl.String)


def _with(batch: Batch, said: Outcome) -> Batch | None:
    """The batch at this severity, whatever its flaws say of themselves; None where it is off."""
    if said is None:
        return batch
    if said == "off":
        return None
    flaws = [replace(flaw, severity=None) if flaw.severity else flaw for flaw in batch.flaws]
    return structs.replace(batch, severity=Severity(said), flaws=flaws)
