"""Presets: profiles for sheets that many people have, chosen by what stands in the header."""

from collections.abc import Mapping
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from listingkit.errors import BadProfile, UnknownName
from listingkit.mapping.headers import key, name_key
from listingkit.mapping.profile import Profile, loads_preset
from listingkit.master.sheet import Master
from listingkit.resources import data

NONE = "none"


class Preset(Struct, frozen=True):
    """A profile for one kind of sheet. `has` are keys of headers that all must be there."""

    name: str
    title: str
    source: str
    has: frozenset[str]
    generations: tuple[tuple[str, frozenset[str]], ...]  # title and what tells it, the newest first
    profile: Profile


@cache
def presets() -> Mapping[str, Preset]:
    """Every preset by its name."""
    table = {}
    for path in sorted(data("presets").glob("*.toml")):
        fingerprint, profile = loads_preset(path.read_text("utf-8"), path.name)
        generations = tuple((row["title"], _keys(row["has"])) for row in fingerprint.get("generation", ()))
        table[path.stem] = Preset(path.stem, fingerprint["title"], fingerprint["source"], _keys(fingerprint["has"]), generations, profile)
    return table


def choose(master: Master, profile: Profile) -> Preset | None:
    """The preset that the profile names, else the one whose header this is (of several the one that asks for most)."""
    if profile.preset == NONE:
        return None
    if profile.preset:
        if profile.preset not in presets():
            message = str(UnknownName("preset", profile.preset, (*presets(), NONE)))
            raise BadProfile(profile.file, profile.lines.get("preset"), message)
        return presets()[profile.preset]
    header = header_keys(master)
    fitting = [preset for preset in presets().values() if preset.has <= header]
    return max(fitting, key=lambda preset: len(preset.has), default=None)


def title(preset: Preset, master: Master) -> str:
    """The preset's title with the generation that the header shows."""
    header = header_keys(master)
    generation = next((name for name, has in preset.generations if has <= header), None)
    return f"{preset.title} ({generation})" if generation else preset.title


def merged(profile: Profile, preset: Preset | None, master: Master) -> Profile:
    """The profile on top of the preset's, as far as the sheet has the preset's columns."""
    if preset is None:
        return profile
    header = header_keys(master)
    below = preset.profile
    stated = {source.column and name_key(source.column) for source in profile.columns.values()}
    columns = {
        name: source
        for name, source in below.columns.items()
        if header & {name_key(source.column), key(source.column)} and name_key(source.column) not in stated
    }
    return replace(
        profile,
        columns={**columns, **profile.columns},
        derived={**{name: replace(derived, modest=True) for name, derived in below.derived.items()}, **profile.derived},
        constants={**below.constants, **profile.constants},
        ignore=(*below.ignore, *profile.ignore),
        fill_down=profile.fill_down or below.fill_down,
    )


def header_keys(master: Master) -> frozenset[str]:
    """The keys of a sheet's headers and codes."""
    names = {name_key(column.header) for column in master.columns} | {key(column.code) for column in master.columns}
    return frozenset(names - {""})


def _keys(headers: list[str]) -> frozenset[str]:
    return frozenset(key(header) for header in headers)
