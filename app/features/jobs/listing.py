"""Owns how jobs are shown: state in words, progress, what came of it, the log."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from dash import html

from app.access import Role, is_staff, may
from app.clock import told_minute
from app.components.attributes import aria, marked
from app.features.compare.telling import telling_view
from app.features.jobs.ids import Kind
from app.features.jobs.offer import titles
from app.jobs.record import ALL, State
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.desk import Desk
    from app.features.compare.state import Lang
    from app.jobs.board import Job
    from app.services import Services

SHOWN = 5
"""Results that stand in the open; the rest of a long batch is folded below them."""
HOUR_S, MINUTE_S = 3600, 60


def jobs_list(desk: Desk, jobs: Iterable[Job], lang: Lang) -> list[Any]:
    """Return every job as one card, or what to do where there is none; buttons and names for whom they are meant."""
    rights = {"may_cancel": may(Role.EDITOR), "whole": is_staff()}
    cards = [job_card(desk, job, lang, **rights) for job in jobs]
    return cards or [html.P(say(lang, "jobs_none"), className="quiet")]


def job_card(desk: Desk, job: Job, lang: Lang, *, may_cancel: bool, whole: bool = True) -> html.Article:
    """
    Return one job.

    Parameters
    ----------
    desk, job, lang
        Where it stands and its results are, which it is, and the language.
    may_cancel
        Whether it can be stopped from here.
    whole
        Whether it is told who ordered it, what it printed and why it failed: that names people and files.
    """
    state = job.standing.state
    names = list(job.order.scenarios)
    first = titles({names[0]: job.order.scenarios[names[0]]}, lang)[names[0]]
    title = first if len(names) == 1 else say(lang, "jobs_many", first=first, n=len(names))
    words = [say(lang, f"jobs_state_{state}"), told_minute(job.order.at, lang), job.order.who if whole else ""]
    cancel = html.Button(
        say(lang, "jobs_cancel"),
        id={"kind": Kind.CANCEL, "job": job.job_id},
        className="button quiet",
        type="button",
        title=say(lang, "jobs_cancel_help"),
        **aria(label=f"{say(lang, 'jobs_cancel')}: {title}"),
    )
    log = desk.jobs.log(job.job_id) if whole else ""
    return html.Article(
        [
            html.Header([html.H3(title), *([] if job.has_ended or not may_cancel else [cancel])]),
            html.P(" ・ ".join(word for word in words if word), className="job-state"),
            *_progress(job, lang),
            *_outcome(desk.services, job, lang, whole=whole),
            html.Details([html.Summary(say(lang, "jobs_log")), html.Pre(log, tabIndex=0)]) if log else "",
        ],
        className="job",
        **marked(state=str(state)),
    )


def _progress(job: Job, lang: str) -> list[Any]:
    if job.standing.state != State.RUNNING:
        return []
    done = round(100 * job.progress.share)
    told = say(lang, "jobs_progress", done=job.progress.done, total=job.progress.total, share=done)
    left = remaining_s(job)
    return [
        html.Div(
            html.Div(style={"width": f"{done}%"}, className="job-done"),
            className="job-bar",
            role="progressbar",
            **aria(label=say(lang, "jobs_bar"), valuemin="0", valuemax="100", valuenow=str(done)),
        ),
        html.P(
            [told, html.Span(job.progress.told, className="quiet"), "" if left is None else duration(left, lang)],
            className="job-told",
        ),
    ]


def remaining_s(job: Job, now: dt.datetime | None = None) -> float | None:
    """Return the seconds a running job may still take at its pace so far; None while nothing can be said."""
    if not job.standing.started or job.progress.share <= 0:
        return None
    here = now or dt.datetime.now(dt.UTC)
    spent = (here - dt.datetime.fromisoformat(job.standing.started)).total_seconds()
    return max(spent * (1 - job.progress.share) / job.progress.share, 0.0)


def duration(seconds: float, lang: str) -> str:
    """Return how long something may still take, in words that promise no more than they know."""
    if seconds >= HOUR_S:
        return say(lang, "jobs_hours", n=f"{seconds / HOUR_S:.1f}")
    return say(lang, "jobs_minutes", n=max(round(seconds / MINUTE_S), 1))


def _outcome(services: Services, job: Job, lang: Lang, *, whole: bool) -> list[Any]:
    if job.outcome is None:
        return []
    found = [*job.outcome.ran, *job.outcome.skipped]
    links = [html.Li(result_link(services, name, lang)) for name in found]
    failed = [
        html.Li([html.B(say(lang, "jobs_whole") if name == ALL else name), html.Pre(words[lang]) if whole else ""])
        for name, words in job.outcome.failed.items()
    ]
    told = say(lang, "jobs_found", ran=len(job.outcome.ran), skipped=len(job.outcome.skipped), failed=len(failed))
    return [
        html.P(told),
        *_results(links, lang),
        *([html.Ul(failed, className="job-failed")] if failed else []),
    ]


def _results(links: list[Any], lang: str) -> list[Any]:
    """Return the results in the open; of a long batch the first, and the rest on demand."""
    if not links:
        return []
    more = links[SHOWN:]
    folded = html.Details([html.Summary(say(lang, "jobs_more", n=len(more))), html.Ul(more, className="job-results")])
    return [html.Ul(links[:SHOWN], className="job-results"), *([folded] if more else [])]


def result_link(services: Services, run_id: str, lang: Lang) -> Any:
    """Return the way to a result, on the map that tells most of its edit; its id alone where it was removed since."""
    runs = services.list_runs()
    run = runs.get(run_id)
    if run is None:
        return html.Span(say(lang, "jobs_gone", name=run_id), className="quiet")
    view = telling_view(services, run_id, lang)
    title = run.title.get(lang)
    told = say(lang, "jobs_open", title=title)
    if view.left != run_id:
        told = say(lang, "jobs_open_beside", title=title, other=runs[view.left].title.get(lang))
    return html.A(told, href=f"/compare?{view.to_query()}", className="button job-open")
