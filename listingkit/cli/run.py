"""What the commands call: options in, a report out."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from listingkit.config import DEFAULT, Config
from listingkit.job import Inputs, checked, listings_of, named_marketplaces, read_masters
from listingkit.marketplace import select
from listingkit.outputs import report_of
from listingkit.render.atomic import replacing
from listingkit.report import formats
from listingkit.report.report import Report
from listingkit.rules.findings import Findings


def inputs_of(given: Mapping[str, Any]) -> Inputs:
    """The inputs that a command line names."""
    return Inputs(given["masters"], given["profile"], given["sheet"], given["encoding"], given["category"])


def config_of(given: Mapping[str, Any]) -> Config:
    """The config after the command line's own words."""
    from listingkit.cli.options import codes

    return replace(DEFAULT, select=codes(given["select"]), ignore=codes(given["ignore"]))


def checking(given: Mapping[str, Any], as_of: date) -> tuple[Report, Findings]:
    """Read, map and check what a command line names."""
    stores = select(given["marketplaces"])
    config = config_of(given)
    inputs = inputs_of(given)
    masters = read_masters(inputs)
    listings = listings_of(inputs, masters)
    stores = stores or named_marketplaces(listings)
    findings = checked(listings, stores, as_of=as_of, config=config)
    return report_of(masters, listings, findings, stores, as_of=as_of), findings


def emit(report: Report, style: str, output: str | None, **extra: Any) -> None:
    """Write a report to a file, wholly or not at all, or to standard output. Raises `Unwritable`."""
    binary = formats.FORMATS[style].binary
    if output is None:
        formats.write(report, style, sys.stdout.buffer if binary else sys.stdout, **extra)
        return
    from io import TextIOWrapper

    with replacing(Path(output)) as stream:
        if binary:
            formats.write(report, style, stream, **extra)
        else:
            text = TextIOWrapper(stream, encoding="utf-8", newline="")
            formats.write(report, style, text, **extra)
            text.flush()
            text.detach()
