"""Run the catalogue over listings: suspects in polars, judges once per distinct key, places last."""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from listingkit.config import DEFAULT, Config
from listingkit.fields import fields as all_fields
from listingkit.fields import plain_names
from listingkit.finding import Flaw, Safety, Severity
from listingkit.mapping.listings import SOURCE, Listings, View
from listingkit.marketplace import Marketplace
from listingkit.master.sheet import ROW
from listingkit.rules.engine import Context, Rule, call, chosen, severity_of
from listingkit.rules.findings import Batch, Findings
from listingkit.rules.limits import groups, in_force

ROLE = "#role"
_INDEX = "#index"


@dataclass(frozen=True)
class Task:
    """One judge on one set of columns, for the marketplaces where it comes to the same."""

    code: str
    name: str
    severity: Severity
    safety: Safety
    plain: tuple[str, ...]  # plain field names, aligned with `columns`
    columns: tuple[str | None, ...]  # of the frame; None where the sheet has none
    judge: Callable[[tuple[Any, ...]], Flaw | None]
    suspects: pl.Expr
    stores: tuple[str, ...]
    shown: tuple[str | None, ...]


@dataclass(frozen=True)
class Run:
    """What one check looks at."""

    listings: Listings
    views: Mapping[str, View]  # by marketplace code; "" for a neutral check
    contexts: Mapping[str, Context]
    config: Config

    @property
    def frame(self) -> pl.DataFrame:
        return self.listings.frame

    def shown(self, stores: Sequence[str], *, specific: bool) -> tuple[str | None, ...]:
        """How findings name the marketplaces: not at all where the flaw is the same everywhere."""
        everywhere = len(stores) == len(self.views)
        if everywhere and (not specific or len(stores) > 1):
            return (None,)
        return tuple(code or None for code in stores)


def check(
    listings: Listings,
    stores: Sequence[Marketplace] = (),
    *,
    as_of: date,
    config: Config = DEFAULT,
) -> Findings:
    """Check listings against every chosen rule, for some marketplaces or (with none) for what holds everywhere."""
    run = start(listings, stores, as_of=as_of, config=config)
    rules = chosen(config)
    columns, silent = column_batches(run, rules)
    tasks = [task for task in row_tasks(run, rules) if not _silenced(task, silent)]
    batches = [*columns, *row_batches(run, tasks), *across_batches(run, rules, silent)]
    return Findings(batches, listings.sources, notes=[note for note in listings.notes if severity_of(note.code, note.severity, config)])


def start(listings: Listings, stores: Sequence[Marketplace], *, as_of: date, config: Config) -> Run:
    """Choose the columns that each marketplace sees."""
    if stores:
        views = {store.code: listings.view(store) for store in stores}
        return Run(listings, views, {store.code: Context(store, as_of, config) for store in stores}, config)
    neutral: dict[str, str] = {}
    for name, column in zip(listings.names, _fields(listings.frame), strict=True):
        if name.qualifier is None or name.plain not in neutral:
            neutral[name.plain] = column
    return Run(listings, {"": View(None, neutral)}, {"": Context(None, as_of, config)}, config)


def row_tasks(run: Run, rules: Sequence[Rule]) -> Iterator[Task]:
    """The work of every row rule: one task for each set of columns, limit and day that differs between marketplaces."""
    for rule in rules:
        if rule.scope != "row":
            continue
        for specs in _slots(rule):
            yield from _tasks_of(run, rule, specs)


def row_batches(run: Run, tasks: Sequence[Task]) -> Iterator[Batch]:
    """Find the suspects of all tasks in one pass over the frame and judge them."""
    if not tasks:
        return
    masks = run.frame.lazy().select(task.suspects.alias(str(number)) for number, task in enumerate(tasks)).collect()
    for number, task in enumerate(tasks):
        rows = masks[str(number)].arg_true()
        if len(rows):
            yield from _judge_rows(run, task, rows)


