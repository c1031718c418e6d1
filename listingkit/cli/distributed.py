"""listingkit distributed and listingkit distributed-diff."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from listingkit.cli import options


def where(command: options.Command) -> options.Command:
    """On which cluster, and where to."""
    for option in (
        click.option("-o", "--out", required=True, metavar="URL", help="Folder for what is made, of any file system of fsspec."),
        click.option("--scheduler", metavar="ADDRESS", help="A running Dask scheduler, such as tcp://10.0.0.5:8786, instead."),
        click.option(
            "--workers", type=click.IntRange(1), default=2, show_default=True, help="Worker processes of a cluster on this machine."
        ),
    ):
        command = option(command)
    return command


@click.command()
@where
@options.rules
@click.option("--render", "rendering", is_flag=True, help="Write the uploads too, without rows that are held back.")
@click.option("--strict", is_flag=True, help="With --render: ship nothing while there are errors.")
@click.option("--include-errors", is_flag=True, help="With --render: ship rows with errors, too.")
@click.option("--no-fix", is_flag=True, help="With --render: do not apply safe fixes to the uploads; hold the rows back instead.")
@click.option("--max-findings", type=click.IntRange(0), metavar="N", help="List N findings a rule and part; 0 for all.")
@click.option("--schema", "schemas", multiple=True, metavar="FILE", help="Amazon's product type definition (JSON), or a folder of them.")
@click.option("--category", metavar="TYPE", help="Product type of rows that state none, such as HOME.")
@click.option("--header-row", type=click.IntRange(1), metavar="ROW", help="Row of the header in text parts, where detection is wrong.")
@click.option("--delimiter", metavar="CHAR", help="Delimiter of text parts, where detection is wrong; tab for tabs.")
@click.option("--encoding", help="Encoding of text parts, where detection is wrong.")
@click.option("--profile", metavar="FILE", help="A profile made by `listingkit map -o`.")
@click.option("--template", "templates", multiple=True, metavar="FILE", help="An inventory template, as downloaded; repeatable.")
@click.option("-m", "--marketplace", "marketplaces", multiple=True, metavar="CODE", help="US, DE, JP ... or all; repeatable.")
@click.argument("parts", nargs=-1, required=True, metavar="PART...")
def distributed(
    parts: tuple[str, ...],
    out: str,
    scheduler: str | None,
    workers: int,
    *,
    rendering: bool,
    strict: bool,
    include_errors: bool,
    no_fix: bool,
    as_of: date,
    **given: Any,
) -> int:
    """Check a master that is spread over many csv or parquet files, on a Dask cluster.

    \b
    listingkit distributed 'parts/*.parquet' -m US -o out
    listingkit distributed 's3://bucket/master/*.csv' -m DE --scheduler tcp://10.0.0.5:8786 --render -o s3://bucket/out

    The files are parts of one sheet and have the same header. Findings are written one jsonl file a part, uploads as text. Exit
    status 1 when there are errors.
    """
    if (strict or include_errors or no_fix) and not rendering:
        raise click.UsageError("--strict, --include-errors and --no-fix are about the uploads: give --render too")
    if strict and include_errors:
        raise click.UsageError("--strict and --include-errors exclude each other")
    from listingkit.cli.run import config_of

    asked = _asked(given, as_of, config_of(given))
    with _client(workers, scheduler) as (work, client):
        if rendering:
            policy = "strict" if strict else "all" if include_errors else "hold"
            done = work.render(parts, out, client=client, **asked, policy=policy, fix=not no_fix)
        else:
            done = work.check(parts, out, client=client, **asked)
    held = ", ".join(f"{code} {count:,}" for code, count in done.held.items())
    click.echo(f"{done.errors:,} errors in {done.rows:,} rows of {len(done.job.names)} parts. Held back: {held or 'nothing'}.")
    for code, count in done.shipped.items():
        wrong = f" ({done.wrong[code]:,} with errors)" if done.wrong[code] else ""
        click.echo(f"{code}: {count:,} rows shipped{wrong}, {done.fixed[code]:,} cells fixed")
    return 1 if done.errors else 0


def _asked(given: dict[str, Any], as_of: date, config: Any) -> dict[str, Any]:
    """The options of a run, from the words of the command line."""
    import sys

    from listingkit.cli.run import told_type
    from listingkit.inventory.read import read_template
    from listingkit.marketplace import select
    from listingkit.rules.capped import MOST
    from listingkit.schemas.definition.definition import read_all

    told_type(given["category"])
    select(given["marketplaces"])  # a name nobody knows is told before anything is read
    sources, most = given["schemas"] or config.schemas, given["max_findings"]
    return {
        "marketplaces": given["marketplaces"],
        "profile": given["profile"] or config.profile,
        "as_of": as_of,
        "config": config,
        "templates": [read_template(Path(path)) for path in given["templates"]],
        "definitions": read_all(sources) if sources else {},
        "most": MOST if most is None else most or sys.maxsize,
        "category": given["category"],
        "encoding": given["encoding"],
        "delimiter": given["delimiter"],
        "header_row": given["header_row"],
    }


@click.command("distributed-diff")
@where
@click.option("-m", "--marketplace", metavar="CODE", help="Which marketplace the uploads are for, where they do not say.")
@click.option("--confirm", metavar="TOKEN", help="Yes to exactly the dangerous changes that printed this token.")
@click.option("--config", metavar="FILE", type=click.Path(path_type=Path), help="Thresholds and tolerances; default: listingkit.toml here.")
@click.option("--old", "olds", multiple=True, required=True, metavar="PART", help="Parts of the previous upload; repeatable.")
@click.argument("news", nargs=-1, required=True, metavar="NEW...")
def distributed_diff(
    news: tuple[str, ...],
    olds: tuple[str, ...],
    out: str,
    scheduler: str | None,
    workers: int,
    marketplace: str | None,
    confirm: str | None,
    config: Path | None,
) -> int:
    """Compare two uploads that are spread over many files, on a Dask cluster. Exit status 1 on dangerous changes.

    \b
    listingkit distributed-diff --old 'last/DE/*.txt' 'out/DE/*.txt' -o changes
    """
    from listingkit.cli.diff import code_of, unconfirmed
    from listingkit.config import load
    from listingkit.diff.settings import settings

    store = code_of(marketplace)
    rules = settings(load(config).diff_in(store))
    with _client(workers, scheduler) as (work, client):
        done = work.diff(olds, news, out, client=client, settings=rules, store=store, confirm=confirm)
    told = ", ".join(f"{done.counts[kind]:,} {kind}" for kind in ("added", "changed", "removed", "vanished", "unchanged"))
    click.echo(f"{told}; {done.gate.dangerous:,} dangerous changes.")
    if not done.gate.open:
        click.echo(unconfirmed(done.gate), err=True)
    return 0 if done.gate.open else 1


@contextmanager
def _client(workers: int, scheduler: str | None) -> Iterator[tuple[Any, Any]]:
    """The work, and a client of the cluster that does it; how far it is, is shown."""
    from listingkit.cli.progress import shown
    from listingkit.errors import ListingkitError

    try:
        from listingkit import distributed as work
    except ImportError as error:
        raise ListingkitError(f"{error.name} is not installed: pip install 'listingkit[distributed]'") from None
    with work.cluster(workers, scheduler, coming=True) as client:
        click.echo(f"dashboard: {client.dashboard_link}", err=True)
        with shown():
            yield work, client
