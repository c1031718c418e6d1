"""What a whole column of numbers says about its single values: lost zeros, missing check digits, or no barcodes at all.

A right check digit proves little for one value: one in ten passes by chance. Over a column chance dies out as 0.1 to the power of k.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import comb

from msgspec import Struct

from listingkit.gtin.check_digit import complete
from listingkit.gtin.numbers import judge
from listingkit.gtin.prefixes import prefixes
from listingkit.gtin.triage import triage

LOOKED_AT = 2000
"""Distinct doubtful values that are enough to know a column by."""

_ZEROS = ("zeros-lost", "isbn-10-zero-lost")
_NO_CHECK = frozenset(
    ("not-a-number", "length", "check-digit", "packaging-check-digit", "upc-e", "digits-lost", "rounded", "all-zeros", "fnsku", "ndc")
).union(("issn-8", "stray-signs", "short"))
"""Reasons of values that no right check digit marks as barcodes."""
_FAR = ("asin", "pzn", "blank", "none-word")
"""Reasons of values that say nothing about whether the others are barcodes."""
_CHANCE = 1e-3
_SHARE = 0.8


class Seen(Struct, frozen=True):
    """What a column proves, in words; empty where it proves nothing."""

    zeros_lost: str = ""
    check_digits_missing: str = ""
    no_barcodes: str = ""


def look(values: Iterable[str], *, clean: int = 0, numeric: int = 0, text: int = 0, formats: Mapping[str, int] | None = None) -> Seen:
    """Judge a column by its distinct doubtful values, `clean` others that are sure, and the kind of its cells where a workbook tells."""
    rules: Counter[str] = Counter()
    eleven_right = eleven_wrong = twelve_right = twelve_wrong = 0
    for value in values:
        found = triage(value)
        rules["short" if found.rule == "check-digit-missing" and len(value.strip()) < 12 else found.rule] += 1
        digits = value.strip().removesuffix(".0")
        if not (digits.isascii() and digits.isdigit()):
            continue
        if 9 <= len(digits) <= 11 and digits[0] != "0":
            eleven_right += found.rule in _ZEROS
            eleven_wrong += found.rule not in _ZEROS
        elif len(digits) == 12:
            complete_ean = judge(complete(digits), prefixes()).usable
            twelve_right += found.usable or not complete_ean
            twelve_wrong += not found.usable and complete_ean
    return Seen(
        zeros_lost=_zeros(eleven_right, eleven_wrong, numeric, text, formats or {}),
        check_digits_missing=_check_digits(clean + twelve_right, twelve_wrong),
        no_barcodes=_no_barcodes(rules, clean),
    )


def _zeros(right: int, wrong: int, numeric: int, text: int, formats: Mapping[str, int]) -> str:
    if not right:
        return ""
    shown = {width for form, cells in formats.items() if cells and (width := _width(form))}
    if numeric and shown and not text and all(_width(form) for form, cells in formats.items() if cells):
        return f"the cells are numbers shown with {' or '.join(str(width) for width in sorted(shown))} digits"
    chance = _at_least(right, right + wrong, 0.1)
    if right < _SHARE * (right + wrong) or chance > (_CHANCE * 10 if numeric and not text else _CHANCE) * 1.001:
        return ""
    kind = ", and the cells are numbers" if numeric and not text else ""
    return f"{right} of the {right + wrong} different short numbers in this column have a right check digit with their zeros{kind}"


def _width(form: str) -> int:
    """The digits that a number format of zeros shows; 0 for other formats."""
    zeros = form.partition(";")[0].strip('"\\ ')
    return len(zeros) if len(zeros) in (8, 10, 12, 13, 14) and not zeros.strip("0") else 0


def _check_digits(right: int, wrong: int) -> str:
    """Twelve digits that are wrong as a UPC and right as an EAN without its check digit; a tenth passes by chance."""
    total = right + wrong
    if wrong < 5 or right > 0.25 * total:
        return ""
    return f"{wrong} of the {total} different numbers in this column are EANs that end before their check digit"


def _no_barcodes(rules: Counter[str], clean: int) -> str:
    """One of these in seven may be chance; nothing at all must be among at least five."""
    told = Counter({rule: count for rule, count in rules.items() if rule not in _FAR})
    total = told.total() + clean
    barcodes = clean + sum(count for rule, count in told.items() if rule not in _NO_CHECK)
    if total < 5 or (barcodes and (total < 20 or barcodes > 0.15 * total)):
        return ""
    common, count = told.most_common(1)[0]
    if common == "digits-lost" and count > _SHARE * total:
        return "a spreadsheet turned the numbers into scientific notation and lost their digits; export the column again as text"
    few = (
        f"only {barcodes} of the {total} different values pass for GTINs, as chance has it"
        if barcodes
        else f"none of the {total} different values is a GTIN"
    )
    return f"{few}: this looks like a column of SKUs or article numbers"


def _at_least(successes: int, trials: int, share: float) -> float:
    """How likely chance alone gives so many; far out it is 0."""
    if trials > 200:
        return 0.0 if successes > _SHARE * trials else 1.0
    return sum(comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(successes, trials + 1))
