"""listingkit distributed."""

from datetime import date

import click

from listingkit.cli import options


@click.command()
@options.rules
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Worker processes of a cluster on this machine.")
@click.option("--scheduler", metavar="ADDRESS", help="A running Dask scheduler, such as tcp://10.0.0.5:8786, instead.")
@click.option("--render", "rendering", is_flag=True, help="Write the uploads too, without rows that are held back.")
@click.option("-o", "--out", required=True, metavar="URL", help="Folder for findings and uploads, of any file system of fsspec.")
@click.option("--max-findings", type=click.IntRange(0), metavar="N", help="List N findings a rule and part; 0 for all.")
@click.option("--profile", metavar="FILE", help="A profile made by `listingkit map -o`.")
@click.option("-m", "--marketplace", "marketplaces", multiple=True, metavar="CODE", help="US, DE, JP ... or all; repeatable.")
@click.argument("parts", nargs=-1, required=True, metavar="PART...")
def distributed(
    parts: tuple[str, ...],
    out: str,
    scheduler: str | None,
    workers: int,
    profile: str | None,
    marketplaces: tuple[str, ...],
    max_findings: int | None,
    *,
    rendering: bool,
    as_of: date,
    config: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
) -> int:
    """Check a master that is spread over many csv or parquet files, on a Dask cluster.

    \b
    listingkit distributed 'parts/*.parquet' -m US -o out
    listingkit distributed 's3://bucket/master/*.csv' -m DE --scheduler tcp://10.0.0.5:8786 --render -o s3://bucket/out

    The files are parts of one sheet and have the same header. Findings are written one jsonl file a part. Exit status 1 when there
    are errors.
    """
    from listingkit.cli.progress import shown
    from listingkit.cli.run import config_of
    from listingkit.errors import ListingkitError

    try:
        from listingkit import distributed as work
    except ImportError as error:
        raise ListingkitError(f"{error.name} is not installed: pip install 'listingkit[distributed]'") from None
    import sys

    from listingkit.rules.capped import MOST

    settings = config_of({"config": config, "select": select, "ignore": ignore})
    with work.cluster(workers, scheduler) as client:
        click.echo(f"dashboard: {client.dashboard_link}", err=True)
        with shown():
            done = (work.render if rendering else work.check)(
                list(parts),
                out,
                client=client,
                marketplaces=marketplaces or settings.marketplaces,
                profile=profile or settings.profile,
                as_of=as_of,
                config=settings,
                most=MOST if max_findings is None else max_findings or sys.maxsize,
            )
    held = ", ".join(f"{code} {count:,}" for code, count in done.held.items())
    click.echo(f"{done.errors:,} errors in {done.rows:,} rows of {len(done.job.names)} parts. Held back: {held or 'nothing'}.")
    for code, count in done.shipped.items():
        click.echo(f"{code}: {count:,} rows shipped")
    return 1 if done.errors else 0
