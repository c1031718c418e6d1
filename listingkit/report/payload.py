"""The findings and listings of a page, packed: columns of numbers into one table of texts, deflated, in base64."""

import re
import zlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from json import JSONEncoder
from typing import Any

from listingkit.finding import Finding, Safety
from listingkit.report.escape import visible
from listingkit.report.report import Product, Report

MESSAGE = 1_000  # characters of a message
VALUE = 300  # of a value or a proposal
TITLE = 500
_CELL = re.compile("([A-Z]{1,3})[0-9]{1,7}")


class Texts:
    """Every text once, by number; number 0 is the blank."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, int], int] = {("", 0): 0}
        self.texts = [""]

    def number(self, text: str | None, limit: int) -> int:
        """The number of a text, shown visibly and cut."""
        if not text:
            return 0
        key = (text, limit)
        known = self.numbers.get(key)
        if known is None:
            known = self.numbers[key] = len(self.texts)
            self.texts.append(visible(text, limit))
        return known


def packed(data: Any) -> str:
    """JSON, deflated (zlib), in base64."""
    encoded = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode(data)
    return b64encode(zlib.compress(encoded.encode(), 6)).decode("ascii")


def payload(report: Report, codes: Sequence[str]) -> dict[str, Any]:
    """The data of the page. `codes` gives the rules their numbers."""
    texts = Texts()
    lines = _lines(report.findings, {code: number for number, code in enumerate(codes)}, texts)
    products = [_product(product, texts) for product in report.products]
    return {"lines": lines, "products": products, "texts": texts.texts}


def _lines(findings: Iterable[Finding], rules: dict[str, int], texts: Texts) -> dict[str, list[int]]:
    """One line for a flaw that several marketplaces share; `stores` is the number of their codes, `times` how many findings it is."""
    seen: dict[tuple[object, ...], int] = {}
    names = ("rule", "severity", "message", "sku", "row", "letter", "column", "value", "fix", "safety", "file", "sheet", "times")
    columns: dict[str, list[int]] = {name: [] for name in names}
    append = [columns[name].append for name in names]
    times = columns["times"]
    stores: list[list[str]] = []
    number = texts.number
    for finding in sorted(findings, key=lambda finding: finding.severity.rank):  # the worst first
        fix = finding.fix
        key = (finding.code, finding.severity, finding.row, finding.cell, finding.message, finding.sku, finding.sheet, finding.file, fix)
        known = seen.get(key)
        if known is not None:
            times[known] += 1
            if finding.marketplace:
                stores[known].append(finding.marketplace)
            continue
        seen[key] = len(stores)
        stores.append([finding.marketplace] if finding.marketplace else [])
        cell = _CELL.fullmatch(finding.cell) if finding.cell else None
        values = (
            rules[finding.code],
            finding.severity.rank,
            number(finding.message, MESSAGE),
            number(finding.sku, VALUE),
            finding.row or 0,
            number(cell[1], VALUE) if cell else 0,
            number(finding.column or finding.field, VALUE),
            number(finding.value, VALUE),
            (number(fix.value, VALUE) or number("(clear the cell)", VALUE)) if fix else 0,
            0 if fix is None else 1 if fix.safety is Safety.SAFE else 2,
            number(finding.file, VALUE),
            number(finding.sheet, VALUE),
            1,
        )
        for add, value in zip(append, values, strict=True):
            add(value)
    columns["stores"] = [number(" ".join(dict.fromkeys(codes)), 1_000) for codes in stores]
    return columns


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
