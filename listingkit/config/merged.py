"""The config after reading: what the steps of a run look at."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

from listingkit.config.layers import KINDS, Layer, folded, outcome
from listingkit.config.places import Source


@dataclass(frozen=True)
class Config:
    """The sections that the steps read. Their shapes are checked on loading; what they mean, each step knows."""

    marketplaces: tuple[str, ...] = ()
    profile: str | None = None
    schemas: tuple[str, ...] = ()  # Amazon's product type definitions: files or folders
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)  # rule code or prefix -> error, warning, info or off
    gs1: Mapping[str, Any] = field(default_factory=dict)  # company prefixes and licence exports by brand
    exemptions: tuple[Mapping[str, Any], ...] = ()  # GTIN exemptions: brand, product_type, marketplace, asin, case, date
    documents: tuple[Mapping[str, Any], ...] = ()  # certificates and test reports: document, sku or product_type, file, valid_until
    exceptions: tuple[Mapping[str, Any], ...] = ()  # accepted findings: sku, rule, marketplace, reason, expires
    diff: Mapping[str, Any] = field(default_factory=dict)  # thresholds and tolerances
    layers: tuple[Layer, ...] = ()  # over the client's own `select`, `ignore`, `severity`; the outermost first
    diffs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # marketplace -> what differs from `diff` there
    source: Source | None = field(default=None, compare=False, repr=False)  # None: nothing but the built-in

    @cached_property
    def client(self) -> Layer:
        """The client's own settings as the outermost layer."""
        return Layer("client", "", self.select, self.ignore, self.severity)

    def with_layer(self, layer: Layer) -> "Config":
        """The config with one more layer over those of its kind."""
        return replace(self, layers=tuple(sorted((*self.layers, layer), key=lambda one: KINDS.index(one.kind))))

    def layers_for(self, *, marketplace: str = "", brand: str | None = None, product_type: str | None = None) -> list[Layer]:
        """The layers that hold in this marketplace for a row of this brand and product type, the outermost first."""
        here = {"marketplace": marketplace, "brand": brand or "", "product_type": product_type or "", "command line": ""}
        return [self.client, *(layer for layer in self.layers if layer.name == folded(layer.kind, here[layer.kind]))]

    def outcome(self, code: str, *, marketplace: str = "", brand: str | None = None, product_type: str | None = None) -> str | None:
        """`off`, the severity that the config gives a code there, or None where the rule's own stands."""
        return outcome(code, self.layers_for(marketplace=marketplace, brand=brand, product_type=product_type))

    def wanted(self, code: str) -> bool:
        """Whether anybody wants to know of a code: some marketplace, for some brand and product type."""
        return any(self._wanted(code))

    def everywhere(self, code: str) -> bool:
        """Whether everybody wants to know of a code: every marketplace, for every brand and product type."""
        return all(self._wanted(code))

    def _wanted(self, code: str) -> Iterator[bool]:
        """Whether each marketplace, for each brand and product type that a layer knows, wants to know of a code."""
        return (said != "off" for store in self._speaking("marketplace", code) for said in self.outcomes(code, store))

    def outcomes(self, code: str, marketplace: str) -> Iterator[str | None]:
        """What it comes to in one marketplace for each brand and product type that a layer knows, and for all others."""
        for kind, brand in product(self._speaking("product_type", code), self._speaking("brand", code)):
            yield self.outcome(code, product_type=kind, brand=brand, marketplace=marketplace)

    def _speaking(self, kind: str, code: str) -> list[str]:
        return [*(layer.name for layer in self.layers if layer.kind == kind and layer.says(code)), ""]

    def diff_in(self, marketplace: str) -> Mapping[str, Any]:
        """Thresholds and tolerances in one marketplace."""
        return {**self.diff, **self.diffs.get(marketplace, {})}

    def words(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every code or prefix that the file names, with the path of its key."""
        for layer in (self.client, *self.layers):
            inside = () if layer.kind == "client" else (layer.kind, layer.written)
            for name, said in (("select", layer.select), ("ignore", layer.ignore), ("severity", layer.severity)):
                yield from (((*inside, "rules", name, word) if name == "severity" else (*inside, "rules", name), word) for word in said)
        yield from ((("exceptions", number, "rule"), entry["rule"].upper()) for number, entry in enumerate(self.exceptions))

    def line(self, *path: str | int) -> int | None:
        """The line of a key in the file that this was read from."""
        return self.source.line(*path) if self.source else None


DEFAULT = Config()


def layers(table: Mapping[str, Any]) -> Iterable[Layer]:
    """The layers that a checked config table speaks of, outermost first; of one kind in the order of the file."""
    for kind in KINDS[1:4]:
        for name, inside in table.get(kind, {}).items():
            if "rules" in inside:
                yield layer(kind, name, inside["rules"])


def layer(kind: Any, name: str, rules: Mapping[str, Any]) -> Layer:
    """One layer; codes in capitals."""
    return Layer(
        kind,
        folded(kind, name),
        tuple(code.upper() for code in rules.get("select", ())),
        tuple(code.upper() for code in rules.get("ignore", ())),
        {code.upper(): said for code, said in rules.get("severity", {}).items()},
        written=name,
    )
