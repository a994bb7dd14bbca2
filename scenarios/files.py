"""Owns scenario files: reading them with their parents, writing them, the shipped library, and the template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from geodata.errors import Problem, ScenarioError, Text, UsageError, error, raise_errors
from scenarios.messages import problems_of
from scenarios.modifications.selecting import hint_of
from scenarios.schema import Scenario
from scenarios.whole_file import whole_file
from scenarios.yaml_reading import Document, dump_yaml, join_path, parse_document, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable

LIBRARY = Path(__file__).with_name("library")
SUFFIXES = (".yaml", ".yml", ".json")
FIRST_IN_LIBRARY = ("baseline-r5", "trend-r11")


def read_scenario(source: Path | str) -> Scenario:
    """
    Read a scenario and merge in its parents.

    Parameters
    ----------
    source
        A file, or the id of a shipped scenario. Parents are looked for beside the file, then in the library.

    Raises
    ------
    ScenarioError
        With every problem of the file, each with its line and a remedy.
    """
    return _resolve(_find(source), ())


def parse_scenario(text: str, name: str = "scenario.yaml", folder: Path | None = None) -> Scenario:
    """Parse the text of a scenario, as `read_scenario` does; parents are looked for in `folder`, then the library."""
    return _merged(_validated(parse_document(text, name)), folder or LIBRARY, ())


def list_library() -> tuple[str, ...]:
    """Return the ids of the shipped scenarios, the baseline and the trend first; `read_scenario` reads each."""
    found = sorted(p.stem for p in LIBRARY.glob("*.yaml"))
    first = [i for i in FIRST_IN_LIBRARY if i in found]
    return (*first, *(i for i in found if i not in first))


def list_scenario_files(places: Iterable[Path | str]) -> list[Path]:
    """Return the files named, found in folders (by name), or known to the library by id; none twice."""
    found = [path for place in places for path in (_files_in(Path(place)) if Path(place).is_dir() else [_find(place)])]
    return list(dict.fromkeys(p.resolve() for p in found))


def _files_in(folder: Path) -> list[Path]:
    """Return the scenario files of a folder by name; refuse one that has none."""
    found = sorted(p for p in folder.iterdir() if p.suffix in SUFFIXES and p.name != "scenario.schema.json")
    if found:
        return found
    message = Text("シナリオファイル（.yaml）がこのフォルダにありません", "no scenario files (.yaml) in this folder")
    hint = Text(
        "フォルダの名前を確かめてください（ひな形: ekisei scenario new、同梱の一覧: ekisei scenario list）",
        "check its name (a template: ekisei scenario new; what comes along: ekisei scenario list)",
    )
    raise UsageError(error("scenario.none_in_folder", str(folder), message, hint))


def scenario_text(scenario: Scenario) -> str:
    """Return the YAML text of a scenario; reading it back gives an equal digest."""
    content = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return dump_yaml(content)


def write_scenario(scenario: Scenario, path: Path) -> None:
    """Write a scenario as YAML; the file is complete or not there."""
    with whole_file(path, shared=True) as part:
        part.write(scenario_text(scenario).encode())


def _find(source: Path | str) -> Path:
    path = Path(source)
    if isinstance(source, Path) or path.suffix in SUFFIXES or path.is_file():
        return path
    shipped = LIBRARY / f"{source}.yaml"
    if path.name == str(source) and shipped.exists():
        return shipped
    message = Text(f"シナリオ {source!s} がありません", f"no scenario {source!s}")
    raise ScenarioError(error("scenario.not_found", str(source), message, hint_of(str(source), list_library())))


def _resolve(path: Path, children: tuple[str, ...]) -> Scenario:
    document = read_document(path)
    return _merged(_validated(document), path.parent, children)


def _validated(document: Document) -> Scenario:
    if not isinstance(document.content, dict):
        message = Text("シナリオの内容がありません（キー: 値 が必要です）", "empty: keys and values are needed")
        hint = Text("ひな形は ekisei scenario new で作れます", "ekisei scenario new makes a template")
        raise ScenarioError(error("scenario.empty", f"{document.name}:1", message, hint))
    try:
        scenario = Scenario.model_validate(document.content)
    except ValidationError as cause:
        raise ScenarioError(problems_of(cause, document, Scenario)) from None
    return scenario.with_places(_places(document))


def _places(document: Document) -> dict[str, dict[str, str]]:
    """Return modification id → field → ``file:line path``."""
    places: dict[str, dict[str, str]] = {}
    for number, mod in enumerate(document.content.get("modifications") or []):
        base = join_path("modifications", number)
        inside = {
            path.removeprefix(base).lstrip("."): document.where(path)
            for path in document.lines
            if path == base or path.startswith((f"{base}.", f"{base}["))
        }
        places[mod["id"]] = inside
    return places | {":": {p: document.where(p) for p in document.lines if not p.startswith("modifications[")}}


def _merged(child: Scenario, folder: Path, children: tuple[str, ...]) -> Scenario:
    """Return a scenario with its parents merged in; `children` are the ids on the way down."""
    top = child.place
    if child.id in children:
        chain = " → ".join((*children, child.id))
        message = Text(f"extends が輪になっています（{chain}）", f"extends goes round in a circle ({chain})")
        raise ScenarioError(
            error(
                "scenario.cycle",
                top("extends"),
                message,
                Text("どれかの extends を消してください", "remove one extends"),
            )
        )
    if child.extends is None:
        raise_errors(_check_dependencies(child, child.resolved_from), ScenarioError)
        return child
    parent_file = _parent_file(child, folder)
    parent = _resolve(parent_file, (*children, child.id))
    problems = _check_merge(parent, child)
    chain_ids = (*parent.resolved_from, parent.id)
    problems += _check_dependencies(child, chain_ids)
    raise_errors(problems, ScenarioError)
    replaced = {m.id for m in child.modifications}
    kept = tuple(m for m in parent.modifications if m.id not in replaced)
    content = child.model_dump(by_alias=True, exclude_unset=True) | {
        "extends": None,
        "resolved_from": chain_ids,
        "parameters": parent.parameters | child.parameters,
        "analysis": _set(parent.analysis) | _set(child.analysis),
        "modifications": (*kept, *child.modifications),
    }
    for key in ("limits", "data"):
        if getattr(parent, key) is not None:
            content[key] = _set(getattr(parent, key)) | _set(getattr(child, key))
    if child.population is None and parent.population is not None:
        content["population"] = _set(parent.population)
    merged = Scenario.model_validate(content)
    return merged.with_places(parent.places | child.places)


def _set(model: Any) -> dict[str, Any]:
    return {} if model is None else model.model_dump(by_alias=True, exclude_unset=True)


def _parent_file(child: Scenario, folder: Path) -> Path:
    beside = [folder / f"{child.extends}{s}" for s in SUFFIXES]
    found = next((p for p in (*beside, LIBRARY / f"{child.extends}.yaml") if p.exists()), None)
    if found is None:
        known = [*list_library(), *(p.stem for s in SUFFIXES for p in sorted(folder.glob(f"*{s}")))]
        message = Text(f"元のシナリオ {child.extends!r} がありません", f"no parent scenario {child.extends!r}")
        wanted = child.extends or ""
        raise ScenarioError(error("scenario.unknown_parent", child.place("extends"), message, hint_of(wanted, known)))
    return found


def _check_merge(parent: Scenario, child: Scenario) -> list[Problem]:
    problems: list[Problem] = []
    inherited = {m.id for m in parent.modifications}
    for mod in child.modifications:
        where = child.locate(mod.id, "id")
        if mod.id in inherited and not mod.override:
            message = Text(
                f"変更の id {mod.id!r} は元のシナリオ {parent.id} にもあります",
                f"the modification id {mod.id!r} also stands in the parent {parent.id}",
            )
            hint = Text("別の id にするか、override: true で置き換えてください", "choose another id, or override: true")
            problems.append(error("scenario.conflicting_id", where, message, hint))
        elif mod.override and mod.id not in inherited:
            message = Text(
                f"override: true ですが、元のシナリオに変更 {mod.id!r} がありません",
                f"override: true, but the parent has no modification {mod.id!r}",
            )
            problems.append(error("scenario.nothing_to_override", where, message, hint_of(mod.id, inherited)))
    return problems


def _check_dependencies(child: Scenario, parents: tuple[str, ...]) -> list[Problem]:
    problems: list[Problem] = []
    for wanted in child.dependencies.prerequisites:
        if wanted not in parents:
            message = Text(
                f"前提のシナリオ {wanted!r} が extends の元にありません", f"{wanted!r} is not among the parents"
            )
            hint = Text(f"extends: {wanted} を書いてください", f"write extends: {wanted}")
            problems.append(error("scenario.prerequisite", child.place("dependencies.prerequisites"), message, hint))
    for barred in child.dependencies.conflicts:
        if barred in parents:
            message = Text(f"競合するシナリオ {barred!r} が extends の元にあります", f"{barred!r} is among the parents")
            problems.append(error("scenario.conflict", child.place("dependencies.conflicts"), message))
    return problems


def new_scenario(scenario_id: str, path: Path | None = None) -> str:
    """
    Return a commented template, and write it where a path is given.

    Parameters
    ----------
    scenario_id
        Id of the new scenario; refused if it cannot be a file name.
    path
        File to write; an existing one is refused. None = nothing is written.
    """
    text = _TEMPLATE.format(id=scenario_id)
    parse_scenario(text, f"{scenario_id}.yaml")
    if path is None:
        return text
    if path.exists():
        message = Text("すでにあります", "exists already")
        hint = Text("別の名前にするか、先に消してください", "choose another name, or remove it first")
        raise ScenarioError(error("scenario.exists", str(path), message, hint))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return text


_TEMPLATE = """\
# 駅勢 Ekisei のシナリオ。1 ファイル = 1 シナリオ。# から行末まではメモ。
# 検査: ekisei scenario check このファイル    実行: ekisei run このファイル --out 結果のフォルダ
schema: ekisei-scenario/1
id: {id}                     # 英小文字・数字・ハイフン
title: {{ja: 新しいシナリオ, en: New scenario}}
description:
  ja: 何を、なぜ変えるのか。数値の出典、または仮定であることを書く。
  en: What changes and why; sources of numbers, or that they are assumed.
