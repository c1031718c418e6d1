"""What the layers of the config make of findings: silenced or graded, by marketplace, brand and product type.

The engine runs what anybody wants and knows nothing of layers. Here a batch is split by the marketplaces and by the few flawed
rows for which the layers come to something else.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl
from msgspec import structs

from listingkit.config import Config
from listingkit.finding import Finding, Severity
from listingkit.rules.findings import Batch
from listingkit.rules.split import of_covered, of_rows, of_stores

Outcome = str | None  # `off`, a severity, or None where the rule's own stands
_BY = ("brand", "product_type")


def graded(batches: Iterable[Batch], frame: pl.DataFrame, config: Config) -> Iterator[Batch]:
    """The batches as the config wants them; `frame` is the listings'. Doing it again changes nothing."""
    if not (config.layers or config.select or config.ignore or config.severity):
        yield from batches
        return
    for batch in batches:
        for part in _by_store(batch, config):
            yield from _by_row(part, frame, config)


def graded_notes(notes: Iterable[Finding], config: Config) -> Iterator[Finding]:
    """What is said of a whole sheet or template: the layers of all rows and marketplaces hold."""
    for note in notes:
        said = config.outcome(note.code)
        if said != "off":
            yield replace(note, severity=Severity(said)) if said else note


def _by_store(batch: Batch, config: Config) -> Iterator[Batch]:
    """Parts whose marketplaces come to the same for every row."""
    groups: dict[tuple[Outcome, ...], list[str]] = {}
    for store in batch.stores:
        groups.setdefault(tuple(config.outcomes(batch.code, store)), []).append(store)
    if len(groups) < 2:
        yield batch
        return
    for group in groups.values():
        part = of_stores(batch, group)
        if part is not None:
            yield part


def _by_row(batch: Batch, frame: pl.DataFrame, config: Config) -> Iterator[Batch]:
    store = batch.stores[0] if batch.stores else ""
    kinds = {layer.kind for layer in config.layers if layer.kind in _BY and layer.says(batch.code)}
    columns = [column for column in _BY if column in kinds and column in frame.columns]
    if not columns:
        part = _with(batch, config.outcome(batch.code, marketplace=store))
        if part is not None:
            yield part
        return
    rows = batch.covers if batch.covers is not None else batch.places["index"]
    own = _own(batch) or ""  # layers that say what the rule says by itself do not part its rows
    outcomes = _outcomes(frame, rows, columns, lambda held: config.outcome(batch.code, marketplace=store, **held) or own)
    for said in outcomes.unique(maintain_order=True):
        chosen = outcomes == said
        part = of_covered(batch, chosen, frame.get_column("sku", default=None)) if batch.covers is not None else of_rows(batch, chosen)
        graded_part = _with(part, said or None) if part is not None else None
        if graded_part is not None:
            yield graded_part


def _own(batch: Batch) -> Outcome:
    """How bad all the flaws of a batch are where no layer speaks; None where that differs."""
    own = {batch.severity_of(flaw) for flaw in batch.flaws}
    return own.pop().value if len(own) == 1 else None


def _outcomes(frame: pl.DataFrame, rows: pl.Series, columns: Sequence[str], say: Callable[[Mapping[str, str | None]], str]) -> pl.Series:
    """What the layers say of each row, asked once for each combination of brand and product type."""
    cells = frame.select(pl.col(column).gather(rows) for column in columns)
    known: dict[tuple[str | None, ...], str] = {}
    for kind in cells.unique().iter_rows():
        known[kind] = say(dict(zip(columns, kind, strict=True)))
    return pl.Series([known[kind] for kind in cells.iter_rows()], dtype=pl.String)


def _with(batch: Batch, said: Outcome) -> Batch | None:
    """The batch at this severity, whatever its flaws say of themselves; None where it is off."""
    if said is None:
        return batch
    if said == "off":
        return None
    flaws = [replace(flaw, severity=None) if flaw.severity else flaw for flaw in batch.flaws]
    return structs.replace(batch, severity=Severity(said), flaws=flaws)
