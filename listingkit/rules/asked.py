"""What category schemas ask, as tasks of the same engine, and the codes that the words of the vocabulary carry."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

import polars as pl

from listingkit.finding import Flaw, Safety, Severity
from listingkit.mapping.listings import View
from listingkit.master.sheet import ROW
from listingkit.rules.engine import given, wanted
from listingkit.rules.task import Run, Task, kept
from listingkit.schemas.category import CategorySchema, exists, load
from listingkit.schemas.words import Constraint, Required, RequiredWhen

NAMES = {
    "REQ001": "required",
    "REQ002": "required-when",
    "REQ005": "forbidden-when",
    "VAL001": "not-an-accepted-value",
    "VAL006": "number-out-of-range",
    "VAL008": "too-many-characters",
    "VAL009": "too-few-characters",
    "VAL010": "too-many-bytes",
    "VAL011": "wrong-form",
    "VAL012": "attribute-not-taken",
    "VAL013": "too-many-values",
}
COMMON = "COMMON"  # what every product type asks
_SOURCE = "each product type's schema names the source of what it asks: listingkit schemas show TYPE"
_CHECKED = date(2026, 9, 30)


def _document(code: str, doc: str, why: str, *, errors: tuple[str, ...], fix: str | None = None) -> None:
    given(code, NAMES[code], doc, category="schema", why=why, source=_SOURCE, checked=_CHECKED, fix=fix, errors=errors)


_document(
    "REQ001",
    "A field that the product type requires is filled.",
    "Amazon refuses the row or suppresses the listing.",
    errors=("90220", "99001", "99022"),
)
_document(
    "REQ002",
    "A field is filled where another field makes it required.",
    "Half of a set of fields says nothing: Amazon refuses the row.",
    errors=("90220", "99001", "99010", "99022"),
)
_document(
    "REQ005",
    "A field is blank where another field rules it out.",
    "Amazon ignores the value or refuses the row.",
    errors=("90000900",),
    fix="ask",
)
_document(
    "VAL001",
    "A field with a list of accepted values holds one of them.",
    "Amazon refuses values that are not on its list, also for a different case or language.",
    errors=("90244", "90041", "90057", "8058"),
    fix="safe",
)
_document(
    "VAL006",
    "A field for numbers holds a number within its range and with no more decimals than it takes.",
    "Amazon refuses the row.",
    errors=("90057", "90244", "90004114"),
)
_document("VAL008", "A text has no more characters than its field takes.", "Amazon refuses the row.", errors=("90225",))
_document("VAL009", "A text has as many characters as its field asks for.", "Amazon refuses the row.", errors=("90244",))
_document("VAL010", "A text has no more bytes in UTF-8 than its field takes.", "Amazon refuses the row.", errors=("90225",))
_document(
    "VAL012",
    "A listing has only attributes that its product type takes.",
    "Amazon answers 90000900 and ignores the value or the row.",
    errors=("90000900",),
)
_document("VAL013", "An attribute has as many values as its product type takes.", "Amazon refuses the row.", errors=("90244", "99022"))
_document("VAL011", "A text has the form that its field takes.", "Amazon refuses the row.", errors=("90244",))


def asked_tasks(run: Run) -> Iterator[Task]:
    """One task for each constraint of each schema that the listings' product types have, shared by the marketplaces that ask the same.

    However many types no schema speaks of: what every type asks is asked of all of them at once.
    """
    variants: dict[tuple[str, tuple[str | None, ...], Constraint, tuple[str | None, ...]], list[str]] = {}
    for code, view in run.views.items():
        at = run.contexts[code]
        kinds_here = (kind for kind in _product_types(run, view) if not kind or (kind.upper(), code) not in run.elsewhere)
        for schema, kinds in _by_schema(kinds_here):
            for constraint in schema.asks(at.store, at.as_of) if at.store else ():
                if wanted(constraint.code, run.config):
                    columns = tuple(view.columns.get(name) for name in constraint.reads)
                    if columns[0] is None and not isinstance(constraint.word, Required | RequiredWhen):
                        continue  # every other word is silent about blanks
                    variants.setdefault((schema.product_type, kinds, constraint, columns), []).append(code)
    for (type_, kinds, constraint, columns), codes in variants.items():
        yield Task(
            code=constraint.code,
            name=NAMES[constraint.code],
            severity=Severity.ERROR,
            safety=Safety.ASK,
            plain=constraint.reads,
            columns=columns,
            judge=_judge(constraint),
            suspects=_suspects(run, run.views[codes[0]], kinds, constraint, columns),
            stores=tuple(codes),
            shown=run.shown(codes, specific=True),
            whole=True,
            about="" if type_ == COMMON else type_,
            names=isinstance(constraint.word, RequiredWhen) and not all(one.negated for one in constraint.word.conditions),
        )


def _by_schema(kinds: Iterable[str | None]) -> Iterator[tuple[CategorySchema, tuple[str | None, ...]]]:
    """Each schema with the product types that it is asked for."""
    found: dict[str, tuple[CategorySchema, list[str | None]]] = {}
    for kind in kinds:
        schema = _schema(kind) or load(COMMON)
        found.setdefault(schema.product_type, (schema, []))[1].append(kind)
    yield from ((schema, tuple(mine)) for schema, mine in found.values())


def _product_types(run: Run, view: View) -> list[str | None]:
    """The product types of the rows; None for rows that state none."""
    column = view.columns.get("product_type")
    return sorted(run.frame[column].unique().to_list(), key=lambda kind: kind or "") if column else [None]


def _schema(kind: str | None) -> CategorySchema | None:
    """The schema of a product type; what every type asks where none is stated."""
    return load(kind or COMMON) if not kind or exists(kind) else None


def _judge(constraint: Constraint) -> Callable[[tuple[Any, ...]], Flaw | None]:
    others = constraint.reads[1:]

    def judge(key: tuple[Any, ...]) -> Flaw | None:
        return constraint.flaw(key[0], dict(zip(others, key[1:], strict=True)))

    return judge


def _suspects(run: Run, view: View, kinds: tuple[str | None, ...], constraint: Constraint, columns: tuple[str | None, ...]) -> pl.Expr:
    cells = [pl.col(column) if column else pl.lit(None, pl.String) for column in columns]
    others = dict(zip(constraint.reads[1:], cells[1:], strict=True))
    parts = [
        pl.col(ROW).is_not_null(),
        kept(run),
        _of_type(view, kinds),
        constraint.word.suspects(cells[0], others).fill_null(value=True),
    ]
    if constraint.code.startswith("REQ00") and constraint.code != "REQ005" and "record_action" in run.frame.columns:
        parts.append(pl.col("record_action").ne_missing("partial_update"))  # its blanks leave what is live alone
    return pl.all_horizontal(parts)


def _of_type(view: View, kinds: tuple[str | None, ...]) -> pl.Expr:
    column = view.columns.get("product_type")
    if column is None:
        return pl.lit(value=True)
    named = pl.col(column).is_in([kind for kind in kinds if kind is not None]).fill_null(value=False)
    return named | pl.col(column).is_null() if None in kinds else named
