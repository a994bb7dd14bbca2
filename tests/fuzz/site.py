"""A small page to damage requests to: two runs of the grid city, a desk of its own, everything any page can ask."""

from __future__ import annotations

import json
import re
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.visits import script_headers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

LIMIT_S = 20
"""After so long a request counts as hanging; the slowest of them computes a month of the mobile office."""
REFUSAL = "X-Ekisei-Refusal"
OK, BROKEN = 200, 500
CALLBACK = "/_dash-update-component"
SCENARIO = """
schema: ekisei-scenario/1
id: new-clinic
title: {ja: 診療所の新設, en: New clinic}
description: {ja: 北東に診療所を一つ。, en: One clinic in the north-east.}
compare_to: baseline-r5
year: 2023
plan_status: hypothetical
modifications:
  - id: clinic
    type: add-facility
    category: clinic
    name: {ja: 新しい診療所, en: New clinic}
    district: east
"""
_TAKEN = re.compile(r"<(?:\w+:)?(\w+)>")
_SEVERAL = re.compile(r"\.\.(.+)\.\.")


class HangError(Exception):
    """A request that took longer than `LIMIT_S`."""


@contextmanager
def bounded(seconds: int = LIMIT_S) -> Iterator[None]:
    """Raise `HangError` in whatever takes longer; only in the main thread of a machine that has alarms."""

    def ring(*_: object) -> None:
        raise HangError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@dataclass(frozen=True)
class Callback:
    """One wire of the page: what it writes and what it reads, as a browser sends them."""

    output: str
    outputs: Any
    inputs: tuple[Any, ...]
    state: tuple[Any, ...]

    def body(self, values: list[Any], changed: list[Any]) -> dict[str, Any]:
        """Return the body a browser sends, with values in the order of inputs and states."""
        rest = iter(values)

        def filled(part: Any) -> Any:
            return [filled(one) for one in part] if isinstance(part, list) else {**part, "value": next(rest, None)}

        return {
            "output": self.output,
            "outputs": self.outputs,
            "inputs": [filled(part) for part in self.inputs],
            "state": [filled(part) for part in self.state],
            "changedPropIds": changed,
        }

    @property
    def reads(self) -> list[dict[str, Any]]:
        """What it reads, in the order of its values."""
        parts = (*self.inputs, *self.state)
        return [one for part in parts for one in (part if isinstance(part, list) else [part])]

    @property
    def changing(self) -> list[str]:
        """What may be said to have changed."""
        flat = [one for part in self.inputs for one in (part if isinstance(part, list) else [part])]
        return [f"{written(one['id'])}.{one['property']}" for one in flat]


