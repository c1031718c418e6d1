"""What our pages may do: nothing but show their own style and run their own script."""

import hashlib
from base64 import b64encode
from json import dumps

from listingkit.report.escape import json_visible
from listingkit.resources import shared


def stylesheet(own: str) -> str:
    """The look that all pages share, and a page's own."""
    folder = shared("templates") / "report"
    return "".join((folder / name).read_text("utf-8") for name in ("page.css", own))


def policy(style: str, script: str) -> str:
    """The content security policy: no request to anywhere, no style or script but these two."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src 'none'; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def script_json(value: object) -> str:
    """JSON that may stand in a script element."""
    return json_visible(dumps(value, ensure_ascii=False)).replace("<", "\\u003c")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()
