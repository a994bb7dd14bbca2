"""Owns where a request comes from: the host it asks for, the page it was sent by, the address of who sent it."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.access.rules import AccessRules, Mode, is_loopback

if TYPE_CHECKING:
    from flask import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_known_host(host: str, rules: AccessRules) -> bool:
    """
    Return whether the page may be asked for under this Host header.

    A page elsewhere can make its own name point to this machine and then read what is served here (DNS rebinding).
    It cannot do so with a bare address, nor with a name that is ours.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if name in {each.lower() for each in rules.names}:
        return True
    if rules.mode is Mode.DESK:
        return is_loopback(name)
    try:
        ip_address(name)
    except ValueError:
        own = socket.gethostname().lower()
        return name in {"localhost", own, own.partition(".")[0], f"{own.partition('.')[0]}.local"}
    return True


def is_same_origin(request: Request) -> bool:
    """
    Return whether a browser says that one of our pages sent a request; who says nothing is no browser of today.

    The scheme is not compared: behind a proxy that ends TLS we cannot know ours. ``Sec-Fetch-Site`` does compare it.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    scheme, _, _ = origin.partition("://")
    sent_by, ours = _place(origin), _place(f"{scheme}://{request.host}")
    return sent_by is not None and sent_by == ours


def _place(origin: str) -> tuple[str, int] | None:
    """Return host and port of an origin; None for one that is none, such as ``null``."""
    try:
        parts = urlsplit(origin)
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.hostname, port) if parts.hostname else None


def client_address(request: Request, rules: AccessRules) -> str:
    """Return who sent a request: what the trusted proxies say, or the sender itself."""
    sender = request.remote_addr or ""
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    while chain and rules.is_proxy(sender):
        sender = chain.pop()
    return sender


def is_encrypted(request: Request, rules: AccessRules) -> bool:
    """Return whether the browser talks https, to us or to a trusted proxy."""
    if request.scheme == "https":
        return True
    return rules.is_proxy(request.remote_addr) and request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def header_name(request: Request, rules: AccessRules) -> str:
    """Return who a trusted proxy says it is; empty where none says anything, or anybody else does."""
    if rules.trusted_header is None or not rules.is_proxy(request.remote_addr):
        return ""
    given = request.headers.getlist(rules.trusted_header)
    if len(given) != 1:
        return ""
    try:
        return given[0].encode("latin-1").decode("utf-8")
    except UnicodeError:
        return given[0]
