"""The command line: one file a command, each loaded when it is called.

Exit status: 0 ran and found nothing at severity error, 1 ran and found errors, 2 could not run (one sentence on stderr).
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL
from importlib import import_module
from io import TextIOWrapper
from typing import Any, NoReturn

import click

from listingkit import __version__
from listingkit.errors import ListingkitError

COMMANDS = {
    "demo": ("demo:demo", "Run the main job on the bundled samples and say where the results are."),
    "build": ("build:build", "Check a master, render the upload files, diff them against the previous upload."),
    "check": ("check:check", "Check a master and report what is wrong."),
    "undo": ("undo:undo", "Take the fixes of check --fix back out of the copy, all or by rule."),
    "map": ("map:map_", "Propose which column is which field, and write a profile."),
    "diff": ("diff:diff", "Compare two uploads: what is new, what changed, what would be wiped."),
    "gtin": ("gtin:gtin", "Triage GTINs; hand out the next free ones of your prefix."),
    "template": ("template:template", "Describe an inventory template; what changed between two; move a filled one into a new one."),
    "schemas": ("schemas:schemas", "List, show, compare and start category schemas."),
    "sent": ("sent:sent", "Record what was uploaded, so that the next build knows what is live."),
    "history": ("history:history", "Show how a listing changed from upload to upload."),
    "config": ("config:config", "Print every setting, and the file and line that it came from."),
    "distributed": ("distributed:distributed", "Check and render a master in many files on a Dask cluster."),
    "distributed-diff": ("distributed:distributed_diff", "Compare two uploads in many files on a Dask cluster."),
    "rules": ("rules:rules", "List the rules."),
    "explain": ("explain:explain", "Explain one rule: what, why, examples, fix, sources."),
    "completion": ("completion:completion", "Print a shell's completion script."),
}


class Enough(Exception):
    """Whoever read our output has enough of it."""


class Lazy(click.Group):
    """A group that imports a command when it is called, and prints help without importing any."""

    def make_context(self, *words: Any, **more: Any) -> click.Context:
        with _until_enough():
            return super().make_context(*words, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _until_enough():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"listingkit.cli.{module}"), name)
        if "_LISTINGKIT_COMPLETE" in os.environ:
            from listingkit.cli.complete import teach

            return teach(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from listingkit.errors import UnknownName

            raise UnknownName("command", args[0], COMMANDS)
        return super().resolve_command(ctx, args)


@contextmanager
def _until_enough() -> Iterator[None]:
    """Before click sees it, who makes it the exit status of a run that found errors."""
    try:
        yield
    except OSError as error:
        if _enough(error):
            raise Enough from None
        raise


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="listingkit")
def group() -> None:
    """Check a product master against GS1 and marketplace rules, render upload files, diff them against the previous upload.

    \b
    listingkit demo
    listingkit check master.xlsx -m US -m DE
    listingkit build master.xlsx -m all -o out
    """


def _any_console() -> None:
    """What a console cannot show is spelled out instead of ending the run; a file or a pipe gets UTF-8; what is closed is empty."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - as long as the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            own = stream.isatty() or "PYTHONIOENCODING" in os.environ
            stream.reconfigure(encoding=None if own else "utf-8", errors="backslashreplace", newline="\n")


def _enough(error: OSError) -> bool:
    return isinstance(error, BrokenPipeError) or (sys.platform == "win32" and error.errno == EINVAL)


def _let_go() -> None:
    """What standard output does not take goes nowhere, so that no later flush fails."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(status: int, why: str | click.ClickException) -> NoReturn:
    with suppress(OSError):  # nobody hears it: the status says it too
        if isinstance(why, str):
            click.echo(why, err=True)
        else:
            why.show()
    sys.exit(status)


def main(args: list[str] | None = None) -> Any:
    """Run the command line; what a user can cause ends in one sentence and exit 2."""
    _any_console()
    try:
        status = group.main(args=args, prog_name="listingkit", standalone_mode=False)
        with _until_enough():
            sys.stdout.flush()
    except click.exceptions.Abort:
        _end(130, "stopped")
    except click.ClickException as error:
        _end(error.exit_code, error)
    except ListingkitError as error:
        from listingkit.report.escape import visible

        _end(error.exit_code, f"listingkit: {visible(str(error))}")
    except Enough:
        _let_go()
        sys.exit(0)
    except OSError as error:
        _let_go()
        from listingkit.cli.trouble import told

        _end(2, f"listingkit: {told(error)}")
    sys.exit(status if isinstance(status, int) else 0)
