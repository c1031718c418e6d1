"""What the commands call: options in, a report out."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from listingkit.atomic import replacing
from listingkit.cli.options import codes, known_code
from listingkit.config import NAME, Config, Layer, load
from listingkit.defined import NOTHING
from listingkit.errors import BadProfile, UnknownName
from listingkit.inventory.sniff import is_template
from listingkit.job import Inputs, checked, display, listings_of, read_masters, stores_of
from listingkit.mapping.listings import Listings
from listingkit.marketplace import select
from listingkit.master.sheet import Master
from listingkit.outputs import read_from, report_of
from listingkit.report import formats
from listingkit.report.report import Report
from listingkit.rules.findings import Batch, Findings

if TYPE_CHECKING:
    from listingkit.defined import Definitions
    from listingkit.inventory.filled import Filled
    from listingkit.inventory.template import Template


def config_of(given: Mapping[str, Any]) -> Config:
    """The client's config with the command line's own words over it."""
    config = load(given["config"])
    known_codes(config)
    said = Layer("command line", "", codes(given["select"]), codes(given["ignore"]))
    return config.with_layer(said) if said.select or said.ignore else config


def known_codes(config: Config) -> None:
    """Raise `BadProfile` for a word of the config that begins no code of the catalogue."""
    for path, word in config.words():
        try:
            known_code(word)
        except UnknownName as error:
            raise BadProfile(config.source.file if config.source else NAME, config.line(*path), str(error)) from None


def inputs_of(given: Mapping[str, Any], config: Config) -> Inputs:
    """The inputs that a command line names."""
    told_type(given["category"])
    return Inputs(
        masters=given["masters"],
        profile=given["profile"] or config.profile,
        sheet=given["sheet"],
        encoding=given["encoding"],
        delimiter=given["delimiter"],
        header_row=given["header_row"],
        category=given["category"],
    )


def files_of(given: Mapping[str, Any], *more: str | None) -> tuple[Path, ...]:
    """The files that a command line makes us read, the config among them."""
    config = config_of(given)
    source = config.source.file if config.source else None
    named = (*given["masters"], given["profile"] or config.profile, *given["templates"], *(given.get("schemas") or config.schemas), source)
    return tuple(dict.fromkeys(Path(path) for path in (*named, *more) if path))


def checking(given: Mapping[str, Any], as_of: date, *, masters_too: bool = True) -> tuple[Report, Findings, Sequence[Master]]:
    """Read, map and check what a command line names. A filled template is master and template at once.

    Unless the masters themselves are needed, a large one is never held as a whole.
    """
    config = config_of(given)
    select(given["marketplaces"])  # a name nobody knows is told before anything is read
    first = given["masters"][0]
    if len(given["masters"]) == 1 and first != "-" and Path(first).is_file() and is_template(first):
        from listingkit.inventory.filled import read_filled_template
        from listingkit.rules.filled import check_filled

        filled = read_filled_template(first)
        named = select(given["marketplaces"])
        stores = named or select(filled.template.marketplaces)
        probes = _probes(given, filled.listings, as_of, config)
        findings = check_filled(filled, named, as_of=as_of, config=config, also=probes)
        masters: Sequence[Master] = (_master_of(Path(first), filled),)
        report = report_of(read_from(masters), filled.listings, findings, stores, as_of=as_of)
        return replace(report, paths=_paths(given["masters"], config)), findings, masters
    from listingkit.parts import Parts, worth_it

    templates, definitions = _templates(given["templates"]), _definitions(given.get("schemas") or config.schemas)
    inputs = inputs_of(given, config)
    if not masters_too and worth_it(inputs):
        from listingkit.judging import Question
        from listingkit.large import check_parts
        from listingkit.rules.capped import MOST

        most = given["max_findings"]
        question = Question(
            given["marketplaces"], as_of, config, templates, definitions, most=MOST if most is None else most or sys.maxsize
        )
        report, findings = check_parts(Parts(inputs), question)
        return replace(report, paths=_paths(given["masters"], config)), findings, ()
    masters = read_masters(inputs)
    listings = listings_of(inputs, masters)
    stores = stores_of(given["marketplaces"], listings, templates, config)
    probes = _probes(given, listings, as_of, config)
    findings = checked(listings, stores, as_of=as_of, config=config, templates=templates, definitions=definitions, also=probes)
    report = report_of(read_from(masters), listings, findings, stores, as_of=as_of)
    return replace(report, paths=_paths(given["masters"], config)), findings, masters


def _templates(paths: Sequence[str]) -> "Sequence[Template]":
    if not paths:
        return ()
    from listingkit.inventory.read import read_template

    return [read_template(Path(path)) for path in paths]


def _definitions(paths: Sequence[str]) -> "Definitions":
    if not paths:
        return NOTHING
    from listingkit.schemas.definition.definition import read_all

    return read_all(paths)


def told_type(category: str | None) -> None:
    """A product type that no schema of ours speaks of may be right: Amazon has thousands. One that looks like a slip is told."""
    from difflib import get_close_matches

    from listingkit.schemas.category import names

    known = names() if category else ()
    near = get_close_matches((category or "").strip().upper(), known, n=1, cutoff=0.7)
    if near and near[0] != (category or "").strip().upper():
        click.echo(f"no category schema speaks of {category}: did you mean {near[0]}? listingkit schemas lists them", err=True)


def _paths(files: Sequence[str], config: Config) -> dict[str, str]:
    """Where the files lie that findings name without their folders, from the working folder where they are below it."""
    named = {display(file, files): file for file in files if file != "-"}
    if config.source is not None:
        named.setdefault(display(config.source.file), config.source.file)
    here = Path.cwd()
    return {name: str(Path(file).relative_to(here)) if Path(file).is_relative_to(here) else file for name, file in named.items()}


def masters_of(path: Path) -> Sequence[Master]:
    """The sheets of one file, whether it is a master or a filled template."""
    if not is_template(path):
        return read_masters(Inputs((str(path),)))
    from listingkit.inventory.filled import read_filled_template

    return (_master_of(path, read_filled_template(path)),)


def _master_of(path: Path, filled: "Filled") -> Master:
    from listingkit.inventory.text_file import encoding_used

    encoding = None if filled.template.sheet else encoding_used(path)
    return replace(filled.master, file=str(path), encoding=encoding)


def _probes(given: Mapping[str, Any], listings: Listings, as_of: date, config: Config) -> Sequence[Batch]:
    if not given.get("probe_images"):
        return ()
    from listingkit.rules.image_probe import probed

    return list(probed(listings, as_of=as_of, config=config))


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
