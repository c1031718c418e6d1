"""listingkit config."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from listingkit.cli.options import OneOf

if TYPE_CHECKING:
    from listingkit.config import Config
    from listingkit.config.told import Setting


@click.command()
@click.option("--config", "file", metavar="FILE", help="The client's listingkit.toml; default: the nearest one upwards.")
@click.option("-m", "--marketplace", metavar="CODE", help="Only the layers that hold in this marketplace.")
@click.option("--brand", metavar="NAME", help="Only the layers that hold for rows of this brand.")
@click.option("--product-type", metavar="TYPE", help="Only the layers that hold for rows of this product type.")
@click.option("--rule", "code", metavar="CODE", help="Say what all of it comes to for this rule.")
@click.option("--select", multiple=True, metavar="CODES", help="As in check: only these codes or prefixes.")
@click.option("--ignore", multiple=True, metavar="CODES", help="As in check: leave out these codes or prefixes.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of listingkit.toml, for editors.")
@click.option("--format", "style", type=OneOf(["text", "json"]), default="text", show_default=True)
def config(
    file: str | None,
    marketplace: str | None,
    brand: str | None,
    product_type: str | None,
    code: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    style: str,
    *,
    schema: bool,
) -> None:
    """Print every setting with the file and line that it came from. The text is TOML.

    \b
    listingkit config
    listingkit config -m DE --brand Havnegade --rule TTL002
    listingkit config --schema > listingkit.schema.json
    """
    if schema:
        from listingkit.config.json_schema import json_schema

        click.echo(json.dumps(json_schema(), indent=2))
        return
    from listingkit.cli.run import config_of
    from listingkit.config.told import settings
    from listingkit.marketplace import marketplace as known

    found = config_of({"config": file, "select": select, "ignore": ignore})
    here = {"marketplace": known(marketplace).code if marketplace else "", "brand": brand or "", "product_type": product_type or ""}
    if code is not None:
        _rule(found, code, here, style)
        return
    told = list(settings(found, here if any(here.values()) else None))
    if style == "json":
        file_name = found.source.file if found.source else None
        values = [{"key": ".".join(one.path), "path": one.path, "value": one.value, "layer": one.layer, "line": one.line} for one in told]
        click.echo(json.dumps({"file": file_name, "settings": values}, indent=2, ensure_ascii=False, default=date.isoformat))
    else:
        click.echo("\n".join(_text(found, told)))


def _text(config: "Config", told: "list[Setting]") -> list[str]:
    from listingkit.config.load import NAME

    file = config.source.file if config.source else None
    head = f"# {file}" if file else f"# no {NAME} in {Path.cwd()} or above: the built-in values"
    lines = [(f"{'.'.join(_key(part) for part in one.path)} = {_toml(one.value)}", _origin(one, file)) for one in told]
    wide = min(max((len(line) for line, _ in lines), default=0), 72)
    return [head, *(f"{line:<{wide}}  # {origin}" for line, origin in lines)]


def _origin(one: "Setting", file: str | None) -> str:
    return f"{Path(file).name}:{one.line}" if file and one.line else one.layer


def _key(part: str) -> str:
    return part if part.replace("_", "").replace("-", "").isalnum() and part.isascii() else _toml(part)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(name)} = {_toml(inner)}' for name, inner in value.items())} }}" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in value)}]"
    return value.isoformat() if isinstance(value, date) else _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    """A TOML text; what a terminal would obey is escaped."""
    from listingkit.report.escape import INVISIBLE

    quoted = json.dumps(text, ensure_ascii=False)
    return INVISIBLE.sub(lambda match: f"\\U{ord(match[0]):08x}", quoted)


def _rule(config: "Config", code: str, here: dict[str, str], style: str) -> None:
    """What the layers come to for one rule, layer by layer."""
    from listingkit.rules.engine import find

    rule = find(code)
    said = config.outcome(rule.code, **here)
    speaking = [layer for layer in config.layers_for(**here) if layer.says(rule.code)]
    if style == "json":
        names = [" ".join(filter(None, (layer.kind, layer.name))) for layer in speaking]
        click.echo(json.dumps({"code": rule.code, "severity": said or rule.severity.value, "layers": names}, ensure_ascii=False))
        return
    click.echo(f"{rule.code} {rule.name}: {said or rule.severity.value}{'' if speaking else ' (built-in)'}")
    for layer in speaking:
        click.echo(f"  {' '.join(filter(None, (layer.kind, layer.name)))}: {_words(rule.code, layer)}")


def _words(code: str, layer: Any) -> str:
    parts = [f"select {', '.join(layer.select)}"] if layer.select else []
    dropped = [word for word in layer.ignore if code.startswith(word)]
    parts += [f"ignore {', '.join(dropped)}"] if dropped else []
    parts += [f"severity {layer.severity_of(code)}"] if layer.severity_of(code) else []
    return "; ".join(parts)
