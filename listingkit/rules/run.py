"""Run the catalogue over listings: suspects in polars, judges once per distinct key, places last."""

from collections import namedtuple
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from operator import itemgetter

import polars as pl
from msgspec import structs

from listingkit.config import DEFAULT, Config
from listingkit.fields import fields as all_fields
from listingkit.finding import Flaw, Safety
from listingkit.mapping.listings import SOURCE, Listings
from listingkit.marketplace import Marketplace
from listingkit.master.sheet import ROW
from listingkit.progress import tell
from listingkit.rules.asked import asked_tasks
from listingkit.rules.engine import Rule, call, chosen
from listingkit.rules.findings import Batch, Findings
from listingkit.rules.graded import graded, graded_notes, heard
from listingkit.rules.groups import Grouping, buckets_of, suspected, suspicious
from listingkit.rules.lost import lost_batches
from listingkit.rules.plan import row_tasks
from listingkit.rules.sheetwide import sheet_batches
from listingkit.rules.sieve import Sieve
from listingkit.rules.split import without_debris
from listingkit.rules.task import Run, Silence, Task, start
from listingkit.rules.translation import translation_tasks

_INDEX = "#index"


def check(
    listings: Listings,
    stores: Sequence[Marketplace] = (),
    *,
    as_of: date,
    config: Config = DEFAULT,
    defined: Collection[tuple[str, str]] = (),
) -> Findings:
    """Check listings against every chosen rule, for some marketplaces or (with none) for what holds everywhere.

    `defined` names product types and marketplaces whose schema is judged elsewhere, by Amazon's own definition; "" as a type where a
    template judges every one beside the schemas.
    """
    tell("checking", 0, listings.frame.height)
    run = structs.replace(start(listings, stores, as_of=as_of, config=config), elsewhere=defined)
    rules = chosen(config)
    batches = [*whole_batches(run, rules), *lost_batches(run), *row_batches(run, Sieve(part_tasks(run, rules)))]
    return Findings(list(graded(batches, run.frame, config)), listings.sources, list(graded_notes(listings.notes, config)))


def part_tasks(run: Run, rules: Sequence[Rule]) -> list[Task]:
    """The work that looks at one row at a time: it may be done part by part, and goes for every part with the same columns and types."""
    whole = _over_the_whole(rules)
    return [*row_tasks(run, [rule for rule in rules if rule.code not in whole]), *asked_tasks(run), *translation_tasks(run)]


def whole_batches(run: Run, rules: Sequence[Rule]) -> Iterator[Batch]:
    """The work that must see every row at once: rules across rows, about whole columns, and those that ask what a column proves."""
    columns, silent = column_batches(run, rules)
    yield from columns
    yield from proved_batches(run, Sieve(proved_tasks(run, rules, silent)), silent)
    count = buckets_of(run.frame.height)
    for bucket in range(count):
        yield from across_batches(structs.replace(run, bucket=(bucket, count)), rules, silent)
    yield from sheet_batches(run)


def proved_tasks(run: Run, rules: Sequence[Rule], silent: frozenset[Silence]) -> list[Task]:
    """The work that looks at one row at a time once it is known what the whole columns prove."""
    whole = _over_the_whole(rules)
    tasks = row_tasks(run, [rule for rule in rules if rule.code in whole])
    return [task for task in tasks if not _is_silent(run, task.code, task.columns[:1], silent)]


def proved_batches(run: Run, sieve: Sieve, silent: frozenset[Silence]) -> Iterator[Batch]:
    """What these tasks find, of the rows for which no rule about the whole column speaks."""
    return heard(row_batches(run, sieve, telling=False), run.frame, run.config, silent)


def proved_fields(rules: Sequence[Rule]) -> frozenset[str]:
    """The plain names of the fields that `proved_tasks` read."""
    whole = _over_the_whole(rules)
    return _names(rule for rule in rules if rule.scope == "row" and rule.code in whole)


def across_fields(rules: Sequence[Rule]) -> frozenset[str]:
    """The plain names of the fields that rules across rows and those about whole columns read."""
    return _names(rule for rule in rules if rule.scope in ("across", "column"))


def _names(rules: Iterable[Rule]) -> frozenset[str]:
    return frozenset(plain for rule in rules for spec in rule.fields for plain in all_fields()[spec.rstrip("*")].names)


def _over_the_whole(rules: Sequence[Rule]) -> frozenset[str]:
    """Codes of the rules that a part of the rows cannot decide."""
    silenced = tuple(prefix for rule in rules for prefix in rule.supersedes)
    return frozenset(
        rule.code
        for rule in rules
        if rule.scope in ("across", "column") or rule.study or (rule.scope == "row" and rule.code.startswith(silenced))
    )


