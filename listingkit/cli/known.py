"""`check --baseline` and `--write-baseline`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace


def read(path: str) -> Any:
    """The baseline file, before anything else is read. Raises `Unreadable`."""
    from listingkit.report.baseline import read

    return read(Path(path))


def write(report: Any, path: str) -> None:
    """Write the findings of a run as a baseline."""
    from listingkit.atomic import replacing
    from listingkit.report.baseline import written
    from listingkit.report.words import count

    with replacing(Path(path)) as stream:
        stream.write(written(report.findings, report.marketplaces).encode())
    click.echo(f"{count(len(report.findings), 'finding')} written to {path}; check --baseline {path} fails on new ones only", err=True)


def only_new(report: Any, findings: Any, baseline: Any, given: Mapping[str, Any]) -> tuple[Any, Any]:
    """The report and the findings without what the baseline knows."""
    from listingkit.cli.run import config_of
    from listingkit.report.baseline import compared

    found = compared(findings, baseline, report.marketplaces, config_of(given).wanted)
    return replace(report, findings=found.new, known=found.known, gone=found.gone), found.new