extends: trend-r11            # なりゆき（R11）に追加する。要らなければこの行を消す
compare_to: trend-r11         # 比べる相手
year: 2029                    # 西暦。R11 = 2029（この年の人口で計算する）
plan_status: hypothetical     # planned 計画に記載 | studied 検討中 | hypothetical 仮想

# 変更（施策）。順番は結果に影響しない。要らない例は消すか # を外して使う。
modifications: []
#  - id: fewer-brt
#    override: true                  # なりゆきの同じ id の変更（BRT の減便）を置き換える
#    type: adjust-frequency          # BRT の運行間隔を変える
#    route_class: [brt]              # または routes: [路線名]
#    entries:
#      - {{start: "06:00", end: "22:00", headway_min: 15, days: [weekday]}}
#    retain_outside: true
#  - id: new-feeder
#    type: add-trips                 # 路線を新設する
#    name: {{ja: 団地フィーダー, en: Estate feeder}}
#    stops:
#      - {{lat: 36.5675, lon: 140.6219, name: 諏訪団地}}
#      - {{id: 常陸多賀駅}}
#    speed_kmh: 20
#    timetables:
#      - {{start: "07:00", end: "19:00", headway_min: 30}}
#  - id: fewer-clinics
#    override: true
#    type: remove-facility           # 仮定の閉院（無名）
#    category: clinic
#    count: 8.4
#  - id: station-hub
#    type: add-hub                   # モビリティハブ（location: {{lat, lon}} でもよい）
#    name: {{ja: 多賀ハブ, en: Taga hub}}
#    at_stop: 常陸多賀駅
#    radius_m: 300
#    components: [station, bus_stop, feeder_dropoff, waiting_room]
#    min_transfer_time_min: 3
#  - id: estate-on-demand
#    type: add-on-demand             # デマンド交通
#    name: {{ja: 団地デマンド, en: Estate on demand}}
#    zones: {{districts: [suwa]}}      # または [区域の id], {{polygon: …}}, {{location: …, radius_m: 800}}
#    to: [station-hub]               # ハブか停留所。区域内どこでもなら anywhere
#    window: {{start: "08:00", end: "18:00"}}
#    days: [weekday]
#    booking: {{min_lead_min: 30, channel: both}}
#    fleet: {{vehicles: 2, seats: 4, speed_kmh: 20}}
#    wait: {{model: fleet, max_wait_min: 30, max_detour_factor: 1.8}}
#  - id: more-vehicles
#    type: adjust-on-demand          # 今ある（または上で足した）デマンド交通を変える。remove-on-demand で廃止
#    services: [estate-on-demand]
#    fleet: {{vehicles: 3}}
#  - id: brt-self-driving
#    type: autonomous                # 自動運転（選んだ便だけが変わる）
#    routes: [hitachi-brt]
#    window: {{start: "09:00", end: "16:00"}}
#    days: [weekday]
#    trips_per_day: 8                # 両方向の計
#    domain: {{from_stop: 南部図書館, to_stop: 河原子（BRT）, length_m: 6100}}
#    domain_run_min: 29
#    max_speed_kmh: 40
#    attendant: onboard              # onboard 同乗（運転士は減らない） | remote 遠隔監視
#  - id: shorter-change
#    type: transfer                  # 乗換時間（長くも短くもできる）
#    from_stop: 常陸多賀駅
#    to_stop: 多賀駅前
#    min_transfer_time_min: 3
#  - id: east-gate
#    type: add-entrance              # 駅の出入口
#    at_stop: 常陸多賀駅
#    name: {{ja: 東口, en: East gate}}
#    location: {{lat: 36.5520, lon: 140.6340}}
#    inside_min: 2
"""
