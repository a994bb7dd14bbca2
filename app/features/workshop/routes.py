"""Owns the plain addresses of the workshop: what phones and the projector open and fetch."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from flask import Flask, Response, redirect, request
from pydantic import BaseModel, ValidationError

from app.access import Role, form_token, requires
from app.access.attempts import customer_of
from app.access.origin import client_address
from app.features.compare.routes import answer as answer_kept
from app.features.compare.steps import read_lang
from app.features.workshop.errors import Refusal
from app.features.workshop.export import answer_file
from app.features.workshop.joining import has_joined, join, name_of
from app.features.workshop.phone_page import build_entrance, build_live, build_phone
from app.features.workshop.posts import Hex, Message, forget, own_posts, take_message, takes_part
from app.features.workshop.themes import theme_word
from app.features.workshop.wall_page import build_view, build_wall
from app.text import CATALOGUES, say

if TYPE_CHECKING:
    from app.desk import Desk
    from app.features.workshop.board import Workshop
    from app.runs import Run

Asked = TypeVar("Asked", bound=BaseModel)

MOST_BYTES = 100_000
"""Of one message: thirty comments of the longest."""
MIN_COMPRESSED = 1_000
STATUS = {"busy": 429, "closed": 409, "gone": 404, "no_such_code": 404, "full": 409, "too_large": 413}


class Ask(BaseModel, frozen=True, extra="forbid"):
    """What a phone asks of its own posts."""

    token: Hex
    id: Hex | None = None


def register_routes(server: Flask, desk: Desk) -> None:
    """Add the routes of phones and projector to the server of one app."""
    for rule, name, view in OPEN_VIEWS:
        methods = ["POST"] if name in POSTED else ["GET"]
        server.add_url_rule(rule, f"workshop_{name}", refusing(partial(view, desk)), methods=methods)
    for rule, name, view in GUARDED_VIEWS:
        methods = ["POST"] if name in POSTED else ["GET"]
        guarded = requires(Role.FACILITATOR)(refusing(partial(view, desk)))
        server.add_url_rule(f"/workshop/{rule}", f"workshop_{name}", guarded, methods=methods)


def refusing(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a view whose refusals are answered in words: a page for readers, JSON for scripts."""

    @wraps(view, assigned=(), updated=())
    def answered(**given: str) -> Any:
        try:
            return view(**given)
        except Refusal as refusal:
            lang = asked_lang(None)
            code = refusal.code
            if refusal.code == "no_such_code" and request.method == "GET" and not _wants_json():
                return Response(build_entrance(lang, assets(), typed=str(given.get("code", ""))[:12]), 404)
            body = {"code": code, "message": _word(lang, refusal), "wait_s": refusal.wait_s}
            response = as_json(body, STATUS.get(code, 400))
            if refusal.wait_s:
                response.headers["Retry-After"] = str(refusal.wait_s)
            return response

    return answered


def _word(lang: str, refusal: Refusal) -> str:
    key = f"ws_refused_{refusal.code}"
    parts = {"s": refusal.wait_s, **refusal.parts}
    return say(lang, key, **parts) if key in CATALOGUES["ja"] else refusal.code


def _wants_json() -> bool:
    return request.path.endswith(("/now", ".json")) or request.method == "POST"


def asked_lang(desk: Desk | None) -> str:
    """Return the language of a request."""
    default = "ja" if desk is None else desk.settings.lang
    return read_lang(request.args.get("lang"), default)


def assets() -> dict[str, str]:
    """Return where style and script of the phone are; the address changes with them."""
    from app.features.workshop.assets import asset_urls  # noqa: PLC0415 - reads files once

    return asset_urls()


# ---------------------------------------------------------------- phones


def entrance(desk: Desk) -> Any:
    """Return the page where a code is typed, or send to the workshop of a code that was."""
    typed = request.args.get("code", "").strip()
    lang = asked_lang(desk)
    if not typed:
        return page(build_entrance(lang, assets()))
    found = desk.workshops.find_code(typed)
    return redirect(f"/w/{quote(found.code)}?lang={lang}")


