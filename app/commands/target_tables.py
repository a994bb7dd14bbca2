"""Owns what ``ekisei targets`` prints: the judged KPIs with their runs, money and limits, and those for reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text as Styled

from app.commands.layout import Column, fitted_table
from app.commands.numbers import format_year
from app.components.path_chart import brief_figure
from app.components.path_words import cautions_of as forecast_cautions
from app.components.path_words import unit_word
from app.components.plan_means import means_of
from app.components.verdict_words import alone_word, verdict_word
from app.fiscal_years import short_year
from geodata.errors import CitySimError
from scenarios.store import read_run
from scenarios.target_cautions import not_held
from scenarios.targets import Verdict, judge_actual

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.commands.session import Session
    from scenarios.store import StoredRun
    from scenarios.targets import Forecast, Path, Point

STYLES = {
    Verdict.MET: "green",
    Verdict.NOT_MET: "red",
    Verdict.UNDECIDED: "yellow",
    Verdict.INFEASIBLE: "red",
}


def show_judged(session: Session, paths: Sequence[Path], runs: Sequence[StoredRun]) -> None:
    """Print the judged KPIs: official figures and newest actual, then one table per run."""
    judged = [path for path in paths if path.judged]
    if not runs:
        session.out.print(official_table(session, judged), markup=False)
    for number, run in enumerate(runs):
        for text in not_held(run):
            said = {"title": title_of(run, session.lang), "text": text.get(session.lang)}
            session.out.print(session.say("targets.broken", **said), style="bold red", markup=False)
        session.out.print(run_table(session, judged, run, number), markup=False)
        for caution in cautions_of(judged, number, session.lang):
            session.print(f"・{caution}" if session.lang == "ja" else f"- {caution}")


def official_table(session: Session, paths: Sequence[Path]) -> object:
    """Return the official figures and the newest actual of each KPI, the absolute number beneath."""
    keys = ("kpi", "baseline", "actual", "target", "standing")
    columns = [Column(session.say(f"targets.{key}"), right=key in keys[1:4]) for key in keys]
    rows = [
        (head_cell(session, path), *figures_of(session, path), Styled(judge_actual(path).get(session.lang)))
        for path in paths
    ]
    return fitted_table(session.say("targets.title"), columns, rows, session.out.width)


def run_table(session: Session, paths: Sequence[Path], run: StoredRun, number: int) -> object:
    """Return what one run says of the judged KPIs, the absolute number beneath each."""
    keys = ("kpi", "baseline", "actual", "target", "run", "spread", "verdict")
    columns = [Column(session.say(f"targets.{key}"), right=key in keys[1:6]) for key in keys]
    rows = []
    for path in paths:
        forecast = path.forecasts[number]
        under = path.absolute.forecasts[number] if path.absolute is not None else None
        verdict = Styled(verdict_word(forecast.verdict, session.lang), STYLES.get(forecast.verdict, "dim"))
        if alone := alone_word(forecast, session.lang):
            verdict.append(f"\n{alone}", style="dim")
        cells = (
            two_lines(brief(path, forecast.value, session.lang), under_figure(path, under, session.lang)),
            two_lines(brief_spread(path, forecast, session.lang) or "—", under_spread(path, under, session.lang)),
        )
        rows.append((head_cell(session, path), *figures_of(session, path), *cells, verdict))
    title = title_of(run, session.lang)
    words = session.say("targets.run_title", title=title, year=format_year(run.scenario.year, session.lang))
    return fitted_table(words, columns, rows, session.out.width)


def title_of(run: StoredRun, lang: str) -> str:
    """Return the title of a run's scenario."""
    return run.scenario.title.text.get(lang)


def head_cell(session: Session, path: Path) -> Styled:
    """Return the title of a KPI with that of its absolute number beneath."""
    under = titled(path.absolute, session.lang) if path.absolute is not None else session.say("targets.no_absolute")
    return two_lines(titled(path, session.lang), under)


def titled(path: Path, lang: str) -> str:
    """Return the title of a KPI with its unit, which the numbers beside it leave out."""
    title, unit = path.title.get(lang), unit_word(path, lang)
    if not unit:
        return title
    return f"{title}（{unit}）" if lang == "ja" else f"{title} ({unit})"


