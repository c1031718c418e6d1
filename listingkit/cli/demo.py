"""listingkit demo."""

import click


@click.command()
@click.argument("folder", default="listingkit-demo", metavar="[DIR]")
def demo(folder: str) -> int:
    """Run the main job on the bundled samples into DIR (default: listingkit-demo) and say where the results are.

    \b
    listingkit demo
    listingkit demo try-it

    A demo that ran is a success: exit status 0, although the samples have errors to find.
    """
    from pathlib import Path

    from listingkit.build import build
    from listingkit.cli.built import told
    from listingkit.stories import stories

    for story in stories():
        click.echo(f"{story.name}: {story.about}")
        built = build(story.order(Path(folder) / story.name))
        click.echo("".join(f"  {line}\n" for line in told(built).splitlines()))
    return 0
