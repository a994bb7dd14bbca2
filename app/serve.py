"""Owns the start of the web server: one line that says where the page is, or what stands in the way."""

from __future__ import annotations

import logging
import socket
from threading import Thread
from typing import TYPE_CHECKING, Any

from app.access.rules import AccessRules, Mode, is_loopback
from app.commands.folders import home_folder
from app.desk import Desk
from app.factory import create_app
from app.logs import LogWish, event_of, keep_log
from app.services import Services
from app.settings import Settings
from app.slow_senders import end_slow_senders
from app.stopping import hand_over, leave_when_asked
from app.text import say
from geodata.errors import Text, UsageError, error
from scenarios.spare_memory import give_back_often, share_arenas

if TYPE_CHECKING:
    from pathlib import Path

    from dash import Dash

THREADS = 16  # the editor's pages wait for news in a thread each, and phones must not wait for them
CONNECTIONS = 400  # a browser holds up to six, and thirty phones and a few planners come at once
HEAD_BYTES = 65_536  # of a first line and its headers: an address of ours is far shorter
WARM_UP_AFTER_S = 10.0
"""The first pages go before the engine of live editing, unless somebody opens the page that edits."""
SPARE_BYTES = 20_000_000
LOG = logging.getLogger("ekisei.serve")


def serve(  # noqa: PLR0913 - options of the command line
    runs_folder: Path,
    host: str = "127.0.0.1",
    port: int = 8050,
    *,
    city_folder: Path | None = None,
    lang: str = "ja",
    tiles: bool = True,
    access: AccessRules | None = None,
    database: str | None = None,
    log: LogWish | None = None,
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
    access
        Who may do what.
    database
        Address of the database; None = a file of SQLite in the user's folder.
    log
        How and where it logs; None = lines in the user's folder.

    Raises
    ------
    CitySimError
        If the port is taken or the address is not ours, the database cannot be opened, or nobody could log in.
    """
    from waitress import create_server  # noqa: PLC0415 - not for those who only build an app

    check_free(host, port)
    share_arenas()
    given: dict[str, Any] = {"listen_host": host, "listen_port": port} | ({} if tiles else {"tiles_url": None})
    given |= {"access": access or AccessRules(), "database": database, "home_folder": home_folder()}
    settings = Settings(runs_folder=runs_folder, city_folder=city_folder, lang="en" if lang == "en" else "ja", **given)
    services = Services(settings)
    desk = Desk(settings, services)
    desk.access.check()
    if database is not None:
        desk.database.prepare()
    services.list_runs()  # read once, so that the first page is quick and a wrong city is told now
    keep_log(log)
    app = create_app(settings, services, desk)
    desk.engine.start(after_s=WARM_UP_AFTER_S)
    channels: dict[int, Any] = {}
    server = create_server(
        app.server,
        map=channels,
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        max_request_header_size=HEAD_BYTES,
        ident=None,
        max_request_body_size=desk.access.largest_body + SPARE_BYTES,  # a little too much is refused in words, by us
        clear_untrusted_proxy_headers=False,  # app.access.origin decides whom to believe
    )
    end_slow_senders(server)
    give_back_often()
    Thread(target=visit_once, args=(app,), daemon=True, name="first visit").start()
    for line in start_lines(desk, lang):
        print(line, flush=True)  # noqa: T201 - what to open, and who may
    leave_when_asked()
    began = event_of("server.started", host=host, port=port, mode=desk.access.rules.mode)
    LOG.info("listening on %s port %s", host, port, extra=began)
    try:
        server.run()
        hand_over(channels)
    finally:
        server.close()
        LOG.info("stopped", extra=event_of("server.stopped"))


def visit_once(app: Dash) -> None:
    """Ask for the first page ourselves: what Dash and the overview find out once is known before anybody waits."""
    app.server.test_client().get("/")


def start_lines(desk: Desk, lang: str) -> list[str]:
    """Return what is told at the start: the address, who may do what, where things are kept."""
    settings, access = desk.settings, desk.access
    host, mode = settings.listen_host, access.rules.mode
    lines = [say(lang, "serve_ready", url=f"http://{f'[{host}]' if ':' in host else host}:{settings.listen_port}/")]
    if not is_loopback(host):
        lines.append(say(lang, "serve_public", host=host))
    if mode is Mode.GUESTS:
        lines.append(say(lang, "serve_guests"))
    if mode is Mode.LOGIN and access.users is not None:
        lines.append(say(lang, "serve_login", users=len(access.users.read()), path=access.users.path))
        if not is_loopback(host):
            lines.append(say(lang, "serve_login_plain"))
    if mode is Mode.HEADER:
        proxies = ", ".join(access.rules.proxies)
        lines.append(say(lang, "serve_header", header=access.rules.trusted_header, proxies=proxies))
    if settings.database is not None:
        lines.append(say(lang, "serve_database", place=desk.database.place))
    return lines


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
