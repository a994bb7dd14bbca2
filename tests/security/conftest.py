"""Real servers on free ports of this machine, attacked over the wire."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.guarded import CHEAP, Guarded, guard_server, passwords, write_users

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

ANY = "0.0.0.0"  # noqa: S104 - what the rules are told; the sockets listen on this machine only


@contextmanager
def made_server(server: Flask) -> Iterator[Any]:
    """Serve as `ekisei serve` does; yield the server of waitress."""
    from waitress import create_server

    made: Any = create_server(
        server, host="127.0.0.1", port=0, threads=4, ident=None, clear_untrusted_proxy_headers=False
    )
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.close()
        thread.join(timeout=5)


@contextmanager
def listening(server: Flask) -> Iterator[int]:
    """Serve; yield the port."""
    with made_server(server) as made:
        yield made.effective_port


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes_all_along() -> Iterator[None]:
    """Hash passwords with little work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", CHEAP)
        passwords._nobody.cache_clear()
        yield


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Guarded, int]]]:
    """One server for each way to start it: mode → server and port."""
    folder: Path = tmp_path_factory.mktemp("attacked")
    users = write_users(folder / "users.json").path
    with_header = {"users_file": users, "trusted_header": "X-Remote-User"}
    made = {
        "desk": guard_server(folder / "desk"),
        "guests": guard_server(folder / "guests", host=ANY),
        "office": guard_server(folder / "office", host=ANY, users_file=users),
        "proxy": guard_server(folder / "proxy", host=ANY, **with_header),  # this machine is the proxy
        "no_proxy": guard_server(folder / "no_proxy", host=ANY, proxies=("10.1.0.7",), **with_header),
    }
    with (
        listening(made["desk"].server) as desk,
        listening(made["guests"].server) as guests,
        listening(made["office"].server) as office,
        listening(made["proxy"].server) as proxy,
        listening(made["no_proxy"].server) as no_proxy,
    ):
        ports = dict(zip(made, (desk, guests, office, proxy, no_proxy), strict=True))
        yield {mode: (made[mode], ports[mode]) for mode in made}
