"""How a rule is written, and the catalogue of those that were.

A rule is a *judge*: a pure function of the few cells it names in `fields`, which words the flaw and the fix.

    @rule(
        "SKU002",
        fields=("sku",),
        limit="sku.max_chars",
        good=["AB-1"], bad=["A" * 41],
        why="Amazon refuses the row.",
        source="...", checked=date(2026, 9, 30),
        suspects=lambda sku, limit: sku.str.len_chars() > limit.value,
    )
    def sku_too_long(sku: str, limit: Limit) -> Flaw | None:
        \"\"\"A SKU may have at most so many characters.\"\"\"

Arguments of a judge, by name:
    the fields     `sku` gets the cell (str). Fields after the first may be None; the first is never None unless `blank=True`.
                   A family (`bullet_point`) is judged slot by slot; `bullet_point*` in `fields` gives all slots as one tuple.
    text           instead of the fields, where `each=True`: the rule is asked of each of its fields by itself.
    limit          the `Limit` in force (the rule names it with `limit=`); where none is in force the rule does not run.
    limits         when `limit=` names several: those in force by name; the rule does not run where the first is not.
    language       two letters: the language of the text ("" where nobody says).
    at             the `Context`: marketplace (`at.store`, None in a neutral check), `at.as_of`, `at.config`.
    config         the client's `Config` alone: unlike `at` the same in every marketplace, so that a finding is told once.
    seen           what `study=` found out about the whole column of this sheet (see below).

`suspects` takes the same names as polars expressions (a tuple of them for `family*`) and may only be too generous, never too
strict: it keeps clean rows out of Python. Without it every filled row is judged, once per distinct key.
`study(values, evidence)` looks at the whole column of one sheet first (its different values as a String Series, of very many a
sample, see `rules.sample`, and the workbook's `Evidence`, or None) and returns something hashable that judge and suspects get as `seen`.

A rule *across* rows sees groups: rows that share the value of one of its `keys`.

    @across("SKU003", fields=("sku",), keys=("sku",), suspects=lambda: pl.len() > 1, ...)
    def sku_duplicate(rows: Sequence[Any]) -> Iterator[tuple[int, Flaw]]: ...

`rows` are named tuples (`role`, `number`, then the fields) in file order; `role` is the key that brought the row into this group,
`number` the row as a person sees it. `together` holds all rows of a group back where one of them has an error. With
`keys=("sku", "parent_sku")` a family meets: its parent by its own sku, its children by their parent_sku. `normal` may fold the key.
`suspects` is an aggregation over the fields and `#role` that keeps clean groups out of Python (it may ask for `held`, the names of the
fields that the sheet has); with `several` a row that shares its
keys with no other needs not even be grouped.

A rule about a whole *column* of a sheet is one finding instead of many: `whole(values, evidence, at) -> Flaw | None` (values as above), and
`supersedes` names the code prefixes that then stay silent on that column.

Examples: one cell is a str, several are a tuple in the order of `fields`, groups and columns are lists. `bad` may be a dict to the
fixed value (of the field that the finding names; None where there is no fix). They are tests and documentation at once.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, Literal

import polars as pl
from msgspec import Struct

from listingkit.config import DEFAULT, Config
from listingkit.fields import fields as all_fields
from listingkit.finding import Flaw, Safety, Severity
from listingkit.marketplace import Marketplace
from listingkit.master.sheet import Evidence
from listingkit.resources import data


class Context(Struct, frozen=True):
    """What a judge may know besides the cells."""

    store: Marketplace | None
    as_of: date
    config: Config = DEFAULT


class Rule(Struct, frozen=True):
    """One rule of the catalogue."""

    code: str
    name: str  # kebab-case, from the judge's name
    doc: str  # what is asked, one sentence
    detail: str  # the rest of the docstring
    why: str  # why the marketplace cares
    category: str  # the subject, from the module's name
    scope: Literal["row", "across", "column", "given"]  # given: evaluated elsewhere (schemas, reading, diff), documented here
    severity: Severity
    fix: Safety | None
    fields: tuple[str, ...]
    source: str
    checked: date
    errors: tuple[str, ...]  # Amazon error codes that it prevents
    good: tuple[Any, ...]
    bad: Mapping[Any, Any]  # example -> fixed value or None; keys are their repr for unhashable examples
    bad_examples: tuple[Any, ...]
    judge: Callable[..., Any]
    suspects: Callable[..., Any] | None = None
    limit: tuple[str, ...] = ()  # names of limits
    stores: frozenset[str] = frozenset()  # in force only there; empty: everywhere
    since: date | None = None
    until: date | None = None
    blank: bool = False  # also judged where the first field is blank
    deletes: bool = False  # also judged on rows that delete a listing
    study: Callable[[pl.Series, Evidence | None], Any] | None = None
    each: bool = False
    keys: tuple[str, ...] = ()
    normal: Callable[[pl.Expr], pl.Expr] | None = None
    together: bool = False  # an error at one row of a group holds all of them back
    several: bool = False  # says nothing of a group of one row
    supersedes: tuple[str, ...] = ()
    setting: Config = DEFAULT  # under which the examples hold
    evidence: Evidence | None = None  # what the cells of the examples are, where the rule asks

    def in_force(self, at: Context) -> bool:
        """Whether it applies on this day in this marketplace (a neutral check runs only rules that hold everywhere)."""
        if self.stores and (at.store is None or at.store.code not in self.stores):
            return False
        return (self.since is None or self.since <= at.as_of) and (self.until is None or at.as_of < self.until)

    @property
    def takes(self) -> frozenset[str]:
        """Names of the judge's arguments."""
        return frozenset(arguments(self.judge))


