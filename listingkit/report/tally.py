"""Counting findings, once for every format."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from listingkit.finding import Finding, Safety, Severity


class Tally(Struct, frozen=True):
    """Counts of findings; `rows` and `bad_rows` count places (file, sheet, row)."""

    severities: dict[Severity, int]
    codes: dict[str, int]  # most frequent first
    worst: dict[str, Severity]  # of a code
    names: dict[str, str]  # of a code
    marketplaces: dict[str | None, int]
    safe: int  # findings whose fix loses nothing
    ask: int  # findings whose fix needs a person's yes
    rows: int  # rows with any finding
    bad_rows: int  # rows with an error

    @property
    def total(self) -> int:
        return sum(self.severities.values())

    @property
    def errors(self) -> int:
        return self.severities[Severity.ERROR]

    @property
    def warnings(self) -> int:
        return self.severities[Severity.WARNING]


def tally(findings: Iterable[Finding]) -> Tally:
    """Count in one pass."""
    severities: Counter[Severity] = Counter()
    codes: Counter[str] = Counter()
    worst: dict[str, Severity] = {}
    names: dict[str, str] = {}
    marketplaces: Counter[str | None] = Counter()
    fixes: Counter[Safety] = Counter()
    rows: set[tuple[str | None, str | None, int]] = set()
    bad_rows: set[tuple[str | None, str | None, int]] = set()
    for finding in findings:
        severities[finding.severity] += 1
        codes[finding.code] += 1
        names.setdefault(finding.code, finding.name)
        if finding.code not in worst or finding.severity.rank < worst[finding.code].rank:
            worst[finding.code] = finding.severity
        marketplaces[finding.marketplace] += 1
        if finding.fix:
            fixes[finding.fix.safety] += 1
        if finding.row is not None and (finding.field or finding.sku):  # not what is said of the header
            place = (finding.file, finding.sheet, finding.row)
            rows.add(place)
            if finding.severity is Severity.ERROR:
                bad_rows.add(place)
    return Tally(
        severities={severity: severities[severity] for severity in Severity},
        codes=dict(sorted(codes.items(), key=lambda item: (-item[1], item[0]))),
        worst=worst,
        names=names,
        marketplaces=dict(sorted(marketplaces.items(), key=lambda item: (-item[1], item[0] or ""))),
        safe=fixes[Safety.SAFE],
        ask=fixes[Safety.ASK],
        rows=len(rows),
        bad_rows=len(bad_rows),
    )
