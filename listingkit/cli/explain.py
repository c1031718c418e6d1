"""listingkit explain."""

import click


@click.command()
@click.argument("code")
def explain(code: str) -> None:
    """Explain one rule: what it asks, why the marketplace cares, examples, fix, limits in force, sources.

    \b
    listingkit explain TTL002
    """
    from listingkit.rules.cards import card
    from listingkit.rules.engine import find

    click.echo(card(find(code)), nl=False)
