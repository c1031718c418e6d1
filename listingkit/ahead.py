"""Reading on while what was read is worked on: polars and files need no interpreter, so two cores are used."""

from collections.abc import Generator
from typing import Any, TypeVar

Item = TypeVar("Item")
_END: Any = object()


def ahead(items: Generator[Item]) -> Generator[Item]:
    """The same items in the same order, each made by another thread while the one before it is worked on.

    What making an item raises, is raised where the item is asked for. On one core (`--jobs 1`) nothing is made ahead. Who may stop
    early closes it.
    """
    import polars as pl

    if pl.thread_pool_size() == 1:
        yield from items
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, _END)
        try:
            while (item := coming.result()) is not _END:
                coming = pool.submit(next, items, _END)
                yield item
                del item  # its memory is free while the next one is waited for
        finally:
            coming.exception()  # where somebody stopped early, the thread is still at it
            items.close()
