"""The facilitator's buttons: what another window has ended or deleted is told in words, whichever is pressed."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from app.desk import Desk
from app.factory import create_app
from app.features.workshop.board import KEPT_DAYS, Plan
from app.features.workshop.ids import Id, Kind
from tests.visits import script_headers


@pytest.fixture
def desk(page_settings, page_services, tmp_path):
    settings = page_settings.model_copy(update={"database": tmp_path / "desk.sqlite", "home_folder": tmp_path})
    made = Desk(settings, page_services)
    yield made
    made.database.close()


@pytest.fixture
def held(desk):
    return desk.workshops.board.open(Plan("団地の足", dt.date(2029, 10, 1), ("new-clinic",)))


@pytest.fixture
def press(desk):
    """Press a button as the page does: its id and value, and values of others by the name of their state."""
    client = create_app(desk.settings, desk.services, desk).server.test_client()
    wiring = client.get("/_dash-dependencies").json

    def pressed(output, changed, **states):
        (callback,) = [one for one in wiring if output in one["output"]]

        def filled(one):
            return {**one, "value": states.get(one["id"].removeprefix("workshop-"))}

        inputs = []
        for one in callback["inputs"]:
            if "ALL" in one["id"]:
                of_these = isinstance(changed["id"], dict) and changed["id"]["kind"] in one["id"]
                inputs.append([changed] if of_these else [])
            else:
                inputs.append(changed if changed["id"] == one["id"] else filled(one))
        mark = changed["id"]
        name = mark if isinstance(mark, str) else json.dumps(mark, sort_keys=True, separators=(",", ":"))
        body = {
            "output": callback["output"],
            "outputs": _outputs(callback["output"]),
            "inputs": inputs,
            "state": [filled(one) for one in callback["state"]],
            "changedPropIds": [f"{name}.{changed['property']}"],
        }
        return client.post("/_dash-update-component", json=body, headers=script_headers(client))

    return pressed


def _outputs(text):
    names = text.strip(".").split("...")
    found = [{"id": one.rpartition(".")[0], "property": one.rpartition(".")[2]} for one in names]
    return found if text.startswith("..") else found[0]


def button(mark, value=1, prop="n_clicks"):
    return {"id": mark, "property": prop, "value": value}


def test_what_another_window_deleted_is_told(desk, held, press):
    desk.workshops.board.delete(held.workshop_id)
    known = {"of": held.workshop_id, "lang": "ja", "did": 0, "draft": "メモ", "saved": ""}
    note = press(f"{Id.NOTES}.children", button(Id.NOTE), **known)
    step = press(f"{Id.DID}.data", button({"kind": Kind.STEP, "to": 1, "by": "next"}), **known)
    saved = press(f"{Id.SAVED}.data", button(Id.TICK, prop="n_intervals"), **known)
    for answer in (note, step, saved):
        assert answer.status_code == 200, answer.text
        assert "もうありません。" in json.dumps(answer.json, ensure_ascii=False)
    closed = press(f"{Id.CLOSED}.href", button(Id.CLOSE, prop="submit_n_clicks"), **known)
    assert closed.json["response"][Id.CLOSED]["href"].endswith("&ended=1")
    deleted = press(f"{Id.DELETED}.href", button(Id.DELETE), **known, **{"delete-code": held.code})
    assert deleted.json["response"][Id.DELETED]["href"] == "/workshop?lang=ja"


def test_a_workshop_is_ended_once_and_deleted_by_its_code_alone(desk, held, press):
    known = {"of": held.workshop_id, "lang": "ja"}
    for _ in range(2):
        assert press(f"{Id.CLOSED}.href", button(Id.CLOSE, prop="submit_n_clicks"), **known).status_code == 200
    assert not desk.workshops.board.get(held.workshop_id).is_open
    press(f"{Id.DELETED}.href", button(Id.DELETE), **known, **{"delete-code": "WRONG2"})
    assert desk.workshops.board.find(held.workshop_id) is not None
    press(f"{Id.DELETED}.href", button(Id.DELETE), **known, **{"delete-code": held.code.lower()})
    assert desk.workshops.board.find(held.workshop_id) is None


@pytest.mark.parametrize(("kept", "days"), [("30", 30), (None, KEPT_DAYS), ("for ever", KEPT_DAYS)])
def test_a_workshop_is_opened_by_the_form(desk, press, kept, days):
    form = {"title": "会", "held-on": "2029/10/01", "runs": ["new-clinic", "nowhere"], "kept": kept, "lang": "ja"}
    answer = press(f"{Id.OPENED}.href", button(Id.OPEN), **form)
    assert answer.status_code == 200, answer.text
    (made,) = desk.workshops.board.list_all()
    assert (made.runs, made.held_on) == (("new-clinic",), dt.date(2029, 10, 1))
    assert (made.expires_on - made.held_on).days == days
