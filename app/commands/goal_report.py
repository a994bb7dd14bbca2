"""Owns how a goal search is printed: an answer per definition, what it costs, what binds, and the frontier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text as Styled

from app.commands.layout import Column, fitted_table
from app.commands.notes import print_notes
from app.commands.numbers import format_value, format_year
from app.text.notes import translate_notes
from scenarios.export_goals import JOINT, is_own_only, lever_words, row_of, scenarios_of, setting_of
from scenarios.sureness import is_too_few
from scenarios.targets import Verdict
from sim.kpi import KPIS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

    from app.commands.session import Session
    from scenarios.goal_bounds import Stretch
    from scenarios.goal_confirm import Checked
    from scenarios.goal_points import Outcome
    from scenarios.goal_seek import Answer, GoalResult

OWN_ONLY = "*"
"""Stands behind a cost that holds the levers' own alone."""
THOUSAND = 1_000.0
MOST_ROWS = 12


def show_goal(session: Session, found: GoalResult, checked: Mapping[str, Checked]) -> None:
    """Print the answers, what stands in the way, the frontier of each definition, and the notes."""
    session.out.print(answer_table(session, found, checked))
    for answer in found.answers:
        for line in lines_of(session, found, answer):
            session.print(line)
    if len(found.book.levers) > 1:
        session.out.print(alone_table(session, found))
    for answer in found.answers:
        if len(answer.frontier) > 1:
            session.out.print(frontier_table(session, found, answer))
    print_notes(session, notes_of(session, found, checked))


def answer_table(session: Session, found: GoalResult, checked: Mapping[str, Checked]) -> Table:
    """Return one row per definition: the base, the answer or what comes nearest, its cost, and the levers."""
    ask, lang = found.ask, session.lang
    names = {setting: s.id for setting, s in scenarios_of(found).items()}
    columns = [
        Column(session.say("goal.setting"), most=24),
        Column(session.say("goal.base"), right=True, most=10),
        Column(session.say("goal.result"), most=14),
        Column(session.say("goal.cost"), right=True, most=12),
        Column(session.say("goal.levers")),
    ]
    rows = []
    for answer in found.answers:
        told = answer.told
        if answer.missing or told is None:
            empty = Styled(answer.missing or session.say("goal.nothing"), "yellow")
            rows.append((Styled(_label(session, found, answer)), Styled(""), empty, Styled(""), Styled("")))
            continue
        one = checked.get(names.get(setting_of(answer), ""))
        verdict = Verdict.NO_INTERVAL if one is None else one.verdict(answer.settings)
        sure = verdict in {Verdict.MET, Verdict.NOT_MET}
        word = "goal.not_reached" if not answer.outcome else "goal.reached" if sure else "goal.value_reached"
        result = Styled(session.say(word))
        result.stylize("red" if not answer.outcome else "green" if sure else "yellow")
        result.append(f"\n{shown(session, found, _worst(found, answer, told))}")
        row = row_of(answer, names.get(setting_of(answer), ""), checked)
        if row is not None and row.low is not None and row.high is not None:
            result.append(f"\n{shown(session, found, row.low)}–{shown(session, found, row.high)}", style="dim")
        if not sure:
            result.append(f"\n{session.say(unsure_word(verdict, one))}", style="yellow")
        rows.append(
            (
                Styled(_label(session, found, answer)),
                Styled(shown(session, found, _worst(found, answer, answer.base))),
                result,
                Styled(cost_words(found, told)),
                Styled(lever_words(found, told).get(lang)),
            )
        )
    spec, scenario = KPIS[ask.kpi_id], found.book.base
    title = session.say(
        "goal.title",
        kpi=spec.title.get(lang),
        target=shown(session, found, ask.target),
        base=scenario.title.ja if lang == "ja" else scenario.title.en,
        year=format_year(scenario.year, lang),
    )
    return fitted_table(title, columns, rows, session.out.width, elastic=4)


def unsure_word(verdict: Verdict, one: Checked | None) -> str:
    """Return the key of what is said where a value alone does not tell whether the target is reached."""
    if verdict is Verdict.UNDECIDED:
        return "goal.unsure"
    manifest = {} if one is None else one.run.manifest
    if manifest.get("draws") is None:
        return "goal.no_interval"
    return "goal.few_draws" if is_too_few(manifest) else "goal.not_drawn"


