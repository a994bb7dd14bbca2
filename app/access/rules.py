"""Owns the rules of one server: where it listens, who is asked to log in, whom it believes."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from geodata.errors import Text, UsageError, error

LOOPBACK = ("127.0.0.0/8", "::1/128")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
Network = IPv4Network | IPv6Network


class Mode(StrEnum):
    """Who may come."""

    DESK = "desk"
    """Only this machine listens: whoever sits at it may do everything."""
    GUESTS = "guests"
    """Other machines may look and take part in workshops; nobody can log in."""
    LOGIN = "login"
    """Names and passwords from the file of users."""
    HEADER = "header"
    """A reverse proxy has checked who it is and says so; roles from the file of users."""


class AccessRules(BaseModel):
    """
    Rules of one server.

    `host` is where it listens. `users_file` holds names, roles and hashes; `trusted_header` is the header in which the
    reverse proxies at the addresses `proxies` name the user. `names` are host names under which the page may be
    asked for, beside addresses and this machine's own name. `guests_view`: who is not logged in may look.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    users_file: Path | None = None
    trusted_header: str | None = None
    proxies: tuple[str, ...] = LOOPBACK
    names: tuple[str, ...] = ()
    guests_view: bool = False

    @property
    def mode(self) -> Mode:
        """Return who may come."""
        if self.trusted_header is not None:
            return Mode.HEADER
        if self.users_file is not None:
            return Mode.LOGIN
        return Mode.DESK if is_loopback(self.host) else Mode.GUESTS

    @property
    def guests_may_look(self) -> bool:
        """Return whether somebody who is not logged in has the role of a viewer."""
        return self.mode is Mode.GUESTS or self.guests_view

    @cached_property
    def proxy_networks(self) -> tuple[Network, ...]:
        """Return the addresses that are believed."""
        return tuple(ip_network(text, strict=False) for text in self.proxies)

    def is_proxy(self, address: str | None) -> bool:
        """Return whether a request from an address comes from a trusted proxy."""
        try:
            found = ip_address((address or "").partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None)  # a socket for both kinds of address writes ::ffff:127.0.0.1
        return any((mapped or found) in network for network in self.proxy_networks)


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a host."""
    name = host.strip("[]").lower()
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def check_rules(rules: AccessRules) -> AccessRules:
    """
    Return the rules, if they can be kept.

    Raises
    ------
    UsageError
        If a header, an address or a name is no such thing, or roles have no file.
    """
    if rules.trusted_header is not None and not _HEADER.fullmatch(rules.trusted_header):
        message = Text("ヘッダーの名前として読めません", "not the name of a header")
        raise UsageError(error("access.header", "--trust-header", message, Text("例: X-Remote-User", "X-Remote-User")))
    if rules.trusted_header is not None and rules.users_file is None:
        message = Text("だれがどの役割かを書いたファイルがありません", "no file says who has which role")
        hint = Text(
            "ekisei user add 名前 --role 編集 --no-password で作り、--users で指定してください",
            "make one with ekisei user add NAME --role editor --no-password and give it as --users",
        )
        raise UsageError(error("access.no_roles", "--trust-header", message, hint))
    for text in rules.proxies:
        try:
            ip_network(text, strict=False)
        except ValueError:
            message = Text(f"アドレス {text!r} を読めません", f"{text!r} is no address")
            hint = Text("例: 10.1.2.3 または 10.1.2.0/24", "such as 10.1.2.3 or 10.1.2.0/24")
            raise UsageError(error("access.proxy", "--proxy", message, hint)) from None
    for name in rules.names:
        if not _NAME.fullmatch(name.lower()):
            message = Text(f"ホスト名 {name!r} を読めません", f"{name!r} is no host name")
            hint = Text(
                "http:// やポートをつけずに書いてください（例: ekisei.city.example.jp）",
                "without http:// and port, such as ekisei.city.example.jp",
            )
            raise UsageError(error("access.name", "--name", message, hint))
    return rules
