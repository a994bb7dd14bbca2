"""Owns where what is handed out can be saved from."""

from __future__ import annotations

from urllib.parse import quote, urlencode

ADDRESS = "/reports"


def report_url(
    run_id: str, kind: str, format_: str, *, lang: str, public: bool, left: str = "", view: dict[str, str] | None = None
) -> str:
    """Return where a file is made; `view`: metric, age group and camera as the comparison page writes them."""
    query = {"lang": lang, "public": str(int(public)), **({"l": left} if left else {}), **(view or {})}
    return f"report/{quote(run_id)}/{quote(kind)}.{quote(format_)}?{urlencode(query)}"