def shown(session: Session, found: GoalResult, value: float | None) -> str:
    """Return a value of the KPI asked, with one decimal more than on screen: targets are missed by tenths."""
    spec = KPIS[found.ask.kpi_id]
    return format_value(value, spec.unit, spec.decimals + (spec.unit != "time"), session.lang, bare=True)


def cost_words(found: GoalResult, outcome: Outcome) -> str:
    """Return a yearly cost in thousand yen, signed where it saves; marked where only the levers' own is counted."""
    mark = OWN_ONLY if is_own_only(found, outcome) else ""
    return f"{outcome.cost.total_yen / THOUSAND:,.0f}{mark}"


def _worst(found: GoalResult, answer: Answer, outcome: Outcome) -> float:
    return found.ask.sign * outcome.weakest(found.ask, answer.settings)


def _label(session: Session, found: GoalResult, answer: Answer) -> str:
    setting = setting_of(answer)
    if setting == JOINT:
        return session.say("goal.joint")
    label = KPIS[found.ask.kpi_id].settings[setting].get(session.lang)
    if found.reproducing and setting not in found.reproducing:
        label += session.say("goal.off_level")
    return label


def lines_of(session: Session, found: GoalResult, answer: Answer) -> list[str]:
    """Return what must be said of one answer: what binds, and what is not proven."""
    label, lines = _label(session, found, answer), []
    told = answer.told
    if told is not None and len(answer.settings) == 1:
        lines += _companion(session, found, (answer.base, told), answer.settings[0])
    if answer.outcome is None and not answer.missing:
        if answer.broken:
            names = ", ".join(session.say(f"goallimit.{name}") for name in answer.broken)
            beyond = answer.unlimited.cheapest if answer.unlimited is not None else None
            cost = "" if beyond is None else cost_words(found, beyond)
            lines.append(session.say("goal.limited", label=label, names=names, cost=cost))
        elif answer.stretches:
            lines.append(session.say("goal.bounded", label=label))
            lines += [f"  {_stretch_words(session, found, s)}" for s in answer.stretches]
        else:
            lines.append(session.say("goal.unmoved", label=label))
    if answer.found.not_monotone:
        lines.append(session.say("goal.not_monotone", label=label, n=len(answer.found.not_monotone)))
    elif not answer.found.proven:
        lines.append(session.say("goal.not_proven", label=label, n=found.ask.most))
    return lines


def _companion(session: Session, found: GoalResult, pair: tuple[Outcome, Outcome], setting: str) -> list[str]:
    """Return the absolute number behind a rate, before and after: a rate can be met while people vanish."""
    spec = KPIS.get(KPIS[found.ask.kpi_id].companion)
    if spec is None:
        return []
    values = [
        next((r.value for r in o.rows if (r.kpi_id, r.setting, r.group) == (spec.kpi_id, setting, "all")), None)
        for o in pair
    ]
    before, after = (format_value(v, spec.unit, spec.decimals, session.lang) for v in values)
    label = KPIS[found.ask.kpi_id].settings[setting].get(session.lang)
    title = spec.title.get(session.lang)
    return [session.say("goal.companion", label=label, title=title, before=before, after=after)]


def _stretch_words(session: Session, found: GoalResult, stretch: Stretch) -> str:
    lever = found.book.levers[stretch.lever]
    unit = "" if lever.unit is None else (lever.unit.ja if session.lang == "ja" else f" {lever.unit.en}")
    title = lever.title.ja if session.lang == "ja" else lever.title.en
    bound = f"{stretch.bound:,g}{unit}"
    if stretch.needed is None:
        return session.say("goal.bound_useless", title=title, bound=bound)
    key = "goal.bound_confirmed" if stretch.confirmed else "goal.bound_refused"
    return session.say(key, title=title, bound=bound, needed=f"{stretch.needed:,g}{unit}")


