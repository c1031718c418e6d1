"""`python -m listingkit`."""

from listingkit.cli import main

main()
