"""Run as a process of its own: a task on stdin, then pieces. It says how many records each has, hears where they begin, and answers."""

import os
import pickle
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from listingkit import process

if TYPE_CHECKING:
    from listingkit.workers import Task


def main() -> int:
    """Answer until there is nothing more."""
    process.settle()
    from listingkit import workers  # noqa: F401 - loaded while the task is still made

    heard, said = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed is no answer
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        _answer(heard, said)
    return 0


def _answer(heard: IO[bytes], said: IO[bytes]) -> None:
    task: Task = pickle.loads(pickle.load(heard))  # noqa: S301 -- from the process that started this one
    begun = None

    def tell(what: object) -> None:
        said.write(pickle.dumps(what, pickle.HIGHEST_PROTOCOL))  # wholly or not at all
        said.flush()

    def row_of(records: int) -> int:
        tell(records)
        row: int = pickle.load(heard)  # noqa: S301
        return row

    while True:
        piece = pickle.load(heard)  # noqa: S301
        try:
            begun = begun or task.work.begin()
            tell(task.answer(begun, piece, row_of))
        except (EOFError, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - raised again where somebody waits for the answer
            tell(error)


if __name__ == "__main__":
    sys.exit(main())