def across_batches(run: Run, rules: Sequence[Rule], silent: frozenset[tuple[str, str]]) -> Iterator[Batch]:
    """Judge the groups of rows that share a key."""
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
            if held[rule.keys[0]] is not None and not any(
                rule.code.startswith(prefix) and column in held.values() for prefix, column in silent
            ):
                yield from _judge_groups(run, rule, held, codes, specific=len(by_columns) > 1)


def column_batches(run: Run, rules: Sequence[Rule]) -> tuple[list[Batch], frozenset[tuple[str, str]]]:
    """Judge whole columns first: what they found out silences other rules there (code prefix, column)."""
    batches: list[Batch] = []
    silent: set[tuple[str, str]] = set()
    for rule in rules:
        if rule.scope != "column":
            continue
        columns = {view.columns[rule.fields[0]] for view in run.views.values() if rule.fields[0] in view.columns}
        for column in sorted(columns):
            codes = [code for code, view in run.views.items() if view.columns.get(rule.fields[0]) == column]
            at = run.contexts[codes[0]]
            for number, source in enumerate(run.listings.sources):
                rows = run.frame.filter(pl.col(SOURCE) == number)
                values = rows[column].drop_nulls()
                flaw = call(rule.judge, {"values": values, "evidence": source.evidence.get(column), "at": at}) if len(values) else None
                if flaw is not None:
                    silent.update((prefix, column) for prefix in rule.supersedes)
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
        severity_of(rule.code, rule.severity, run.config) or rule.severity,
        Safety.ASK,
        rule.fields[0],
        column,
        run.shown(codes, specific=False),
        tuple(codes),
        places,
        (flaw,),
        covers=held,
    )


def _fields(frame: pl.DataFrame) -> list[str]:
    return [column for column in frame.columns if column not in (ROW, SOURCE)]


def _slots(rule: Rule) -> Iterator[tuple[str, ...]]:
    """The rule's fields with a family in first place spelled out slot by slot."""
    first = rule.fields[0]
    if first.endswith("*") or all_fields()[first].slots == 1:
        yield rule.fields
        return
    for name in all_fields()[first].names:
        yield (name, *rule.fields[1:])


def _tasks_of(run: Run, rule: Rule, specs: tuple[str, ...]) -> Iterator[Task]:
    variants: dict[tuple[Any, ...], list[str]] = {}
    uses = rule.takes | (frozenset(_names(rule.suspects)) if rule.suspects else frozenset())
    for code, view in run.views.items():
        at = run.contexts[code]
        columns = tuple(_resolve(view, spec) for spec in specs)
        if not rule.in_force(at) or not (rule.blank or _filled(columns[0])):
            continue
        for group in _groups_of(run) if rule.limit else ("",):
            limit = tuple(in_force(name, at.store, at.as_of, group) for name in rule.limit)
            if limit and limit[0] is None:
                continue
            for source in range(len(run.listings.sources)) if rule.study else (None,):
                variants.setdefault((columns, limit, group, source, code if "at" in uses else None), []).append(code)
    specific = len(variants) > 1 or any(key[4] is not None for key in variants) or bool(rule.limit)
    for (columns, limit, group, source, _), codes in variants.items():
        known: dict[str, Any] = {
            "limit": limit[0] if limit else None,
            "limits": {one.name: one for one in limit if one is not None},
            "at": run.contexts[codes[0]],
        }
        if rule.study:
            known["seen"] = _study(run, rule, columns[0], source)
        yield Task(
            code=rule.code,
            name=rule.name,
            severity=severity_of(rule.code, rule.severity, run.config) or rule.severity,
            safety=rule.fix or Safety.ASK,
            plain=tuple(plain for spec in specs for plain in _spelled(spec)),
            columns=tuple(column for held in columns for column in (held if isinstance(held, tuple) else (held,))),
            judge=_bind(rule, specs, known),
            suspects=_suspects(run, rule, specs, columns, known, group, source),
            stores=tuple(codes) if codes != [""] else (),
            shown=run.shown(codes, specific=specific or len(codes) < len(run.views)),
        )


