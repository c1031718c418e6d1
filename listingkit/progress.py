"""How far long work is, told to whoever listens: nobody, unless a command line shows it.

Work calls `tell` where it gets on; telling costs a call when nobody listens, so tell once a batch, never once a row.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, int, int | None], None]


def _nobody(_step: str, _done: int, _total: int | None) -> None: ...


_listener: Listener = _nobody
_before: int = 0
_whole: int | None = None


def tell(step: str, done: int = 0, total: int | None = None) -> None:
    """Say that of this step ("checking") `done` of `total` rows are done; None where nobody knows how many there are."""
    _listener(step, _before + done, _whole if _whole is not None else total)


@contextmanager
def within(before: int, whole: int | None) -> Iterator[None]:
    """What is told inside is about one batch: it comes after `before` rows of `whole`."""
    global _before, _whole
    kept = _before, _whole
    _before, _whole = before, whole
    try:
        yield
    finally:
        _before, _whole = kept


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hear what is told inside, from any thread."""
    global _listener  # noqa: PLW0603
    kept, _listener = _listener, listener
    try:
        yield
    finally:
        _listener = kept