def phone(desk: Desk, code: str) -> Response:
    """Return the page of a participant."""
    found = desk.workshops.find_code(code)
    is_look = request.args.get("look") == "1"
    return page(build_phone(desk.workshops, found, asked_lang(desk), assets(), form_token(), is_look=is_look))


def now(desk: Desk, code: str) -> Response:
    """Return what is on the wall now; nothing where the phone has it."""
    found = desk.workshops.find_code(code)
    if request.args.get("have") == str(found.revision):
        return Response(status=204)
    return as_json(build_live(desk.workshops, found, asked_lang(desk)).to_plain())


def _shown_run(desk: Desk, code: str, run_id: str) -> tuple[Workshop, Run]:
    found = desk.workshops.find_code(code)
    run = desk.services.list_runs().get(run_id) if run_id in found.runs else None
    if run is None:
        raise Refusal("no_such_run")
    return found, run


def map_svg(desk: Desk, code: str, run_id: str) -> Response:
    """Return the map of a scenario of the workshop."""
    _, run = _shown_run(desk, code, run_id)
    lang = asked_lang(desk)
    response = answer_kept(desk.workshops.draw(run, lang).encode())
    response.mimetype = "image/svg+xml"
    return response


def areas(desk: Desk, code: str, run_id: str) -> Response:
    """Return what the map on a phone is drawn from."""
    _, run = _shown_run(desk, code, run_id)
    return answer_kept(desk.workshops.areas(run, asked_lang(desk)))


def posts(desk: Desk, code: str) -> Response:
    """Take what a phone sends."""
    found = desk.workshops.find_code(code)
    message = read_body(Message)
    room = desk.workshops
    is_known = takes_part(room.database, found.workshop_id, message.token)
    if not is_known:
        room.pace.begin(found.workshop_id, customer_of(client_address(request, desk.access.rules)))
    room.pace.take(found.workshop_id, name_of(message.token), max(len(message.posts), 1), is_known=is_known)
    answers = take_message(room.database, found, message, room.wall(found), room.now())
    return as_json({"answers": [{"id": one.post_id, "code": one.code, "kept": one.kept} for one in answers]})


def join_in(desk: Desk, code: str) -> Response:
    """Count a phone that opened the page."""
    found = desk.workshops.find_code(code)
    asked = read_body(Ask)
    room = desk.workshops
    if not has_joined(room.database, found.workshop_id, asked.token):
        room.joining.begin(found.workshop_id, customer_of(client_address(request, desk.access.rules)))
        join(room.database, found.workshop_id, asked.token)
    return as_json({"joined": True})


def mine(desk: Desk, code: str) -> Response:
    """Return what a phone has posted."""
    found = desk.workshops.find_code(code)
    asked = read_body(Ask)
    desk.workshops.asking.take(found.workshop_id, name_of(asked.token), 1)
    own = own_posts(desk.workshops.database, found.workshop_id, asked.token)
    lang = asked_lang(desk)
    districts = desk.workshops.districts(lang)
    voices = [
        {
            "id": row["post_id"],
            "theme": theme_word(row["theme"], lang),
            "text": row["text"] or say(lang, "ws_pin_only"),
            "place": districts.get(row["place"] or "", ""),
            "pinned": row["lon"] is not None,
            "state": row["state"],
        }
        for row in own.voices
    ]
    about = {"age_band": own.age_band, "district": own.district}
    return as_json({"voices": voices, "votes": own.votes, "about": about})


