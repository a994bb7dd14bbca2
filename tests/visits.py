"""What a browser does on a page of ours: it has opened one before it sends something, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

TOKEN = "X-CSRFToken"  # noqa: S105 - the name of a header
ADDRESS = "http://localhost"


def open_page(client: FlaskClient, path: str = "/login") -> TestResponse:
    """Go to an address, as one types it in."""
    return client.get(path, headers={"Accept": "text/html", "Sec-Fetch-Dest": "document"})


def token_of(client: FlaskClient) -> str:
    """Return the token that the page's scripts read from its cookie."""
    jar = getattr(client, "_cookies")  # noqa: B009 - the client has no public list of its cookies
    found = [cookie.value for cookie in jar.values() if cookie.key.startswith("ekisei_token_")]
    return str(found[0]) if found else ""


def script_headers(client: FlaskClient) -> dict[str, str]:
    """Return what a request of a page's script carries; a page is opened first if none was."""
    if not token_of(client):
        open_page(client)
    return {
        TOKEN: token_of(client),
        "Origin": ADDRESS,
        "Sec-Fetch-Site": "same-origin",
        "Sec-Fetch-Dest": "empty",
        "Accept": "application/json",
    }
