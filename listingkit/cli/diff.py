"""listingkit diff."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from listingkit.cli import options
from listingkit.cli.options import OneOf

if TYPE_CHECKING:
    from listingkit.diff.delta import Delta
    from listingkit.diff.gate import Gate
    from listingkit.diff.split import Split

FORMATS = ["text", "json", "jsonl", "html", "xlsx"]


@click.command(cls=options.Careful)
@options.jobs
@click.argument("old", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW", type=click.Path(path_type=Path))
@click.option("--key", metavar="COLUMN", help="The SKU column of a plain table.")
@click.option("-m", "--marketplace", metavar="CODE", help="Which marketplace a plain table, or a folder of several, is about.")
@click.option("--format", "style", type=OneOf(FORMATS), default="text", show_default=True)
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write there instead of to standard output.")
@click.option(
    "--delta",
    "delta_to",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Also write the upload that sends only what changed: .txt, or .xlsm to fill the template.",
)
@click.option(
    "--template",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The template to fill with the delta; default: NEW's own.",
)
@options.parts
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
    template: Path | None,
    *,
    allow_blank_wipes: bool,
    **cut: Any,
) -> int:
    """Compare two uploads by SKU and meaning: what is new, what changed, what would be lost. Exit status 1 on dangerous changes.

    OLD and NEW are uploads, Amazon templates, reports, plain tables, or the folder of a build; OLD may also be a ledger.

    \b
    listingkit diff last/DE/upload.txt out/DE/upload.txt
    listingkit diff "All Listings Report.txt" out/DE --delta delta.txt
    """
    from listingkit.cli.progress import shown
    from listingkit.config import load as load_config
    from listingkit.diff.gate import gate
    from listingkit.diff.lines import compare_files
    from listingkit.diff.settings import settings
    from listingkit.progress import tell
    from listingkit.report import changes

    store = code_of(marketplace)
    rules = settings(load_config(config).diff_in(store or ""))
    with shown():
        tell("comparing")
        if old.is_file() and new.is_file():
            found = compare_files(old, new, rules, store=store, key=key)
        else:
            from listingkit.diff import ledger
            from listingkit.diff.compare import compare
            from listingkit.diff.previous import load

            wanted = load(new, store=store, key=key)
            found = compare(load(old, wanted, store=store, key=key, home=Path(ledger.NAME)), wanted, rules)
    judged = gate(found, confirm)
    if delta_to:
        from listingkit.diff.delta import delta
        from listingkit.diff.split import Split

        made = delta(found, "blanks" if allow_blank_wipes else "delete_values" if judged.confirmed else "hold")
        _write(made, delta_to, template, Split(cut["split_by"] is not None, cut["max_rows"], cut["max_bytes"]))
        if made.held.height:
            cells = "1 cell keeps its live value" if made.held.height == 1 else f"{made.held.height:,} cells keep their live values"
            click.echo(f"{cells} in {delta_to}; --allow-blank-wipes would erase what is blank in NEW", err=True)
    changes.write(found, style, output)
    if not judged.open:
        click.echo(unconfirmed(judged), err=True)
    return 0 if judged.open else 1


def _write(made: "Delta", to: Path, template: Path | None, how: "Split") -> None:
    """The delta as text or in the template, in one file or in several: `delta.txt` becomes delta-01.txt, delta-02.txt."""
    from listingkit.diff import split
    from listingkit.inventory.read import read_template
    from listingkit.render import text, workbook

    upload = made.upload if template is None else replace(made.upload, template=read_template(template))
    for part in split.parts(upload, how, made.ranks) if how else [split.Part("", upload)]:
        path = to.with_stem(f"{to.stem}-{part.name}") if part.name else to
        if to.suffix.lower() in (".xlsx", ".xlsm"):
            workbook.fill(part.upload, upload.template, path)
        else:
            text.write(part.upload, path)


def unconfirmed(judged: "Gate") -> str:
    """What is told of dangerous changes that nobody has confirmed."""
    many = "1 dangerous change" if judged.dangerous == 1 else f"{judged.dangerous:,} dangerous changes"
    return f"{many}; when you have looked at all of it, confirm exactly this set with --confirm {judged.token}"


def code_of(marketplace: str | None) -> str:
    """The code of a marketplace by any of its names; "" for none."""
    from listingkit import marketplace as stores

    return stores.marketplace(marketplace).code if marketplace else ""
