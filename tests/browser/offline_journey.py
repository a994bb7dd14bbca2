"""
Open the page in a network namespace that has nothing but loopback; print what was seen as JSON.

Started by `test_without_network` as ``unshare -n python -m tests.browser.offline_journey RUNS``.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import sys
import threading
from pathlib import Path
from typing import Any

SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1


def raise_loopback() -> None:
    """Switch loopback on: a fresh namespace has it down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
        fcntl.ioctl(plug, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))


def can_leave() -> bool:
    """Tell whether anything beyond this machine could be reached."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 80))  # reserved for documentation; only asks for a route
        except OSError:
            return False
    return True


def main(runs: Path, chromium: str, args: list[str]) -> None:
    """Serve, open, count, print."""
    raise_loopback()
    from playwright.sync_api import sync_playwright
    from waitress import create_server

    from app.factory import create_app
    from app.services import Services
    from app.settings import Settings

    settings = Settings(runs_folder=runs)
    app = create_app(settings, Services(settings))
    server: Any = create_server(app.server, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=args)
        page = browser.new_page(viewport={"width": 1000, "height": 600})
        page.goto(f"http://127.0.0.1:{server.effective_port}/compare")
        page.wait_for_selector("#maps[data-drawn]", timeout=120_000)
        page.wait_for_selector("#cards-more .kpi", timeout=120_000)
        drawn = {
            side: page.evaluate(
                "s => ekisei.maps[s].queryRenderedFeatures({layers: ['cells']}).filter(f => f.state.o > 0.2).length",
                side,
            )
            for side in ("left", "right")
        }
        cards = page.locator(".kpi").count()
        browser.close()
    print(json.dumps({"can_leave": can_leave(), "drawn": drawn, "cards": cards}), flush=True)
    os._exit(0)  # the server's thread would go on


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
