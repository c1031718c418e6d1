"""What the shell offers after a Tab, beyond the names of commands and options."""

from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem[Any]] | list[str]]

VARIABLE = "_LISTINGKIT_COMPLETE"  # set by the shell's function when it asks; the name is click's
_FILES = ("FILE", "MASTER", "OLD", "NEW", "OUT", "DIR")  # metavars that mean a path


def teach(command: click.Command) -> click.Command:
    """Let the parameters of a command complete what their names and metavars promise."""
    for param in command.params:
        complete = _by_name(param)
        if complete is not None:
            param._custom_shell_complete = complete  # noqa: SLF001 - else every option would have to name it
    if isinstance(command, click.Group):
        for part in command.commands.values():
            teach(part)
    return command


def _by_name(param: click.Parameter) -> Complete | None:
    if param.name in {"marketplace", "marketplaces"}:
        return marketplaces
    if param.name in {"code", "select", "ignore"}:
        return rules
    if param.name in {"category", "type_", "like"}:
        return product_types
    metavar = param.metavar or ""
    return files if any(word in metavar for word in _FILES) else None


def marketplaces(_context: click.Context, _param: click.Parameter, begun: str) -> list[CompletionItem[Any]] | list[str]:
    """Codes of marketplaces, with the store's domain."""
    from listingkit.marketplace import marketplaces as known

    found = {code: store.domain for code, store in known().items()} | {"all": "every marketplace"}
    return [CompletionItem(code, help=said) for code, said in found.items() if code.casefold().startswith(begun.casefold())]


def rules(_context: click.Context, _param: click.Parameter, begun: str) -> list[CompletionItem[Any]] | list[str]:
    """Codes of rules, with what they ask; after a comma the next one."""
    from listingkit.rules.engine import catalogue

    before, comma, last = begun.rpartition(",")
    return [CompletionItem(f"{before}{comma}{code}", help=rule.doc) for code, rule in catalogue().items() if code.startswith(last.upper())]


def product_types(_context: click.Context, _param: click.Parameter, begun: str) -> list[CompletionItem[Any]] | list[str]:
    """Product types that have a schema."""
    from listingkit.schemas.category import names

    return [CompletionItem(name) for name in names() if name.startswith(begun.upper())]


def files(_context: click.Context, _param: click.Parameter, begun: str) -> list[CompletionItem[Any]] | list[str]:
    """Whatever the shell knows of files."""
    return [CompletionItem(begun, type="file")]
