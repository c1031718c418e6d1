"""Rules that a template brings along: what it asks of each cell, which values it takes, how old it is. `template_rows` judges."""

from datetime import date

from listingkit.rules.engine import given

CHECKED = date(2026, 9, 30)
_SOURCE = "Amazon inventory templates of 2024 to 2026: conditional formats, defined names, validations, settings"
_SAYS = "The template itself says so: its formulas are Amazon's own rules for the product type."


def _document(
    code: str, name: str, doc: str, why: str, *, severity: str = "error", fix: str | None = None, errors: tuple[str, ...] = ()
) -> None:
    given(code, name, doc, category="template", why=why, source=_SOURCE, checked=CHECKED, severity=severity, fix=fix, errors=errors)


_document(
    "REQ010",
    "required-by-template",
    "A cell that the template requires, given its row, is filled.",
    _SAYS,
    errors=("99001", "90220", "99010"),
)
_document(
    "REQ011",
    "not-applicable-by-template",
    "A cell that is not for the row's product type is blank.",
    _SAYS,
    fix="ask",
    errors=("90000900",),
)
_document(
    "REQ012",
    "left-empty-by-template",
    "A cell that must stay empty, given its row, is blank.",
    "Amazon ignores the value or takes it for something else: a quantity turns an FBA offer into one you ship yourself.",
    severity="warning",
    fix="ask",
)
_document(
    "VAL020",
    "not-in-template-list",
    "A cell with a closed list holds one of its values.",
    "Amazon refuses other values, and Excel cannot warn about those that were pasted.",
    fix="ask",
    errors=("90244", "90041", "90057", "8058"),
)
_document(
    "VAL021",
    "written-differently-in-template-list",
    "A value is written as in the list: same case, same spaces.",
    "Lists compare letter by letter.",
    severity="warning",
    fix="safe",
    errors=("90244",),
)
_document(
    "VAL022",
    "label-of-another-language",
    "A value is the label of the template's own language.",
    "The sheet takes labels, not what Amazon stores and not another language's labels.",
    fix="safe",
    errors=("90244",),
)
_document(
    "VAL023",
    "wrong-type-for-template",
    "Cells of number and date columns hold numbers and dates.",
    "Amazon cannot read the value.",
    fix="ask",
    errors=("90057", "90244"),
)
_document(
    "VAL024",
    "number-stored-as-text",
    "Numbers in a workbook are stored as numbers.",
    "Amazon refuses every such row of a unified workbook: wrong cell format.",
    errors=("13006",),
)
_document(
    "VAL025",
    "deprecated-variation-theme",
    "The variation theme is not one that Amazon marks as deprecated.",
    "Deprecated themes are taken away without further notice, and the family falls apart.",
    severity="warning",
    errors=("8016",),
)
_document(
    "VAL027",
    "brand-not-of-account",
    "The brand is one of those that the template lists for the account.",
    "Amazon lists the brands that the account may use; another one needs approval.",
    severity="warning",
    fix="ask",
    errors=("5665", "5461"),
)
_document(
    "VAL028",
    "shipping-group-not-of-account",
    "The shipping template is one of the account's own.",
    "An unknown name is refused.",
    fix="ask",
    errors=("99036",),
)
_document(
    "VAL029",
    "channel-not-of-account",
    "The fulfilment channel is one of the account's own.",
    "An unknown channel code is refused.",
    fix="ask",
    errors=("90244",),
)
_document(
    "FIL011",
    "not-in-text-encoding",
    "Every value of an upload fits the encoding of its template's text files.",
    "The tab-delimited upload cannot be written; no policy ships the row, so that text and workbook stay the same upload.",
)
_document(
    "TPL003",
    "template-old",
    "The template is not older than a year.",
    "Amazon changes lists and rules every few weeks, and may return data in an updated template.",
    severity="warning",
)
_document(
    "TPL006",
    "example-row-left",
    "Amazon's example row and its notes are not among the data.",
    "They would be uploaded as a product.",
    errors=("90057",),
)
_document(
    "TPL007",
    "product-type-not-in-template",
    "Every row's product type is one that the template was made for.",
    "Amazon validates a row against the template's own product types.",
    fix="safe",
    errors=("90057", "8058"),
)
_document(
    "TPL010",
    "two-columns-with-one-path",
    "No two columns of a template hold the same attribute.",
    "Nobody knows which of them Amazon reads; we read the first.",
)
_document(
    "TPL011",
    "default-action-text-left",
    "The listing action is a value of its list, not the text of the example.",
    "The example's text is not in the list and the row is refused.",
    fix="safe",
    errors=("90244",),
)
_document(
    "TPL012",
    "template-odd",
    "A template is whole: its lists, names and rules can be read.",
    "What is lost cannot be checked.",
    severity="info",
)
