"""Owns how long a request may take to come in: who sends a byte now and then must not keep all places taken."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD_S = 30.0
"""For the first line and the headers, which any browser sends at once."""
WHOLE_S = 900.0
"""For all of it: the largest file over a slow line."""


def end_slow_senders(server: Any, clock: Callable[[], float] = time.monotonic) -> None:
    """
    Let a server of waitress close whoever takes too long to send one request, each time it looks after its channels.

    Its own limit counts from the last byte, so that one byte a minute would hold a place for ever (slowloris).

    Parameters
    ----------
    server
        As waitress makes it.
    clock
        Seconds that never go back.
    """
    begun: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
    look_after = server.maintenance

    def maintenance(now: float) -> None:
        look_after(now)
        for channel in list(server.active_channels.values()):
            coming = channel.request  # what has not come in whole yet; an idle connection has none
            if coming is None:
                continue
            most = WHOLE_S if coming.headers_finished else HEAD_S
            if clock() - begun.setdefault(coming, clock()) > most:
                channel.will_close = True

    server.maintenance = maintenance
