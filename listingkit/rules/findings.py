"""What a check found: kept as columns, worded and located when somebody looks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, overload

import polars as pl
from msgspec import Struct

from listingkit.finding import Finding, Fix, Flaw, Safety, Severity
from listingkit.mapping.listings import Source


class Batch(Struct, frozen=True):
    """The flaws of one rule in one column, for the same marketplaces. All columns have the same height."""

    code: str
    name: str
    severity: Severity  # of flaws that bring none of their own
    safety: Safety  # of fixes that bring none of their own
    field: str  # plain name
    column: str  # of the listings' frame: the field with its language or marketplace
    marketplaces: tuple[str | None, ...]  # as findings show them: (None,) where the flaw is the same everywhere
    stores: tuple[str, ...]  # marketplaces whose uploads it concerns
    places: pl.DataFrame  # index UInt32 (row of the listings), row UInt32, source UInt16, sku String, value String
    flaws: Sequence[Flaw]
    covers: pl.Series | None = None  # rows that a finding about a whole column concerns
    also: Sequence[tuple[int, int]] = ()  # (row of the listings, place): other rows that the flaw at this place holds back
    of: int | None = None  # rows that it would be said of, where `covers` are only some of them
    absent: str | None = None  # the finding is that the sheet lacks the column, which this product type ("": every row) asks for
    first: str | None = None  # SKU of the first row that misses an absent column ("": it has none), where not every row needs it

    @property
    def whole(self) -> bool:
        """Whether it is said of a column or a sheet, and of no row."""
        return self.covers is not None or self.places["row"].null_count() == len(self.flaws)

    def message(self, flaw: Flaw) -> str:
        """What is told of a flaw."""
        if self.covers is None:
            return flaw.message
        if self.absent is None:
            return partly(flaw, len(self.covers), self.of or len(self.covers))
        return missing(self.field, flaw, len(self.covers), self.first)

    def severity_of(self, flaw: Flaw) -> Severity:
        """A rule's warning or info stays one; a flaw may say how bad it is only where the rule was not overridden."""
        return flaw.severity or self.severity


def missing(field: str, flaw: Flaw, rows: int, first: str | None = None) -> str:
    """What is told of a column that the sheet lacks."""
    count = f"{rows} {'row' if rows == 1 else 'rows'}"
    named = f"{': ' if rows == 1 else ', the first '}{first}" if first else ""
    return f"the sheet has no {field}: {flaw.message} ({count}{named})"


def partly(flaw: Flaw, rows: int, of: int) -> str:
    """What is told of a whole column, of which only some rows are concerned."""
    return flaw.message if rows == of else f"{flaw.message} (said of {rows} of {of} rows)"


class Cell(Struct, frozen=True):
    """One cell of the listings that a safe fix changes."""

    index: int
    column: str
    value: str


class Accepted(Struct, frozen=True):
    """What one exception of the config accepted."""

    reason: str
    expires: date
    findings: "Findings"


class Rest(Struct, frozen=True):
    """Flaws of one rule that are counted and not kept."""

    code: str
    severity: Severity
    stores: tuple[str, ...]  # marketplaces whose uploads they concern
    each: int  # findings that one flaw makes: one a marketplace that is named; 0 where these are other rows that it holds back
    rows: pl.Series  # of the listings, UInt32, each once
    flaws: int

    @property
    def count(self) -> int:
        """Findings."""
        return self.flaws * self.each


class Wrong(NamedTuple):
    """Masks of listings' rows with errors; a row may be in several."""

    own: pl.Series  # it has one itself
    named: pl.Series  # an error of another row holds it back, too
    columns: pl.Series  # an error of a whole column concerns it

    @property
    def any(self) -> pl.Series:
        """The rows that are in one of them."""
        return self.own | self.named | self.columns


