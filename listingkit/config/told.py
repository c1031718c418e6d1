"""Every setting with where it came from, as `listingkit config` prints it."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from listingkit.config.keys import DIFF, KEYS, Key
from listingkit.config.layers import KINDS, Layer, folded
from listingkit.config.load import read
from listingkit.config.merged import Config

BUILT_IN = "built-in"
COMMAND_LINE = "command line"


class Setting(Struct, frozen=True):
    """One value: its path, the layer that says it, and its line in the config's file."""

    path: tuple[str, ...]
    value: Any
    layer: str  # built-in, client, product_type, brand, marketplace or command line
    line: int | None = None


def settings(config: Config, here: Mapping[str, str] | None = None) -> Iterator[Setting]:
    """Every setting, outermost layer first. `here` (brand, product_type, marketplace) leaves out the layers of others."""
    table = _table(config)
    yield from _settings(config, table, KEYS, ())
    for kind in KINDS[1:4]:
        for name in table.get(kind, {}):
            if not here or folded(kind, here.get(kind, "")) == folded(kind, name):
                yield from _said(config, table[kind][name], (kind, name), kind)
    for layer in config.layers:
        if layer.kind == "command line":
            yield from _command(layer)


def _table(config: Config) -> Mapping[str, Any]:
    from pathlib import Path

    return read(Path(config.source.file))[1] if config.source else {}


def _settings(config: Config, table: Mapping[str, Any], keys: Mapping[str, Key], path: tuple[str, ...]) -> Iterator[Setting]:
    """What the client says, and the built-in values of what nobody says."""
    for name, key in keys.items():
        here = (*path, name)
        if here[0] in KINDS:
            continue
        if key.kind == "table" and key.inside:
            yield from _settings(config, table.get(name, {}), key.inside, here)
        elif name in table:
            yield from _said(config, table[name], here, "client")
        elif key.kind != "table" or keys is DIFF:
            blank: Any = {"texts": [], "tables": []}.get(key.kind, key.default)
            if blank is not None:
                yield Setting(here, blank, BUILT_IN)


def _said(config: Config, value: Any, path: tuple[str, ...], layer: str) -> Iterator[Setting]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _said(config, inner, (*path, name), layer)
    else:
        yield Setting(path, value, layer, config.line(*path))


def _command(layer: Layer) -> Iterator[Setting]:
    for name, said in (("select", layer.select), ("ignore", layer.ignore)):
        if said:
            yield Setting(("command line", "rules", name), list(said), COMMAND_LINE)
