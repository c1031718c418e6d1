"""The reasons that triage gives: each has a status, one message that a seller understands and one citation, kept as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from listingkit.resources import data

Status = Literal["valid", "warn", "suggest", "fix", "reject", "missing"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of listingkit/data/gtin_reasons.tsv."""

    name: str
    status: Status
    rule: str  # code of the finding
    message: str
    note: str
    source: str


@cache
def reasons() -> Mapping[str, Reason]:
    """Every reason by its name."""
    lines = data("gtin_reasons.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith(("#", "reason\t")))
    return {name: Reason(name, status, rule, message, note, source) for name, status, rule, message, note, source in rows}  # type: ignore[arg-type]


@cache
def none_words() -> frozenset[str]:
    """What people write when there is no number, folded; nothing but signs folds to the blank word."""
    lines = data("gtin_none_words.tsv").read_text("utf-8").splitlines()
    return frozenset(("", *(line.split("\t")[0] for line in lines[2:] if line != "word\tlanguage")))


@cache
def samples() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Numbers of documentation: whole numbers, and first digits of 13-digit numbers; both say where they are used."""
    lines = data("gtin_samples.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith(("#", "number\t"))]
    whole = {form: where for number, where in rows if not number.endswith("*") for form in (number, number.removeprefix("0"))}
    return whole, {number[:-1]: where for number, where in rows if number.endswith("*")}
