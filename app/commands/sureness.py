"""Owns ``ekisei sensitivity`` and how the commands say how sure a number or a difference is."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.folders import load_city
from app.commands.session import Session
from app.commands.words import both, bullet
from geodata.errors import UsageError, error

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from scenarios.schema import Scenario
    from sim.results import KpiRow
    from sim.uncertainty.ranking import Swing

SHOWN_SWINGS = 15
SURE = {"distinguishable": "sure.yes", "not-distinguishable": "sure.no", "no-change": "sure.same"}
"""Verdict of two runs drawn alike → how it is worded."""
UNJUDGED = ("withheld", "definition")
"""Judgements that go before what the draws say."""


def register(root: typer.Typer) -> None:
    """Add the commands to the command line."""
    root.command("sensitivity", help="help.sensitivity")(sensitivity)


def sensitivity(  # noqa: PLR0917 - typer hands options over by name
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="help.run.scenario", metavar="SCENARIO")],
    kpi: Annotated[str, typer.Option("--kpi", help="help.sensitivity.kpi", metavar="KPI")],
    setting: Annotated[str, typer.Option("--setting", help="help.explain.setting")] = "default",
    group: Annotated[str, typer.Option("--group", help="help.explain.group")] = "all",
    csv: Annotated[Path | None, typer.Option("--csv", help="help.sensitivity.csv", metavar="FILE")] = None,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
) -> None:
    """Print which parameter moves one number most."""
    from app.commands.results import require_csv, save
    from scenarios.files import read_scenario
    from scenarios.sensitivity import rank_scenario
    from scenarios.store import ResultStore

    session: Session = context.obj
    require_csv(csv)
    check_kpi(kpi)
    wanted, city = read_scenario(scenario), load_city(folder)
    session.ready_kernels()
    label = session.say("progress.sensitivity", name=wanted.id)
    with session.progress(label) as report:

        def tell(stage: str, share: float) -> None:
            report(f"{label} {stage}".rstrip(), share)

        row, swings = rank_scenario(wanted, city, (kpi, setting, group), ResultStore(), tell)
    session.out.print(swing_table(session, wanted, row, swings))
    still = sum(swing.size == 0 for swing in swings)
    session.print(session.say("sensitivity.still", n=still, total=len(swings)))
    session.print(session.say("sensitivity.alone"))
    if csv is not None:
        save(swing_frame(session, swings), csv, session)


def check_kpi(kpi_id: str) -> None:
    """Refuse a KPI that nobody knows, naming the near ones."""
    from app.commands.results import near_names
    from sim.kpi import KPIS

    if kpi_id not in KPIS:
        hint = both("usage.kpi_list", names=", ".join(near_names(kpi_id, list(KPIS))))
        raise UsageError(error("cli.unknown_number", "--kpi", both("usage.no_kpi", value=kpi_id), hint))


def swing_table(session: Session, scenario: "Scenario", row: "KpiRow", swings: "tuple[Swing, ...]") -> "Table":
    """Return the table of what moves a number, the strongest first."""
    from rich.text import Text as Styled

    from app.commands.layout import Column, fitted_table
    from app.commands.numbers import format_value, title_with_unit
    from sim.kpi import KPIS

    lang, spec = session.lang, KPIS[row.kpi_id]
    keys = ("parameter", "ends", "at_low", "at_high", "swing", "line")
    columns = [Column(session.say(f"sensitivity.{key}"), right=key not in {"parameter", "line"}) for key in keys]

    def told(value: float) -> str:
        return format_value(value, spec.unit, spec.decimals + 1, lang, bare=True)

    rows = [
        [
            Styled(name_of(swing, lang, session)),
            Styled(ends_of(swing, lang)),
            Styled(told(swing.at_low)),
            Styled(told(swing.at_high)),
            Styled(told(swing.size) if spec.unit != "time" else f"{swing.size / 60:.0f}"),
            Styled(session.say("sure.draws" if swing.drawn else "sure.other")),
        ]
        for swing in swings[:SHOWN_SWINGS]
        if swing.size > 0
    ]
    title = session.say(
        "sensitivity.title",
        kpi=title_with_unit(spec, lang),
        value=format_value(row.value, spec.unit, spec.decimals, lang, bare=True),
        title=scenario.title.ja if lang == "ja" else scenario.title.en,
    )
    return fitted_table(title, columns, rows, session.out.width)


def name_of(swing: "Swing", lang: str, session: Session) -> str:
    """Return a parameter in words."""
    from sim.params import PARAMETERS

    meaning = PARAMETERS.get(swing.name)
    return session.say(f"swing.{swing.name}") if meaning is None else meaning.label.get(lang)


def ends_of(swing: "Swing", lang: str) -> str:
    """Return the ends of a parameter with its unit; nothing for what is no single one."""
    from sim.params import PARAMETERS
    from sim.unit_words import unit_words

    meaning = PARAMETERS.get(swing.name)
    if meaning is None:
        return ""
    if meaning.unit == "share":
        return f"{100 * swing.low:.6g}–{100 * swing.high:.6g}%"
    return f"{swing.low:g}–{swing.high:g} {unit_words(meaning.unit, swing.name).get(lang)}".rstrip()


def swing_frame(session: Session, swings: "tuple[Swing, ...]") -> "pd.DataFrame":
    """Return the whole ranking as a table."""
    import pandas as pd

    rows: list[dict[str, Any]] = [
        {
            "parameter": swing.name,
            "label": name_of(swing, session.lang, session),
            "low": swing.low,
            "high": swing.high,
            "at_low": swing.at_low,
            "at_high": swing.at_high,
            "swing": swing.size,
            "line": "draws" if swing.drawn else "definition",
        }
        for swing in swings
    ]
    return pd.DataFrame(rows)


def print_draws(session: Session, manifest: "dict[str, Any]") -> None:
    """Say how many draws stand behind the intervals, and how many of them were rerouted."""
    drawn = manifest.get("draws")
    if drawn:
        counts = {"n": drawn["n_draws"], "k": drawn["n_rerouted"]}
        session.print(bullet(session.lang) + session.say("sure.note", level=level_told(manifest), **counts))


def level_told(manifest: "dict[str, Any]") -> str:
    """Return the probability of the intervals of a run in per cent, without its sign."""
    return f"{100 * manifest['draws']['level']:.0f}"


def show_few(session: Session, manifest: "dict[str, Any]") -> None:
    """Say where the draws of a stored run are too few for the usual interval; a run itself warns of it."""
    from scenarios.sureness import few_draws

    said = few_draws(manifest["draws"]["n_draws"])
    if said is not None:
        session.note(f"{bullet(session.lang)}{said.get(session.lang)}", style="yellow")


def print_limits(session: Session, manifest: "dict[str, Any]", name: str = "") -> None:
    """Print one line for each limit of a scenario: kept, broken or not known."""
    for verdict in manifest.get("limits") or ():
        sign = {True: "○", False: "×", None: "?"}[verdict["holds"]]
        text = verdict["ja" if session.lang == "ja" else "en"]
        session.note(f"{sign} {f'{name}: ' if name else ''}{text}", style="red" if verdict["holds"] is False else "")


def difference_ends(session: Session, frame: "pd.DataFrame", manifest: "dict[str, Any]") -> "Table | None":
    """Return the table of how sure the differences of two runs are; None where either was not drawn or none differs."""
    from rich.text import Text as Styled

    from app.commands.layout import Column, fitted_table
    from app.commands.numbers import format_change, title_with_unit
    from app.commands.run_view import verdict_of
    from sim.kpi import KPIS, Judgement
    from sim.uncertainty.paired import DISTINGUISHABLE

    shown = frame[(frame["distinguishable"] != "") & (frame["difference"].abs() > 0)]
    if not len(shown):
        return None
    lang = session.lang
    keys = ("result.kpi", "result.difference", "sure.draws", "sure.other", "sure.verdict")
    columns = [Column(session.say(key), right=key not in {"result.kpi", "sure.verdict"}) for key in keys]
    rows = []
    for row in shown.to_dict("records"):
        spec = KPIS[row["kpi_id"]]

        def change(name: str, row: "dict[Any, Any]" = row, spec: Any = spec) -> str:
            return format_change(row[name], spec.unit, spec.decimals, lang, bare=True)

        where = [row[n] for n, usual in (("setting", "default"), ("group", "all")) if row[n] != usual]
        title = title_with_unit(spec, lang) + (f" [{', '.join(where)}]" if where else "")
        sure, judgement = row["distinguishable"], Judgement(row["judgement"])
        if judgement in UNJUDGED:  # what the first table says goes before what the draws say
            told = verdict_of(spec, judgement, row["difference"], lang)
        else:
            told = session.say(SURE[sure])
        rows.append(
            [
                Styled(title),
                Styled(change("difference")),
                Styled(f"{change('low')}\n{change('high')}"),
                Styled(f"{change('other_low')}\n{change('other_high')}"),
                Styled(told, "bold" if sure == DISTINGUISHABLE and judgement not in UNJUDGED else "dim"),
            ]
        )
    return fitted_table(session.say("sure.title", level=level_told(manifest)), columns, rows, session.out.width)
