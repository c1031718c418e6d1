"""Changes for programs: one JSON object a line, or one document."""

import json
from typing import TextIO

from listingkit.diff.changes import Changes


def write_jsonl(changes: Changes, stream: TextIO) -> None:
    """One change a line."""
    stream.writelines(json.dumps(change.to_dict(), ensure_ascii=False) + "\n" for change in changes)


def write_json(changes: Changes, stream: TextIO) -> None:
    """Counts, risks, notes and every change in one document; changes one a line, so that the document can be compared as text."""
    head = {"counts": changes.counts(), "risks": changes.risks(), "advice": {code: len(skus) for code, skus in changes.advice.items()}}
    rest = {**head, "uncompared": list(changes.uncompared), "notes": list(changes.notes)}
    body = json.dumps(rest, ensure_ascii=False, indent=2).removesuffix("\n}")
    stream.write(f'{body},\n  "changes": [')
    stream.writelines(f"{',' if at else ''}\n    {json.dumps(change.to_dict(), ensure_ascii=False)}" for at, change in enumerate(changes))
    stream.write("\n  ]\n}\n" if len(changes) else "]\n}\n")
