"""How a process that is ours alone deals with memory."""

import gc
import os

SELDOM = (200_000, 20, 20)  # the collector looks after so many new objects: what a run makes hardly ever goes round in circles
KEPT = 5_000  # ms that memory which polars let go waits to be taken again; to give it back sooner costs more than a tenth of a run


def settle() -> None:
    """Set it up, before polars is loaded."""
    gc.set_threshold(*SELDOM)
    os.environ.setdefault("_RJEM_MALLOC_CONF", f"narenas:{_arenas()},dirty_decay_ms:{KEPT}")  # read when polars is loaded


def _arenas() -> int:
    """Pools of memory: few, so that one thread's pieces are filled again by the other."""
    return max(1, (os.cpu_count() or 1) // 2)
