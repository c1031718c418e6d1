"""What `build` says when it is done."""

from collections.abc import Iterator

from listingkit.build import Built, Made
from listingkit.diff.risks import risks
from listingkit.finding import Severity
from listingkit.report.words import count


def told(built: Built) -> str:
    """The summary of a build: findings, one line a marketplace, where the files are."""
    return "\n".join(_lines(built)) + "\n"


def _lines(built: Built) -> Iterator[str]:
    rows, sheets = built.listings.frame.height, len(built.read)
    found = built.findings.severities()
    yield f"{rows} {'row' if rows == 1 else 'rows'} from {sheets} {'sheet' if sheets == 1 else 'sheets'}: " + ", ".join(
        f"{count} {severity.value if severity is Severity.INFO or count == 1 else severity.value + 's'}"
        for severity, count in found.items()
    )
    accepted = sum(len(one.findings) for one in built.findings.accepted)
    if accepted:
        yield f"  {count(accepted, 'finding')} accepted by exceptions of the config"
    for one in built.made:
        yield f"  {one.store.code}: {_marketplace(one, built.order.existing)}"
        yield from (f"    {line}" for line in _compared(built, one))
    if not built.order.previous and any(one.shipped for one in built.made) and all(one.changes is None for one in built.made):
        yield "  compared with nothing: a full update erases what its cells leave blank; name what is live with --previous"
    if not built.gate.open:
        many = "1 dangerous change" if built.gate.dangerous == 1 else f"{built.gate.dangerous} dangerous changes"
        yield f"{many}: look at */changes.html, then confirm exactly {_these(built.gate.dangerous)} with --confirm {built.gate.token}"
    out = built.order.out
    where = f"{out}/*/{'parts' if built.order.split else 'upload.txt'}"
    told = (
        f"{out / 'review.xlsx'} to fix it"
        if built.masters
        else f"{out / 'review.xlsx'} lists it: fix the master itself, it is too large for a copy"
    )
    yield f"uploads in {where}; open {out / 'report.html'} to read what to fix, {told}"


def _met(rows: int, doubled: int, existing: str) -> str:
    """What became of the rows that the template already had."""
    if existing == "replace":
        return f"{count(rows, 'row')} of the template replaced" if rows else ""
    if existing == "keep":
        return f"{count(doubled, 'row')} left out, of which the template has the SKU" if doubled else ""
    return f"{count(doubled, 'SKU')} twice, in a row of the template and in ours" if doubled else ""


def _marketplace(one: Made, existing: str) -> str:
    wrong = int(one.wrong.sum())
    parts = [f"{one.shipped} shipped{f' ({wrong} with errors)' if wrong else ''}", f"{int(one.held.sum())} held back"]
    if one.fixed:
        parts.append(f"{one.fixed} safe {'fix' if one.fixed == 1 else 'fixes'} applied")
    if one.changes is not None:
        counts = one.changes.counts()
        parts.append(
            "; ".join(f"{counts[kind]} {kind}" for kind in ("added", "changed", "removed", "vanished", "unchanged") if counts[kind])
        )
        if counts["dangerous"]:
            parts.append(f"{counts['dangerous']} DANGEROUS, see {one.store.code}/changes.html")
    parts.append(_met(*one.met, existing))
    if one.unplaced:
        parts.append(f"no column in the template for {', '.join(one.unplaced)}")
    return ", ".join(part for part in parts if part)


def _these(changes: int) -> str:
    return "this" if changes == 1 else "these"


def _compared(built: Built, one: Made) -> Iterator[str]:
    """What the dangerous changes are, and how far the comparison could look."""
    if one.changes is None:
        if built.order.previous:
            yield f"compared with nothing: the previous upload that was named has nothing for {one.store.code}"
        return
    for code, number in one.changes.dangers().items():
        yield f"{number} {code} {risks()[code].name}"
    yield from one.changes.notes
