"""Owns how the facilitator's page says where phones join: code to photograph, addresses, or why none can."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from dash import html

from app.features.workshop.venue import draw_code, join_addresses, own_addresses, start_commands
from app.text import say
from geodata.errors import Text

if TYPE_CHECKING:
    from app.features.workshop.board import Workshop
    from app.settings import Settings


def join_parts(workshop: Workshop, settings: Settings, lang: str) -> list[Any]:
    """Return the QR code and addresses; on a server that only listens to itself, what to do instead."""
    found = join_addresses(settings.listen_host, settings.listen_port, workshop.code, own_addresses())
    if not found:
        told: list[Any] = [html.B(say(lang, "ws_alone")), html.Br(), say(lang, "ws_alone_help")]
        return [
            html.Div(
                [html.P(told), html.Pre("\n".join(start_commands(settings.listen_port, lang)))], className="ws-alone"
            )
        ]
    alt = say(lang, "ws_qr", address=found[0])
    drawn = draw_code(found[0], Text(alt, alt), lang).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    picture = f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"
    parts: list[Any] = [html.Img(src=picture, alt=alt, className="ws-qr"), html.P(found[0], className="ws-address")]
    if found[1:]:
        rows = html.Ul([html.Li(address) for address in found[1:]])
        parts.append(html.Details([html.Summary(say(lang, "ws_other_addresses")), rows]))
    return parts
