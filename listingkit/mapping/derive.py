"""Derived fields: the Jinja expressions of a profile, computed once for each distinct set of inputs."""

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from jinja2 import Template, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables
from msgspec import Struct

from listingkit.errors import BadProfile
from listingkit.fields import plain_names
from listingkit.mapping.expressions import FILTERS, LONGEST, Sandbox, forbidden
from listingkit.mapping.headers import name_key
from listingkit.mapping.profile import Derived
from listingkit.master.sheet import ROW

TEMPLATE = 5_000  # characters of an expression
NUMBER = "row_number"  # the number that a person sees in Excel
SECONDS = 60.0  # for all rows of one field
WRONG_IN_A_ROW = (TemplateError, ArithmeticError, ValueError, TypeError, LookupError)  # what an expression can do wrong with a value


class Unmapped(BadProfile):
    """An expression uses a field that the sheet does not have."""


class Inputs(Struct, frozen=True):
    """What expressions may use."""

    frame: pl.DataFrame  # fields so far, and `#row`
    sheet: pl.DataFrame  # the columns of the sheet, same rows
    headers: Mapping[str, str]  # key of a header -> column of `sheet`
    qualifiers: Sequence[str] = ()  # tried in this order for a field that only has qualified columns


def derive(inputs: Inputs, name: str, derived: Derived, file: str) -> pl.Series:
    """The column of one derived field; blank where the result is.

    Raises `BadProfile` with file and line, and with the row where the values of a row are to blame.
    """
    return _Expression(inputs, name, derived, file).column()


class _Expression:
    def __init__(self, inputs: Inputs, name: str, derived: Derived, file: str) -> None:
        self.inputs, self.name, self.derived, self.file = inputs, name, derived, file

    def column(self) -> pl.Series:
        tree, template = self.parsed()
        wanted = find_undeclared_variables(tree) - {"row", "column"}
        fields = {variable: ROW if variable == NUMBER else self.field(variable) for variable in sorted(wanted)}
        named = {text: self.header(text) for text in self.named_headers(tree)}
        if any(node.name == "row" for node in tree.find_all(nodes.Name)):
            named = {**self.inputs.headers, **named}
        columns = [*(self.inputs.frame[column] for column in fields.values()), *(self.inputs.sheet[column] for column in named.values())]
        keys = [f"v{position}" for position in range(len(columns))]
        table = pl.DataFrame([column.cast(pl.String).fill_null("").alias(alias) for column, alias in zip(columns, keys, strict=True)])
        names = list(fields), list(named)
        if not keys:
            return pl.Series(self.name, [self.one(template, names, (), None)] * self.inputs.frame.height, dtype=pl.String)
        rows = table.with_columns(self.inputs.frame[ROW].alias("row"))
        distinct = rows.group_by(keys, maintain_order=True).agg(pl.col("row").first())
        deadline = time.monotonic() + SECONDS
        results = []
        for *values, row in distinct.iter_rows():
            results.append(self.one(template, names, values, row))
            if time.monotonic() > deadline:
                raise self.bad(f"row {row}: the expression takes too long")
        answers = distinct.select(keys).with_columns(pl.Series("result", results, dtype=pl.String))
        return rows.with_row_index("at").join(answers, on=keys, how="left").sort("at")["result"].alias(self.name)

    def parsed(self) -> tuple[nodes.Template, Template]:
        if len(self.derived.template) > TEMPLATE:
            raise self.bad(f"the expression is longer than {TEMPLATE} characters")
        sandbox = Sandbox()
        try:
            tree = sandbox.parse(self.derived.template)
            against = forbidden(tree)
            if against:
                raise self.bad(against)
            return tree, sandbox.from_string(tree)
        except TemplateSyntaxError as error:
            line = self.derived.line and self.derived.line + (error.lineno or 1) - 1
            known = f" Filters are {', '.join(FILTERS)}." if "No filter" in (error.message or "") else ""
            raise BadProfile(self.file, line, f"{self.name}: {error.message}{known}") from None
        except (TemplateError, RecursionError) as error:
            raise self.bad(str(error)) from None

    def one(self, template: Template, names: tuple[list[str], list[str]], values: Sequence[str], row: int | None) -> str | None:
        """The result for one set of inputs."""
        fields, headers = names
        if any(len(value) > LONGEST for value in values):
            raise self.bad(f"row {row}: a value that it uses is longer than {LONGEST} characters")
        given: dict[str, Any] = dict(zip(fields, values, strict=False))
        cells = _Cells({name_key(text): value for text, value in zip(headers, values[len(fields) :], strict=True)})
        given |= {"row": cells, "column": cells.column}
        size, parts = 0, []
        try:
            for part in template.generate(given):
                size += len(part)
                if size > LONGEST:
                    raise SecurityError(f"the result is longer than {LONGEST} characters")
                parts.append(part)
        except WRONG_IN_A_ROW as error:
            raise self.bad(f"{f'row {row}: ' if row else ''}{error}") from None
        return re.sub(" {2,}", " ", "".join(parts)).strip() or None  # a blank input leaves two spaces

    def field(self, variable: str) -> str:
        """The column that a variable means: the field, or its first qualified column."""
        columns = self.inputs.frame.columns
        for name in (variable, *(f"{variable}@{qualifier}" for qualifier in self.inputs.qualifiers)):
            if name in columns and variable in plain_names():
                return name
        mapped = ", ".join(sorted({column.partition("@")[0] for column in columns if not column.startswith("#")}))
        message = f'{variable!r} is not a mapped field (mapped are {mapped}); column("Header") names any column of the sheet'
        raise Unmapped(self.file, self.derived.line, f"{self.name}: {message}")

    def named_headers(self, tree: nodes.Template) -> list[str]:
        texts = []
        for call in tree.find_all(nodes.Call):
            text = call.args[0].value if len(call.args) == 1 and isinstance(call.args[0], nodes.Const) else None
            if not isinstance(text, str):
                raise self.bad('column takes one header in quotes: column("Header")')
            texts.append(text)
        return texts

    def header(self, text: str) -> str:
        if name_key(text) not in self.inputs.headers:
            raise self.bad(f"column({text!r}): the sheet has no such header")
        return self.inputs.headers[name_key(text)]

    def bad(self, message: str) -> BadProfile:
        return BadProfile(self.file, self.derived.line, f"{self.name}: {message}")


class _Cells(dict[str, str]):
    """The cells of a row by header, whatever its case and stars."""

    def __getitem__(self, header: str) -> str:
        if name_key(header) not in self:
            raise UndefinedError(f"there is no column {header!r}")
        return super().__getitem__(name_key(header))

    def __str__(self) -> str:
        raise UndefinedError(f'row holds the cells by header, as in row["Header"]; the number of the row is {NUMBER}')

    def column(self, header: str) -> str:
        return self[header]

    column.is_column = True  # type: ignore[attr-defined]
