"""The way from a finished job to its result: one link by name, on the map that speaks of what was edited."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from app.features.compare.metrics import list_metrics
from app.features.compare.steps import from_address
from app.features.compare.telling import RIDING, change_of, telling_view
from app.features.jobs.listing import SHOWN, job_card, result_link
from app.jobs.board import Job
from app.jobs.record import Order, Outcome, Progress, Standing, State
from app.services import Services
from app.settings import Settings
from tests.unit.app.conftest import NEW_CLINIC

if TYPE_CHECKING:
    from pathlib import Path

NEW_STOPS = """
schema: ekisei-scenario/1
id: new-stops
title: {ja: 停留所を三つ, en: Three stops}
description: {ja: BRT を北へ。, en: The BRT goes on.}
compare_to: new-clinic
year: 2023
plan_status: hypothetical
modifications:
  - {id: clinic, type: add-facility, category: clinic, name: {ja: 新しい診療所, en: New clinic}, district: east}
  - {id: more, type: adjust-frequency, route_class: [brt], scale: 2.0}
"""


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """The grid city as it is, with a clinic more, and with more buses upon the clinic."""
    from geodata.snapshot import write_city
    from geodata.synthetic import grid_city
    from scenarios.files import read_scenario
    from scenarios.runner import run_scenario
    from scenarios.store import ResultStore

    folder: Path = tmp_path_factory.mktemp("job-links")
    city = grid_city()
    write_city(city, folder / "city")
    for name, text in (("new-clinic", NEW_CLINIC), ("new-stops", NEW_STOPS)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    store = ResultStore(folder / "store")
    for source in ("baseline-r5", folder / "new-clinic.yaml", folder / "new-stops.yaml"):
        run = read_scenario(source)
        run_scenario(run, city, out=folder / "runs" / run.id, store=store)
    return Services(Settings(runs_folder=folder / "runs", city_folder=folder / "city"))


def asked_of(link) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(urlsplit(link.href).query).items()}


def test_a_bus_edit_opens_on_a_map_of_the_bus_and_a_clinic_edit_on_one_of_clinics(services):
    bus, clinic = (asked_of(result_link(services, name, "ja")) for name in ("new-stops", "new-clinic"))
    assert (bus["l"], bus["r"]) == ("new-clinic", "new-stops")
    assert bus["m"] in RIDING
    assert (clinic["l"], clinic["r"]) == ("baseline-r5", "new-clinic")
    assert clinic["m"].startswith("clinic")
    left, right = services.pair("new-clinic", "new-stops")
    changes = {name: change_of(services, left, right, name) for name in list_metrics()}
    assert changes[bus["m"]] == max(changes[name] for name in RIDING) > 0


def test_what_is_edited_goes_before_what_moves_more(services, monkeypatch):
    moved = {"clinic_e2sfca": 0.9, "last_bus_s": 0.1}
    monkeypatch.setattr("app.features.compare.telling.change_of", lambda *asked: moved.get(asked[-1], 0.0))
    monkeypatch.setattr(services, "kept", lambda _key, find: find())
    assert telling_view(services, "new-stops", "ja").metric == "last_bus_s"
    assert telling_view(services, "new-clinic", "ja").metric == "clinic_e2sfca"


def test_a_scenario_that_is_named_alone_stands_beside_what_it_compares_with(services):
    assert from_address(services, "?r=new-stops") == telling_view(services, "new-stops", "ja")
    assert from_address(services, "?l=baseline-r5&r=new-stops").left == "baseline-r5"


def test_a_result_is_one_link_that_names_the_scenario_and_what_it_is_beside(services):
    assert (
        result_link(services, "new-stops", "ja").children == "「停留所を三つ」の結果を開く（「診療所の新設」と比べる）"
    )
    assert result_link(services, "new-stops", "en").children == "Open the result of “Three stops” (beside “New clinic”)"
    assert "と比べる" not in result_link(services, "baseline-r5", "ja").children
    gone = result_link(services, "removed", "ja")
    assert gone.children == "removed: 結果はもうありません"
    assert not hasattr(gone, "href")


class FakeDesk:
    def __init__(self, services: Services) -> None:
        self.services = services


@pytest.mark.parametrize("n", [1, SHOWN + 2])
def test_results_stand_in_the_open_and_the_rest_of_a_long_batch_below(services, n):
    order = Order(scenarios={"new-stops": None}, runs_folder="runs")
    outcome = Outcome(ran=("new-stops",) * n)
    job = Job("x", order, Standing(state=State.DONE), Progress(done=n, total=n, share=1.0), outcome)
    card = job_card(FakeDesk(services), job, "en", may_cancel=False, whole=False)
    shown = [part for part in card.children if getattr(part, "className", "") == "job-results"]
    assert len(shown[0].children) == min(n, SHOWN)
    folded = [part for part in card.children if type(part).__name__ == "Details"]
    assert len(folded) == (n > SHOWN)
