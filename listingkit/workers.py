"""Other processes that read, map and work on pieces of a large text file: two that use one core each are faster than one that uses two.

A piece goes to the first that is free. It tells how many records the piece has and is told the number of the first one, which is known
when the pieces before it were counted; so what is done with pieces comes out in their order and is what one process alone would do.
"""

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import IO, Any, Generic, NamedTuple, Self, TypeVar, cast

from msgspec import Struct

from listingkit.job import renamed
from listingkit.mapping.listings import Listings
from listingkit.master.cuts import Alone, Cut, Piecemeal
from listingkit.piece import Piece, Way, Work, mapped_piece

MOST = 4  # processes: more than that wait for each other, and each takes some hundred MB

Told = TypeVar("Told")


class Done(NamedTuple, Generic[Told]):
    """What came of a piece."""

    records: int
    letters: frozenset[str]  # of the columns that it fills
    piece: Piece
    told: Told


class Task(Struct, frozen=True):
    """What is done with every piece."""

    cut: Piecemeal
    file: str  # as findings call it
    way: Way
    work: Work[Any]

    def answer(self, begun: Callable[[Listings], Told], cut: Cut, row_of: Callable[[int], int]) -> "Done[Told]":
        """What comes of a piece. `row_of` hears how many records it has, and says the number of the first. Raises `Alone`."""
        cells = self.cut.cells(cut)
        records = cells.height
        master, letters = self.cut.master(cells, row_of(records))
        del cut, cells
        listings, found, _ = mapped_piece(renamed(master, self.file), self.way)
        del master
        return Done(records, letters, found, begun(listings))


def spare(cores: int) -> int:
    """How many processes are worth while on so many cores: with one core, or where there is no Python to start, none."""
    return min(cores, MOST) if cores > 1 and sys.executable else 0


class Workers:
    """Some processes that do the same task."""

    def __init__(self, count: int, cores: int) -> None:
        threads = str(max(1, cores // count))
        self._children = [_Child(threads) for _ in range(count)]
        self._pool = ThreadPoolExecutor(count)
        self._free: SimpleQueue[_Child] = SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            child.end()  # so that no thread waits for it
        self._pool.shutdown(cancel_futures=True)
        for child in self._children:
            child.close()

    def begin(self, task: Task) -> None:
        """Tell them what to do; they get ready meanwhile."""
        said = pickle.dumps(task, pickle.HIGHEST_PROTOCOL)
        for child in self._children:
            self._pool.submit(self._begin, child, said)

    def each(self, pieces: Iterator[Cut], row: int) -> Generator[Done[Any]]:
        """What comes of each piece, in their order, where the first record has this number. Raises `Alone`, and what the work raises."""
        waiting: deque[Future[Done[Any]]] = deque()
        start: Future[int] = Future()
        start.set_result(row)
        for piece in pieces:
            after: Future[int] = Future()
            waiting.append(self._pool.submit(self._done, piece, start, after))
            start = after
            del piece
            if len(waiting) > len(self._children) + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _begin(self, child: "_Child", task: bytes) -> None:
        try:
            child.tell(task)
        finally:
            self._free.put(child)  # who is gone says so when it is asked

    def _done(self, piece: Cut, start: "Future[int]", after: "Future[int]") -> Done[Any]:
        child = self._free.get()
        try:
            records = child.asked(piece)
            del piece
            after.set_result(start.result() + records)
            return cast("Done[Any]", child.asked(start.result()))
        except BaseException as error:
            if not after.done():
                after.set_exception(error)
            raise
        finally:
            self._free.put(child)


class _Child:
    """One process."""

    def __init__(self, threads: str) -> None:
        command = [sys.executable, "-P", "-m", "listingkit.worker"]
        said = {**os.environ, "POLARS_MAX_THREADS": threads}
        self._process = subprocess.Popen(  # noqa: S603 -- our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=said
        )

    def tell(self, what: object) -> None:
        """Say something. Raises `Alone`."""
        try:
            pickle.dump(what, self._in, pickle.HIGHEST_PROTOCOL)
            self._in.flush()
        except OSError:
            raise Alone from None

    def asked(self, what: object) -> Any:
        """What it answers. Raises `Alone`, and what it raised."""
        self.tell(what)
        try:
            said = pickle.load(self._out)  # noqa: S301 -- our own process
        except (OSError, EOFError, pickle.UnpicklingError):
            raise Alone from None
        if isinstance(said, BaseException):
            raise said
        return said

    def end(self) -> None:
        """Let it go, wherever it is."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Close the pipes, when nobody uses them any more."""
        with suppress(OSError):  # what it did not read
            self._in.close()
        self._out.close()

    @property
    def _in(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _out(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout
