"""The command `listingkit`, also as `python -m listingkit`."""

import sys

from listingkit import process
from listingkit.cli import main


def program() -> None:
    """Run the command line as a process of its own: `main` leaves the settings of the process alone."""
    process.settle(sys.argv[1:])
    try:
        main()
    except SystemExit as end:
        process.leave(end)


if __name__ == "__main__":
    program()
