"""The findings and listings of a page, packed: columns of numbers into one table of texts, deflated, in base64."""

import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from json import JSONEncoder
from typing import Any

from listingkit.finding import Finding, Safety, Severity
from listingkit.report.escape import visible
from listingkit.report.report import Product, Report

MESSAGE = 1_000  # characters of a message
VALUE = 300  # of a value or a proposal
TITLE = 500
STORES = 1_000  # of the codes of marketplaces


class Texts:
    """Every text once, by number; number 0 is the blank."""

    def __init__(self) -> None:
        self.numbers: dict[int, dict[str, int]] = {}  # by limit
        self.texts = [""]

    def number(self, text: str | None, limit: int) -> int:
        """The number of a text, shown visibly and cut."""
        return self.numbered(limit)(text)

    def numbered(self, limit: int) -> Callable[[str | None], int]:
        """`number` for one limit."""
        texts, known = self.texts, self.numbers.setdefault(limit, {})

        def number(text: str | None) -> int:
            if not text:
                return 0
            found = known.get(text)
            if found is None:
                found = known[text] = len(texts)
                texts.append(visible(text, limit))
            return found

        return number


def packed(data: Any) -> str:
    """JSON, deflated (zlib), in base64."""
    encoded = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode(data)
    return b64encode(zlib.compress(encoded.encode(), 5)).decode("ascii")


def payload(report: Report, codes: Sequence[str]) -> dict[str, Any]:
    """The data of the page. `codes` gives the rules their numbers."""
    texts = Texts()
    lines = _lines(report.findings, {code: number for number, code in enumerate(codes)}, texts)
    products = [_product(product, texts) for product in report.products]
    return {"lines": lines, "products": products, "texts": texts.texts}


_NAMES = ("rule", "severity", "message", "sku", "row", "letter", "column", "value", "fix", "safety", "file", "sheet")


def _rank(finding: Finding) -> int:
    """As `Severity.rank`, without a search: this is asked of every finding."""
    severity = finding.severity
    return 0 if severity is Severity.ERROR else 1 if severity is Severity.WARNING else 2


def _lines(findings: Iterable[Finding], rules: dict[str, int], texts: Texts) -> dict[str, list[int]]:
    """One line for a flaw that several marketplaces share; `stores` is the number of their codes, `times` how many findings it is."""
    seen: dict[tuple[object, ...], int] = {}
    lines: list[tuple[int, ...]] = []
    times: list[int] = []
    stores: list[list[str]] = []
    say, text = texts.numbered(MESSAGE), texts.numbered(VALUE)
    clear = text("(clear the cell)")
    for finding in sorted(findings, key=_rank):  # the worst first
        fix, cell = finding.fix, finding.cell
        proposed = None if fix is None else fix.value
        key = (finding.code, finding.row, cell, finding.message, finding.sku, finding.sheet, finding.file, proposed)
        known = seen.get(key)
        if known is not None:
            times[known] += 1
            if finding.marketplace:
                stores[known].append(finding.marketplace)
            continue
        seen[key] = len(stores)
        stores.append([finding.marketplace] if finding.marketplace else [])
        times.append(1)
        letter = cell.rstrip("0123456789") if cell else ""
        lines.append(
            (
                rules[finding.code],
                _rank(finding),
                say(finding.message),
                text(finding.sku),
                finding.row or 0,
                text(letter),
                text(finding.column or (finding.field if (finding.field or "") not in finding.message else None)),
                text(finding.value),
                0 if fix is None else text(fix.value) or clear,
                0 if fix is None else 1 if fix.safety is Safety.SAFE else 2,
                text(finding.file),
                text(finding.sheet),
            )
        )
    columns = dict(zip(_NAMES, (list(column) for column in zip(*lines, strict=True)), strict=False)) or {name: [] for name in _NAMES}
    where = texts.numbered(STORES)
    return columns | {"times": times, "stores": [where(" ".join(dict.fromkeys(codes))) if codes else 0 for codes in stores]}


def _product(product: Product, texts: Texts) -> list[Any]:
    number = texts.number
    titles = {store: number(title, TITLE) for store, title in product.titles.items()}
    return [
        number(product.sku, VALUE),
        number(product.title, TITLE),
        number(product.image, VALUE),
        number(product.parent, VALUE),
        number(product.brand, VALUE),
        number(product.price, VALUE),
        titles,
    ]
