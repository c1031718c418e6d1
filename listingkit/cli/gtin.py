"""listingkit gtin."""

import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from listingkit.cli.options import OneOf

FILE = click.Path(path_type=Path)
_LONGEST = 1_000_000


class _Codes(click.Group):
    """`gtin next ...` is a command; anything else after `gtin` are codes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in ("next", "-h", "--help"):
            args = ["codes", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Codes, no_args_is_help=True)
def gtin() -> None:
    """Triage GTINs, UPCs and EANs: what a value is, whether a listing can take it, and how to repair it.

    \b
    listingkit gtin 036000291453 '4.00638E+12' 'EAN: 4006381-333931'
    cut -f3 master.txt | listingkit gtin - --format jsonl
    listingkit gtin next --prefix 0614141 --count 20 --ledger numbers.tsv

    Options of a triage: --format text|jsonl|tsv, --gcp (was this block ever licensed, needs listingkit[gcp]), --gcp-table FILE
    (GS1's own list), --prefix-table FILE (your rows over the prefix table). Exit status 1 where a value must not be uploaded as it is.
    """  # \b is click's mark for lines that stay as they are


@gtin.command(hidden=True, context_settings={"ignore_unknown_options": True})
@click.argument("codes", nargs=-1, type=click.UNPROCESSED, required=True)
@click.option("--format", "style", type=OneOf(["text", "jsonl", "tsv"]), default="text")
@click.option("--gcp", is_flag=True)
@click.option("--gcp-table", type=FILE)
@click.option("--prefix-table", type=FILE)
def codes(codes: tuple[str, ...], style: str, gcp: bool, gcp_table: Path | None, prefix_table: Path | None) -> int:
    """Triage codes; `-` reads them from standard input, one a line."""
    from listingkit.gtin import blocks as block_lists
    from listingkit.gtin import describe, triage
    from listingkit.gtin.prefixes import load, prefixes
    from listingkit.gtin.reasons import reasons

    table = load(prefix_table) if prefix_table else prefixes()
    blocks = block_lists.load(gcp_table) if gcp_table else block_lists.from_biip() if gcp else None
    write, known, bad = sys.stdout.write, reasons(), False
    line = _LINES[style]
    for value in _values(codes):
        found = triage(value, table=table, blocks=blocks)
        number = describe(found.gtin, table=table, blocks=blocks) if found.gtin else None
        bad = bad or found.status in ("reject", "suggest")
        write(line(value, found, known[found.rule].rule if found.rule else "", number))
    if style == "text":
        own = f", with your rows of {table.overridden}" if table.overridden else ""
        lists = f"; licensed blocks of {blocks.date or 'no date'} ({blocks.source})" if blocks else ""
        click.echo(f"prefix table of {table.date} ({table.source.partition(';')[0]}){own}{lists}", err=True)
    return int(bad)


@gtin.command("next")
@click.option("--prefix", required=True, help="Your company prefix; a UPC prefix with its zero in front: 0614141.")
@click.option("--count", default=1, show_default=True, help="How many numbers.")
@click.option("--ledger", type=FILE, required=True, help="The file that knows what was handed out; made where there is none.")
@click.option("--used", type=FILE, multiple=True, help="A text file with numbers that are taken: master, upload, licence export.")
@click.option("--note", default="", help="What the numbers are for; stands in the ledger.")
def next_(prefix: str, count: int, ledger: Path, used: tuple[Path, ...], note: str) -> None:
    """Hand out unused numbers of a company prefix, each once and for good.

    \b
    listingkit gtin next --prefix 0614141 --count 20 --ledger numbers.tsv
    listingkit gtin next --prefix 0614141 --ledger numbers.tsv --used master.csv --note "mugs, autumn"
    """
    from datetime import UTC, datetime

    from listingkit.gtin.pool import allocate, numbers_in

    taken = {number for path in used for number in numbers_in(path)}
    found = allocate(prefix, count, ledger, used=taken, note=note, today=datetime.now(tz=UTC).date())
    click.echo("\n".join(found.gtins))
    few = "; think of the next prefix" if found.nearly_used_up else ""
    click.echo(f"{found.left} of {found.capacity} numbers of prefix {prefix} are left{few}", err=True)


def _values(given: Iterable[str]) -> Iterator[str]:
    for code in given:
        if code == "-":
            yield from _standard_input()
        else:
            yield code


def _standard_input() -> Iterator[str]:
    """Lines of standard input; of an endless one only the start is kept."""
    stream = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace", newline="\n")
    while line := stream.readline(_LONGEST):
        whole = line
        while len(line) == _LONGEST and not line.endswith("\n"):
            line = stream.readline(_LONGEST)
        yield whole.rstrip("\r\n")


def _text(value: str, found: Any, code: str, number: Any) -> str:
    shown = value if value.isprintable() and len(value) <= 80 else ascii(value[:80])
    said = f"{shown}: {found.status}"
    if code:
        said += f" ({code})"
    if found.gtin and found.gtin != value:
        said += f" -> {found.gtin}"
    if found.message:
        said += f", {found.message}"
    if found.candidates:
        said += f"; perhaps {' or '.join(found.candidates)}"
    if number:
        said += f"; {number.kind}{f' of {number.organisation}' if number.organisation else ''}"
        said += f", company prefix {number.company_prefix}" if number.company_prefix else ""
    return said + "\n"


def _jsonl(value: str, found: Any, code: str, number: Any) -> str:
    return (
        json.dumps(
            {
                "value": value,
                "status": found.status,
                "gtin": found.gtin,
                "code": code or None,
                "rule": found.rule or None,
                "message": found.message or None,
                "candidates": found.candidates,
                "kind": number.kind if number else None,
                "organisation": number.organisation if number else None,
                "company_prefix": number.company_prefix if number else None,
            },
            ensure_ascii=False,
        )
        + "\n"
    )


def _tsv(value: str, found: Any, code: str, number: Any) -> str:
    cells = (value, found.status, found.gtin or "", code, found.message, " ".join(found.candidates), number.organisation if number else "")
    return "\t".join(cell if cell.isprintable() else " ".join(cell.split()) for cell in cells) + "\n"


_LINES: dict[str, Callable[[str, Any, str, Any], str]] = {"text": _text, "jsonl": _jsonl, "tsv": _tsv}
