"""A proposal as people and programs read it."""

from typing import Any

from rich.cells import cell_len, set_cell_size

from listingkit.mapping.propose import Guess, Proposal

PARTS = (0.18, 0.2, 0.0, 0.3, 0.32)  # of the width: column, field, sure, why, samples
SURE = 4  # characters of a confidence
SAMPLE = 24


def table(proposal: Proposal, threshold: float, width: int = 180) -> str:
    """One line a column: letter and header, field, confidence, why, three values; then what is left to ask."""
    widths = tuple(int(part * (width - SURE - 8)) or SURE for part in PARTS)
    lines = [_row(widths, "column", "field", "sure", "why", "samples")]
    for guess in proposal.guesses:
        used = guess.field is not None and guess.confidence >= threshold
        field = _filled(guess) if used else f"? {' or '.join(_possible(guess))}" if _possible(guess) else "-"
        sure = f"{guess.confidence:.2f}" if guess.field else ""
        samples = ", ".join(_short(sample, SAMPLE) for sample in guess.samples)
        lines.append(_row(widths, f"{guess.column.letter} {guess.column.header}", field or "-", sure, guess.why, samples))
    questions = proposal.questions(threshold)
    mapped = len(proposal.accepted(threshold))
    unknown = len(proposal.guesses) - mapped - len(questions)
    preset = f"; recognised as {proposal.preset}" if proposal.preset else ""
    lines.append(
        f"{mapped} of {len(proposal.guesses)} columns mapped, {len(questions)} to ask about, {unknown} unknown or left out{preset}"
    )
    if not any((guess.field or "").partition("@")[0] == "sku" for guess in proposal.accepted(threshold)):
        lines.append("no column holds the SKU: name it in the profile, or derive it there")
    return "\n".join(line.rstrip() for line in lines)


def rows(proposal: Proposal, threshold: float) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "letter": guess.column.letter,
            "column": guess.column.header,
            "field": guess.field if guess.confidence >= threshold else None,
            "marketplaces": list(guess.stores),
            "confidence": guess.confidence,
            "why": guess.why,
            "possible": list(_possible(guess)),
            "unit": guess.header.unit,
            "currency": guess.header.currency,
            "required": guess.header.required,
            "samples": list(guess.samples),
        }
        for guess in proposal.guesses
    ]


def _filled(guess: Guess) -> str:
    return f"{guess.field}@{','.join(guess.stores)}" if guess.stores else guess.field or ""


def _possible(guess: Guess) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (guess.field, *guess.alternatives) if name))


def _row(widths: tuple[int, ...], *cells: str) -> str:
    return "  ".join(set_cell_size(_short(cell, width), width) for cell, width in zip(cells, widths, strict=True))


def _short(text: str, width: int) -> str:
    text = " ".join(text.split())
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"