def alone_table(session: Session, found: GoalResult) -> Table:
    """Return what each lever does by itself, used to its end, under every definition."""
    settings = [a for a in found.answers if len(a.settings) == 1 and not a.missing]
    columns = [Column(session.say("goal.alone_lever"))]
    columns += [Column(_label(session, found, a), right=True, most=22) for a in settings]
    rows = []
    for lever, outcome in zip(found.book.levers, found.alone, strict=True):
        unit = "" if lever.unit is None else (lever.unit.ja if session.lang == "ja" else f" {lever.unit.en}")
        words = _title(session, lever.title) + ("" if lever.is_switch else f" {lever.values[-1]:,g}{unit}")
        cells = [Styled(words)]
        for answer in settings:
            value = outcome.numbers.get(answer.settings[0])
            cells.append(Styled(("○ " if found.ask.reaches(value) else "") + shown(session, found, value)))
        rows.append(tuple(cells))
    return fitted_table(session.say("goal.alone"), columns, rows, session.out.width)


def frontier_table(session: Session, found: GoalResult, answer: Answer) -> Table:
    """Return cost × KPI of one definition: the choices that no other beats in both."""
    columns = [
        Column(session.say("goal.cost"), right=True, most=14),
        Column(session.say("goal.value"), right=True, most=12),
        Column(session.say("goal.levers")),
    ]
    step = max(1, -(-len(answer.frontier) // MOST_ROWS))
    kept = [o for n, o in enumerate(answer.frontier) if n % step == 0 or o in {answer.outcome, answer.frontier[-1]}]
    rows = []
    for outcome in kept:
        value = outcome.numbers[answer.settings[0]]
        mark = "◎" if outcome is answer.outcome else "○" if found.ask.reaches(value) else "　"
        words = lever_words(found, outcome).get(session.lang)
        if outcome.broken:
            names = ", ".join(session.say(f"goallimit.{name}") for name in outcome.broken)
            words += session.say("goal.breaks", names=names)
        rows.append(
            (
                Styled(cost_words(found, outcome)),
                Styled(f"{mark} {shown(session, found, value)}"),
                Styled(words),
            )
        )
    title = session.say("goal.frontier", label=_label(session, found, answer))
    return fitted_table(title, columns, rows, session.out.width, elastic=2)


def notes_of(session: Session, found: GoalResult, checked: Mapping[str, Checked]) -> list[str]:
    """Return the sentences that must stand beside the answers."""
    lang, notes = session.lang, [session.say("goal.best", n=found.n_evaluated, runs=len(checked))]
    if proof := KPIS[found.ask.kpi_id].proof:
        notes.append(session.say("goal.proof", kpi=KPIS[proof].title.get(lang), name=proof))
    if not found.agrees:
        names = ", ".join(_title(session, found.book.levers[n].title) for n in found.disputed)
        notes.append(session.say("goal.definitions_lever", names=names) if names else session.say("goal.definitions"))
    if any(setting_of(a) not in found.reproducing for a in found.answers[:1]) and found.reproducing:
        notes.append(session.say("goal.level"))
    used = [lever for lever in found.book.levers if lever.cost is not None and lever.cost.status == "assumed"]
    if used:
        notes.append(session.say("goal.assumed", names=", ".join(_title(session, lever.title) for lever in used)))
    free = [lever for lever in found.book.levers if lever.cost is None]
    if free:
        notes.append(session.say("goal.free", names=", ".join(_title(session, lever.title) for lever in free)))
    if found.book.file.model_cost != "none":
        shown_costs = [o for a in found.answers for o in (a.told, *a.frontier) if o is not None]
        notes.append(session.say(f"goalcost.{found.book.file.model_cost}"))
        if any(is_own_only(found, outcome) for outcome in shown_costs):
            notes.append(session.say("goalcost.own_only", mark=OWN_ONLY))
    if any(a.told is not None and a.told.cost.capital_yen for a in found.answers):
        notes.append(session.say("goal.capital", years=found.book.file.capital_years))
    rows = [row for one in checked.values() for row in one.rows.values()]
    told = [part for row in rows for part in translate_notes(row.note, lang)]
    return [*notes, *dict.fromkeys(told)]


def _title(session: Session, title: object) -> str:
    return str(getattr(title, session.lang))
