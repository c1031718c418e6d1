"""listingkit diff."""

from pathlib import Path

import click

FORMATS = ["text", "json", "jsonl", "html", "xlsx"]


@click.command()
@click.argument("old", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW", type=click.Path(path_type=Path))
@click.option("--key", metavar="COLUMN", help="The SKU column of a plain table.")
@click.option("-m", "--marketplace", metavar="CODE", help="Which marketplace a plain table, or a folder of several, is about.")
@click.option("--format", "style", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write there instead of to standard output.")
@click.option(
    "--delta", "delta_to", metavar="FILE", type=click.Path(path_type=Path), help="Also write the upload that sends only what changed."
)
@click.option("--confirm", metavar="TOKEN", help="Yes to exactly the dangerous changes that printed this token.")
@click.option("--allow-blank-wipes", is_flag=True, help="In the delta, let blank cells erase live values.")
@click.option("--config", metavar="FILE", type=click.Path(path_type=Path), help="Thresholds and tolerances; default: listingkit.toml here.")
def diff(
    old: Path,
    new: Path,
    key: str | None,
    marketplace: str | None,
    style: str,
    output: Path | None,
    delta_to: Path | None,
    confirm: str | None,
    config: Path | None,
    *,
    allow_blank_wipes: bool,
) -> int:
    """Compare two uploads by SKU and meaning: what is new, what changed, what would be lost. Exit status 1 on dangerous changes.

    OLD and NEW are uploads, Amazon templates, reports, plain tables, or the folder of a build; OLD may also be a ledger.

    \b
    listingkit diff last/DE/upload.txt out/DE/upload.txt
    listingkit diff "All Listings Report.txt" out/DE --delta delta.txt
    """
    from listingkit.cli.progress import shown
    from listingkit.config import load as load_config
    from listingkit.diff.compare import compare
    from listingkit.diff.delta import delta
    from listingkit.diff.gate import gate
    from listingkit.diff.lines import compare_files
    from listingkit.diff.previous import load
    from listingkit.diff.settings import settings
    from listingkit.progress import tell
    from listingkit.render import text
    from listingkit.report import changes

    store, rules = _code(marketplace), settings(load_config(config).diff)
    with shown():
        tell("comparing")
        if old.is_file() and new.is_file():
            found = compare_files(old, new, rules, store=store, key=key)
        else:
            wanted = load(new, store=store, key=key)
            found = compare(load(old, wanted, store=store, key=key), wanted, rules)
    judged = gate(found, confirm)
    changes.write(found, style, output)
    if delta_to:
        made = delta(found, "blanks" if allow_blank_wipes else "delete_values" if judged.confirmed else "hold")
        text.write(made.upload, delta_to)
        if made.held.height:
            cells = "1 cell keeps its live value" if made.held.height == 1 else f"{made.held.height:,} cells keep their live values"
            click.echo(f"{cells} in {delta_to}; --allow-blank-wipes would erase what is blank in NEW", err=True)
    if not judged.open:
        many = "1 dangerous change" if judged.dangerous == 1 else f"{judged.dangerous:,} dangerous changes"
        click.echo(f"{many}; when you have looked at all of it, confirm exactly this set with --confirm {judged.token}", err=True)
    return 0 if judged.open else 1


def _code(marketplace: str | None) -> str:
    from listingkit import marketplace as stores

    return stores.marketplace(marketplace).code if marketplace else ""
