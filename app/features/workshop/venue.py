"""Owns how phones find the server: the addresses of this machine, and the sign to be photographed."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from app.access import ROLE_TEXT, Role
from geodata.errors import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

_ELSEWHERE = "192.0.2.1"
"""An address for documentation: asked for the way there, the system tells which of its own it would use."""


def own_addresses() -> list[str]:
    """Return the IPv4 addresses of this machine on its networks, the one of the usual way out first."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):  # without any network
        probe.connect((_ELSEWHERE, 9))  # of datagrams: names a target, sends nothing
        found.append(probe.getsockname()[0])
    with suppress(OSError):  # a host name nobody knows
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [address for address in dict.fromkeys(found) if _is_reachable(address)]


def _is_reachable(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    return not (parsed.is_loopback or parsed.is_unspecified or parsed.is_multicast)


def is_loopback(host: str) -> bool:
    """Tell whether a server that listens at `host` can be reached from this machine only."""
    if host in {"", "0.0.0.0", "::"}:  # noqa: S104  # nosec B104 - looked at, not listened on
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def join_addresses(host: str, port: int, code: str, found: Sequence[str]) -> list[str]:
    """Return what a phone opens, best first; nothing where only this machine is listened to."""
    if is_loopback(host):
        return []
    every = host in {"", "0.0.0.0", "::"}  # noqa: S104  # nosec B104 - looked at, not listened on
    hosts = list(found) if every else [host]
    return [f"http://{f'[{one}]' if ':' in one else one}:{port}/w/{code}" for one in hosts]


def start_commands(port: int, lang: str) -> tuple[str, ...]:
    """Return the commands that let phones in, and a facilitator who logs in: open doors need a key."""
    role = ROLE_TEXT[Role.FACILITATOR].get(lang)
    return (
        f"ekisei user add shinko --role {role} --users users.json",
        f"ekisei serve --host 0.0.0.0 --port {port} --users users.json",
    )


def draw_code(address: str, title: Text, lang: str) -> str:
    """Return an address as a QR code, in SVG to be put into a page: it scales with its box."""
    import segno  # noqa: PLC0415 - only where a code is drawn

    made: str = segno.make(address, error="m", micro=False).svg_inline(
        border=3, dark="#0b2545", light="#ffffff", svgclass="qr", lineclass="", omitsize=True, title=title.get(lang)
    )
    return made
