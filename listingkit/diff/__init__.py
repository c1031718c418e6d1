"""What an upload changes, risks and leaves alone; callable as `listingkit.diff(old, new)`."""

from listingkit.callable_package import make_callable

make_callable(__name__)
