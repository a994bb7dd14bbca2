"""A page over two runs of the grid city: everything but the browser, in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.services import Services
from app.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

NEW_CLINIC = """
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


@pytest.fixture(scope="session")
def page_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    from geodata.snapshot import write_city
    from geodata.synthetic import grid_city
    from scenarios.files import read_scenario
    from scenarios.runner import run_scenario
    from scenarios.store import ResultStore

    folder: Path = tmp_path_factory.mktemp("grid-page")
    city = grid_city()
    write_city(city, folder / "city")
    written = folder / "new-clinic.yaml"
    written.write_text(NEW_CLINIC, encoding="utf-8")
    store = ResultStore(folder / "store")
    for scenario in ("baseline-r5", written):
        run = read_scenario(scenario)
        run_scenario(run, city, out=folder / "runs" / run.id, store=store)
    return Settings(runs_folder=folder / "runs", city_folder=folder / "city")


@pytest.fixture(scope="session")
def page_services(page_settings: Settings) -> Services:
    return Services(page_settings)


@pytest.fixture
def client(page_settings: Settings, page_services: Services) -> FlaskClient:
    from app.factory import create_app

    return create_app(page_settings, page_services).server.test_client()
