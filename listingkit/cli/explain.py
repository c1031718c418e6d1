"""listingkit explain."""

import click

from listingkit.cli import options


@click.command()
@click.argument("code")
@options.language
def explain(code: str, language: str) -> None:
    """Explain one rule: what it asks, why the marketplace cares, examples, fix, limits in force, sources.

    \b
    listingkit explain TTL002
    listingkit explain TTL002 --language zh
    """
    from listingkit.rules.cards import card
    from listingkit.rules.engine import find

    click.echo(card(find(code), language), nl=False)
