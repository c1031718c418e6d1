"""The command `listingkit`, also as `python -m listingkit`."""

import gc
import os

from listingkit.cli import main

SELDOM = (200_000, 20, 20)  # the collector looks after so many new objects: what a run makes hardly ever goes round in circles
KEPT = 5_000  # ms that memory which polars let go waits to be taken again; to give it back sooner costs more than a tenth of a run


def program() -> None:
    """Run the command line as a process of its own: `main` leaves the settings of the process alone."""
    gc.set_threshold(*SELDOM)
    os.environ.setdefault("_RJEM_MALLOC_CONF", f"narenas:{_arenas()},dirty_decay_ms:{KEPT}")  # read when polars is loaded
    try:
        main()
    finally:
        gc.freeze()  # nothing is worth looking through at the exit


def _arenas() -> int:
    """Pools of memory: few, so that one thread's pieces are filled again by the other."""
    return max(1, (os.cpu_count() or 1) // 2)


if __name__ == "__main__":
    program()
