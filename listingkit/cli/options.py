"""Options that several commands share."""

import os
import re
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]

FORMATS = ["text", "json", "jsonl", "csv", "sarif", "junit", "github", "gitlab", "html", "xlsx"]


class OneOf(click.Choice):  # type: ignore[type-arg]  # generic only from click 8.2 on
    """A choice that names the nearest value to one that nobody knows."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from difflib import get_close_matches

        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            near = get_close_matches(str(value).casefold(), list(self.choices), n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            self.fail(error.message + hint, param, ctx)


class Careful(click.Command):
    """A command that never writes over a file that it was given to read."""

    def invoke(self, ctx: click.Context) -> Any:
        named = {"output": "-o", "write_baseline": "--write-baseline"}
        read = [one for name, value in ctx.params.items() if name not in named for one in _there(value)]
        for name, option in named.items():
            for out in _there(ctx.params.get(name)):
                if any(Path(out).samefile(path) for path in read):
                    raise click.UsageError(f"{option} {out} is a file to read, which stays as it is: choose another place")
        return super().invoke(ctx)


def _there(value: Any) -> list[str | os.PathLike[str]]:
    """What an option names that is there; any word may be no path at all."""
    words = value if isinstance(value, tuple) else (value,)
    return [word for word in words if isinstance(word, str | os.PathLike) and os.path.exists(word)]  # noqa: PTH110  # Path raises


def inputs(command: Command) -> Command:
    """MASTER... and how to read them."""
    for option in (
        click.option("--category", metavar="TYPE", help="Product type of rows that state none, such as HOME."),
        click.option("--header-row", type=click.IntRange(1), metavar="ROW", help="Row of the header, where detection is wrong."),
        click.option("--delimiter", metavar="CHAR", help="Delimiter of text masters, where detection is wrong; tab for tabs."),
        click.option("--encoding", help="Encoding of text masters, where detection is wrong."),
        click.option("--sheet", help="Sheet to read, by name or pattern; default: the one with the table."),
        click.option("--profile", metavar="FILE", help="A profile made by `listingkit map -o`."),
        click.option("--template", "templates", multiple=True, metavar="FILE", help="An inventory template, as downloaded; repeatable."),
        click.option("-m", "--marketplace", "marketplaces", multiple=True, metavar="CODE", help="US, DE, JP ... or all; repeatable."),
        click.argument("masters", nargs=-1, required=True, metavar="MASTER..."),
    ):
        command = option(command)
    return command


def rules(command: Command) -> Command:
    """Which rules, as of which day."""
    for option in (
        click.option("--as-of", metavar="YYYY-MM-DD", callback=day, help="Rules and limits in force on this day; default: today."),
        click.option("--config", metavar="FILE", help="The client's listingkit.toml; default: the nearest one upwards."),
        click.option("--ignore", multiple=True, metavar="CODES", help="Leave out these codes or prefixes (comma-separated)."),
        click.option("--select", multiple=True, metavar="CODES", help="Only these codes or prefixes (comma-separated)."),
    ):
        command = option(command)
    return command


def parts(command: Command) -> Command:
    """How to cut what is to be uploaded into several files."""
    for option in (
        click.option("--max-bytes", type=Bytes(), metavar="SIZE", help="Cut into text files of at most this size, such as 10MB."),
        click.option("--max-rows", type=click.IntRange(1), metavar="N", help="Cut into files of at most N rows."),
        click.option("--split-by", type=OneOf(["product-type"]), help="Cut into files of one product type each."),
    ):
        command = option(command)
    return command


class Bytes(click.ParamType[int]):
    """A number of bytes: 5000000, 5MB, 5MiB, 500 kB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, or one sentence about what it is not."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(k|M|G)?(i?)B?", str(value).strip(), re.IGNORECASE)
        if not found or not float(found[1]):
            self.fail(f"{value!r} is no size such as 10MB", param, ctx)
        base = 1024 if found[3] else 1000
        return int(float(found[1]) * base ** " kmg".index((found[2] or " ").lower()))


def language(command: Command) -> Command:
    """In which language rules are told."""
    return click.option(
        "--language", type=OneOf(["en", "zh"]), callback=_spoken, help="en or zh; on a terminal as the environment's locale says."
    )(command)


def _spoken(_context: click.Context, _option: click.Parameter, said: str | None) -> str:
    """What was asked for; else, where a person reads, the language of LC_ALL, LC_MESSAGES or LANG."""
    if said:
        return said
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if sys.stdout.isatty() and locale.startswith("zh") else "en"


def codes(words: tuple[str, ...]) -> tuple[str, ...]:
    """Codes from comma-separated words. Raises `UnknownName` for one that begins no code of the catalogue."""
    found = tuple(code.strip().upper() for word in words for code in word.split(",") if code.strip())
    for code in found:
        known_code(code)
    return found


def known_code(code: str) -> None:
    """Raise `UnknownName` for a word that begins no code of the catalogue."""
    from listingkit.errors import UnknownName
    from listingkit.rules.engine import catalogue

    if not any(known.startswith(code) for known in catalogue()):
        raise UnknownName("rule", code, catalogue())


def day(_context: click.Context, _option: click.Parameter, text: str | None) -> date:
    if text is None:
        return datetime.now().astimezone().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a day such as 2026-11-01") from None


def jobs(command: Command) -> Command:
    """How many cores to use. The output is the same for any number."""
    option = click.option("--jobs", type=click.IntRange(1), metavar="N", is_eager=True, expose_value=False, callback=_threads, help=_JOBS)
    return option(command)


_JOBS = "Cores to use; default: all, fewer for small files."


def _threads(_context: click.Context, _option: click.Parameter, count: int | None) -> None:
    """Tables are worked on by polars' own threads, whose number is read once, when polars is loaded."""
    if count is not None and "polars" not in sys.modules:
        os.environ["POLARS_MAX_THREADS"] = str(count)
