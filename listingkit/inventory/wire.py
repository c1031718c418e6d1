"""Labels and wire values: what a person picks in a sheet, and what Amazon stores."""

from collections.abc import Mapping

import polars as pl

from listingkit.inventory.template import TemplateColumn


def to_wire(value: pl.Expr, column: TemplateColumn) -> pl.Expr:
    """Labels of the column become wire values, in any case of letters; everything else stays."""
    if not column.aliases:
        return value
    wires = set(column.aliases.values())
    exact = {label: wire for label, wire in column.aliases.items() if label not in wires}
    folded = {wire.lower(): wire for wire in wires}
    for label, wire in exact.items():
        folded.setdefault(label.lower(), wire)
    known = value.replace_strict(exact | {wire: wire for wire in wires}, default=None, return_dtype=pl.String)
    return pl.coalesce(known, value.str.to_lowercase().replace_strict(folded, default=None, return_dtype=pl.String), value)


def to_label(value: pl.Expr, column: TemplateColumn) -> pl.Expr:
    """Wire values become the label a person would pick, exactly as the column lists it; everything else stays."""
    labels = label_by_wire(column)
    return value.replace(labels) if labels else value


def label_by_wire(column: TemplateColumn) -> Mapping[str, str]:
    """The first label of each wire value."""
    labels: dict[str, str] = {}
    for label, wire in column.aliases.items():
        labels.setdefault(wire, label)
    return labels