class Findings(Sequence[Finding]):
    """Every finding of a check, in the order of the sheet: file, row, column, code, marketplace; what was accepted stands apart.

    `rest` are those that are only counted: they are in `counts`, `severities` and `error_rows`, and not in the sequence.
    """

    def __init__(
        self,
        batches: Sequence[Batch],
        sources: Sequence[Source],
        notes: Sequence[Finding] = (),
        accepted: Sequence[Accepted] = (),
        rest: Sequence[Rest] = (),
    ) -> None:
        self.accepted = tuple(accepted)
        self.rest = tuple(rest)
        self.batches = tuple(batches)
        self.sources = tuple(sources)
        self.notes = tuple(notes)
        self._ordered: pl.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.notes) + sum(len(batch.flaws) * len(batch.marketplaces) for batch in self.batches)

    @overload
    def __getitem__(self, item: int) -> Finding: ...
    @overload
    def __getitem__(self, item: slice) -> Sequence[Finding]: ...
    def __getitem__(self, item: int | slice) -> Finding | Sequence[Finding]:
        order = self._order()
        if isinstance(item, slice):
            return [self[position] for position in range(*item.indices(len(self)))]
        position = item if item >= 0 else len(self) + item
        if position < len(self.notes):
            return self.notes[position]
        batch, place, store = order.row(position - len(self.notes))
        return self._finding(self.batches[batch], place, store)

    def __iter__(self) -> Iterator[Finding]:
        yield from self.notes
        yield from (finding for *_, finding in self.located())

    def located(self) -> Iterator[tuple[int, int, int, Finding]]:
        """Every finding but the notes, in order: the number of its batch, its place there, the number of its marketplace."""
        for batch, place, store in self._order().iter_rows():
            yield batch, place, store, self._finding(self.batches[batch], place, store)

    def counts(self) -> Mapping[tuple[str, Severity], int]:
        """Findings by code and severity, without wording any of them."""
        found: Counter[tuple[str, Severity]] = Counter((note.code, note.severity) for note in self.notes)
        for batch in self.batches:
            for flaw in batch.flaws:
                found[batch.code, batch.severity_of(flaw)] += len(batch.marketplaces)
        for rest in self.rest:
            found[rest.code, rest.severity] += rest.count
        return dict(sorted(found.items()))

    def severities(self) -> Mapping[Severity, int]:
        """Findings by severity."""
        found = dict.fromkeys(Severity, 0)
        for (_, severity), count in self.counts().items():
            found[severity] += count
        return found

    def error_rows(self, store: str, code: str = "") -> frozenset[int]:
        """Rows of the listings (0-based) that an error (of this code or prefix) keeps out of this marketplace's upload."""
        rows: set[int] = set()
        for batch in self.batches:
            if (batch.stores and store not in batch.stores) or not batch.code.startswith(code):
                continue
            bad = [place for place, flaw in enumerate(batch.flaws) if batch.severity_of(flaw) is Severity.ERROR]
            rows.update(batch.places["index"].gather(bad).drop_nulls().to_list())
            if batch.also:
                errors = set(bad)
                rows.update(row for row, place in batch.also if place in errors)
            if bad and batch.covers is not None:
                rows.update(batch.covers.to_list())
        for rest in self.rest:
            if rest.severity is Severity.ERROR and rest.code.startswith(code) and (not rest.stores or store in rest.stores):
                rows.update(rest.rows.to_list())
        return frozenset(rows)

    def wrong_rows(self, height: int) -> "Wrong":
        """The rows of so many listings that an error keeps out of some upload, by how it concerns them."""
        own, named, columns = ([pl.Series([], dtype=pl.UInt32)] for _ in range(3))
        for batch in self.batches:
            bad = [place for place, flaw in enumerate(batch.flaws) if batch.severity_of(flaw) is Severity.ERROR]
            own.append(batch.places["index"].gather(bad).drop_nulls())
            if batch.also:
                errors = set(bad)
                named.append(pl.Series([row for row, place in batch.also if place in errors], dtype=pl.UInt32))
            if bad and batch.covers is not None:
                columns.append(batch.covers)
        for rest in self.rest:
            if rest.severity is Severity.ERROR:
                (own if rest.each else named).append(rest.rows)
        return Wrong(*(marked(pl.concat(rows), height) for rows in (own, named, columns)))

    def safe_fixes(self, store: str | None = None) -> Iterator[Cell]:
        """Cells that a safe fix changes (for one marketplace, or for every one); of several fixes of a cell the first."""
        fixed: set[tuple[int, str]] = set()
        for batch in self.batches:
            if store is not None and batch.stores and store not in batch.stores:
                continue
            for index, flaw in zip(batch.places["index"], batch.flaws, strict=True):
                safe = flaw.fix is not None and (flaw.safety or batch.safety) is Safety.SAFE
                if safe and index is not None and (index, batch.column) not in fixed:
                    fixed.add((index, batch.column))
                    yield Cell(index, batch.column, flaw.fix or "")

    def _order(self) -> pl.DataFrame:
        if self._ordered is None:
            parts = [
                batch.places.select(
                    "source",
                    "row",
                    letter=pl.lit(self._position(batch), pl.UInt32),
                    code=pl.lit(batch.code),
                    store=pl.lit(number, pl.UInt16),
                    batch=pl.lit(order, pl.UInt32),
                    place=pl.int_range(pl.len(), dtype=pl.UInt32),
                )
                for order, batch in enumerate(self.batches)
                for number in range(len(batch.marketplaces))
            ]
            empty = pl.DataFrame(schema={"batch": pl.UInt32, "place": pl.UInt32, "store": pl.UInt16})
            self._ordered = (
                pl.concat(parts).sort("source", "row", "letter", "code", "store", "batch", "place").select(empty.columns)
                if parts
                else empty
            )
        return self._ordered

    def _position(self, batch: Batch) -> int:
        from listingkit.master.sheet import index

        places = [source.origins[batch.column].letter for source in self.sources if batch.column in source.origins]
        return index(places[0]) if places else 2**20

    def _finding(self, batch: Batch, place: int, store: int) -> Finding:
        _, row, number, sku, value = batch.places.row(place)
        flaw = batch.flaws[place]
        source = self.sources[number or 0]
        origin = source.origins.get(batch.column) or source.unused.get(batch.column)
        return Finding(
            code=batch.code,
            name=batch.name,
            severity=batch.severity_of(flaw),
            message=batch.message(flaw),
            file=source.file,
            sheet=source.sheet,
            row=row,
            column=origin.header if origin else None,
            cell=f"{origin.letter}{row}" if origin and row is not None else None,
            field=batch.column if batch.field else None,
            sku=sku,
            marketplace=batch.marketplaces[store],
            value=value,
            fix=Fix(flaw.fix, flaw.safety or batch.safety) if flaw.fix is not None else None,
        )


def marked(rows: Iterable[int], height: int) -> pl.Series:
    """Mask over so many listings that holds in these rows."""
    places = rows if isinstance(rows, pl.Series) else pl.Series(values=list(rows), dtype=pl.UInt32)
    return pl.repeat(value=False, n=height, dtype=pl.Boolean, eager=True).scatter(places, values=True)
