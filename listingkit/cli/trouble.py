"""What the system refuses, in one sentence: a full disk, a drive that is gone."""

import errno
from tempfile import gettempdir

from listingkit.report.escape import visible

_FULL = {getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name)}


def told(error: OSError) -> str:
    """What it refuses, where, and what to do."""
    reason, named = error.strerror or str(error), visible(str(error.filename or ""))
    if error.errno not in _FULL:
        return f"cannot go on{named and ' at '}{named}: {reason}; see to that and run it again"
    if named:
        return f"cannot write {named}: {reason}; make room, or choose another place"
    folder = visible(gettempdir())
    return f"cannot write standard output, or temporary files in {folder}: {reason}; make room, or set TMPDIR to another place"
