"""What triage says of a value."""

from typing import NamedTuple

from listingkit.gtin.reasons import Status, reasons


class Verdict(NamedTuple):
    """The answer of triage.

    `valid`: `gtin` may be uploaded. `fix`: it was written oddly, `gtin` holds the number, nothing was guessed. `warn`: usable but dubious.
    `suggest`: a person must choose among `candidates`, the likeliest first. `reject`: must not be uploaded (`candidates` may still
    help). `missing`: there is no number. `rule` names the reason ("" for valid), `message` says it to a seller.
    """

    status: Status
    gtin: str | None
    rule: str
    message: str
    candidates: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether `gtin` holds a number that may be uploaded."""
        return self.status in ("valid", "warn", "fix")


def verdict(rule: str, gtin: str | None = None, candidates: tuple[str, ...] = (), **facts: object) -> Verdict:
    """The verdict of a reason; `facts` fill the names in its message."""
    reason = reasons()[rule]
    return Verdict(reason.status, gtin, rule, reason.message.format(**facts) if facts else reason.message, candidates)
