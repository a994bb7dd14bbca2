"""Bodies that no page of ours sends, each found by fuzzing: refused in words, and never a failure in the log."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from app.access import guard
from app.access.refusals import RefusedError
from app.payload import MOST_DEEP, BrowserJSON, fits
from app.typed_callback import number_of, typed
from tests.visits import script_headers

SERVER = Flask("reader")
WIRED = {
    "a.children": {
        "inputs": [{"id": "b", "property": "n_clicks"}, {"id": '{"job":["ALL"],"kind":"k"}', "property": "n_clicks"}],
        "state": [{"id": "lang", "property": "data"}, {"id": '{"kind":["MATCH"]}', "property": "checked"}],
    }
}
JOB = {"id": {"job": "1", "kind": "k"}, "property": "n_clicks", "value": 1}
GOOD = {
    "output": "a.children",
    "outputs": {"id": "a", "property": "children"},
    "inputs": [{"id": "b", "property": "n_clicks", "value": 1}, [JOB, JOB]],
    "state": [{"id": "lang", "property": "data", "value": "ja"}, {"id": {"kind": "x"}, "property": "checked"}],
    "changedPropIds": ["b.n_clicks"],
}


def changed(part, value):
    return {**GOOD, part: value}


def test_what_a_page_sends_fits_its_wire():
    assert fits(GOOD, WIRED)
    assert fits(changed("inputs", [GOOD["inputs"][0], []]), WIRED)  # no component of that kind on the page


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "x",
        {},
        changed("output", "other.children"),
        changed("output", {"id": "a"}),
        changed("outputs", [1]),
        changed("outputs", {"id": "a"}),
        changed("inputs", None),
        changed("inputs", GOOD["inputs"][:1]),
        changed("inputs", [*GOOD["inputs"], JOB]),
        changed("inputs", [{"id": "c", "property": "n_clicks"}, []]),
        changed("inputs", [{"id": "b", "property": "title"}, []]),
        changed("inputs", [{"id": "b", "property": "n_clicks", "value": True}, []]),
        changed("inputs", [{"id": "b", "property": "n_clicks", "value": "1"}, []]),
        changed("inputs", [GOOD["inputs"][0], JOB]),
        changed("inputs", [GOOD["inputs"][0], [{**JOB, "id": "b"}]]),
        changed("inputs", [GOOD["inputs"][0], [{**JOB, "id": {"kind": "k"}}]]),
        changed("state", [GOOD["state"][0], [GOOD["state"][1]]]),
        changed("state", [GOOD["state"][0], {**GOOD["state"][1], "value": 1}]),
        changed("changedPropIds", 1),
        changed("changedPropIds", [None]),
    ],
)
def test_another_shape_does_not(body):
    assert not fits(body, WIRED)


@pytest.mark.parametrize(
    "text", ["NaN", "-Infinity", "1e999", "9007199254740993", "1" * 5_000, "[" * 100_000, "[" * 80 + "]" * 80, "{"]
)
def test_json_that_no_browser_writes_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        BrowserJSON(SERVER).loads(text)


def test_json_that_a_browser_writes_is_read():
    deep = "[" * (MOST_DEEP - 1) + "]" * (MOST_DEEP - 1)
    assert BrowserJSON(SERVER).loads('{"a": [1, -2.5, 9007199254740992, null, "\\u5e02"]}')["a"][2] == 2**53
    assert BrowserJSON(SERVER).loads(deep)


@pytest.mark.parametrize("raw", [b"", b"{", b"null", b'{"output":1}', b"[" * 100_000, b"\xff", b'{"output":"x"}'])
def test_such_a_body_is_answered_in_words(client, raw):
    headers = script_headers(client)
    answer = client.post("/_dash-update-component", data=raw, headers=headers, content_type="application/json")
    assert (answer.status_code, answer.headers["X-Ekisei-Refusal"]) == (400, "1")
    assert "読み" in answer.json["error"]


# what broke a callback when it was found: part of its output → the odd value of one thing that it reads
BROKE = {
    "journey-found.children": ("journey-asked", [{}, {"lang": "ja"}, {"left": 1}, {"lang": "ja", "origin": 1.5}]),
    "overview-board.children": ("overview-choice", [[1], 1.5]),
    "edit-spot-list.children": ("edit-spots", [[{"lat": "x", "lon": 1}], [{}], ["x"], 1.5]),
    "edit-form.children": ("edit-in-hand", [1, {"tool": "hub", "values": ["x"]}]),
    "edit-list.children": (
        "edit-state",
        ["x", {"content": {"modifications": "x"}}, {"content": {"modifications": [1]}}],
    ),
    "edit-state.data": ("edit-request", [[1], {}, {"do": "move", "lat": "x"}]),
    "people-order.data": ("people-run", [["x"], {}]),
    "workshop-closed.href": ("workshop-of", [{}, ["x"]]),
}


@pytest.mark.parametrize(("output", "read"), BROKE.items(), ids=str)
def test_a_value_that_means_nothing_is_answered_in_words(client, output, read):
    def part(one, odd):
        held = odd if one["id"] == read[0] else 1 if one["property"] in ("n_clicks", "submit_n_clicks") else None
        if one["id"].startswith("{"):
            return []
        return {"id": one["id"], "property": one["property"], "value": held}

    wire = next(w for w in client.get("/_dash-dependencies").json if output in w["output"])
    names = [tuple(name.split("@")[0].rsplit(".", 1)) for name in wire["output"].strip(".").split("...")]
    outputs = [{"id": name, "property": prop} for name, prop in names]
    for odd in read[1]:
        body = {
            "output": wire["output"],
            "outputs": outputs if wire["output"].startswith("..") else outputs[0],
            "inputs": [part(one, odd) for one in wire["inputs"]],
            "state": [part(one, odd) for one in wire["state"]],
            "changedPropIds": [f"{wire['inputs'][0]['id']}.{wire['inputs'][0]['property']}"],
        }
        assert f'"{read[0]}"' in json.dumps(body)
        answer = client.post("/_dash-update-component", json=body, headers=script_headers(client))
        assert answer.status_code == 400, (odd, answer.text[:200])


def test_a_callback_is_called_with_what_its_signature_says():
    def callback(known: dict[str, int] | None, lang: str, anything) -> str:  # type: ignore[no-untyped-def]
        return f"{known}{lang}{anything}"

    checked = typed(callback)
    assert checked({"a": 1}, "ja", object) == callback({"a": 1}, "ja", object)
    assert checked(None, None, None) == "NoneNoneNone"  # what is empty in a browser
    for wrong in (({"a": "1"}, "ja"), ([], "ja"), (None, 1)):
        with pytest.raises(guard.ValidationError):
            checked(*wrong, None)


def test_a_number_in_an_id_is_a_whole_one():
    assert number_of({"year": 2025}, "year") == number_of({"year": "2025"}, "year") == 2025
    for wrong in ({}, {"year": "x"}, {"year": "²"}, {"year": "-1"}, {"year": 1.5}, {"year": "9" * 40}):
        with pytest.raises(RefusedError):
            number_of(wrong, "year")
