"""listingkit schemas."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from listingkit.cli.options import OneOf, day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from listingkit.schemas.definition.definition import Definition
    from listingkit.schemas.definition.issues import Issue

FOLDER = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Category schemas of your own: FOLDER/TYPE/schema.toml.",
)
AS_OF = click.option("--as-of", metavar="YYYY-MM-DD", callback=day, help="What is asked on this day; default: today.")
STYLE = click.option("--format", "style", type=OneOf(["text", "json"]), default="text", show_default=True)


@click.group(invoke_without_command=True)
@click.pass_context
def schemas(context: click.Context) -> None:
    """Category schemas: what each product type asks of its fields.

    \b
    listingkit schemas                             list them, with date and coverage
    listingkit schemas show HOME -m DE             what is asked in one marketplace
    listingkit schemas diff OLD.json NEW.json      what a new product type definition asks
    listingkit schemas new VASE --like HOME        start one of your own
    """
    if context.invoked_subcommand is None:
        context.invoke(list_)


@schemas.command("list")
@FOLDER
@AS_OF
@STYLE
def list_(folder: Path | None, as_of: date, style: str) -> None:
    """List the category schemas, with date and coverage.

    \b
    listingkit schemas list --format json
    """
    from listingkit.schemas.cards import coverage, summary
    from listingkit.schemas.category import load, names

    found = [load(name, folder) for name in names(folder)]
    if style == "json":
        click.echo(json.dumps([summary(schema, as_of) for schema in found], indent=2, ensure_ascii=False))
        return
    width = max((len(schema.product_type) for schema in found), default=0)
    for schema in found:
        click.echo(f"{schema.product_type:<{width}}  {schema.checked}  {coverage(schema, as_of)}  {schema.title}")


@schemas.command()
@click.argument("type_", metavar="TYPE")
@click.option("-m", "--marketplace", metavar="CODE", help="US, DE, JP ...; default: what is asked everywhere.")
@FOLDER
@AS_OF
@STYLE
def show(type_: str, marketplace: str | None, folder: Path | None, as_of: date, style: str) -> None:
    """Print what TYPE asks, field by field.

    \b
    listingkit schemas show HOME -m DE
    """
    from listingkit.marketplace import marketplace as named
    from listingkit.schemas.cards import as_dict, card
    from listingkit.schemas.category import load

    schema, store = load(type_, folder), named(marketplace) if marketplace else None
    if style == "json":
        click.echo(json.dumps(as_dict(schema, store, as_of), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(card(schema, store, as_of)))


@schemas.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--master", metavar="FILE", help="Name the listings of this master that only the new definition refuses.")
@click.option("--profile", metavar="FILE", help="The master's profile, made by `listingkit map -o`.")
@STYLE
def diff(old: Path, new: Path, master: str | None, profile: str | None, style: str) -> int:
    """Say what the product type definition NEW asks that OLD did not. Exit status 1 when it asks more.

    \b
    listingkit schemas diff HOME-2025.json HOME-2026.json
    listingkit schemas diff HOME-2025.json HOME-2026.json --master master.xlsx
    """
    from msgspec.structs import asdict

    from listingkit.schemas.definition.compare import compare
    from listingkit.schemas.definition.definition import read

    before, after = read(old), read(new)
    changes = compare(before, after)
    broken = list(_broken(before, after, master, profile)) if master else []
    if style == "json":
        found = [{"sku": sku, "code": issue.code, "field": issue.field, "message": issue.message} for sku, issue in broken]
        click.echo(json.dumps({"changes": [asdict(change) for change in changes], "broken": found}, indent=2, ensure_ascii=False))
    else:
        for change in changes:
            click.echo(f"{'asks more' if change.more else 'asks less' if change.kind != 'attribute' else 'new':<9}  {change.message}")
        for sku, issue in broken:
            click.echo(f"breaks     {sku}: {issue.message}")
    return 1 if (broken if master else any(change.more for change in changes)) else 0


def _broken(before: "Definition", after: "Definition", master: str, profile: str | None) -> "Iterator[tuple[str, Issue]]":
    from listingkit.errors import ListingkitError
    from listingkit.inventory.builtin import template
    from listingkit.job import Inputs, listings_of, read_masters
    from listingkit.render.rows import render
    from listingkit.schemas.definition.attributes import SKU
    from listingkit.schemas.definition.compare import newly_broken

    if after.store is None:
        raise ListingkitError(f"{after.file} does not say for which marketplace it is, so no listing can be rendered for it")
    inputs = Inputs((master,), profile, category=after.product_type)
    listings = listings_of(inputs, read_masters(inputs))
    upload = render(listings, after.store, template("unified_full", after.store, product_types=(after.product_type,)))
    for number, issue in newly_broken(before, after, upload.frame):
        yield upload.frame[SKU][number], issue


@schemas.command("new")
@click.argument("type_", metavar="TYPE")
@click.option("--like", default="COMMON", show_default=True, metavar="TYPE", help="The schema it starts from.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("category_schemas"), show_default=True)
def new_(type_: str, like: str, folder: Path) -> None:
    """Start a category schema of your own.

    \b
    listingkit schemas new VASE --like HOME
    """
    from datetime import datetime

    from listingkit.schemas.starter import start

    for file in start(type_, like, folder, datetime.now().astimezone().date()):
        click.echo(file)
