"""Jobs: a batch ordered on the page runs beside the server, can be stopped, and leaves nothing half told."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from app.commands.folders import log_file
from app.desk import Desk
from app.factory import create_app
from app.features.jobs.callbacks import submit
from app.features.jobs.listing import duration, job_card, remaining_s
from app.features.jobs.offer import offered, order_of
from app.jobs import worker
from app.jobs.board import MOST_WAITING, Job, JobBoard
from app.jobs.record import (
    LOG,
    ORDER,
    RESULT,
    STATE,
    Order,
    Outcome,
    Progress,
    Standing,
    State,
    read_record,
    write_record,
)
from app.services import Services
from geodata.errors import UsageError
from scenarios.store import read_run
from tests.unit.app.conftest import NEW_CLINIC

PATIENCE_S = 600  # a machine that has just been set up compiles first


def texts(node):
    if isinstance(node, str):
        return [node]
    if isinstance(node, (list, tuple)):
        return [text for part in node for text in texts(part)]
    return texts(getattr(node, "children", None) or [])


def wait_for(board, job_id, *, until=lambda job: job.has_ended):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        job = board.find(job_id)
        if until(job):
            return job
        time.sleep(0.05)
    raise AssertionError(board.log(job_id))


@pytest.fixture
def desk(page_settings, tmp_path, monkeypatch):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / "home"))
    settings = page_settings.model_copy(
        update={
            "runs_folder": tmp_path / "runs",
            "jobs_folder": tmp_path / "jobs",
            "scenarios_folder": tmp_path / "scenarios",
        }
    )
    made = Desk(settings, Services(settings))
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "new-clinic.yaml").write_text(NEW_CLINIC, encoding="utf-8")
    yield made
    made.jobs.close()


def test_only_what_is_offered_can_be_run(desk):
    offer = offered(desk)
    assert next(iter(offer)) == "new-clinic"
    assert offer["baseline-r5"] is None
    assert order_of(desk, ["/etc/passwd", "../x", "none"], None, "") is None
    order = order_of(desk, ["baseline-r5", "new-clinic", "/etc/passwd"], 7, "planner")
    assert list(order.scenarios) == ["new-clinic", "baseline-r5"]
    assert order.draws is None, "a number of draws that the page does not offer"


def test_a_batch_runs_beside_the_server_and_its_results_are_shown(desk):
    told = texts(submit(desk, ["new-clinic"], "", "ja"))
    assert told == ["1 件の計算を受け付けました。"]
    job = wait_for(desk.jobs, desk.jobs.jobs()[0].job_id)
    assert job.standing.state == State.DONE, desk.jobs.log(job.job_id)
    assert job.outcome == Outcome(ran=("new-clinic",))
    assert job.progress.share == 1.0
    assert read_run(desk.settings.runs_folder / "new-clinic").scenario.id == "new-clinic"
    assert list(desk.services.list_runs()) == ["new-clinic"]
    assert "1/1" in desk.jobs.log(job.job_id)
    shown = texts(job_card(desk, job, "en", may_cancel=True))
    assert "1 run, 0 were there, 0 failed" in shown
    assert "Cancel" not in shown
    (desk.settings.scenarios_folder / "new-clinic.yaml").write_text("id: new-clinic\nyear: [", encoding="utf-8")
    submit(desk, ["new-clinic"], "", "ja")
    broken = wait_for(desk.jobs, desk.jobs.jobs()[0].job_id)
    assert broken.standing.state == State.FAILED
    assert "new-clinic.yaml" in next(iter(broken.outcome.failed.values()))["ja"]
    assert "Traceback" not in desk.jobs.log(broken.job_id)


def test_nothing_is_ordered_where_nothing_is_chosen(desk):
    assert texts(submit(desk, [], "", "ja")) == ["シナリオを選んでください。"]
    assert desk.jobs.jobs() == ()


def order(tmp_path, n=1):
    return Order(scenarios={f"s{k}": str(tmp_path / f"s{k}.yaml") for k in range(n)}, runs_folder=tmp_path / "runs")


def test_a_job_can_be_stopped_while_it_runs_and_while_it_waits(desk):
    first = desk.jobs.submit(order_of(desk, ["baseline-r5"], 200, ""))
    second = desk.jobs.submit(order_of(desk, ["new-clinic"], None, ""))
    wait_for(desk.jobs, first, until=lambda job: job.standing.state == State.RUNNING)
    assert desk.jobs.find(second).standing.state == State.WAITING
    process = desk.jobs.find(first).standing.process
    assert desk.jobs.cancel(second)
    assert desk.jobs.cancel(first)
    assert wait_for(desk.jobs, first).standing.state == State.CANCELLED
    assert desk.jobs.find(second).standing.state == State.CANCELLED
    assert not desk.jobs.cancel(first), "it has ended"
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_job_that_ran_when_its_server_stopped_is_interrupted(desk):
    job_id = desk.jobs.submit(order_of(desk, ["baseline-r5"], 200, ""))
    wait_for(desk.jobs, job_id, until=lambda job: job.standing.state == State.RUNNING)
    desk.jobs.close()
    assert desk.jobs.find(job_id).standing.state == State.INTERRUPTED
    desk.jobs._end(job_id, -signal.SIGTERM)  # the thread that waited for it may see the end only now
    assert desk.jobs.find(job_id).standing.state == State.INTERRUPTED
    folder = desk.jobs.root / job_id
    write_record(folder / STATE, Standing(state=State.RUNNING, process=1))  # a server that was killed says nothing
    assert JobBoard(desk.jobs.root).find(job_id).standing.state == State.INTERRUPTED


def test_two_servers_on_one_folder_leave_each_other_s_jobs_alone(desk):
    running = desk.jobs.submit(order_of(desk, ["baseline-r5"], 200, ""))
    waiting = desk.jobs.submit(order_of(desk, ["new-clinic"], None, ""))
    wait_for(desk.jobs, running, until=lambda job: job.standing.state == State.RUNNING)
    other = JobBoard(desk.jobs.root)
    other._start_next()
    assert other._process is None, "what waits is in the queue of the first"
    assert [other.find(one).standing.state for one in (running, waiting)] == [State.RUNNING, State.WAITING]
    assert other.cancel(waiting)
    assert other.cancel(running)
    desk.jobs._process.wait(PATIENCE_S)
    assert [desk.jobs.find(one).standing.state for one in (running, waiting)] == [State.CANCELLED] * 2
    other.close()


def test_a_server_that_was_not_heard_of_for_long_is_gone(tmp_path, monkeypatch):
    board, other = JobBoard(tmp_path / "jobs"), JobBoard(tmp_path / "jobs")
    monkeypatch.setattr(board, "_start_next", lambda: None)
    job_id = board.submit(order(tmp_path))
    assert other.find(job_id).standing.state == State.WAITING
    sign = board.root / f".server-{board._alive.server}"
    os.utime(sign, (0, 0))
    assert other.find(job_id).standing.state == State.INTERRUPTED
    assert board.find(job_id).standing.state == State.WAITING
    sign.touch()
    assert other.find(job_id).standing.state == State.WAITING
    board.close()
    assert other.find(job_id).standing.state == State.INTERRUPTED
    assert not sign.exists()


@pytest.mark.skipif(os.name != "posix", reason="groups of processes")
def test_nothing_computes_on_where_the_server_is_gone(tmp_path):
    program = (
        "import subprocess, sys, time, pathlib; from app.jobs import worker;"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)']);"
        f"worker.end_with(0, pathlib.Path({str(tmp_path)!r})); time.sleep(300)"
    )
    # both hold the pipe: it is closed only when both have ended
    found = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, start_new_session=True, timeout=120, check=False
    )
    assert found.returncode == -signal.SIGKILL


def test_a_full_queue_refuses_and_ids_are_no_paths(tmp_path, monkeypatch):
    board = JobBoard(tmp_path / "jobs")
    monkeypatch.setattr(board, "_start_next", lambda: None)
    for _ in range(MOST_WAITING):
        board.submit(order(tmp_path))
    with pytest.raises(UsageError) as refused:
        board.submit(order(tmp_path))
    assert refused.value.problems[0].code == "jobs.full"
    for name in ("../jobs", "", "x", board.jobs()[0].job_id + "/.."):
        assert board.find(name) is None
        assert board.log(name) == ""
        assert not board.cancel(name)


def test_a_record_that_is_damaged_hides_its_job_alone(tmp_path, monkeypatch):
    board = JobBoard(tmp_path / "jobs")
    monkeypatch.setattr(board, "_start_next", lambda: None)
    one, other = board.submit(order(tmp_path)), board.submit(order(tmp_path))
    (board.root / one / STATE).write_text('{"state": "nonsense"}', encoding="utf-8")
    assert [job.job_id for job in board.jobs()] == [other]
    assert read_record(board.root / one / STATE, Standing) is None


def test_a_guest_reads_how_far_it_is_but_no_names_no_files_and_no_log(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(desk.jobs, "_start_next", lambda: None)
    job_id = desk.jobs.submit(order(tmp_path).model_copy(update={"who": "hanako"}))
    (desk.jobs.root / job_id / LOG).write_text("own-folder/s0.yaml", encoding="utf-8")
    failed = Outcome(ran=("done",), failed={"s0": {"ja": "own-folder/s0.yaml:3", "en": "own-folder/s0.yaml:3"}})
    write_record(desk.jobs.root / job_id / RESULT, failed)
    secrets = ("hanako", "own-folder", "取りやめる")
    desk_client = create_app(desk.settings, desk.services, desk).server.test_client()
    here = desk_client.get("/_dash-layout", headers={"Referer": "http://localhost/jobs"}).get_data(as_text=True)
    assert all(word in json.dumps(json.loads(here), ensure_ascii=False) for word in secrets)
    shared = desk.settings.model_copy(update={"listen_host": "0.0.0.0"})  # noqa: S104 -- what is tested
    away = Desk(shared, desk.services)
    client = create_app(shared, desk.services, away).server.test_client()
    told = client.get("/_dash-layout", headers={"Referer": "http://localhost/jobs"})
    text = json.dumps(told.json, ensure_ascii=False)
    assert [word for word in secrets if word in text] == []
    assert "s0" in text


def test_what_nobody_foresaw_is_told_in_words_and_kept_for_the_log(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(worker, "run_order", lambda *_: 1 / 0)
    monkeypatch.setattr(worker, "end_with", lambda *_: None)
    write_record(tmp_path / ORDER, order(tmp_path))
    assert worker.main(tmp_path) == 2
    outcome = read_record(tmp_path / RESULT, Outcome)
    assert "ZeroDivisionError" in outcome.failed["*"]["ja"]
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    assert "Traceback" in log_file().read_text(encoding="utf-8")


def test_the_time_left_follows_from_the_pace_so_far():
    now = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    begun = (now - dt.timedelta(minutes=10)).isoformat()
    running = Standing(state=State.RUNNING, started=begun)
    job = Job("x", Order(scenarios={"a": None}, runs_folder="r"), running, Progress(total=4, share=0.25), None)
    assert remaining_s(job, now) == pytest.approx(1800)
    assert remaining_s(replace(job, progress=Progress(total=4)), now) is None
    assert duration(1800, "en") == "about 30 minutes left"
    assert duration(3 * 3600, "ja") == "残りおよそ 3.0 時間"


def test_the_page_is_there_before_any_scenario_was_run(desk):
    client = create_app(desk.settings, desk.services, desk).server.test_client()
    layout = client.get("/_dash-layout", headers={"Referer": "http://localhost/jobs?scenario=new-clinic,none"})
    assert "jobs-run" in layout.text
    assert '"value":["new-clinic"]' in json.dumps(layout.json, separators=(",", ":"))
