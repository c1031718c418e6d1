"""A product type definition, read and compiled."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from listingkit.errors import BadProfile, Unreadable
from listingkit.marketplace import Marketplace, marketplaces
from listingkit.schemas.definition.compile import BadSchema, Compiler
from listingkit.schemas.definition.node import Node
from listingkit.schemas.paths import Step

LARGEST = 20_000_000  # bytes of a definition; real ones have about 1,000,000


@dataclass(frozen=True, eq=False, repr=False)
class Definition:
    """What Amazon asks of one product type in one marketplace.

    `root` also refuses what the marketplace refuses although the definition lets it pass (values outside open lists, foreign
    marketplaces, deprecated values); `plain` is the definition to the letter.
    """

    file: str
    document: Mapping[str, Any]
    product_type: str
    store: Marketplace | None
    language: str | None
    root: Node
    unknown: tuple[str, ...]  # keywords that nobody knows, with how often they occur

    def __reduce__(self) -> tuple[Any, ...]:
        """It travels as what was read, and is compiled again."""
        return compiled, (self.file, self.document)

    def __repr__(self) -> str:
        return f"<definition {self.product_type} {self.store.code if self.store else '?'} from {self.file}>"

    @cached_property
    def plain(self) -> Node:
        """The definition to the letter."""
        return Compiler(self.document).root()

    def node(self, steps: tuple[Step, ...]) -> Node | None:
        """The compiled schema of what stands at a path; None where the definition has no such attribute."""
        here: Node | None = self.root
        for step in steps:
            here = member(here, step.name) if here else None
            if here and step.number is not None:
                here = here.items
        return here

    def title(self, attribute: str) -> str:
        """What the definition calls an attribute; its name where it has no title."""
        node = self.root.properties.get(attribute)
        return str(node.schema.get("title", attribute)) if node else attribute


def member(node: Node, name: str) -> Node | None:
    """The compiled schema of a member of an object, through references."""
    if name in node.properties:
        return node.properties[name]
    return next((found for part in node.all_of if (found := member(part, name))), None)


def targets(node: Node) -> Iterator[Mapping[str, Any]]:
    """The schema of a node and those it refers to."""
    yield node.schema
    if "$ref" in node.schema:
        for part in node.all_of:
            yield from targets(part)


def read(path: str | Path) -> Definition:
    """Read and compile a definition (the schema itself, or the answer of the API around it).

    Raises `Unreadable` for a file that cannot be read and `BadProfile` for one that is no definition we can trust.
    """
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST:
            raise Unreadable(f"{file}: has {file.stat().st_size:,} bytes, a product type definition has at most {LARGEST:,}")
        raw = file.read_bytes()
    except OSError as wrong:
        raise Unreadable(f"{file}: {wrong.strerror or 'cannot be read'}") from None
    return compiled(str(file), _document(str(file), raw))


def read_all(sources: Iterable[str | Path]) -> Mapping[tuple[str, str], Definition]:
    """Read definitions, and every `.json` of folders: by product type and marketplace code ("" where it does not say).

    Raises `Unreadable` and `BadProfile`, also where two are for the same product type and marketplace.
    """
    found: dict[tuple[str, str], Definition] = {}
    for source in map(Path, sources):
        files = sorted(source.glob("*.json")) if source.is_dir() else [source]
        if not files:
            raise Unreadable(f"{source}: the folder has no product type definition (*.json)")
        for file in files:
            definition = read(file)
            key = (definition.product_type, definition.store.code if definition.store else "")
            if key in found:
                raise BadProfile(str(file), None, f"is for {' '.join(key)} as {found[key].file} is; give one of them")
            found[key] = definition
    return found


def compiled(file: str, document: Mapping[str, Any]) -> Definition:
    """Compile a document that was read already."""
    if "properties" not in document and isinstance(document.get("schema"), dict):
        link = document["schema"].get("link")
        if isinstance(link, dict):
            raise BadProfile(file, None, "is the answer of the API; give the schema that its schema.link.resource points to")
        document = document["schema"]
    if not isinstance(document.get("properties"), dict) or document.get("type", "object") != "object":
        raise BadProfile(file, None, "is JSON, but no product type definition: it has no properties")
    compiler = Compiler(document, strict=True)
    try:
        root = compiler.root()
    except BadSchema as wrong:
        raise BadProfile(file, None, str(wrong)) from None
    unknown = tuple(f"{name} ({count} times)" for name, count in sorted(compiler.unknown.items()))
    store_id, language = (_default(document, name) for name in ("marketplace_id", "language_tag"))
    store = next((store for store in marketplaces().values() if store.id == store_id), None)
    name = str(document.get("$id", "")).rstrip("/").rpartition("/")[2] or Path(file).stem
    return Definition(file, document, name.upper(), store, language, root, unknown)


def _document(file: str, raw: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(raw, parse_constant=_no_constant)
    except json.JSONDecodeError as wrong:
        raise BadProfile(file, wrong.lineno, f"is not JSON: {wrong.msg}") from None
    except UnicodeDecodeError:
        raise BadProfile(file, None, "is not UTF-8 text, so not JSON") from None
    except RecursionError:
        raise BadProfile(file, None, "is nested too deeply to be a product type definition") from None
    except ValueError as wrong:
        raise BadProfile(file, None, f"is not JSON: {str(wrong)[:100]}") from None
    if not isinstance(document, dict):
        raise BadProfile(file, None, "is JSON, but no product type definition: it is not an object")
    return document


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _default(document: Mapping[str, Any], name: str) -> str | None:
    part = document.get("$defs", {}).get(name, {}) if isinstance(document.get("$defs"), dict) else {}
    value = part.get("default") if isinstance(part, dict) else None
    return value if isinstance(value, str) else None