def _components(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the properties of every component of a layout."""
    if isinstance(node, list):
        for part in node:
            yield from _components(part)
    elif isinstance(node, dict) and "props" in node:
        yield node["props"]
        yield from _components(node["props"].get("children"))


def _is_shown(value: Any) -> bool:
    """Return whether a value is drawn, not sent back."""
    return "namespace" in json.dumps(value)


def written(component: Any) -> str:
    """Return an id as Dash writes it."""
    return component if isinstance(component, str) else json.dumps(component, sort_keys=True, separators=(",", ":"))


def _component(wired: dict[str, Any]) -> Any:
    """Return one part of a wire as a browser sends it: a wildcard stands for components, here one."""
    if not wired["id"].startswith("{"):
        return {"id": wired["id"], "property": wired["property"]}
    pattern = json.loads(wired["id"])
    one = {
        "id": {key: "x" if isinstance(value, list) else value for key, value in pattern.items()},
        "property": wired["property"],
    }
    return [one] if any(value in (["ALL"], ["ALLSMALLER"]) for value in pattern.values()) else one


def _outputs(output: str) -> Any:
    several = _SEVERAL.fullmatch(output)
    parts = several.group(1).split("...") if several else [output]
    found = []
    for part in parts:
        component, _, name = part.rpartition(".")
        found.append(_component({"id": component.replace("\\.", "."), "property": name.partition("@")[0]}))
    return found if several else found[0]


class Site:
    """
    The app, and a browser that has opened it.

    Parameters
    ----------
    folder
        Where everything is kept; nothing outside is written to.
    more
        Other settings of the server.
    """

    def __init__(self, folder: Path, **more: Any) -> None:
        self.folder = folder
        self.kept: object = None  # what must live as long
        self.server = make_server(folder, **more)
        self.client: FlaskClient = self.server.test_client()
        self.headers = script_headers(self.client)

    @cached_property
    def callbacks(self) -> tuple[Callback, ...]:
        """Every wire that the server answers."""
        wiring = self.client.get("/_dash-dependencies").json or []
        return tuple(
            Callback(
                wire["output"],
                _outputs(wire["output"]),
                tuple(_component(one) for one in wire["inputs"]),
                tuple(_component(one) for one in wire["state"]),
            )
            for wire in wiring
            if not wire.get("clientside_function")
        )

    @cached_property
    def usual(self) -> dict[tuple[str, str], Any]:
        """Return (component, property) → what a page of ours holds there after it was opened."""
        from app.pages import PAGES

        found: dict[tuple[str, str], Any] = {}
        for page in PAGES:
            layout = self.client.get("/_dash-layout", headers={"Referer": f"http://localhost{page.address}"}).json
            found |= {
                (written(props["id"]), name): value
                for props in _components(layout)
                if "id" in props
                for name, value in props.items()
                if not _is_shown(value)
            }
        for _ in range(2):  # what callbacks make of it, and others of that
            for callback in self.callbacks:
                values = [found.get((written(one["id"]), one["property"])) for one in callback.reads]
                answer = self.call(callback.body(values, callback.changing[:1]))
                if answer.status_code == OK:
                    for component, props in answer.json["response"].items():
                        found |= {(component, name): v for name, v in props.items() if not _is_shown(v)}
        return found

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """Every address that can be asked for, its taken parts in angle brackets, and every page."""
        from app.pages import PAGES

        found = {rule.rule for rule in self.server.url_map.iter_rules() if "GET" in (rule.methods or ())}
        return tuple(sorted((found | {page.address for page in PAGES}) - {"/logout"}))

    @cached_property
    def pages(self) -> frozenset[str]:
        """Addresses of the pages that Dash builds."""
        from app.pages import PAGES

        return frozenset(page.address for page in PAGES)

    def address(self, rule: str, parts: list[str]) -> str:
        """Return an address of a rule."""
        rest = iter(parts)
        return _TAKEN.sub(lambda _: next(rest, "x"), rule)

    def ask(self, path: str, query: bytes = b"", referer: str = "") -> TestResponse:
        """Go to an address, in bounded time."""
        headers = {"Referer": f"http://localhost{referer}"} if referer else {}
        with bounded():
            return self.client.get(path, headers=headers, environ_overrides={"QUERY_STRING": query.decode("latin-1")})

    def call(self, body: Any) -> TestResponse:
        """Send what a page's script sends, in bounded time."""
        with bounded():
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            return self.client.post(CALLBACK, data=raw, headers=self.headers, content_type="application/json")

    def hand_in(self, name: str, raw: bytes) -> TestResponse:
        """Give a file to the page that checks files, in bounded time."""
        import io

        from tests.visits import token_of

        form = {"csrf_token": token_of(self.client), "files": [(io.BytesIO(raw), name)]}
        with bounded():
            return self.client.post("/data/check", data=form, headers={"Origin": "http://localhost"})


def make_server(folder: Path, **more: Any) -> Flask:
    """Return the app over two runs of the grid city, computed once per folder."""
    from app.factory import create_app
    from app.services import Services
    from app.settings import Settings
    from geodata.snapshot import write_city
    from geodata.synthetic import grid_city
    from scenarios.files import read_scenario
    from scenarios.runner import run_scenario
    from scenarios.store import ResultStore

    if not (folder / "runs").is_dir():
        city = grid_city()
        write_city(city, folder / "city")
        (folder / "new-clinic.yaml").write_text(SCENARIO, encoding="utf-8")
        store = ResultStore(folder / "store")
        for scenario in ("baseline-r5", folder / "new-clinic.yaml"):
            run = read_scenario(scenario)
            run_scenario(run, city, out=folder / "runs" / run.id, store=store)
    settings = Settings(
        runs_folder=folder / "runs",
        city_folder=folder / "city",
        scenarios_folder=folder / "scenarios",
        jobs_folder=folder / "jobs",
        database=folder / "desk.sqlite",
        home_folder=folder / "home",
        **more,
    )
    return create_app(settings, Services(settings)).server


def problem_of(answer: TestResponse, *, worded_is_enough: bool = False) -> str:
    """Return what is wrong with an answer; nothing where somebody could read it."""
    text = answer.get_data().decode(errors="replace")
    if "Traceback (most recent call last)" in text or 'File "/' in text:
        return "a traceback reaches the user"
    if answer.status_code < BROKEN:
        return ""
    worded = REFUSAL in answer.headers or "<h1" in text
    return "" if worded and worded_is_enough else f"{answer.status_code}: {text[:300]}"