def _names(function: Callable[..., Any]) -> tuple[str, ...]:
    return function.__code__.co_varnames[: function.__code__.co_argcount]


def _spelled(spec: str) -> tuple[str, ...]:
    return all_fields()[spec[:-1]].names if spec.endswith("*") else (spec,)


def _resolve(view: View, spec: str) -> Any:
    if spec.endswith("*"):
        return tuple(view.columns.get(name) for name in _spelled(spec))
    return view.columns.get(spec)


def _filled(held: Any) -> bool:
    return any(held) if isinstance(held, tuple) else held is not None


def _argument(spec: str) -> str:
    """What the judge calls a field: the family's name for a slot."""
    plain = spec.rstrip("*")
    return plain_names()[plain][0].name if plain in plain_names() else plain


def _bind(rule: Rule, specs: tuple[str, ...], known: Mapping[str, Any]) -> Callable[[tuple[Any, ...]], Flaw | None]:
    constants = {name: value for name, value in known.items() if name in rule.takes}
    names = [_argument(spec) for spec in specs]
    judge = rule.judge
    if not any(spec.endswith("*") for spec in specs):
        if len(names) == 1 and not constants:
            return lambda key: judge(*key)
        return lambda key: judge(**dict(zip(names, key, strict=True)), **constants)
    widths = [len(_spelled(spec)) if spec.endswith("*") else 0 for spec in specs]

    def packed(key: tuple[Any, ...]) -> Any:
        values: dict[str, Any] = {}
        at = 0
        for name, width in zip(names, widths, strict=True):
            values[name] = key[at : at + width] if width else key[at]
            at += width or 1
        return judge(**values, **constants)

    return packed


def _suspects(
    run: Run,
    rule: Rule,
    specs: tuple[str, ...],
    columns: tuple[Any, ...],
    known: Mapping[str, Any],
    group: str,
    source: int | None,
) -> pl.Expr:
    parts = [pl.col(ROW).is_not_null()]  # a literal alone would be one row high
    if not rule.deletes:
        parts.append(_kept(run))
    if not rule.blank:
        first = columns[0] if isinstance(columns[0], tuple) else (columns[0],)
        parts.append(pl.any_horizontal(pl.col(column).is_not_null() for column in first if column))
    if source is not None and len(run.listings.sources) > 1:
        parts.append(pl.col(SOURCE) == source)
    if rule.limit and len(_groups_of(run)) > 1:
        parts.append(_group(run) == group)
    if rule.suspects is not None:
        expressions = {_argument(spec): _column(held) for spec, held in zip(specs, columns, strict=True)}
        parts.append(call(rule.suspects, {**known, **expressions}).fill_null(value=True))
    return pl.all_horizontal(parts)


def _column(held: Any) -> Any:
    if isinstance(held, tuple):
        return tuple(_column(one) for one in held)
    return pl.col(held) if held else pl.lit(None, pl.String)


def _kept(run: Run) -> pl.Expr:
    """Rows that do not delete a listing."""
    if "record_action" not in run.frame.columns:
        return pl.lit(value=True)
    return pl.col("record_action").ne_missing("delete")


def _groups_of(run: Run) -> tuple[str, ...]:
    if "product_type" not in run.frame.columns:
        return ("",)
    present = run.frame["product_type"].unique().to_list()
    return tuple(sorted({groups().get((kind or "").upper(), "") for kind in present})) or ("",)


def _group(run: Run) -> pl.Expr:
    if "product_type" not in run.frame.columns:
        return pl.lit("")
    return pl.col("product_type").str.to_uppercase().replace_strict(groups(), default="", return_dtype=pl.String).fill_null("")


def _study(run: Run, rule: Rule, column: str, source: int) -> Any:
    assert rule.study is not None
    values = run.frame.filter(pl.col(SOURCE) == source)[column].drop_nulls()
    return rule.study(values, run.listings.sources[source].evidence.get(column))


