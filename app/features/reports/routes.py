"""Owns the addresses at which files are made: one at a time, as they take seconds and both cores are few."""

from __future__ import annotations

import mimetypes
import tempfile
import zipfile
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask, Response, request

from app.features.compare.steps import from_address
from app.report.making import build_report
from app.report.maps_world import camera_extent
from app.report.order import View
from app.turnstile import Turnstile
from geodata.errors import CitySimError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.desk import Desk
    from app.services import Services

MEDIA = {
    ".gpkg": "application/geopackage+sqlite3",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".html": "text/html",
}
_MAKING = Turnstile()


def register_routes(server: Flask, desk: Desk) -> None:
    """Add the route to the server of one app."""
    server.add_url_rule("/report/<run_id>/<kind>.<format_>", "report", partial(report, desk))


def report(desk: Desk, run_id: str, kind: str, format_: str) -> Response:
    """Return a file of what is handed out; several are packed into one."""
    lang = "en" if request.args.get("lang") == "en" else "ja"
    services = desk.services
    with _MAKING.turn(), tempfile.TemporaryDirectory() as scratch:
        try:
            paths = build_report(
                services,
                [run_id],
                kind,
                format_,
                Path(scratch),
                lang=lang,
                public=request.args.get("public") != "0",
                compare=request.args.get("l") or None,
                view=view_of(services),
            )
        except CitySimError as cause:
            return Response(cause.render(lang), 404, mimetype="text/plain")
        if len(paths) == 1:
            return attached(paths[0].name, paths[0].read_bytes())
        return attached(f"{run_id}-{kind}.zip", packed(paths, Path(scratch)))


def view_of(services: Services) -> View:
    """Return the view that the address asks for, in the words of the comparison page."""
    wanted = [name for name in ("m", "g", "c") if request.args.get(name)]
    if not wanted:
        return View()
    state = from_address(services, request.query_string.decode())
    extent = camera_extent(*state.camera) if state.camera is not None else None
    return View(state.metric if "m" in wanted else "", state.group, extent)


def packed(paths: Sequence[Path], folder: Path) -> bytes:
    """Return several files as one archive."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, path.relative_to(folder).as_posix())
    return target.getvalue()


def attached(name: str, body: bytes) -> Response:
    """Return a file to be saved under its name."""
    media = MEDIA.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    kept = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(body, mimetype=media, headers=kept)
