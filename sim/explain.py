"""Owns the explanation of a number: formula, setting, inputs with source and status, and what each cell contributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.errors import ModelError, Text, error
from geodata.provenance import STATUS_TEXT, Status
from geodata.streets import DetourPlane
from sim.accessibility import weighted_quantile
from sim.equity.indices import gini_parts
from sim.kpi.measure import FEWER_GROUPS, PER_100K, How, Measure, group_weights
from sim.kpi.on_demand_specs import RIDE_PARAMETERS
from sim.kpi.registry import KPIS
from sim.kpi.spec import ROUTING_PARAMETERS, TIME_SETTINGS, UNIT_TEXT, KpiSpec
from sim.kpi.words import format_value
from sim.params import PARAMETERS
from sim.pivot import ADDED, PIVOTED
from sim.run import WITHOUT_ASSUMED, build_context, find_measure
from sim.unit_words import unit_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.city import City
    from geodata.targets import TargetRow
    from sim.params import Analysis, Params
    from sim.results import KpiRow, RunResult
    from sim.reuse import Reuse

PER_PERSON = "bus_rides_per_citizen"
COLUMNS = ("cell_id", "district_id", "walker", "persons", "value", "contribution")


@dataclass(frozen=True, slots=True)
class ExplainedInput:
    """One input: what it is, its value (None = a table), unit, source, how sure it is, and the unit in words."""

    label: Text
    value: float | str | None
    unit: str
    source: Text
    status: Status
    words: Text = Text("", "")


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """
    Why a KPI has its value.

    Parameters
    ----------
    row
        The row that is explained.
    title, formula, setting_label, status_label
        Words in both languages.
    inputs
        Parameters, official figures and sources it rests on.
    contributions
        One row per cell with people (and per walker where they differ): cell_id, district_id, walker, persons, value,
        contribution. They reproduce `row.model_value` (see `reproduce`); `row.value` differs by `correction`.
    sentences
        The explanation to be read aloud.
    how, q
        How the contributions make the number (see `sim.kpi.measure.Measure`).
    districts
        district_id → name.
    """

    row: KpiRow
    title: Text
    formula: Text
    setting_label: Text
    status_label: Text
    inputs: tuple[ExplainedInput, ...]
    contributions: pd.DataFrame
    sentences: tuple[Text, ...]
    how: How
    q: float
    districts: dict[str, Text] = field(default_factory=dict)

    @property
    def correction(self) -> float:
        """Official figure − model at the baseline, as it enters the value shown; 0 where there is no pivot."""
        value, model = self.row.value or 0.0, self.row.model_value or 0.0
        return 0.0 if value == model else value - model  # also where both are out of reach (infinite)

    def reproduce(self) -> float | None:
        """Return the model value computed from the contributions alone; None where none, or where no cell makes it."""
        if self.row.model_value is None or self.how == "number":
            return None
        if self.how == "quantile":
            values, persons = (self.contributions[c].to_numpy(dtype=np.float64) for c in ("value", "persons"))
            return weighted_quantile(values, persons, self.q)
        return float(self.contributions["contribution"].sum())


def explain(  # noqa: PLR0913 -- which number of which run, and whence
    city: City,
    result: RunResult,
    kpi_id: str,
    analysis: Analysis,
    params: Params,
    *,
    setting: str = "default",
    group: str = "all",
    reuse: Reuse | None = None,
    reference: RunResult | None = None,
) -> Explanation:
    """
    Explain one number of a result.

    Parameters
    ----------
    city
        What the result was computed from, scenario applied.
    result
        The run.
    kpi_id
        Which KPI.
    analysis, params
        Settings of the run.
    setting, group
        Which of the KPI's numbers.
    reuse
        Memory of slow steps; None = the one all runs of this process share.
    reference
        The baseline that rides are told from; None = the run itself, or a KPI that needs none.

    Returns
    -------
    explanation
        Formula, inputs, contributions of cells, sentences.

    Raises
    ------
    ModelError
        If the result has no such row.
    """
    row = result.find(kpi_id, setting, group)
    if row is None:
        where = f"{kpi_id} / {setting} / {group}"
        unknown = Text("この数字は結果にありません", "the result has no such number")
        hint = Text(f"指標: {', '.join(KPIS)}", f"KPIs: {', '.join(KPIS)}")
        raise ModelError(error("explain.unknown", where, unknown, hint))
    spec = KPIS[kpi_id]
    context = build_context(city, analysis, params, reference=result if reference is None else reference, reuse=reuse)
    found = find_measure(context, spec, setting) if row.model_value is not None else None
    measure = None if found is None else found.of_group(group)
    cells_tell = measure if measure is not None and measure.how != "number" else None
    frame = pd.DataFrame(columns=list(COLUMNS))
    frame = frame if cells_tell is None else contribution_frame(city, cells_tell, group, params)
    return Explanation(
        row=row,
        title=spec.title,
        formula=spec.formula,
        setting_label=_setting_label(spec, setting, params),
        status_label=STATUS_TEXT[row.status],
        inputs=tuple(_inputs(city, spec, row, measure, params)),
        contributions=frame,
        sentences=tuple(_sentences(city, spec, row, frame, params)),
        how="share" if measure is None else measure.how,
        q=0.5 if measure is None else measure.q,
        districts=_district_names(city),
    )


def _district_names(city: City) -> dict[str, Text]:
    people = city.population
    columns = (people.district_id.tolist(), people.district_name.tolist(), people.district_name_en.tolist())
    return {one: Text(ja, en) for one, ja, en in zip(*columns, strict=True)}


def contribution_frame(city: City, measure: Measure, group: str, params: Params) -> pd.DataFrame:
    """Return what each cell adds to the number of a group; cells without people or value are left out."""
    weights = group_weights(city.population, group, params.older_from_age, measure.ages)
    measure = measure.of_group(group)
    counted = measure.weighed(weights)
    if (measure.standard is measure.older and not measure.weighing) or measure.how in FEWER_GROUPS:
        everyone = weights.standard + weights.older
        parts = [("all", everyone, everyone, measure.standard)]
    else:
        parts = [
            ("standard", weights.standard, counted.standard, measure.standard),
            ("older", weights.older, counted.older, measure.older),
        ]
    total = float(counted.standard.sum() + counted.older.sum())
    frames = [_part(city, measure.how, part, total) for part in parts]
    frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    if measure.how == "gini":
        parts_of = gini_parts(*(frame[column].to_numpy(np.float64) for column in ("value", "persons")))
        frame = frame.assign(contribution=parts_of)
    if measure.how in FEWER_GROUPS:
        inside = dict(zip(city.population.cell_id.tolist(), weights.cells.tolist(), strict=True))
        frame = frame[frame["cell_id"].map(inside) > 0]
    return frame.reset_index(drop=True)


def _part(city: City, how: How, part: tuple[str, np.ndarray, np.ndarray, np.ndarray], total: float) -> pd.DataFrame:
    """Return one walker's rows; `part`: walker, persons, persons by their weight, values."""
    population, (walker, persons, counted, values) = city.population, part
    kept = values > 0 if how in FEWER_GROUPS else (persons > 0) & ~np.isnan(values)
    persons, counted, values = persons[kept], counted[kept], values[kept]
    contribution = {
        "count": values,
        "city": values,
        "per_100k": values * (PER_100K / total) if total else values,
        "persons": persons * values,
        "quantile": persons / total if total else persons,
    }.get(how, counted * values / total if total else counted)
    district = np.append(population.district_id.astype(object), "")[population.district[kept]]
    return pd.DataFrame(
        {
            "cell_id": population.cell_id[kept].astype(object),
            "district_id": district,
            "walker": walker,
            "persons": persons,
            "value": values,
            "contribution": contribution,
        },
        columns=list(COLUMNS),
    )


