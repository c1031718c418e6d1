"""Every rule, template and definition that a run asks, put to listings as a whole or part by part."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from listingkit.config import DEFAULT, Config
from listingkit.defined import NOTHING, Definitions, definition_batches
from listingkit.finding import Finding
from listingkit.mapping.listings import SOURCE, Listings
from listingkit.marketplace import Marketplace
from listingkit.master.sheet import ROW
from listingkit.packing import packed, unpacked
from listingkit.rules.engine import Rule, chosen
from listingkit.rules.findings import Batch
from listingkit.rules.graded import graded, graded_notes, heard
from listingkit.rules.lost import lost_batches
from listingkit.rules.run import (
    across_batches,
    across_fields,
    across_suspected,
    column_batches,
    part_tasks,
    proved_batches,
    proved_fields,
    proved_tasks,
    row_batches,
    whole_batches,
)
from listingkit.rules.sample import sample
from listingkit.rules.sheetwide import Look, SheetRule, sheet_rules
from listingkit.rules.sieve import Sieve
from listingkit.rules.task import Run, Silence, start

if TYPE_CHECKING:
    from listingkit.inventory.template import Template
    from listingkit.rules.shuffle import Shuffle

GRADED_BY = ("brand", "product_type")  # what layers of the config may look at


class Proof(Struct, frozen=True):
    """What whole columns say: samples of them, and which rules are silent where."""

    samples: Mapping[str, pl.Series]
    silent: frozenset[Silence]


class Checker:
    """The rules for some marketplaces on some day. Parts are independent of each other; the tasks for them are planned once."""

    def __init__(
        self,
        stores: Sequence[Marketplace],
        *,
        as_of: date,
        config: Config = DEFAULT,
        templates: "Sequence[Template]" = (),
        definitions: Definitions = NOTHING,
    ) -> None:
        self.stores, self.as_of, self.config = tuple(stores), as_of, config
        self.templates, self.definitions = tuple(templates), definitions
        self._elsewhere = {*definitions, *(("", code) for template in templates for code in template.marketplaces)}
        self._rules = chosen(config)
        self._sieves: dict[tuple[object, ...], Sieve] = {}

    def part(self, listings: Listings, proof: Proof | None = None, *, telling: bool = False) -> list[Batch]:
        """What is wrong with single rows. Indices are those of the part; `telling` how far it is.

        With a `proof` of what the whole columns say, also what depends on it; else `whole` has that.
        """
        run = self._run(listings)
        if proof is not None:
            run.samples.update({(0, column): values for column, values in proof.samples.items()})
        found: Iterable[Batch] = [*lost_batches(run), *row_batches(run, self._planned(run, proof), telling=telling)]
        if proof is not None:
            found = heard(found, listings.frame, self.config, proof.silent)
        batches = list(graded(found, listings.frame, self.config))
        for store in self.stores:
            batches += graded(definition_batches(listings, store, self.definitions, self.config), listings.frame, self.config)
        for store in self.stores:
            template = template_for(self.templates, store)
            if template is not None:
                batches = list(self._with_template(batches, listings, store, template))
        return batches

    def whole(self, listings: Listings) -> list[Batch]:
        """What only all rows together show. The methods below do the same piece by piece, of rows that are never together."""
        return list(graded(whole_batches(self._run(listings), self._rules), listings.frame, self.config))

    def proved(
        self, part: Listings, samples: Mapping[str, pl.Series], rows: Callable[[], Listings] | None = None
    ) -> tuple[Proof, list[Batch]]:
        """What samples of whole columns prove, and what is to be said of these columns; without `rows` that it concerns, of none."""
        run = self._run(part)
        run.samples.update({(0, column): values for column, values in samples.items()})
        batches, silent = column_batches(run, self._rules)
        if batches and rows is not None:
            run = replace(run, listings=rows())
            batches, silent = column_batches(run, self._rules)
        return Proof(samples, silent), list(graded(batches, run.frame, self.config))

    def proved_part(self, rows: Listings, part: Listings, proof: Proof) -> list[Batch]:
        """What is wrong with single rows, as far as it depends on what whole columns prove. `rows` have the `proved_columns`."""
        run = replace(self._run(part), listings=rows)
        run.samples.update({(0, column): values for column, values in proof.samples.items()})
        key = self._kinds(run), proof.silent
        if key not in self._sieves:
            self._sieves[key] = Sieve(proved_tasks(run, self._rules, proof.silent))
        return list(graded(proved_batches(run, self._sieves[key], proof.silent), rows.frame, self.config))

    def proves_the_same(self, part: Listings, proof: Proof, assumed: Proof) -> bool:
        """Whether rows that were judged by what was assumed are judged alike by a proof. `part` has all columns."""
        return proof.silent == assumed.silent and self.studies(part, proof.samples) == self.studies(part, assumed.samples)

    def proved_columns(self, part: Listings) -> list[str]:
        """The columns of the listings that `proved_part` reads."""
        return self.columns(part, proved_fields(self._rules))

    def studies(self, part: Listings, samples: Mapping[str, pl.Series]) -> list[object]:
        """What the rules that study a column learn from these samples."""
        evidence = part.sources[0].evidence
        studies = dict.fromkeys((rule.study, rule.fields[0]) for rule in self._rules if rule.study)
        return [
            (column, study(values, evidence.get(column)))
            for study, name in studies
            for column, values in sorted(samples.items())
            if column.partition("@")[0] == name
        ]

    def samples(self, part: Listings) -> dict[str, pl.Series]:
        """Samples of the columns that are judged as a whole, of a part or of all rows."""
        return {column: sample(part.frame[column]) for column in self.studied(part)}

    def studied(self, part: Listings) -> list[str]:
        """The columns of the listings that samples are taken of."""
        named = {rule.fields[0] for rule in self._rules if rule.study or rule.scope == "column"}
        held = {column for view in self._run(part).views.values() for name, column in view.columns.items() if name in named}
        return sorted(held)

    def shuffles(self, part: Listings) -> "list[Shuffle]":
        """What the rules across rows need, where the rows are spread over many files."""
        from listingkit.rules.shuffle import shuffles

        return shuffles(self._run(part), self._rules)

    def sheet_rules(self) -> list[SheetRule]:
        """The rules about the whole sheet."""
        return sheet_rules(self.config)

    def sheet(self, rows: Listings, part: Listings, rule: SheetRule, looks: Sequence[Look]) -> list[Batch]:
        """What a rule that looked at all rows, part by part, says once of them. `rows` are those by which findings are graded.

        `part` has all columns.
        """
        run = replace(self._run(part), listings=rows)
        return list(graded(rule.batches(run, looks), rows.frame, self.config))

    def looks(self, rows: Listings, part: Listings, start: int = 0) -> list[list[Look]]:
        """What each rule about the whole sheet takes of rows that begin at `start` of the whole."""
        run = replace(self._run(part), listings=rows)
        return [list(rule.looks(run, start)) for rule in self.sheet_rules()]

    @property
    def grades_rows(self) -> bool:
        """Whether the config says other things of some brands or product types, so that findings are graded by their rows."""
        return any(layer.kind in GRADED_BY for layer in self.config.layers)

    def suspected(
        self, rows: Listings, part: Listings, shuffles: "Sequence[Shuffle]", folded: Mapping[tuple[str, Any], str]
    ) -> list[pl.Series]:
        """For each shuffle the hashes of the groups that look suspicious in these rows; `rows` have the `folded` keys and their hashes."""
        run = replace(self._run(part), listings=rows, folded=folded)
        return [across_suspected(run, shuffle.rules) for shuffle in shuffles]

    def across(
        self,
        rows: Listings,
        part: Listings,
        rules: Sequence[Rule],
        proof: Proof,
        *,
        bucket: tuple[int, int],
        among: pl.Series | None = None,
    ) -> list[Batch]:
        """What the groups of one bucket show, or those of them whose keys have a hash among some.

        `rows` have the columns of the shuffle, `part` all of them.
        """
        run = replace(self._run(part), listings=rows, bucket=bucket, among=among)
        return list(graded(across_batches(run, rules, proof.silent), rows.frame, self.config))

    def compared(self, part: Listings) -> list[str]:
        """The columns of the listings that are needed of all rows to say what only all of them show, and to report it."""
        return self.columns(part, across_fields(self._rules) | proved_fields(self._rules) | {"product_id"})

    def columns(self, part: Listings, plain: Iterable[str]) -> list[str]:
        """The columns of the listings that fill these fields, and those by which findings are located and graded."""
        names = {"sku", "record_action", *GRADED_BY, *plain}
        views = self._run(part).views.values()
        held = {column for view in views for name, column in view.columns.items() if name in names} | set(GRADED_BY)
        return [column for column in part.frame.columns if column in held or column in (ROW, SOURCE)]

    def notes(self, notes: Sequence[Finding]) -> list[Finding]:
        """What is said of the sheet and of the templates."""
        graded = list(graded_notes(notes, self.config))
        used = [template for store in self.stores if (template := template_for(self.templates, store)) is not None]
        if not used:
            return graded
        from listingkit.rules.template_rows import template_notes

        return [*graded, *(note for template in used for note in template_notes(template, as_of=self.as_of, config=self.config))]

    def _run(self, listings: Listings) -> Run:
        return replace(start(listings, self.stores, as_of=self.as_of, config=self.config), elsewhere=self._elsewhere)

    def _planned(self, run: Run, proof: Proof | None = None) -> Sieve:
        key = self._kinds(run), proof is None
        if key not in self._sieves:
            tasks = part_tasks(run, self._rules)
            self._sieves[key] = Sieve(tasks if proof is None else [*tasks, *proved_tasks(run, self._rules, proof.silent)])
        return self._sieves[key]

    def _kinds(self, run: Run) -> tuple[tuple[str, ...], tuple[str | None, ...]]:
        """What the tasks of a part depend on: its columns and product types."""
        kinds = run.frame["product_type"].unique().sort().to_list() if "product_type" in run.frame.columns else []
        return tuple(run.frame.columns), tuple(kinds)

    def _with_template(self, batches: Sequence[Batch], listings: Listings, store: Marketplace, template: "Template") -> Iterator[Batch]:
        from listingkit.render.rows import render, sources, unplaced
        from listingkit.rules.filled import without_asks, without_echo
        from listingkit.rules.template_rows import upload_batches
        from listingkit.rules.unplaced import unplaced_batches

        upload = render(listings, store, template)
        names = sources(listings, store, template)
        own = list(graded(upload_batches(upload, listings, names, config=self.config), listings.frame, self.config))
        said = "record_action" in listings.frame.columns and listings.frame["record_action"].null_count() < listings.frame.height
        if template.default_action == "partial_update" and not said:
            batches = list(without_asks(batches, store.code))
        yield from without_echo(batches, own, set(names.values()), store.code)
        yield from own
        yield from graded(
            unplaced_batches(unplaced(listings, store, template), listings, store, template, self.config), listings.frame, self.config
        )


def template_for(templates: "Sequence[Template]", store: Marketplace) -> "Template | None":
    """The template that was given for a marketplace."""
    return next((template for template in templates if store.code in template.marketplaces), None)


def shifted(batch: Batch, by: int) -> Batch:
    """A batch of a part, with the indices that its rows have in the whole."""
    if not by:
        return batch
    return replace(
        batch,
        places=batch.places.with_columns(pl.col("index") + by),
        covers=None if batch.covers is None else batch.covers + by,
        also=tuple((row + by, place) for row, place in batch.also),
    )


def detached(batch: Batch) -> Batch:
    """A batch that does not hold the columns of its part in memory, as gathered texts do."""
    return replace(batch, places=unpacked(packed(batch.places)))


def moved(batch: Batch, to: pl.Series) -> Batch:
    """A batch of some rows, with the indices that these have in the whole."""
    return replace(
        batch,
        places=batch.places.with_columns(index=to.gather(batch.places["index"])),
        also=tuple((to[row], place) for row, place in batch.also),
    )


def joined(batches: Sequence[Batch]) -> Iterator[Batch]:
    """The batches of all parts: what was found absent in each part is said once, of all rows; so is what is said of no row."""
    absent: dict[tuple[object, ...], list[Batch]] = {}
    said: set[tuple[object, ...]] = set()
    for batch in batches:
        if batch.absent is None and batch.places["row"].null_count() == len(batch.flaws):
            key = (batch.code, batch.column, batch.stores, *(flaw.message for flaw in batch.flaws))
            if key not in said:
                said.add(key)
                yield batch
        elif batch.absent is None:
            yield batch
        else:
            absent.setdefault((batch.code, batch.severity, batch.column, batch.stores, batch.absent), []).append(batch)
    for same in absent.values():
        covers = [batch.covers for batch in same if batch.covers is not None]
        yield replace(same[0], covers=pl.concat(covers)) if covers else same[0]