def row_batches(run: Run, sieve: Sieve, *, telling: bool = True) -> Iterator[Batch]:
    """Find the suspects of all tasks in one go and judge them; `telling` how far it is."""
    if not sieve.tasks:
        return
    rows, found = run.frame.height, list[Batch]()
    for number, (task, suspects) in enumerate(zip(sieve.tasks, sieve.rows(run.frame), strict=True), 1):
        if len(suspects):
            found += _judge_rows(run, task, suspects)
        if telling:
            tell("checking", rows * number // len(sieve.tasks), rows)
    yield from without_debris(found)


def across_batches(run: Run, rules: Sequence[Rule], silent: frozenset[Silence]) -> Iterator[Batch]:
    """Judge the groups of rows that share a key."""
    for grouping, rows in suspicious(run, list(_groupings(run, rules, silent))):
        yield from heard(_judge_groups(run, grouping, rows), run.frame, run.config, silent)


def across_suspected(run: Run, rules: Sequence[Rule]) -> pl.Series:
    """The hashes of the keys whose groups these rules must look at, as far as the rows of the run show it."""
    return suspected(run, list(_groupings(run, rules, frozenset())))


def _groupings(run: Run, rules: Sequence[Rule], silent: frozenset[Silence]) -> Iterator[Grouping]:
    for rule in rules:
        if rule.scope != "across":
            continue
        by_columns: dict[tuple[tuple[str, str | None], ...], list[str]] = {}
        for code, view in run.views.items():
            if rule.in_force(run.contexts[code]):
                columns = tuple((plain, view.columns.get(plain)) for plain in rule.fields)
                by_columns.setdefault(columns, []).append(code)
        for columns, codes in by_columns.items():
            held = dict(columns)
            if held[rule.keys[0]] is not None and not _is_silent(run, rule.code, held.values(), silent):
                yield Grouping(rule, held, codes, specific=len(by_columns) > 1)


def column_batches(run: Run, rules: Sequence[Rule]) -> tuple[list[Batch], frozenset[Silence]]:
    """Judge whole columns first: what they found out silences other rules there."""
    batches: list[Batch] = []
    silent: set[Silence] = set()
    for rule in rules:
        if rule.scope != "column":
            continue
        columns = {view.columns[rule.fields[0]] for view in run.views.values() if rule.fields[0] in view.columns}
        for column in sorted(columns):
            codes = [code for code, view in run.views.items() if view.columns.get(rule.fields[0]) == column]
            at = run.contexts[codes[0]]
            for number, source in enumerate(run.listings.sources):
                values = run.sample(number, column)
                flaw = call(rule.judge, {"values": values, "evidence": source.evidence.get(column), "at": at}) if len(values) else None
                if flaw is not None:
                    silent.update(Silence(rule.code, prefix, column) for prefix in rule.supersedes)
                    batches.append(_column_batch(run, rule, column, number, flaw, codes))
    return batches, frozenset(silent)


def _column_batch(run: Run, rule: Rule, column: str, source: int, flaw: Flaw, codes: Sequence[str]) -> Batch:
    places = pl.DataFrame(
        {"index": [None], "row": [None], "source": [source], "sku": [None], "value": [None]},
        schema={"index": pl.UInt32, "row": pl.UInt32, "source": pl.UInt16, "sku": pl.String, "value": pl.String},
    )
    held = run.frame.with_row_index(_INDEX).filter((pl.col(SOURCE) == source) & pl.col(column).is_not_null())[_INDEX]
    return Batch(
        rule.code,
        rule.name,
        rule.severity,
        Safety.ASK,
        rule.fields[0],
        column,
        run.shown(codes, specific=False),
        tuple(codes),
        places,
        (flaw,),
        covers=held,
    )


def _is_silent(run: Run, code: str, columns: Collection[str | None], silent: Iterable[Silence]) -> bool:
    """Whether a rule has nothing to say in any marketplace and of any row."""
    return any(one.concerns(code, columns) and run.config.everywhere(one.by) for one in silent)


def _judge_rows(run: Run, task: Task, rows: pl.Series) -> Iterator[Batch]:
    if task.columns[0] is None and task.whole:
        yield from _judge_absent(run, task, rows)
        return
    names = [str(number) for number in range(len(task.columns))]
    keys = run.frame.select(
        rows.alias(_INDEX),
        *(
            pl.col(column).gather(rows).alias(name) if column else pl.lit(None, pl.String).alias(name)
            for name, column in zip(names, task.columns, strict=True)
        ),
    )
    distinct = keys.select(names).unique(maintain_order=True)
    judged = [task.judge(key) for key in distinct.iter_rows()]
    flaws = [flaw for flaw in judged if flaw is not None]
    if not flaws:
        return
    guilty = distinct.filter(pl.Series([flaw is not None for flaw in judged], dtype=pl.Boolean)).with_row_index("#flaw")
    places = keys.join(guilty, on=names, nulls_equal=True, maintain_order="left")
    flawed: dict[str | None, tuple[list[int], list[Flaw]]] = {}
    for index, number in places.select(_INDEX, "#flaw").iter_rows():
        held = flawed.setdefault(flaws[number].field, ([], []))
        held[0].append(index)
        held[1].append(flaws[number])
    for target, (indices, told) in flawed.items():
        yield _batch(run, task, target, indices, told)


def _judge_absent(run: Run, task: Task, rows: pl.Series) -> Iterator[Batch]:
    """One finding for a column that the sheet does not have."""
    held = {str(number): column for number, column in enumerate(task.columns) if column}
    cells = run.frame.select(rows.alias(_INDEX), *(pl.col(column).gather(rows).alias(name) for name, column in held.items()))
    kinds = cells.group_by(list(held) or pl.lit(0), maintain_order=True).agg(_INDEX)
    flaws: list[Flaw] = []
    flawed: list[int] = []
    for kind in kinds.iter_rows(named=True):
        flaw = task.judge(tuple(kind.get(str(number)) for number in range(len(task.columns))))
        if flaw is not None:
            flaws.append(flaw)
            flawed += kind[_INDEX]
    flawed.sort()
    if not flaws:
        return
    flaw = replace(flaws[0], fix=None)
    yield structs.replace(
        _batch(run, task, task.plain[0], flawed[:1], [flaw]),
        places=places(run.frame, flawed[:1], None).with_columns(
            pl.lit(None, pl.UInt32).alias("index"), pl.lit(None, pl.UInt32).alias("row"), pl.lit(None, pl.String).alias("sku")
        ),
        covers=pl.Series("index", flawed, dtype=pl.UInt32),
        absent=task.about,
        first=run.frame["sku"][flawed[0]] or "" if task.names and "sku" in run.frame.columns else None,
    )


def _batch(run: Run, task: Task, target: str | None, rows: Sequence[int], flaws: Sequence[Flaw]) -> Batch:
    position = task.plain.index(target) if target else next((n for n, column in enumerate(task.columns) if column), 0)
    column = task.columns[position]
    return Batch(
        task.code,
        task.name,
        task.severity,
        task.safety,
        task.plain[position],
        column or task.plain[position],
        task.shown,
        task.stores,
        places(run.frame, rows, column),
        flaws,
    )


def places(frame: pl.DataFrame, rows: Sequence[int] | pl.Series, column: str | None) -> pl.DataFrame:
    """Where some rows of the frame stand, and what their cell holds."""
    taken = pl.Series("index", rows, dtype=pl.UInt32)
    return frame.select(
        taken,
        pl.col(ROW).gather(taken).alias("row"),
        pl.col(SOURCE).gather(taken).alias("source"),
        (pl.col("sku").gather(taken) if "sku" in frame.columns else pl.lit(None, pl.String)).alias("sku"),
        (pl.col(column).gather(taken) if column else pl.lit(None, pl.String)).alias("value"),
    )


def _judge_groups(run: Run, grouping: Grouping, found: pl.DataFrame) -> Iterator[Batch]:
    """Judge groups of rows as `suspicious` finds them."""
    rule, held, codes = grouping.rule, grouping.held, grouping.codes
    row_type = namedtuple("Row", ("role", "number", *held))  # type: ignore[misc]  # noqa: PYI024
    flawed: dict[str, tuple[list[int], list[Flaw]]] = {}
    also: dict[str, list[tuple[int, int]]] = {}
    for _, group in groupby(found.iter_rows(), key=itemgetter(0)):
        together = list(group)
        members = [row_type(*row[2:]) for row in together]
        indices = [row[1] for row in together]
        for member, flaw in rule.judge(members):
            target = flaw.field or rule.fields[0]
            where, flaws = flawed.setdefault(target, ([], []))
            if rule.together:
                also.setdefault(target, []).extend((index, len(flaws)) for index in indices if index != indices[member])
            where.append(indices[member])
            flaws.append(flaw)
    for plain, (where, flaws) in flawed.items():
        column = held[plain]
        yield Batch(
            rule.code,
            rule.name,
            rule.severity,
            rule.fix or Safety.ASK,
            plain,
            column or plain,
            run.shown(codes, specific=grouping.specific),
            tuple(codes) if list(codes) != [""] else (),
            places(run.frame, where, column),
            flaws,
            also=tuple(also.get(plain, ())),
        )
