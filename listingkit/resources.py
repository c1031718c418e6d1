"""Where the data folders are: at the top of a checkout, inside the package in a wheel."""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def data(name: str) -> Path:
    """A file of the package's own `data/`."""
    return PACKAGE / "data" / name


@cache
def shared(name: str) -> Path:
    """One of the top-level folders `templates`, `category_schemas`, `samples`."""
    for folder in (PACKAGE / "_share" / name, PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    message = f"the folder {name!r} did not come with this installation of listingkit"
    raise FileNotFoundError(message)
