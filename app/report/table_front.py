"""Owns what stands over and under every table: which runs, how sure, from what sources, by which version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.numbers import format_year
from app.fiscal_years import short_year
from app.report.table_book import Column, Sheet
from app.text import say
from geodata.errors import Text
from geodata.provenance import STATUS_TEXT, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.runs import Run

SHOWN_DIGEST = 12
STATUSES = (Status.OBSERVED, Status.OFFICIAL_ESTIMATE, Status.MODELLED, Status.ASSUMED, Status.NO_DATA)


def run_name(run: Run, lang: str) -> str:
    """Return title, year and standing of a run: 複合案 2031・2031年（R13）・仮想."""
    standing = say(lang, "plan_baseline" if run.is_baseline else f"plan_{run.plan_status}")
    parts = (run.title.get(lang), format_year(run.year, lang), standing)
    return ("・" if lang == "ja" else " · ").join(parts)


def short_name(run: Run, lang: str) -> str:
    """Return title and year of a run, the year once where the title holds it."""
    title, year = run.title.get(lang), format_year(run.year, lang)
    told = str(run.year) in title or short_year(run.year) in title
    return title if told else f"{title} {year}"


def distinct(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return each run once, in order."""
    return tuple({run.key + run.run_id: run for run in runs}.values())


def pair_lines(reference: Run, run: Run, lang: str) -> tuple[str, ...]:
    """Return which run a table is about, and what it is compared with."""
    lines = [say(lang, "book_about_run", run=run_name(run, lang), id=run.run_id)]
    if reference.run_id != run.run_id:
        lines.append(say(lang, "book_compared_with", run=run_name(reference, lang), id=reference.run_id))
    return tuple(lines)


def foot_lines(runs: Sequence[Run], layers: Iterable[str], lang: str) -> tuple[str, ...]:
    """Return statuses, sources of some layers, version and digests: the lines under every table."""
    return (
        say(lang, "book_statuses", statuses=_joined((STATUS_TEXT[one].get(lang) for one in STATUSES), lang)),
        say(lang, "book_sources", sources=_joined(source_words(runs[-1], layers, lang), lang)),
        version_line(runs, lang),
    )


def source_words(run: Run, layers: Iterable[str], lang: str) -> list[str]:
    """Return title, date and status of the sources of some layers."""
    wanted = set(layers)
    found = []
    for one in run.stored.manifest["base_years"]:
        if str(one["layer"]).split(".")[0] in wanted:
            status = STATUS_TEXT[Status(one["status"])].get(lang)
            title = Text(one["title"]["ja"], one["title"]["en"]).get(lang)
            found.append(
                f"{title}（{one['date']}、{status}）" if lang == "ja" else f"{title} ({one['date']}, {status})"
            )
    return list(dict.fromkeys(found))


def alarm_lines(runs: Sequence[Run], lang: str) -> tuple[str, ...]:
    """Return the limits that runs break: such a plan is not feasible, whatever stands in its table."""
    return tuple(
        say(lang, "book_broken", run=run.title.get(lang), text=Text(str(one["ja"]), str(one["en"])).get(lang))
        for run in runs
        for one in run.stored.manifest.get("limits") or ()
        if one["holds"] is False
    )


def version_line(runs: Sequence[Run], lang: str) -> str:
    """Return program, city and results by their digests, so that a table can be told from another."""
    manifest = runs[-1].stored.manifest
    results = _joined((f"{run.run_id} {run.key}" for run in runs), lang)
    return say(
        lang,
        "book_version",
        version=manifest["versions"].get("ekisei", "?"),
        city=str(manifest["digests"]["city"])[:SHOWN_DIGEST],
        results=results,
    )


def about_line(runs: Sequence[Run], lang: str) -> str:
    """Return what is written into the properties and the foot of a workbook."""
    version = runs[-1].stored.manifest["versions"].get("ekisei", "?")
    return say(lang, "book_about", version=version, results=_joined((run.key for run in runs), lang))


def city_name(run: Run, lang: str) -> str:
    """Return the name of the city a run stands on."""
    name = run.stored.manifest["city"]["name"]
    return Text(name["ja"], name["en"]).get(lang)


def sources_sheet(runs: Sequence[Run], lang: str) -> Sheet:
    """Return the sheet of sources: every layer with its date, status, credit and terms."""
    rows = {
        (str(one["layer"]), str(one["source_id"])): (
            _layer_word(str(one["layer"]), lang),
            Text(one["title"]["ja"], one["title"]["en"]).get(lang),
            str(one["date"]),
            STATUS_TEXT[Status(one["status"])].get(lang),
            str(one["credit"]),
            str(one["licence"]),
        )
        for run in runs
        for one in run.stored.manifest["base_years"]
    }
    keys = (("layer", 20), ("source", 36), ("date", 14), ("status", 11), ("credit", 62), ("licence", 40))
    return Sheet(
        name=say(lang, "book_sources_sheet"),
        title=say(lang, "book_sources_title", city=city_name(runs[-1], lang)),
        lead=(say(lang, "book_sources_lead"),),
        columns=tuple(Column(say(lang, f"book_{key}"), width, right=False) for key, width in keys),
        rows=tuple(rows.values()),
        notes=(version_line(runs, lang),),
        frozen=2,
    )


def _layer_word(layer: str, lang: str) -> str:
    """Return a layer as the command line calls it; one without a word keeps its own name."""
    from app.commands.words import say as say_cli  # noqa: PLC0415 - words of the command line

    try:
        return say_cli(lang, f"layer.{layer.split('.', maxsplit=1)[0]}")
    except KeyError:
        return layer


def _joined(words: Iterable[str], lang: str) -> str:
    return ("、" if lang == "ja" else ", ").join(words)
