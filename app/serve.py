"""Owns the start of the web server: one line that says where the page is, or what stands in the way."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from app.factory import create_app
from app.services import Services
from app.settings import Settings
from app.text import say
from geodata.errors import Text, UsageError, error

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK = ("127.0.0.1", "localhost", "::1")
THREADS = 8


def serve(
    runs_folder: Path,
    host: str = "127.0.0.1",
    port: int = 8050,
    *,
    city_folder: Path | None = None,
    lang: str = "ja",
    tiles: bool = True,
) -> None:
    """
    Serve the page until it is stopped.

    Parameters
    ----------
    runs_folder
        Folder of run folders, such as ``out/library``.
    host, port
        Where to listen; only this machine unless another host is given.
    city_folder
        Built city of the runs; None = the bundled one.
    lang
        Language shown first.
    tiles
        False removes the background tiles, the only thing that could ever leave the machine.

    Raises
    ------
    UsageError
        If the port is taken or the address is not ours.
    """
    from waitress import create_server  # noqa: PLC0415 - not for those who only build an app

    check_free(host, port)
    given = {} if tiles else {"tiles_url": None}
    settings = Settings(runs_folder=runs_folder, city_folder=city_folder, lang="en" if lang == "en" else "ja", **given)
    services = Services(settings)
    services.list_runs()  # read once, so that the first page is quick and a wrong city is told now
    server = create_server(create_app(settings, services).server, host=host, port=port, threads=THREADS, ident=None)
    print(say(lang, "serve_ready", url=f"http://{host}:{port}/"), flush=True)  # noqa: T201 - the one line to read
    if host not in LOOPBACK:
        print(say(lang, "serve_public", host=host), flush=True)  # noqa: T201 - a caution to read
    try:
        server.run()
    finally:
        server.close()


def check_free(host: str, port: int) -> None:
    """Raise a problem with a remedy if nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as problem:
        raise UsageError(
            error(
                "serve.port",
                f"{host}:{port}",
                Text(f"ポート {port} を開けません（使用中など）", f"cannot listen on port {port}: {problem.strerror}"),
                Text(f"別の番号を選んでください: ekisei serve --port {port + 1}", f"try --port {port + 1}"),
            )
        ) from problem
