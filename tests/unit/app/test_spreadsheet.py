"""No text becomes a formula in a spreadsheet, whichever CSV it stands in."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pandas as pd
import pytest

from app.report.table_csv import write_csv
from app.services import Services
from app.spreadsheet import frame_csv, safe_text

DISGUISED = ["=1+1", "+81", "-1", "@SUM(A1)", "\t=1", "＝1", " =1", "'=1", "|cmd", "%0A"]


@pytest.mark.parametrize("text", DISGUISED)
def test_a_formula_in_any_disguise_is_a_text(text, tmp_path):
    assert safe_text(text) == f"'{text}"
    written = write_csv(tmp_path / "x.csv", ["name"], [[text]], mark=False).read_text(encoding="utf-8")
    for made in (written, frame_csv(pd.DataFrame({"name": [text], "value": [-1.5]}))):
        assert next(csv.reader(io.StringIO(made.partition("\n")[2], newline="")))[0] == f"'{text}"
    assert "-1.5" in frame_csv(pd.DataFrame({"name": ["x"], "value": [-1.5]}))


@pytest.mark.parametrize("text", ["", "%", "ふつうの文 = 式", "−5.2", "2031-04-01"])
def test_what_is_no_formula_stays(text):
    assert safe_text(text) == text


def test_the_tables_of_a_run_hold_none(page_settings, monkeypatch):
    services = Services(page_settings)
    run = services.list_runs()["new-clinic"]
    table = pd.DataFrame({"service": ["=HYPERLINK(1)"], "riders": [3]})
    stored = replace(run.stored, tables={"rides": table})
    monkeypatch.setattr(services, "list_runs", lambda: {"new-clinic": replace(run, stored=stored)})
    assert services.table_csv("new-clinic", "rides") == "service,riders\r\n'=HYPERLINK(1),3\r\n"
