"""listingkit completion."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that lets SHELL complete commands, options, marketplaces, rule codes and formats.

    \b
    listingkit completion bash >> ~/.bashrc
    listingkit completion zsh >> ~/.zshrc
    listingkit completion fish > ~/.config/fish/completions/listingkit.fish
    """
    from click.shell_completion import get_completion_class

    from listingkit.cli import group
    from listingkit.cli.complete import VARIABLE

    made = get_completion_class(shell)
    if made is None:  # pragma: no cover - click knows the three that the choice offers
        raise click.UsageError(f"click has no completion for {shell}")
    click.echo(made(group, {}, "listingkit", VARIABLE).source())
