"""listingkit rules."""

import json

import click

from listingkit.cli.options import OneOf


@click.command()
@click.option("--format", "style", type=OneOf(["text", "json", "markdown"]), default="text", show_default=True)
def rules(style: str) -> None:
    """List the rules of the catalogue.

    \b
    listingkit rules
    listingkit rules --format markdown > rules.md
    """
    from listingkit.rules.cards import as_dict, markdown
    from listingkit.rules.engine import catalogue

    found = catalogue().values()
    if style == "json":
        click.echo(json.dumps([as_dict(rule) for rule in found], indent=2, ensure_ascii=False))
    elif style == "markdown":
        click.echo(markdown(), nl=False)
    else:
        for rule in found:
            click.echo(f"{rule.code}  {rule.severity.value:<7}  {rule.doc}")
