"""A guarded server of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.guarded import Guarded, cheap_hashes, guard_server, write_users

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["cheap_hashes"]


@pytest.fixture
def desk(tmp_path: Path) -> Guarded:
    """On one PC, without login."""
    return guard_server(tmp_path)


@pytest.fixture
def guests(tmp_path: Path) -> Guarded:
    """Open to the network, without login."""
    return guard_server(tmp_path, host="0.0.0.0")  # noqa: S104 - what is tested


@pytest.fixture
def office(tmp_path: Path) -> Guarded:
    """Open to the network, with a login."""
    users = write_users(tmp_path / "users.json")
    return guard_server(tmp_path, host="0.0.0.0", users_file=users.path)  # noqa: S104 - what is tested


@pytest.fixture
def behind_proxy(tmp_path: Path) -> Guarded:
    """Behind a reverse proxy that tells who it is."""
    users = write_users(tmp_path / "users.json")
    return guard_server(
        tmp_path, host="10.1.0.9", users_file=users.path, trusted_header="X-Remote-User", proxies=("10.1.0.0/24",)
    )
