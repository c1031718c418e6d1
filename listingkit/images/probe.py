"""Ask many addresses: each once, one at a time of a host, a few hosts at once, with a pause between, and no more than a bound."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event
from urllib.parse import urlsplit

from listingkit.images.address import Resolver, public_addresses
from listingkit.images.fetch import Fetched, fetch
from listingkit.progress import tell

MOST = 2000  # addresses of one run
HOSTS = 4  # at once
PAUSE = 0.2  # seconds between two requests to one host
PATIENCE = 3  # failures in a row, after which a host is left alone
LEFT_ALONE = "not asked: its host did not answer three times in a row"


def probe(urls: Iterable[str], *, resolve: Resolver = public_addresses, most: int = MOST, pause: float = PAUSE) -> Mapping[str, Fetched]:
    """What each address answered, for the first `most` different ones. `resolve`: see `fetch`."""
    wanted = list(dict.fromkeys(urls))[:most]
    by_host: dict[str, list[str]] = defaultdict(list)
    for url in wanted:
        by_host[_host(url)].append(url)
    stop, found = Event(), dict[str, Fetched]()
    with ThreadPoolExecutor(HOSTS, thread_name_prefix="images") as pool:
        try:
            asked = [pool.submit(_of_host, mine, resolve, pause, stop, found) for mine in by_host.values()]
            for done in as_completed(asked):
                done.result()
                tell("fetching images", len(found), len(wanted))
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
    return {url: found[url] for url in wanted}


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _of_host(urls: list[str], resolve: Resolver, pause: float, stop: Event, found: dict[str, Fetched]) -> None:
    failures = 0
    for number, url in enumerate(urls):
        if failures >= PATIENCE:
            found[url] = Fetched(url, problem=LEFT_ALONE)
            continue
        if number and stop.wait(pause):
            return
        found[url] = fetch(url, resolve=resolve)
        failures = failures + 1 if found[url].problem and not found[url].refused else 0
