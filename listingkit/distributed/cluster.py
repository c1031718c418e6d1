"""A Dask cluster: started on this machine or found at an address, asked whether it can do the work, and given tasks."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from msgspec import Struct, field

from listingkit.distributed.store import Space, first_line, remove
from listingkit.errors import ListingkitError
from listingkit.progress import tell

PATIENCE = 30  # seconds in which a scheduler answers and has a worker
ALIKE = ("listingkit", "polars")  # packages that every worker has in the version of this machine: both decide what is found
LARGE_GRAPH = "distributed.admin.large-graph-warning-threshold"
QUIET = {  # settings of a cluster that lives for one run
    "distributed.worker.preload": ["listingkit.distributed.work"],  # loaded while the run is planned
    "distributed.worker.profile.enabled": False,  # looks a hundred times a second at what a worker does, and nobody asks
    "distributed.admin.tick.interval": "1s",  # how often each process looks whether it is late: that costs a thirtieth of a core
}
THREADS = "POLARS_MAX_THREADS"
NANNY = "distributed.nanny.pre-spawn-environ"  # lets workers give every page back at once, which costs a fifth of their time


@contextmanager
def cluster(workers: int = 2, scheduler: str | None = None, *, patience: float = PATIENCE, coming: bool = False) -> Iterator[Any]:
    """A client of a given scheduler (`tcp://...`), or of a cluster of so many worker processes on this machine.

    With `coming`, these may still be on their way: a run is planned in the meantime.
    Raises `ListingkitError` where no scheduler answers, where it has no workers, or where one has other versions than this machine.
    """
    import dask
    from distributed import Client, LocalCluster
    from distributed.system import MEMORY_LIMIT

    if scheduler:
        with _found(scheduler, patience) as client:
            _alike(client, scheduler, patience)
            yield client
        return
    threads = max(1, (os.cpu_count() or 1) // workers)  # of polars in each; more would get in each other's way
    each = {"threads_per_worker": 1, "memory_limit": MEMORY_LIMIT // workers}
    with (
        _kept(THREADS),
        dask.config.set({NANNY: {THREADS: threads}, **QUIET}),
        LocalCluster(n_workers=0, processes=True, dashboard_address=":0", **each) as local,
        Client(local) as client,
    ):
        local.scale(workers)
        if not coming:
            _awaited(client, workers, patience, "worker processes do not start")
        yield client


@contextmanager
def _kept(name: str) -> Iterator[None]:
    """A variable of the environment is what it was, whatever is set for processes that are started meanwhile."""
    before = os.environ.get(name)
    try:
        yield
    finally:
        os.environ.pop(name, None)
        if before is not None:
            os.environ[name] = before


def _found(scheduler: str, patience: float) -> Any:
    from distributed import Client

    try:
        return Client(scheduler, timeout=patience)
    except (OSError, ValueError) as error:
        told = str(error).partition("\n")[0] or type(error).__name__
        raise ListingkitError(
            f"no Dask scheduler answers at {scheduler} ({told}): start one with `dask scheduler`, or see --scheduler"
        ) from None


def _alike(client: Any, scheduler: str, patience: float) -> None:
    """Raise `ListingkitError` where a worker lacks what the work needs."""
    _awaited(client, 1, patience, f"the scheduler at {scheduler} has no workers: start some with `dask worker {scheduler}`")
    for name in ALIKE:
        for worker, found in client.run(version, name, on_error="return").items():
            if isinstance(found, PackageNotFoundError):
                raise ListingkitError(f"the worker {worker} has no {name}: pip install 'listingkit[distributed]' there")
            if found != version(name):
                raise ListingkitError(f"the worker {worker} has {name} {found} and this machine {version(name)}: have the same everywhere")


def _awaited(client: Any, workers: int, patience: float, why: str) -> None:
    """Wait for so many workers. Raises `ListingkitError` that says why there are fewer."""
    try:
        client.wait_for_workers(workers, timeout=patience)
    except TimeoutError:
        raise ListingkitError(why) from None


def ready() -> None:
    """Bring what checking needs into a worker, while the driver still plans."""
    from listingkit.rules.engine import catalogue

    catalogue()


def itself(value: Any) -> Any:
    """A value as a task: computed again wherever it is lost."""
    return value


@contextmanager
def readying(client: Any) -> Iterator[None]:
    """Let every worker get `ready` in the meantime; whoever is not by the end gets so with its first task."""
    there = len(client.scheduler_info()["workers"])
    held = [client.submit(ready, pure=False) for _ in range(there)]
    yield
    client.cancel(held)


class Tasks(Struct):
    """The tasks of one job, all or nothing: where one fails, the others end, and nothing of the job is left."""

    client: Any
    space: Space
    given: list[Any] = field(default_factory=list)

    def shared(self, value: Any) -> Any:
        """A value that many tasks take: it travels once."""
        import dask

        with dask.config.set({LARGE_GRAPH: "1GB"}):
            future = self.client.submit(itself, value, pure=False)
        self.given.append(future)
        return future

    def begun(self, work: Callable[..., Any], each: Iterable[Sequence[Any]], *, shared: Sequence[Any] = ()) -> list[Any]:
        """The calls `work(*one, *shared)`, handed out: `do` waits for them."""
        futures = [self.client.submit(work, *one, *shared, pure=False) for one in each]
        self.given += futures
        return futures

    def do(
        self,
        step: str,
        work: Callable[..., Any],
        each: Iterable[Sequence[Any]],
        *,
        shared: Sequence[Any] = (),
        beside: Sequence[Any] = (),
    ) -> list[Any]:
        """The answers of `work(*one, *shared)` in the order of `each`, then those of what was `begun` beside it; says how far it is.

        Raises what a task raises.
        """
        from distributed import as_completed

        futures = [*self.begun(work, each, shared=shared), *beside]
        tell(step, 0, len(futures))
        with _answering(step):
            for done, future in enumerate(as_completed(futures), 1):
                if future.status != "finished":
                    future.result()
                tell(step, done, len(futures))
            found: list[Any] = self.client.gather(futures)
        kept = {id(future) for future in futures}
        self.given = [future for future in self.given if id(future) not in kept]
        return found


@contextmanager
def _answering(step: str) -> Iterator[None]:
    """Say in a sentence what became of a cluster that does not answer any more."""
    from concurrent.futures import CancelledError

    from distributed import KilledWorker
    from distributed.comm.core import CommClosedError

    try:
        yield
    except KilledWorker as error:
        raise ListingkitError(
            f"{step}: one task ended {error.allowed_failures + 1} workers, most likely for want of memory: "
            "give each worker more, or cut the master into smaller parts"
        ) from None
    except (CommClosedError, CancelledError) as error:
        raise ListingkitError(f"{step}: the scheduler went away ({first_line(error)})") from None


@contextmanager
def all_or_nothing(client: Any, space: Space) -> Iterator[Tasks]:
    """Tasks that leave what they make in a folder. Where the work fails, those under way end first, then all of it is taken away."""
    from distributed import wait

    _awaited(client, 1, PATIENCE, "worker processes do not start")
    space.claim()
    tasks = Tasks(client, space)
    try:
        yield tasks
    except BaseException:
        with suppress(Exception):  # what is told is the first error
            space.stop()
            wait(tasks.given, timeout=PATIENCE)
        with suppress(ListingkitError):
            space.give_up()
        raise
    finally:
        client.cancel(tasks.given)
    remove(space.shuffled)
