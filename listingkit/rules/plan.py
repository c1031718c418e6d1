"""From rules to tasks: which columns, limits and days each rule meets in which marketplaces."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from listingkit.fields import fields as all_fields
from listingkit.fields import plain_names
from listingkit.finding import Flaw, Safety
from listingkit.mapping.listings import SOURCE, View
from listingkit.master.sheet import ROW
from listingkit.rules.engine import Rule, arguments, call
from listingkit.rules.limits import groups, in_force
from listingkit.rules.sieve import Holds, Staged
from listingkit.rules.task import Run, Task, kept


def row_tasks(run: Run, rules: Sequence[Rule]) -> Iterator[Task]:
    """The work of every row rule: one task for each set of columns, limit and day that differs between marketplaces."""
    present = _groups_of(run)
    studies: dict[tuple[Any, ...], Any] = {}
    for rule in rules:
        if rule.scope != "row":
            continue
        for specs in _slots(rule):
            yield from _tasks_of(run, rule, specs, present if rule.limit else ("",), studies)


def _slots(rule: Rule) -> Iterator[tuple[str, ...]]:
    """The rule's fields with a family in first place spelled out slot by slot; each by itself where the rule is asked so."""
    if rule.each:
        yield from ((name,) for field in rule.fields for name in all_fields()[field].names)
        return
    first = rule.fields[0]
    if first.endswith("*") or all_fields()[first].slots == 1:
        yield rule.fields
        return
    for name in all_fields()[first].names:
        yield (name, *rule.fields[1:])


def _tasks_of(
    run: Run, rule: Rule, specs: tuple[str, ...], present: tuple[str, ...], studies: dict[tuple[Any, ...], Any]
) -> Iterator[Task]:
    variants: dict[tuple[Any, ...], list[str]] = {}
    uses = rule.takes | (frozenset(arguments(rule.suspects)) if rule.suspects else frozenset())
    for code, view in run.views.items():
        at = run.contexts[code]
        columns = tuple(_resolve(view, spec) for spec in specs)
        if not rule.in_force(at) or not any(_filled(held) for held in (columns if rule.blank else columns[:1])):
            continue
        for group in present:
            limit = tuple(in_force(name, at.store, at.as_of, group) for name in rule.limit)
            if limit and limit[0] is None:
                continue
            for source in range(len(run.listings.sources)) if rule.study else (None,):
                tongue = _language(run, columns[0], code) if "language" in uses else ""
                variants.setdefault((columns, limit, group, source, code if "at" in uses else None, tongue), []).append(code)
    specific = len(variants) > 1 or any(key[4] is not None for key in variants) or bool(rule.limit)
    for (columns, limit, group, source, _, tongue), codes in variants.items():
        known: dict[str, Any] = {
            "limit": limit[0] if limit else None,
            "limits": {one.name: one for one in limit if one is not None},
            "at": run.contexts[codes[0]],
            "config": run.config,
            "language": tongue,
        }
        if rule.study:
            asked = (rule.study, columns[0], source)
            if asked not in studies:  # several rules ask the same of a column
                studies[asked] = _study(run, rule, columns[0], source)
            known["seen"] = studies[asked]
        sieve = _suspects(rule, specs, columns, known)
        yield Task(
            code=rule.code,
            name=rule.name,
            severity=rule.severity,
            safety=rule.fix or Safety.ASK,
            plain=tuple(plain for spec in specs for plain in _spelled(spec)),
            columns=tuple(column for held in columns for column in (held if isinstance(held, tuple) else (held,))),
            judge=_bind(rule, specs, known),
            suspects=pl.all_horizontal(*_concerned(run, rule, columns, group if len(present) > 1 else None, source), *_first(sieve)),
            stores=tuple(codes) if codes != [""] else (),
            shown=run.shown(codes, specific=specific or len(codes) < len(run.views)),
            pattern=(sieve.names, sieve.pattern) if isinstance(sieve, Holds) else None,
            then=sieve.then.fill_null(value=True) if isinstance(sieve, Staged) else None,
        )


def _language(run: Run, held: Any, code: str) -> str:
    """Two letters: of the column where it is tagged, else as the profile states it, else of the marketplace; "" where nobody says."""
    columns = [column for column in (held if isinstance(held, tuple) else (held,)) if column]
    tag = columns[0].partition("@")[2] if columns else ""
    store = run.contexts[code].store
    return (tag or run.listings.language or (store.language if store else "") or "")[:2]


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
    names = ["text"] if rule.each else [_argument(spec) for spec in specs]
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


def _concerned(run: Run, rule: Rule, columns: tuple[Any, ...], group: str | None, source: int | None) -> list[pl.Expr]:
    """Conditions for the rows that the rule is about at all."""
    parts = [pl.col(ROW).is_not_null()]  # a literal alone would be one row high
    if not rule.deletes:
        parts.append(kept(run))
    if not rule.blank:
        first = columns[0] if isinstance(columns[0], tuple) else (columns[0],)
        parts.append(pl.any_horizontal(pl.col(column).is_not_null() for column in first if column))
    if source is not None and len(run.listings.sources) > 1:
        parts.append(pl.col(SOURCE) == source)
    if group is not None:
        parts.append(_group(run) == group)
    return parts


def _suspects(rule: Rule, specs: tuple[str, ...], columns: tuple[Any, ...], known: Mapping[str, Any]) -> pl.Expr | Holds | Staged | None:
    """What the rule says of its suspects, with the columns that it meets."""
    if rule.suspects is None:
        return None
    names = ["text"] if rule.each else [_argument(spec) for spec in specs]
    expressions = {name: _column(held) for name, held in zip(names, columns, strict=True)}
    sieve: pl.Expr | Holds | Staged = call(rule.suspects, {**known, **expressions})
    return sieve.expression if isinstance(sieve, Holds) and not sieve.names else sieve


def _first(sieve: pl.Expr | Holds | Staged | None) -> list[pl.Expr]:
    """The part of a sieve that is asked of every row."""
    if sieve is None or isinstance(sieve, Holds):
        return []
    return [(sieve.first if isinstance(sieve, Staged) else sieve).fill_null(value=True)]


def _column(held: Any) -> Any:
    if isinstance(held, tuple):
        return tuple(_column(one) for one in held)
    return pl.col(held) if held else pl.lit(None, pl.String)


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
    return rule.study(run.sample(source, column), run.listings.sources[source].evidence.get(column))
