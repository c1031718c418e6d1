"""The bundled samples: whole stories, each a folder with a `story.toml`."""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct

from listingkit.build import Order
from listingkit.job import Inputs
from listingkit.resources import shared


class Story(Struct, frozen=True):
    """One sample: what happens in it, and what the build is given."""

    name: str
    about: str
    folder: Path
    told: dict[str, Any]

    def order(self, out: Path) -> Order:
        """The build of this story into `out`."""
        told = self.told
        return Order(
            inputs=Inputs(
                masters=tuple(str(self.folder / name) for name in told["masters"]),
                profile=str(self.folder / told["profile"]) if "profile" in told else None,
            ),
            out=out,
            as_of=told["as_of"] if isinstance(told["as_of"], date) else date.fromisoformat(told["as_of"]),
            marketplaces=tuple(told["marketplaces"]),
            previous=tuple(str(self.folder / name) for name in told.get("previous", ())),
        )


def stories() -> Iterator[Story]:
    """The samples in the order of their names."""
    for path in sorted(shared("samples").glob("*/story.toml")):
        told = tomllib.loads(path.read_text("utf-8"))
        yield Story(path.parent.name, told["about"], path.parent, told)
