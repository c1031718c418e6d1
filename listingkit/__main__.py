"""The command `listingkit`, also as `python -m listingkit`."""

import gc
import sys

from listingkit import process
from listingkit.cli import main


def program() -> None:
    """Run the command line as a process of its own: `main` leaves the settings of the process alone."""
    process.settle(sys.argv[1:])
    try:
        main()
    finally:
        gc.freeze()  # nothing is worth looking through at the exit


if __name__ == "__main__":
    program()
