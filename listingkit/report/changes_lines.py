"""Changes for programs: one JSON object a line, or one document."""

from json import JSONEncoder, dumps
from typing import TextIO

from listingkit.diff.changes import Change, Changes
from listingkit.report.escape import json_visible

_encode = JSONEncoder(ensure_ascii=False).encode


def write_jsonl(changes: Changes, stream: TextIO) -> None:
    """One change a line."""
    stream.writelines(_line(change) + "\n" for change in changes)


def write_json(changes: Changes, stream: TextIO) -> None:
    """Counts, risks, notes and every change in one document; changes one a line, so that the document can be compared as text."""
    head = {"counts": changes.counts(), "risks": changes.risks(), "advice": {code: len(skus) for code, skus in changes.advice.items()}}
    rest = {**head, "uncompared": list(changes.uncompared), "notes": list(changes.notes)}
    body = "\n".join(json_visible(line) for line in dumps(rest, ensure_ascii=False, indent=2).removesuffix("\n}").split("\n"))
    stream.write(f'{body},\n  "changes": [')
    stream.writelines(f"{',' if at else ''}\n    {_line(change)}" for at, change in enumerate(changes))
    stream.write("\n  ]\n}\n" if len(changes) else "]\n}\n")


def _line(change: Change) -> str:
    """A change without its line end. No control, bidi or other invisible character stays raw in it."""
    return json_visible(_encode(change.to_dict()))
