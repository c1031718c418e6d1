"""A new category schema to start from."""

from datetime import date
from pathlib import Path

from listingkit.errors import BadProfile, Unwritable
from listingkit.schemas.category import load

_SCHEMA = """\
# What {type_} asks. It starts as {like} does; say here what differs, with the source of each saying.
# Keys: required, required_when, required_unless, required_without (says), forbidden_when, one_of, open, max_chars, min_chars, max_bytes,
# matches (with means and examples), at_least, above, at_most, decimals; source, confidence, checked, since, until, severity.
product_type = "{type_}"
title = "{title}"
extends = "{like}"
checked = {day}
source = "say where you read it"
confidence = "unconfirmed" # all of it stays at warning until this says confirmed

# [material]
# required = true
# max_chars = 100
# source = "template of ..."
"""
_OVERLAY = """\
# Differences for some marketplaces. Name the file as you like, one file for each group of marketplaces that ask the same.
marketplaces = ["DE"]
checked = {day}
source = "say where you read it"
confidence = "unconfirmed"

# [recommended_browse_nodes]
# required = true
"""
_VALUES = """\
# source: say where you read it
# checked: {day}
# confidence: unconfirmed
field\tvalue\tlabel\tmarketplaces\tdeprecated
"""
_EXAMPLES = """\
# A listing that holds, and ways to break it with what must be found: `code field`.
[good]
sku = "{type_}-1"

[[bad]]
change = {{ brand = "" }}
finds = ["REQ001 brand"]
"""


def start(type_: str, like: str, folder: Path, day: date) -> tuple[Path, ...]:
    """Write the files of a new schema into `folder/TYPE`; nothing that exists is overwritten. Raises `Unwritable`, `UnknownName`."""
    name = type_.strip().upper()
    if not name.replace("_", "").isalnum() or not name.isascii():
        raise BadProfile(str(folder), None, f"{type_!r} is not a product type: letters, digits and _")
    base = load(like, folder if folder.is_dir() else None)
    scope = {"type_": name, "like": base.product_type, "title": name.replace("_", " ").capitalize(), "day": day.isoformat()}
    target = folder / name
    files = {"schema.toml": _SCHEMA, "DE.toml": _OVERLAY, "values.tsv": _VALUES, "examples.toml": _EXAMPLES}
    try:
        target.mkdir(parents=True)
        for file, text in files.items():
            (target / file).write_text(text.format(**scope), "utf-8")
    except FileExistsError:
        raise Unwritable(f"{target} exists already; remove it or choose another name") from None
    except OSError as wrong:
        raise Unwritable(f"{target}: {wrong.strerror or 'cannot be written'}") from None
    return tuple(target / file for file in files)