def _inputs(
    city: City, spec: KpiSpec, row: KpiRow, measure: Measure | None, params: Params
) -> Iterator[ExplainedInput]:
    if measure is not None and measure.how != "number" and spec.unit != "count":
        people = group_weights(city.population, row.group, params.older_from_age, measure.ages)
        parts = ((people.standard, measure.standard), (people.older, measure.older))
        yield ExplainedInput(
            Text("対象の人口", "people counted"),
            float(sum(persons[~np.isnan(values)].sum() for persons, values in parts)),
            "persons",
            _titles(city, "population"),
            city.status_of("population"),
            unit_words("persons"),
        )
    target = city.targets.find(spec.kpi_id, "baseline") if row.group == "all" else None
    if target is not None:
        yield _official(city, target)
    if row.group == "all" and spec.kpi_id in {*PIVOTED, *ADDED} and row.value is not None:
        yield ExplainedInput(
            Text("試算の値（公表値で補正する前）", "model value before the correction"),
            row.model_value,
            spec.unit,
            Text("本ツールの試算", "computed here"),
            row.status,
            unit_words("rides/person/year") if spec.kpi_id == PER_PERSON else UNIT_TEXT[spec.unit],
        )
    layers = _layers_of(spec, row.setting, params)
    for name in _parameter_names(city, spec, layers, row.setting):
        yield _parameter(city, name, params)
    for layer in layers:
        for source in city.sources:
            if source.layer == layer:
                yield ExplainedInput(source.title, None, "", Text(source.credit, source.credit), source.status)


def _layers_of(spec: KpiSpec, setting: str, params: Params) -> tuple[str, ...]:
    """Return the layers that a KPI looks at under a setting; a default that stands for a definition looks at its."""
    by_definition = "catchment_setting" in spec.parameters and setting in {"default", WITHOUT_ASSUMED}
    definition = params.catchment_setting if by_definition else setting
    return tuple(layer for layer in spec.layers if definition in spec.only.get(layer, (definition,)))


def _parameter_names(city: City, spec: KpiSpec, layers: tuple[str, ...], setting: str) -> tuple[str, ...]:
    """Return the parameters of a KPI; with services that run and count, those of their rides too."""
    rides = "on_demand" in layers and any(service.computed for service in city.on_demand)
    timed = ROUTING_PARAMETERS if setting in TIME_SETTINGS else ()
    return tuple(dict.fromkeys((*spec.parameters, *timed, *(RIDE_PARAMETERS if rides else ()))))


