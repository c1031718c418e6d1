"""Help: every command shows examples, and every example is a command that parses."""

import shlex
from collections.abc import Iterator
from typing import Any

import click
import pytest

from listingkit.cli import COMMANDS, group


def commands(parent: click.Group, context: click.Context, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name in parent.list_commands(context):
        command = parent.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, context, (*path, name))


EVERY = dict(commands(group, click.Context(group)))


def examples(command: click.Command) -> list[str]:
    return [line.strip().split("   ")[0] for line in (command.help or "").splitlines() if line.strip().startswith("listingkit ")]


@pytest.mark.parametrize("path", [path for path, command in EVERY.items() if not command.hidden], ids=" ".join)
def test_every_command_shows_an_example(path: tuple[str, ...]) -> None:
    assert examples(EVERY[path]), f"listingkit {' '.join(path)} --help has no example"


def parse(command: Any, name: str | None, words: list[str]) -> None:
    context = command.make_context(name, words)
    rest = [*context._protected_args, *context.args] if isinstance(command, click.Group) else []
    if rest:
        name, part, rest = command.resolve_command(context, rest)
        parse(part, name, rest)


LINES = sorted({line for command in [group, *EVERY.values()] for line in examples(command) if "[" not in line})


@pytest.mark.parametrize("line", LINES)
def test_every_example_parses(line: str) -> None:
    parse(group, "listingkit", shlex.split(line.rsplit(" | ", maxsplit=1)[-1].split(" >", maxsplit=1)[0])[1:])


def test_the_commands_stand_in_the_help() -> None:
    assert [name for (name, *more) in EVERY if not more] == list(COMMANDS)
    assert all(command.help or command.hidden for command in EVERY.values())
