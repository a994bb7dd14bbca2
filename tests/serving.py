"""A server as `ekisei serve` runs it, on a free port of this machine, for the length of a block."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from app.desk import Desk
    from app.settings import Settings


@contextlib.contextmanager
def serving(server: Flask, threads: int = 8) -> Iterator[str]:
    """Serve an app; yield its address."""
    from waitress import create_server

    made: Any = create_server(server, host="127.0.0.1", port=0, threads=threads)
    thread = threading.Thread(target=_run_until_closed, args=(made,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.effective_port}"
    finally:
        made.close()
        thread.join(timeout=5)


@contextlib.contextmanager
def serving_desk(settings: Settings, desk: Desk | None = None) -> Iterator[str]:
    """Serve the pages over the runs of some settings; yield the address."""
    from app.factory import create_app
    from app.services import Services

    services = Services(settings) if desk is None else desk.services
    with serving(create_app(settings, services, desk).server) as address:
        yield address


def _run_until_closed(server: Any) -> None:
    with contextlib.suppress(OSError):  # the socket that is closed may be waited on at that very moment
        server.run()
