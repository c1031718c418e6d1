"""Template drift: what changed between two downloads of a template."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from msgspec import Struct

from listingkit.inventory.describe import sentence
from listingkit.inventory.formula import Node
from listingkit.inventory.requirements import rules_of
from listingkit.inventory.styles import State
from listingkit.inventory.template import Template, TemplateColumn

Kind = Literal[
    "setting",
    "column added",
    "column removed",
    "label",
    "type",
    "requirement",
    "value added",
    "value removed",
    "list closed",
    "list opened",
    "wire",
    "rule",
]
_SETTINGS = (
    "generation",
    "flavor",
    "version",
    "marketplaces",
    "language",
    "header_language",
    "product_types",
    "default_action",
    "data_row",
)
_BREAKING = {"column removed", "value removed", "list closed", "type", "wire"}


class Drift(Struct, frozen=True):
    """One difference. `old` and `new` are what a person reads; blank where there was nothing."""

    kind: Kind
    path: str  # of the column; the name of the setting
    label: str
    old: str = ""
    new: str = ""

    @property
    def breaking(self) -> bool:
        """Whether a file that was right for the old template may be wrong for the new one."""
        return self.kind in _BREAKING or (self.kind == "requirement" and self.new == "Required") or self.kind == "rule"

    def to_dict(self) -> dict[str, Any]:
        """For json."""
        return {"kind": self.kind, "path": self.path, "label": self.label, "old": self.old, "new": self.new, "breaking": self.breaking}


def drift(old: Template, new: Template) -> tuple[Drift, ...]:
    """Every difference between two templates, columns matched by path."""
    return tuple(_drift(old, new))


def _drift(old: Template, new: Template) -> Iterator[Drift]:
    for name in _SETTINGS:
        before, after = _said(getattr(old, name)), _said(getattr(new, name))
        if before != after:
            yield Drift("setting", name, name.replace("_", " "), before, after)
    had = old.by_path
    has = new.by_path
    yield from (Drift("column removed", path, gone.label, old=gone.requirement) for path, gone in had.items() if path not in has)
    rules_before = {rules.path: rules.steps for rules in rules_of(old)}
    rules_after = {rules.path: rules.steps for rules in rules_of(new)}
    for path, column in has.items():
        if path not in had:
            yield Drift("column added", path, column.label, new=column.requirement)
            continue
        yield from _column(had[path], column)
        gone, come = _rules(rules_before.get(path, ()), old), _rules(rules_after.get(path, ()), new)
        yield from (Drift("rule", path, column.label, old=said) for rule, said in gone.items() if rule not in come)
        yield from (Drift("rule", path, column.label, new=said) for rule, said in come.items() if rule not in gone)


def _rules(steps: Sequence[tuple[State, Node]], template: Template) -> dict[str, str]:
    """The rules of a column in words: with the paths of columns, to be compared, and with their labels, to be read."""
    return {
        f"{state} when {sentence(node, template, by_path=True)}": f"{state} when {sentence(node, template)}"
        for state, node in steps
        if state != "filled"
    }


def _column(old: TemplateColumn, new: TemplateColumn) -> Iterator[Drift]:
    names: tuple[tuple[Kind, str, str], ...] = (
        ("label", old.label, new.label),
        ("type", old.type, new.type),
        ("requirement", old.requirement, new.requirement),
    )
    for what, before, after in names:
        if before != after:
            yield Drift(what, new.path, new.label, before, after)
    for kind in dict.fromkeys([*old.values, *new.values]):
        before_list, after_list = old.values.get(kind), new.values.get(kind)
        before_labels, after_labels = (tuple(held.labels) if held else () for held in (before_list, after_list))
        where = f"{kind}: " if kind else ""
        yield from (
            Drift("value removed", new.path, new.label, old=where + label) for label in before_labels if label not in set(after_labels)
        )
        yield from (
            Drift("value added", new.path, new.label, new=where + label) for label in after_labels if label not in set(before_labels)
        )
        closed_before, closed_after = (bool(held and held.closed) for held in (before_list, after_list))
        if closed_before != closed_after:
            yield Drift("list closed" if closed_after else "list opened", new.path, new.label, new=kind)
    for label in old.aliases.keys() & new.aliases.keys():
        if old.aliases[label] != new.aliases[label]:
            yield Drift("wire", new.path, new.label, f"{label}: {old.aliases[label]}", f"{label}: {new.aliases[label]}")


def _said(value: object) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value or "")