def _official(city: City, target: TargetRow) -> ExplainedInput:
    source = next((s.title for s in city.sources if s.source_id == target.source), Text(target.source, target.source))
    label = Text(f"公表値（{target.date}）: {target.label.ja}", f"official figure ({target.date}): {target.label.en}")
    return ExplainedInput(label, target.value, target.unit, source, target.status, unit_words(target.unit))


def _parameter(city: City, name: str, params: Params) -> ExplainedInput:
    meaning = PARAMETERS[name]
    value = getattr(params, name)
    if name == "walk_detour" and isinstance(city.streets, DetourPlane):
        value = city.streets.walk_detour if value is None else value
    if name == "walk_detour" and not isinstance(city.streets, DetourPlane):
        source = Text("道路網で計算（迂回率は使わない）", "measured on the street network (no factor used)")
        return ExplainedInput(meaning.label, None, meaning.unit, source, city.status_of("streets"))
    printed = _table_text(value) if isinstance(value, tuple) else value
    words = unit_words(meaning.unit, name)
    return ExplainedInput(meaning.label, printed, meaning.unit, meaning.source, meaning.status, words)


def _table_text(rows: tuple[Any, ...]) -> str:
    """Return a parameter that is a list or a table in one line: 15: 1, 30: 0.68."""
    return ", ".join(": ".join(f"{v:g}" for v in row) if isinstance(row, tuple) else str(row) for row in rows)


def _titles(city: City, layer: str) -> Text:
    titles = [s.title for s in city.sources if s.layer == layer]
    return Text("、".join(t.ja for t in titles), ", ".join(t.en for t in titles))


def _setting_label(spec: KpiSpec, setting: str, params: Params) -> Text:
    """Return the words of a setting; a default that stands for a definition names it."""
    label = spec.settings.get(setting, Text(setting, setting))
    if "catchment_setting" in spec.parameters and setting in {"default", WITHOUT_ASSUMED}:
        chosen = spec.settings[params.catchment_setting]
        return Text(f"{label.ja}: {chosen.ja}", f"{label.en}: {chosen.en}")
    return label


def _sentences(city: City, spec: KpiSpec, row: KpiRow, frame: pd.DataFrame, params: Params) -> Iterator[Text]:
    label = _setting_label(spec, row.setting, params)
    ja, en = format_value(spec, row.value, "ja"), format_value(spec, row.value, "en")
    if row.value is None:
        yield Text(f"{spec.title.ja}は計算できません: {row.note}", f"{spec.title.en} has no value: {row.note}")
        return
    yield Text(f"{spec.title.ja}は {ja} です（設定: {label.ja}）。", f"{spec.title.en}: {en} (setting: {label.en}).")
    if row.group == "all" and row.model_value != row.value:
        model_ja, model_en = format_value(spec, row.model_value, "ja"), format_value(spec, row.model_value, "en")
        yield Text(
            f"試算は {model_ja} ですが、市の公表値を正として変化分だけを加えています。",
            f"The model gives {model_en}; the official figure is taken as true and only the change is added.",
        )
    yield from _largest(city, frame, row)
    yield Text(
        f"確からしさは「{STATUS_TEXT[row.status].ja}」（入力のうち最も弱いもの）です。",
        f"Status: {STATUS_TEXT[row.status].en}, the weakest of its inputs.",
    )
    walks = "walk_detour" in spec.parameters or row.setting == "walk-10min"
    if walks and isinstance(city.streets, DetourPlane):
        factor = f"{city.streets.walk_detour:g}"
        yield Text(
            f"道路網データがないため、徒歩は直線距離×{factor} で計算し、坂道は考慮していません。",
            f"Without a street network, walks are straight line × {factor}; slopes are not considered.",
        )
    if row.note:
        yield Text(f"注記: {row.note}。", f"Notes: {row.note}.")
    if row.setting != WITHOUT_ASSUMED and "仮定の路線" in row.note:
        yield Text(
            "仮定の路線を含みます。除いた値は設定「仮定の路線を除く」にあります。",
            "Assumed lines are included; see the setting without them.",
        )


def _largest(city: City, frame: pd.DataFrame, row: KpiRow) -> Iterator[Text]:
    """Yield the three districts that contribute most, where the number is a sum over the city."""
    total = float(frame["contribution"].sum()) if len(frame) else 0.0
    if row.group.startswith("district:") or total <= 0 or row.unit in {"min", "time", "index"}:
        return
    sums = frame.groupby("district_id")["contribution"].sum().sort_values(ascending=False).head(3)
    names = _district_names(city)
    known = [(names[d], 100 * v / total) for d, v in sums.items() if d in names and v > 0]
    if known:
        ja = "、".join(f"{n[0]}（{share:.0f} %）" for n, share in known)
        en = ", ".join(f"{n[1]} ({share:.0f} %)" for n, share in known)
        yield Text(f"内訳の大きい地区: {ja}。", f"Largest parts: {en}.")