def figures_of(session: Session, path: Path) -> tuple[Styled, ...]:
    """Return baseline, newest actual and target, each with its year and its absolute number."""
    under = path.absolute
    below = (None, None, None) if under is None else (under.baseline, under.latest, under.target)
    above = (path.baseline, path.latest, path.target)
    return tuple(point_cell(session, path, *pair) for pair in zip(above, below, strict=True))


def point_cell(session: Session, path: Path, point: Point | None, below: Point | None) -> Styled:
    """Return one figure with its fiscal year, and its absolute number beneath; — where there is none."""
    if point is None:
        return Styled("—", style="dim")
    beneath = brief(path.absolute, below.value, session.lang) if path.absolute is not None and below is not None else ""
    return two_lines(f"{brief(path, point.value, session.lang)} {short_year(point.year)}", beneath)


def two_lines(first: str, second: str) -> Styled:
    """Return a cell of two lines, the second one dim."""
    cell = Styled(first)
    return cell.append(f"\n{second}", style="dim") if second else cell


def under_figure(path: Path, under: Forecast | None, lang: str) -> str:
    """Return the absolute number of a run; empty where the KPI has none."""
    return "" if under is None or path.absolute is None else brief(path.absolute, under.value, lang)


def brief(path: Path, value: float | None, lang: str) -> str:
    """Return a value in few signs, without its unit; — without one."""
    return "—" if value is None else brief_figure(path, value, lang)


def under_spread(path: Path, under: Forecast | None, lang: str) -> str:
    """Return the interval of the absolute number of a run."""
    return "" if under is None or path.absolute is None else brief_spread(path.absolute, under, lang)


def brief_spread(path: Path, forecast: Forecast, lang: str) -> str:
    """Return the interval of a value in few signs, so that no number is broken over two lines; empty without one."""
    if forecast.low is None or forecast.high is None:
        return ""
    low, high = (brief_figure(path, end, lang) for end in (forecast.low, forecast.high))
    return f"{low.removesuffix('%')}–{high}"


def cautions_of(paths: Iterable[Path], number: int, lang: str) -> list[str]:
    """Return what must be said beside the verdicts of one run; what concerns all KPIs is said once."""
    found: dict[str, list[str]] = {}
    for path in paths:
        for caution in forecast_cautions(path.forecasts[number], lang):
            found.setdefault(caution, []).append(path.title.get(lang))
    colon = "：" if lang == "ja" else ": "
    n_paths = len(list(paths))
    return [
        text if len(who) == n_paths else f"{'、'.join(who) if lang == 'ja' else ', '.join(who)}{colon}{text}"
        for text, who in found.items()
    ]


def show_means(session: Session, runs: Sequence[StoredRun], against: Sequence[StoredRun | None]) -> None:
    """Print what each run takes: drivers, kilometres, money; against what it is compared with."""
    keys = ("means", "run", "spread", "change", "note")
    columns = [Column(session.say(f"targets.{key}"), right=key in keys[1:4]) for key in keys]
    for run, other in zip(runs, against, strict=True):
        rows = [tuple(Styled(cell) for cell in cells) for cells in means_of(run, other, session.lang)]
        title = session.say("targets.means_title", title=title_of(run, session.lang))
        if rows:
            session.out.print(fitted_table(title, columns, rows, session.out.width), markup=False)


def beside(run: StoredRun) -> StoredRun | None:
    """Return the run that a run is compared with, where it stands beside it."""
    name = run.scenario.compare_to
    if name is None or name == run.run_id:
        return None
    try:
        return read_run(run.folder.parent / name)
    except CitySimError:
        return None


def show_reference(session: Session, paths: Sequence[Path]) -> None:
    """Print the KPIs that no model claims: official figures and actuals only."""
    rows = [
        (
            Styled(titled(path, session.lang)),
            *figures_of(session, path),
            Styled(judge_actual(path).get(session.lang)),
        )
        for path in paths
        if not path.judged
    ]
    if not rows:
        return
    keys = ("kpi", "baseline", "actual", "target", "standing")
    columns = [Column(session.say(f"targets.{key}"), right=key in keys[1:4]) for key in keys]
    session.out.print(fitted_table(session.say("targets.reference"), columns, rows, session.out.width), markup=False)
