"""What makes a finding the same one in the next run."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from listingkit.finding import Finding


def fingerprint(finding: Finding) -> str:
    """32 hex digits that stay when rows move: rule, field, marketplace, SKU (the cell where there is none) and value."""
    place = finding.sku or f"{finding.file or ''}\x1f{finding.sheet or ''}\x1f{finding.cell or finding.row or ''}"
    parts = (finding.code, finding.field or "", finding.marketplace or "", place, finding.value or "")
    return hashlib.sha256("\x1e".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def unique(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Each finding with its fingerprint; what would repeat one gets a number of its own."""
    seen: Counter[str] = Counter()
    for finding in findings:
        mark = fingerprint(finding)
        seen[mark] += 1
        yield finding, mark if seen[mark] == 1 else f"{mark[:24]}{seen[mark]:08x}"
