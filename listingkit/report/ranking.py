"""What to fix first: the rules in the order in which fixing them sets the most listings free."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from listingkit.finding import Finding, Severity


class Step(Struct, frozen=True):
    """One rule to fix. `freed`: listings whose last error it was, the steps before done; `so_far`: with those before."""

    code: str
    listings: int  # with this error
    freed: int
    so_far: int


def steps(findings: Iterable[Finding], rows: int | None = None, limit: int = 10) -> tuple[list[Step], int]:
    """The first `limit` steps, and how many listings have an error at all.

    A listing is a row, or a SKU where no row is known. An error without either (a column that is missing) is one of all `rows`.
    """
    codes: dict[object, set[str]] = {}
    everywhere: set[str] = set()
    for finding in findings:
        if finding.severity is not Severity.ERROR:
            continue
        if finding.row is None and not finding.sku:
            everywhere.add(finding.code)
            continue
        place = (finding.file, finding.sheet, finding.row) if finding.row is not None else finding.sku
        codes.setdefault(place, set()).add(finding.code)
    blocked = max(len(codes), rows or 1) if everywhere else len(codes)
    held = Counter(frozenset(group | everywhere) for group in codes.values())
    if blocked > len(codes):
        held[frozenset(everywhere)] += blocked - len(codes)
    return _ranked(held, limit), blocked


def _ranked(held: Counter[frozenset[str]], limit: int) -> list[Step]:
    touched = Counter(dict.fromkeys(sorted({code for group in held for code in group}), 0))
    for group, listings in held.items():
        touched.update(dict.fromkeys(group, listings))
    found: list[Step] = []
    so_far = 0
    while held and len(found) < limit:
        freed: Counter[str] = Counter()
        share: dict[str, float] = {}
        for group, listings in held.items():
            for code in group:
                share[code] = share.get(code, 0) + listings / len(group)
                if len(group) == 1:
                    freed[code] += listings
        best = min(share, key=lambda code: (-freed[code], -share[code], code))
        so_far += freed[best]
        found.append(Step(best, touched[best], freed[best], so_far))
        rest: Counter[frozenset[str]] = Counter()
        for group, listings in held.items():
            if left := group - {best}:
                rest[left] += listings
        held = rest
    return found
