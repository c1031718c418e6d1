"""What changed between the sheet a profile was made for and this month's."""

from collections import Counter

from listingkit.finding import Finding, Severity
from listingkit.mapping.assign import note
from listingkit.mapping.headers import key
from listingkit.mapping.profile import Profile
from listingkit.master.sheet import Master

ALIKE = 0.7  # similarity from which a lost and a new header are taken for one that was renamed


def drift(master: Master, profile: Profile) -> tuple[Finding, ...]:
    """Columns that were added, lost, renamed or moved since the profile was made; nothing where it records no header."""
    if not profile.header:
        return ()
    old, new = [_shown(header) for header in profile.header], [_shown(column.header) for column in master.columns]
    if [key(header) for header in old] == [key(header) for header in new]:
        return ()
    lost, added = _only_in(old, new), _only_in(new, old)
    found = []
    for header in lost:
        renamed = _renamed(header, added, old, new)
        if renamed:
            added.remove(renamed)
            found.append(f"column {header!r} is now called {renamed!r}")
        else:
            found.append(f"column {header!r} is gone")
    found.extend(f"column {header!r} is new" for header in added)
    if not found:
        moved = _moved(old, new)
        found.append(f"columns have moved: {', '.join(repr(header) for header in moved[:8])}{' ...' if len(moved) > 8 else ''}")
        return (_drifted(master, found[0], Severity.INFO),)
    return tuple(_drifted(master, message, Severity.WARNING) for message in found)


def _moved(old: list[str], new: list[str]) -> list[str]:
    """The headers that left the order that the others kept."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, [key(header) for header in old], [key(header) for header in new], autojunk=False)
    kept = {at for _, start, size in matcher.get_matching_blocks() for at in range(start, start + size)}
    return [header for at, header in enumerate(new) if at not in kept]


def _renamed(header: str, added: list[str], old: list[str], new: list[str]) -> str | None:
    """The new header that stands where this one stood between the same neighbours, or reads much like it."""
    from difflib import SequenceMatcher

    alike = [(SequenceMatcher(None, header.casefold(), other.casefold()).ratio(), other) for other in added]
    best = max(alike, default=(0.0, ""))
    if best[0] >= ALIKE:
        return best[1]
    at = old.index(header)
    same_place = at < len(new) and new[at] in added and len(old) == len(new)
    return new[at] if same_place else None


def _only_in(some: list[str], others: list[str]) -> list[str]:
    """Headers of the first list that the second lacks, each as often as it is missing."""
    left = Counter(key(header) for header in others)
    only = []
    for header in some:
        if left[key(header)]:
            left[key(header)] -= 1
        else:
            only.append(header)
    return only


def _shown(header: str) -> str:
    return " ".join(header.split())


def _drifted(master: Master, message: str, severity: Severity) -> Finding:
    return note("MAP006", "header-changed", severity, f"the sheet differs from the one its profile was made for: {message}", master)
