"""Where a host name leads, and whether one may go there: never to this machine, a private network or anything else that is not public."""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

Resolver = Callable[[str, int], list[str]]
"""Addresses of a host and port, in the order to try. Raises `Refused`, and OSError where there are none."""


class Refused(Exception):
    """The address may not be asked; the text says why."""


def public_addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, all of them public. One that is not is enough to refuse the host: it may be a trick.

    The caller connects to one of these addresses and asks for no name a second time, so that a name whose answer changes leads nowhere.
    """
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for one in found:
        if not is_public(one):
            raise Refused(f"{host} leads to {one}, which is not a public address")
    return list(dict.fromkeys(found))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also where it wraps another one."""
    try:
        one = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(one, IPv6Address) and one.ipv4_mapped:
        one = one.ipv4_mapped
    return all(inner.is_global and not inner.is_multicast and not inner.is_reserved for inner in (one, *_wrapped(one)))


def _wrapped(one: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """IPv4 addresses inside an IPv6 one: 6to4, Teredo, and the prefix of NAT64."""
    if isinstance(one, IPv4Address):
        return []
    inner = [one.sixtofour, *(one.teredo or ())]
    if one.packed.startswith(bytes.fromhex("0064ff9b0000000000000000")):
        inner.append(IPv4Address(one.packed[-4:]))
    return [found for found in inner if found is not None]
