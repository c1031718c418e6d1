"""The outcome of a run in sentences."""

from collections.abc import Iterator

from listingkit.report.report import Held, Report


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 error`, `1,200 errors`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


_HELD = {
    "errors": ("with an error of its own", "with errors of their own"),
    "named": ("only because an error of another row names it", "only because errors of other rows name them"),
    "columns": ("only for an error of a whole column", "only for errors of whole columns"),
    "parents": ("only because its parent is held back", "only because their parent is held back"),
    "fixes": ("only for an error once safe fixes are applied", "only for errors once safe fixes are applied"),
    "strict": ("only because of --strict", "only because of --strict"),
}


def _shipping(report: Report) -> Iterator[str]:
    """What is held back and what ships."""
    if report.held:
        yield f"{count(report.held, 'row')} held back{_why(report.held_for)}."
    if report.mended:
        yield f"{count(report.mended, 'row is', 'rows are')} in order only because safe fixes were applied."
    if report.shipped:
        asked = ", because --include-errors was asked for" if report.wrong_for.rows else ""
        yield f"Shipped: {', '.join(_stores(report))}{asked}."
    if report.wrong_for.reasons:
        yield f"{count(report.wrong_for.rows, 'row')} shipped with errors{_why(report.wrong_for)}."


def _why(held: Held) -> str:
    """Where not every one of these rows has an error itself: what it is with each."""
    told = [f"{rows:,} {_HELD[reason][rows != 1]}" for reason, rows in held.reasons.items()]
    return f": {', '.join(told)}" if told else ""


def _stores(report: Report) -> Iterator[str]:
    """What each marketplace gets."""
    for store, rows in report.shipped.items():
        yield f"{store} {rows:,} ({report.wrong.get(store, 0):,} with errors)" if report.wrong_for.rows else f"{store} {rows:,}"


def summary(report: Report) -> Iterator[str]:
    """Sentences: how many findings in how many rows, what ships, what can be fixed."""
    tally = report.tally
    all_rows = count(report.rows, "row") if report.rows is not None else ""
    new = "new " if report.known is not None else ""
    if not tally.total:
        yield f"No {new}findings in {all_rows}." if all_rows else f"No {new}findings."
    else:
        parts = [count(number, new + word) for number, word in ((tally.errors, "error"), (tally.warnings, "warning")) if number]
        notes = tally.total - tally.errors - tally.warnings
        if notes:
            parts.append(count(notes, new + "note"))
        said = ", ".join(parts[:-1]) + (" and " if parts[1:] else "") + parts[-1]
        some = min(tally.rows, report.rows or tally.rows)  # header rows may have findings, too
        rows = f"{some:,} of {all_rows}" if all_rows else count(tally.rows, "row")
        yield f"{said} in {rows}." if tally.rows else f"{said}."
    if report.known is not None:
        yield f"{count(len(report.known), 'more is', 'more are')} known to the baseline."
        if report.gone:
            yield f"{count(report.gone, 'entry of it is', 'entries of it are')} no finding any more: write it anew with --write-baseline."
    if report.accepted:
        yield f"{count(len(report.accepted), 'finding')} accepted by exceptions."
    yield from _shipping(report)
    if tally.safe:
        yield f"{count(tally.safe, 'fix', 'fixes')} can be applied with --fix."
    if tally.ask:
        yield f"{count(tally.ask, 'proposal')} to confirm."