def _silenced(task: Task, silent: frozenset[tuple[str, str]]) -> bool:
    return any(task.code.startswith(prefix) and task.columns[0] == column for prefix, column in silent)


def _judge_rows(run: Run, task: Task, rows: pl.Series) -> Iterator[Batch]:
    keys = run.frame.select(
        (pl.col(column) if column else pl.lit(None, pl.String)).gather(rows).alias(str(number))
        if column
        else pl.lit(None, pl.String).alias(str(number))
        for number, column in enumerate(task.columns)
    )
    known: dict[tuple[Any, ...], Flaw | None] = {}
    flawed: dict[str | None, tuple[list[int], list[Flaw]]] = {}
    judge = task.judge
    for index, key in zip(rows.to_list(), keys.iter_rows(), strict=True):
        try:
            flaw = known[key]
        except KeyError:
            flaw = known[key] = judge(key)
        if flaw is not None:
            places, flaws = flawed.setdefault(flaw.field, ([], []))
            places.append(index)
            flaws.append(flaw)
    for target, (places, flaws) in flawed.items():
        yield _batch(run, task, target, places, flaws)


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


def places(frame: pl.DataFrame, rows: Sequence[int], column: str | None) -> pl.DataFrame:
    """Where some rows of the frame stand, and what their cell holds."""
    taken = pl.Series("index", rows, dtype=pl.UInt32)
    return frame.select(
        taken,
        pl.col(ROW).gather(taken).alias("row"),
        pl.col(SOURCE).gather(taken).alias("source"),
        (pl.col("sku").gather(taken) if "sku" in frame.columns else pl.lit(None, pl.String)).alias("sku"),
        (pl.col(column).gather(taken) if column else pl.lit(None, pl.String)).alias("value"),
    )


def _judge_groups(run: Run, rule: Rule, held: Mapping[str, str | None], codes: Sequence[str], *, specific: bool) -> Iterator[Batch]:
    fold = rule.normal or (lambda key: key)
    base = run.frame.lazy().with_row_index(_INDEX)
    if not rule.deletes:
        base = base.filter(_kept(run))
    cells = [(pl.col(column) if column else pl.lit(None, pl.String)).alias(plain) for plain, column in held.items()]
    parts = [
        base.select(_INDEX, *cells)
        .with_columns(pl.lit(key).alias(ROLE), fold(pl.col(key)).alias("#key"))
        .filter(pl.col("#key").is_not_null())
        for key in rule.keys
        if held[key] is not None
    ]
    rows = pl.concat(parts)
    if rule.suspects is not None:
        suspicious = rows.group_by("#key").agg(rule.suspects().alias("#suspect")).filter(pl.col("#suspect").fill_null(value=True))
        rows = rows.join(suspicious, on="#key", how="semi")
    found = rows.sort("#key", _INDEX, ROLE).collect()
    row_type = namedtuple("Row", ("role", *held))  # type: ignore[misc]  # noqa: PYI024
    flawed: dict[str, tuple[list[int], list[Flaw]]] = {}
    for group in found.partition_by("#key", maintain_order=True):
        members = [row_type(*row) for row in group.select(ROLE, *held).iter_rows()]
        indices = group[_INDEX].to_list()
        for member, flaw in rule.judge(members):
            where, flaws = flawed.setdefault(flaw.field or rule.fields[0], ([], []))
            where.append(indices[member])
            flaws.append(flaw)
    for plain, (where, flaws) in flawed.items():
        column = held[plain]
        yield Batch(
            rule.code,
            rule.name,
            severity_of(rule.code, rule.severity, run.config) or rule.severity,
            rule.fix or Safety.ASK,
            plain,
            column or plain,
            run.shown(codes, specific=specific),
            tuple(codes) if list(codes) != [""] else (),
            places(run.frame, where, column),
            flaws,
        )