_RULES: dict[str, Rule] = {}
MACHINERY = frozenset(
    ("cards", "filled", "migrated", "shuffle", "template_cells", "template_lists", "template_rows", "template_sheet", "translated")
)
"""Modules of this package that hold no rule and are needed by few runs."""


def arguments(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's arguments, as `inspect.signature` tells them, only sooner."""
    code = function.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def call(function: Callable[..., Any], known: Mapping[str, Any]) -> Any:
    """Call a judge or suspects with those of the known values that it names."""
    return function(**{name: known[name] for name in arguments(function)})


def _register(judge: Callable[..., Any], *, code: str, scope: Any, good: Sequence[Any], bad: Any, **rest: Any) -> None:
    if code in _RULES:
        raise ValueError(f"rule code {code} is taken by {_RULES[code].name}")
    for spec in rest["fields"]:
        if spec.rstrip("*") not in all_fields():
            raise ValueError(f"{code}: {spec!r} is not a field")
    doc, _, detail = inspect.cleandoc(judge.__doc__ or "").partition("\n\n")
    examples = tuple(bad)
    fixes = bad if isinstance(bad, Mapping) else {}
    _RULES[code] = Rule(
        code=code,
        name=judge.__name__.strip("_").replace("_", "-"),
        doc=" ".join(doc.split()),
        detail=detail,
        category=judge.__module__.rpartition(".")[2],
        scope=scope,
        good=tuple(good),
        bad=MappingProxyType(dict(fixes)),
        bad_examples=examples,
        judge=judge,
        **rest,
    )


def rule(
    code: str,
    *,
    fields: tuple[str, ...],
    good: Sequence[Any],
    bad: Sequence[Any] | Mapping[Any, Any],
    why: str,
    source: str,
    checked: date,
    severity: str = "error",
    fix: str | None = None,
    errors: tuple[str, ...] = (),
    suspects: Callable[..., Any] | None = None,
    limit: str | tuple[str, ...] = (),
    stores: Iterable[str] = (),
    since: date | None = None,
    until: date | None = None,
    blank: bool = False,
    deletes: bool = False,
    study: Callable[[pl.Series, Evidence | None], Any] | None = None,
    each: bool = False,
    setting: Config = DEFAULT,
) -> Callable[[Callable[..., Flaw | None]], Callable[..., Flaw | None]]:
    """Register a judge of single rows. See the module's docstring."""

    def register(judge: Callable[..., Flaw | None]) -> Callable[..., Flaw | None]:
        _register(
            judge,
            code=code,
            scope="row",
            fields=fields,
            good=good,
            bad=bad,
            why=why,
            source=source,
            checked=checked,
            severity=Severity(severity),
            fix=Safety(fix) if fix else None,
            errors=errors,
            suspects=suspects,
            limit=(limit,) if isinstance(limit, str) else limit,
            stores=frozenset(stores),
            since=since,
            until=until,
            blank=blank,
            deletes=deletes,
            study=study,
            each=each,
            setting=setting,
        )
        return judge

    return register


def across(
    code: str,
    *,
    fields: tuple[str, ...],
    keys: tuple[str, ...],
    good: Sequence[Any],
    bad: Sequence[Any],
    why: str,
    source: str,
    checked: date,
    severity: str = "error",
    fix: str | None = None,
    errors: tuple[str, ...] = (),
    suspects: Callable[..., pl.Expr] | None = None,
    normal: Callable[[pl.Expr], pl.Expr] | None = None,
    together: bool = False,
    several: bool = False,
    deletes: bool = False,
) -> Callable[[Callable[..., Iterator[tuple[int, Flaw]]]], Callable[..., Iterator[tuple[int, Flaw]]]]:
    """Register a judge of groups of rows. Its good and bad examples are lists of rows (tuples in the order of `fields`)."""

    def register(judge: Callable[..., Iterator[tuple[int, Flaw]]]) -> Callable[..., Iterator[tuple[int, Flaw]]]:
        _register(
            judge,
            code=code,
            scope="across",
            fields=fields,
            keys=keys,
            good=good,
            bad=bad,
            why=why,
            source=source,
            checked=checked,
            severity=Severity(severity),
            fix=Safety(fix) if fix else None,
            errors=errors,
            suspects=suspects,
            normal=normal,
            together=together,
            several=several,
            deletes=deletes,
        )
        return judge

    return register


def column(
    code: str,
    *,
    fields: tuple[str, ...],
    good: Sequence[Any],
    bad: Sequence[Any],
    why: str,
    source: str,
    checked: date,
    severity: str = "error",
    errors: tuple[str, ...] = (),
    supersedes: tuple[str, ...] = (),
    evidence: Evidence | None = None,
) -> Callable[[Callable[..., Flaw | None]], Callable[..., Flaw | None]]:
    """Register a judge of a whole column of one sheet (exactly one field)."""

    def register(judge: Callable[..., Flaw | None]) -> Callable[..., Flaw | None]:
        _register(
            judge,
            code=code,
            scope="column",
            fields=fields,
            good=good,
            bad=bad,
            why=why,
            source=source,
            checked=checked,
            severity=Severity(severity),
            fix=None,
            errors=errors,
            supersedes=supersedes,
            evidence=evidence,
        )
        return judge

    return register


def given(
    code: str,
    name: str,
    doc: str,
    *,
    category: str,
    why: str,
    source: str,
    checked: date,
    severity: str = "error",
    fix: str | None = None,
    errors: tuple[str, ...] = (),
    good: Sequence[Any] = (),
    bad: Sequence[Any] = (),
) -> None:
    """Document a code whose findings are made outside the engine (by reading, a schema, a template or the diff)."""
    if code in _RULES:
        raise ValueError(f"rule code {code} is taken by {_RULES[code].name}")
    _RULES[code] = Rule(
        code=code,
        name=name,
        doc=doc,
        detail="",
        why=why,
        category=category,
        scope="given",
        severity=Severity(severity),
        fix=Safety(fix) if fix else None,
        fields=(),
        source=source,
        checked=checked,
        errors=errors,
        good=tuple(good) or _examples(code)[1],
        bad=MappingProxyType({}),
        bad_examples=tuple(bad) or _examples(code)[0],
        judge=_elsewhere,
    )


@cache
def _example_rows() -> Mapping[str, list[str]]:
    lines = data("rule_examples.tsv").read_text("utf-8").splitlines()
    return {code: cells for code, *cells in (line.split("\t") for line in lines if not line.startswith("#"))}


def _examples(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Bad and good examples of a rule that is judged elsewhere, in words."""
    bad, good = _example_rows().get(code, ("", ""))
    return (bad,) * bool(bad), (good,) * bool(good)


def _elsewhere() -> None:
    """The judge of rules that are evaluated outside the engine."""


@cache
def catalogue() -> Mapping[str, Rule]:
    """Every rule by its code, in the order of codes. Each module of this package is a subject and is found by itself."""
    package = import_module("listingkit.rules")
    for module in iter_modules(package.__path__):
        if module.name not in MACHINERY:
            import_module(f"listingkit.rules.{module.name}")
    return MappingProxyType(dict(sorted(_RULES.items())))


def find(code: str) -> Rule:
    """The rule of this code (any case) or name. Raises `UnknownName`."""
    from listingkit.errors import UnknownName

    rules = catalogue()
    by_name = {rule.name: rule for rule in rules.values()}
    found = rules.get(code.upper()) or by_name.get(code.lower())
    if found is None:
        raise UnknownName("rule", code, [*rules, *by_name])
    return found


def chosen(config: Config) -> tuple[Rule, ...]:
    """The rules left by `select` and `ignore` (codes or prefixes; the longer word wins) and `severity = off`, for anybody."""
    return tuple(found for code, found in catalogue().items() if wanted(code, config))


def wanted(code: str, config: Config) -> bool:
    """Whether somebody wants a code: what each marketplace, brand and product type makes of it, `graded` decides."""
    return config.wanted(code)
