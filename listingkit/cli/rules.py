"""listingkit rules."""

import json

import click

from listingkit.cli import options


@click.command()
@click.option("--format", "style", type=options.OneOf(["text", "json", "markdown"]), default="text", show_default=True)
@options.language
def rules(style: str, language: str) -> None:
    """List the rules of the catalogue.

    \b
    listingkit rules
    listingkit rules --format markdown > rules.md
    listingkit rules --format markdown --language zh > rules.zh.md
    """
    from listingkit.rules.cards import as_dict, markdown
    from listingkit.rules.engine import catalogue
    from listingkit.rules.translated import said

    found = catalogue().values()
    if style == "json":
        click.echo(json.dumps([as_dict(rule) for rule in found], indent=2, ensure_ascii=False))
    elif style == "markdown":
        click.echo(markdown(language), nl=False)
    else:
        for rule in found:
            click.echo(f"{rule.code}  {rule.severity.value:<7}  {said(rule, language).doc}")
