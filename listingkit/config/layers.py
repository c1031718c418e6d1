"""The layers of rule settings, from the outermost to the innermost, and what they come to for one code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

KINDS = ("client", "product_type", "brand", "marketplace", "command line")
"""The kinds of layers; each goes over those before it."""


@dataclass(frozen=True)
class Layer:
    """What one layer says of the rules. `select` and `ignore` hold codes or prefixes, `severity` has them as keys."""

    kind: Literal["client", "product_type", "brand", "marketplace", "command line"]
    name: str = ""  # the product type, brand or marketplace; folded as `folded` does
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)  # error, warning, info or off
    written: str = field(default="", compare=False)  # the name as the file has it

    def says(self, code: str) -> bool:
        """Whether this layer may change what happens to a code."""
        return bool(self.select) or _longest(code, self.ignore) > 0 or _longest(code, self.severity) > 0

    def wants(self, code: str, *, so_far: bool) -> bool:
        """Whether the code is chosen after this layer; of words in one layer the longer one wins."""
        taken, dropped = _longest(code, self.select), _longest(code, self.ignore)
        if self.select:
            return taken > dropped
        return so_far and not dropped

    def severity_of(self, code: str) -> str | None:
        """What this layer says of the severity of a code: its longest word that fits."""
        fitting = [word for word in self.severity if code.startswith(word)]
        return self.severity[max(fitting, key=len)] if fitting else None


def folded(kind: str, name: str) -> str:
    """A name as layers are found by: brands without case and superfluous spaces, product types and marketplaces in capitals."""
    return " ".join(name.casefold().split()) if kind == "brand" else name.strip().upper()


def outcome(code: str, layers: Iterable[Layer]) -> str | None:
    """What the layers, outermost first, come to: `off`, a severity, or None where the rule's own severity stands."""
    wanted, severity = True, None
    for layer in layers:
        wanted = layer.wants(code, so_far=wanted)
        severity = layer.severity_of(code) or severity
    return severity if wanted else "off"


def _longest(code: str, words: Iterable[str]) -> int:
    return max((len(word) for word in words if code.startswith(word)), default=0)
