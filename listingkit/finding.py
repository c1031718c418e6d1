"""What is wrong: a flaw (of a value) and a finding (a flaw at its place)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How bad: an error holds the row back, a warning does not, info only tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return ("error", "warning", "info").index(self.value)


class Safety(StrEnum):
    """Whether a fix may be applied unasked: `safe` loses nothing and leaves no choice, `ask` needs a person's yes."""

    SAFE = "safe"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a value, in a seller's words. Knows no place.

    `fix` is the value that would be right ("" clears the cell); `safety` overrides what the rule says of its fixes;
    `severity` overrides the rule's severity for this one value; `field` moves the finding to another of the rule's fields.
    """

    message: str
    fix: str | None = None
    safety: Safety | None = None
    severity: Severity | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    value: str
    safety: Safety


@dataclass(frozen=True, slots=True)
class Finding:
    """A flaw at its place, as the json formats write it. `row` and `cell` are what a person sees in Excel."""

    code: str
    name: str
    severity: Severity
    message: str
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    field: str | None = None
    sku: str | None = None
    marketplace: str | None = None
    value: str | None = None
    fix: Fix | None = None

    def to_dict(self) -> dict[str, Any]:
        """The contract of the json and jsonl formats."""
        return {
            "code": self.code,
            "name": self.name,
            "severity": self.severity.value,
            "message": self.message,
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "cell": self.cell,
            "field": self.field,
            "sku": self.sku,
            "marketplace": self.marketplace,
            "value": self.value,
            "fix": {"value": self.fix.value, "safety": self.fix.safety.value} if self.fix else None,
        }
