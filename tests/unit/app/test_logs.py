"""Logs of server and jobs: one object a line, nothing that could be forged, nothing secret, never without bounds."""

from __future__ import annotations

import datetime as dt
import json
import logging
import stat

import pytest

from app import logs
from app.commands.refusals import write_log
from app.jobs import worker
from app.log_format import LogFormat
from app.logs import LogWish, begin_anew, entry, event_of, formatter_of, keep_log

FORGED = "x\n2026-01-01T00:00:00+09:00 INFO taro logged in\r\x1b[2J\u2028\u202e"


def record(message="%s", *parts, trace=None, **fields):
    made = logging.LogRecord("ekisei.test", logging.WARNING, "", 0, message, parts, trace)
    made.__dict__.update(event_of("tested", **fields))
    return made


@pytest.fixture
def log():
    found = logging.getLogger("ekisei")
    yield found
    for handler in list(found.handlers):
        handler.close()
        found.removeHandler(handler)
    found.propagate = True


@pytest.mark.parametrize("wanted", LogFormat)
def test_whoever_is_written_about_begins_no_line(wanted):
    line = formatter_of(wanted).format(record("refused %s", FORGED, path=FORGED))
    assert len(line.splitlines()) == 1
    assert line.isprintable()


@pytest.mark.parametrize("wanted", LogFormat)
def test_a_traceback_is_no_entry_of_its_own(wanted):
    cause = ValueError(FORGED)
    line = formatter_of(wanted).format(record("failed", trace=(ValueError, cause, None)))
    first, *rest = line.split("\n")
    assert "failed" in first
    assert all(one.startswith("  | ") for one in rest)
    assert bool(rest) == (wanted is LogFormat.TEXT)


def test_an_object_holds_time_level_event_and_fields():
    made = json.loads(formatter_of(LogFormat.JSON).format(record("done %d", 3, n=3, share=0.5, who=None, path="市")))
    moment = dt.datetime.fromisoformat(made.pop("time"))
    assert moment.utcoffset() is not None
    assert abs((dt.datetime.now(tz=dt.UTC) - moment).total_seconds()) < 600
    assert made == {
        "level": "warning",
        "event": "tested",
        "message": "done 3",
        "n": 3,
        "share": 0.5,
        "who": None,
        "path": "市",
    }


def test_no_secret_is_written_and_no_field_takes_the_place_of_what_every_entry_has():
    made = json.loads(
        formatter_of(LogFormat.JSON).format(
            record("x", **dict.fromkeys(("user_password", "form_token"), "x"), level="z", a="b" * 9_999)
        )
    )
    assert (made["user_password"], made["form_token"], made["level"]) == ("***", "***", "warning")
    assert len(made["a"]) <= logs.LONGEST + 1


def test_the_server_logs_objects_where_it_is_told_to(log, tmp_path):
    path = tmp_path / "logs" / "ekisei.jsonl"
    keep_log(LogWish(LogFormat.JSON, path))
    logging.getLogger("ekisei.serve").info("listening on %s", "127.0.0.1", extra=event_of("server.started", port=8050))
    made = json.loads(path.read_text(encoding="utf-8"))
    assert (made["event"], made["level"], made["port"]) == ("server.started", "info", 8050)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_standard_error_serves_a_service_manager(log, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))
    keep_log(LogWish(LogFormat.TEXT, logs.Path("-")))
    log.warning("here")
    assert "WARNING here" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_log_is_bounded(log, tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "LOG_BYTES", 2_000)
    keep_log(LogWish(LogFormat.JSON, tmp_path / "a.log"))
    for n in range(500):
        log.info("line %s", n, extra=event_of("tested", path="x" * 300))
    found = list(tmp_path.iterdir())
    assert len(found) == logs.LOGS_KEPT + 1
    assert max(path.stat().st_size for path in found) <= 2_000


def test_the_log_of_failures_is_bounded_too(tmp_path, monkeypatch):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path))
    path = write_log()
    path.write_text("x" * (logs.LOG_BYTES + 1))
    write_log()
    assert path.stat().st_size < 1_000
    assert path.with_name("ekisei.log.1").stat().st_size == logs.LOG_BYTES + 1
    begin_anew(tmp_path / "none")


def test_a_job_writes_as_its_server_does(capsys, monkeypatch):
    monkeypatch.delenv(logs.FORMAT_VARIABLE, raising=False)
    worker.log("job.progress", "1/3 draws", done=1, total=3)
    assert capsys.readouterr().out[8:] == " 1/3 draws\n"
    monkeypatch.setenv(logs.FORMAT_VARIABLE, "json")
    worker.log("job.progress", "1/3\ndraws", done=1, total=3)
    made = json.loads(capsys.readouterr().out)
    assert (made["event"], made["done"], made["total"], made["message"]) == ("job.progress", 1, 3, "1/3\\ndraws")
    assert "\n" not in entry(LogFormat.TEXT, "x", FORGED)
