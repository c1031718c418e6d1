"""The command `listingkit`, also as `python -m listingkit`."""

import gc

from listingkit.cli import main

SELDOM = (200_000, 20, 20)  # the collector looks after so many new objects: what a run makes hardly ever goes round in circles


def program() -> None:
    """Run the command line as a process of its own: `main` leaves the settings of the process alone."""
    gc.set_threshold(*SELDOM)
    try:
        main()
    finally:
        gc.freeze()  # nothing is worth looking through at the exit


if __name__ == "__main__":
    program()