def forget_own(desk: Desk, code: str) -> Response:
    """Delete one or all posts of a phone."""
    found = desk.workshops.find_code(code)
    asked = read_body(Ask)
    room = desk.workshops
    room.asking.take(found.workshop_id, name_of(asked.token), 1)
    if not takes_part(room.database, found.workshop_id, asked.token):
        return as_json({"gone": 0})  # nothing to delete: others need not wait for a writer
    gone = forget(room.database, found.workshop_id, asked.token, asked.id or "")
    return as_json({"gone": gone})


# ---------------------------------------------------------------- projector and files


def wall(desk: Desk, workshop_id: str) -> Response:
    """Return the page of the projector."""
    room = desk.workshops
    found = room.board.get(workshop_id)
    return page(build_wall(room, found, desk.settings, asked_lang(desk), assets(), form_token()))


def wall_now(desk: Desk, workshop_id: str) -> Response:
    """Return what the projector shows; nothing where it shows that."""
    found = desk.workshops.board.get(workshop_id)
    look = request.args.get("look", type=int)
    if look is None and request.args.get("have") == str(found.revision):
        return Response(status=204)
    return as_json(build_view(desk.workshops, found, desk.settings, asked_lang(desk), look).to_plain())


class Go(BaseModel, frozen=True, extra="forbid"):
    """Which step to show."""

    step: int


def wall_step(desk: Desk, workshop_id: str) -> Response:
    """Show another step of the story."""
    room = desk.workshops
    room.board.show_step(workshop_id, read_body(Go).step)
    found = room.board.get(workshop_id)
    return as_json(build_view(room, found, desk.settings, asked_lang(desk)).to_plain())


def files(desk: Desk, workshop_id: str, name: str) -> Response:
    """Return an export of a workshop."""
    room = desk.workshops
    return answer_file(room, room.board.get(workshop_id), name, asked_lang(desk))


# ---------------------------------------------------------------- answers


def read_body(model: type[Asked]) -> Asked:
    """
    Return the JSON of a request, checked.

    Raises
    ------
    Refusal
        ``unreadable`` or ``too_large``. A form of another page cannot send this kind of body.
    """
    if (request.content_length or 0) > MOST_BYTES:
        raise Refusal("too_large")
    try:
        if not request.is_json:
            raise Refusal("unreadable")
        return model.model_validate_json(request.get_data(cache=False))
    except ValidationError:
        raise Refusal("unreadable") from None


def page(text: str) -> Response:
    """Return a page that is never kept: it is about this moment."""
    return compressed(Response(text, mimetype="text/html", headers={"Cache-Control": "no-store"}))


def as_json(value: dict[str, Any], status: int = 200) -> Response:
    """Return JSON that is never kept."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return compressed(Response(text, status, mimetype="application/json", headers={"Cache-Control": "no-store"}))


def compressed(response: Response) -> Response:
    """Return an answer as small as the phone can read it: thirty of them share one access point."""
    body = response.get_data()
    if len(body) > MIN_COMPRESSED and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
    return response


View = Callable[..., Any]
OPEN_VIEWS: tuple[tuple[str, str, View], ...] = (
    ("/w/", "entrance", entrance),
    ("/w/<code>", "phone", phone),
    ("/w/<code>/now", "now", now),
    ("/w/<code>/map/<run_id>.svg", "map", map_svg),
    ("/w/<code>/areas/<run_id>.json", "areas", areas),
    ("/w/<code>/join", "join", join_in),
    ("/w/<code>/posts", "posts", posts),
    ("/w/<code>/mine", "mine", mine),
    ("/w/<code>/forget", "forget", forget_own),
)
"""What anybody may ask for who has the code."""
GUARDED_VIEWS: tuple[tuple[str, str, View], ...] = (
    ("wall/<workshop_id>", "wall", wall),
    ("wall/<workshop_id>/now", "wall_now", wall_now),
    ("wall/<workshop_id>/step", "wall_step", wall_step),
    ("files/<workshop_id>/<name>", "files", files),
)
"""What only a facilitator may."""
POSTED = frozenset({"join", "posts", "mine", "forget", "wall_step"})
