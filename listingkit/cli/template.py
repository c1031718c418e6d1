"""listingkit template."""

import json
from pathlib import Path

import click

from listingkit.cli.options import Careful, OneOf

FILE = click.Path(path_type=Path)


class _WithFile(click.Group):
    """`template diff` and `template migrate` are commands; anything else after `template` is a file."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in ("diff", "migrate", "-h", "--help"):
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_WithFile, no_args_is_help=True)
def template() -> None:
    """Say what an inventory template is and asks for.

    \b
    listingkit template FILE [--format text|json] [--values COLUMN]
    listingkit template diff OLD NEW [--format text|json]
    listingkit template migrate OLD NEW -o OUT [--format text|json]

    COLUMN is a letter, a label, an attribute path or a field name.
    """  # \b is click's mark for lines that stay as they are


@template.command(hidden=True)
@click.argument("file", type=FILE)
@click.option("--format", "style", type=OneOf(["text", "json"]), default="text", show_default=True)
@click.option("--values", "column", metavar="COLUMN", help="Only the values that this column takes.")
def show(file: Path, style: str, column: str | None) -> None:
    """Generation, version, age, marketplaces, product types, columns by requirement, and what is odd."""
    from datetime import datetime

    from listingkit.inventory import describe
    from listingkit.inventory.read import read_template

    found = read_template(file)
    today = datetime.now().astimezone().date()
    if column is not None:
        values = describe.values_of(found, describe.column_named(found, column))
        if style == "json":
            click.echo(
                json.dumps(
                    [{"product_type": kind or None, "label": label, "wire": wire} for kind, label, wire in values], ensure_ascii=False
                )
            )
        else:
            for kind, label, wire in values:
                click.echo(f"{label}\t{wire}\t{kind}".rstrip("\t"))
    elif style == "json":
        click.echo(json.dumps(describe.as_dict(found, today), ensure_ascii=False, indent=2))
    else:
        for line in describe.as_text(found, today):
            click.echo(line)


@template.command("diff")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--format", "style", type=OneOf(["text", "json"]), default="text", show_default=True)
def diff_(old: Path, new: Path, style: str) -> int:
    """What changed between two templates. Exit status 1 where a file for OLD may be wrong for NEW.

    \b
    listingkit template diff mug-2025.xlsm mug-2026.xlsm
    """
    from listingkit.inventory.drift import drift
    from listingkit.inventory.read import read_template

    found = drift(read_template(old), read_template(new))
    if style == "json":
        click.echo(json.dumps([change.to_dict() for change in found], ensure_ascii=False, indent=2))
    else:
        for change in found:
            arrow = " -> ".join(text for text in (change.old, change.new) if text) if change.old or change.new else ""
            mark = "!" if change.breaking else " "
            click.echo(f"{mark} {change.kind}: {change.label or change.path}{f': {arrow}' if arrow else ''}")
        click.echo(f"{len(found)} differences, {sum(change.breaking for change in found)} of them may break a file", err=True)
    return int(any(change.breaking for change in found))


@template.command(cls=Careful)
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("-o", "--output", type=FILE, required=True, help="The filled new template: .xlsm or .xlsx as NEW is, or .txt.")
@click.option("--format", "style", type=OneOf(["text", "json"]), default="text", show_default=True)
def migrate(old: Path, new: Path, output: Path, style: str) -> int:
    """Move the rows of a filled OLD template into a copy of NEW. Exit status 1 where something did not move.

    \b
    listingkit template migrate filled-2025.xlsm blank-2026.xlsm -o filled-2026.xlsm
    """
    from listingkit.inventory.filled import read_filled_template
    from listingkit.inventory.migrate import migrate as move
    from listingkit.inventory.read import read_template
    from listingkit.render import text, workbook
    from listingkit.rules.migrated import with_lists_of_rows

    found = with_lists_of_rows(move(read_filled_template(old), read_template(new)))
    if output.suffix.lower() == ".txt":
        text.write(found.upload, output)
    else:
        workbook.fill(found.upload, found.upload.template, output)
    if style == "json":
        click.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        for moved in found.moves:
            click.echo(f"  {moved.old.path} -> {moved.new.path}: {moved.cells} cells ({moved.how})")
        for column, cells, why in found.homeless:
            click.echo(f"! {column.path} ({column.label}): {cells} cells {why}")
        for path, value, rows in found.foreign:
            click.echo(f"! {path}: {value!r} in {rows} rows is not in the new list")
        done = f"{found.upload.frame.height} rows, {len(found.moves)} columns moved, {len(found.homeless)} did not"
        click.echo(f"{done}; listingkit check {output} says what is wrong with them", err=True)
    return int(bool(found.homeless or found.foreign))
