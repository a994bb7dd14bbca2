"""What a person can get wrong in a file, and what they are told: code, line, and a remedy in Japanese."""

from __future__ import annotations

import pytest

from geodata.errors import ScenarioError, UsageError
from scenarios.files import (
    list_library,
    list_scenario_files,
    new_scenario,
    parse_scenario,
    read_scenario,
    scenario_text,
    write_scenario,
)

GOOD = """\
schema: ekisei-scenario/1
id: mine
title: {ja: 題, en: title}
description: {ja: 説明, en: text}
year: 2029
plan_status: studied
modifications:
  - id: more
    type: adjust-frequency
    routes: [hitachi-brt]
    scale: 1.2
"""
VISIT = """\
  - id: office
    type: mobile-service
    services: [証明書]
    vehicles: 1
    stops:
      - name: 集会所
        location: {lat: 36.5, lon: 140.6}
        visits:
          - {weekday: mon, start: "25:00", end: "26:00"}
"""
WITHOUT_LIST = GOOD[: GOOD.index("modifications")]

BAD = [
    # old text, new text, code, line, part of the message or hint
    ("plan_status", "plan_statsu", "unknown_key", 6, "plan_status"),
    ("title: {ja: 題, en: title}", "title: {ja: 題}", "missing_key", 3, "'en'"),
    ("title: {ja: 題, en: title}", "title: 題", "wrong_type", 3, "ja: …"),
    ("year: 2029", 'year: "2029"', "wrong_type", 5, "引用符"),
    ("year: 2029", "year: 令和11年", "wrong_type", 5, "整数"),
    ("year: 2029", "year: 1850", "out_of_range", 5, "1900"),
    ("studied", "studying", "not_allowed", 6, "studied"),
    ("id: mine", "id: Mine", "id", 2, "英小文字"),
    ("id: mine", "id: ../mine", "id", 2, "ファイル名"),
    ("id: mine", "id: con", "id", 2, "ファイル名"),
    ("schema: ekisei-scenario/1", "schema: other/2", "not_allowed", 1, "ekisei-scenario/1"),
    ("scale: 1.2", "scael: 1.2", "unknown_key", 11, "scale"),
    ("scale: 1.2", "scale: -1", "out_of_range", 11, "0"),
    ("scale: 1.2", "scale: fast", "wrong_type", 11, "数"),
    ("scale: 1.2", "scale: true", "wrong_type", 11, "数"),
    ("scale: 1.2", "", "entries_or_scale", 8, "scale"),
    ("routes: [hitachi-brt]", "routes: hitachi-brt", "wrong_type", 10, "[ ]"),
    ("routes: [hitachi-brt]", "routes: [35]", "wrong_type", 10, '"35"'),
    ("routes: [hitachi-brt]", "routes: []", "too_short", 10, "空"),
    ("routes: [hitachi-brt]", "route_class: [brtt]", "not_allowed", 10, "brt"),
    ("routes: [hitachi-brt]", "routes: [a]\n    patterns: [b]", "selection", 8, "どれか一つ"),
    ("adjust-frequency", "adjust-frequncy", "unknown_type", 8, "adjust-frequency"),
    ("    type: adjust-frequency\n", "", "missing_key", 8, "'type'"),
    ("scale: 1.2", "entries: [{start: 08:00, end: 07:00, headway_min: 5}]", "window", 11, "より後"),
    ("scale: 1.2", "entries: [{start: 08:00, end: 09:00, headway_min: -5}]", "out_of_range", 11, "-5"),
    ("scale: 1.2", "entries: [{start: 8時, end: 09:00, headway_min: 5}]", "time", 11, "10:00"),
    ("scale: 1.2", "scale: 1.2\n    scale: 1.3", "duplicate_key", 12, "二度"),
    ("scale: 1.2", "scale: 1.2\n\ttags: []", "syntax", 12, "タブ"),
    ("scale: 1.2", "scale: [1.2", "syntax", 12, "閉じ忘れ"),
    ("title: {ja: 題, en: title}", 'title: {ja: "題, en: title}', "syntax", 12, ""),
    ("description: {ja: 説明, en: text}", "description: あ: い", "syntax", 4, "引用符"),
    ("scale: 1.2", "scale: !!python/object/apply:os.system [ls]", "tag", 11, "!!python"),
    ("scale: 1.2", "scale: !other 3", "tag", 11, "!"),
    ("scale: 1.2", "scale: &x 1.2", "alias", 11, "別名"),
    ("scale: 1.2", "scale: 1.2\n---\nid: other", "syntax", 12, "---"),
    (GOOD[GOOD.index("  - id: more") :], VISIT, "time_range", 16, "24:00"),
    (GOOD[GOOD.index("modifications") :], "", "missing_key", 1, "modifications: []"),
    (GOOD[GOOD.index("modifications") :], "modifications:\n", "wrong_type", 7, "リスト"),
    (GOOD, "", "empty", 1, "ひな形"),
    (GOOD, "- a\n- b\n", "empty", 1, "ひな形"),
]


@pytest.mark.parametrize(("old", "new", "code", "line", "said"), BAD, ids=[f"{b[2]}-{n}" for n, b in enumerate(BAD)])
def test_bad_files_are_refused_with_line_and_remedy(old, new, code, line, said):
    assert old in GOOD
    with pytest.raises(ScenarioError) as found:
        parse_scenario(GOOD.replace(old, new, 1), "mine.yaml")
    problems = [p for p in found.value.problems if p.code == f"scenario.{code}"]
    assert problems, found.value.render()
    problem = problems[0]
    assert problem.where.split()[0] == f"mine.yaml:{line}"
    assert said in problem.message.ja + problem.hint.ja
    assert problem.message.en
    assert problem.hint.ja or code != "out_of_range", "a value out of its range needs a remedy"


def test_a_per_cent_for_a_share_is_told_as_a_share():
    fare = "type: adjust-fare\n    passes: [{from_age: 70, scale: 30}]"
    with pytest.raises(ScenarioError) as found:
        parse_scenario(GOOD[: GOOD.index("type: adjust-frequency")] + fare + "\n", "mine.yaml")
    (problem,) = found.value.problems
    assert (problem.code, "30 % なら scale: 0.3" in problem.hint.ja) == ("scenario.out_of_range", True)


def test_all_problems_are_told_at_once():
    text = GOOD.replace("studied", "x").replace("year: 2029", "jahr: 2029").replace("1.2", "-3")
    with pytest.raises(ScenarioError) as found:
        parse_scenario(text, "mine.yaml")
    codes = {p.code for p in found.value.problems}
    assert codes == {
        "scenario.not_allowed",
        "scenario.missing_key",
        "scenario.unknown_key",
        "scenario.out_of_range",
    }


def test_a_visit_with_wrong_times_is_not_also_called_empty():
    with pytest.raises(ScenarioError) as found:
        parse_scenario(GOOD + VISIT, "mine.yaml")
    assert {p.code for p in found.value.problems} == {"scenario.time_range"}


def test_plain_values_have_no_surprises():
    text = GOOD.replace("scale: 1.2", "entries: [{start: 08:30, end: 24:30, headway_min: 10}]")
    text = text.replace("year: 2029", "year: 2029\ntags: [no, 010, 1e3, 2025-01-01]")
    scenario = parse_scenario(text)
    assert scenario.modifications[0].entries[0].start == "08:30"
    assert scenario.tags == ("no", "010", "1e3", "2025-01-01")
    assert parse_scenario(scenario_text(scenario)).with_places({}) == scenario.with_places({})


def test_too_deep_and_too_large():
    with pytest.raises(ScenarioError) as found:
        parse_scenario("a: " + "[" * 50 + "]" * 50)
    assert found.value.problems[0].code == "scenario.depth"
    with pytest.raises(ScenarioError) as found:
        parse_scenario("# " + "x" * 1_000_001)
    assert found.value.problems[0].code == "scenario.too_large"


def test_files_on_disk(tmp_path):
    big = tmp_path / "big.yaml"
    big.write_bytes(b"# " + b"x" * 1_000_001)
    sjis = tmp_path / "sjis.yaml"
    sjis.write_bytes(GOOD.encode("cp932"))
    cases = {big: "too_large", sjis: "encoding", tmp_path / "none.yaml": "not_found", tmp_path: "unreadable"}
    for path, code in cases.items():
        with pytest.raises(ScenarioError) as found:
            read_scenario(path)
        assert found.value.problems[0].code == f"scenario.{code}"
    assert "UTF-8" in _problem(sjis).hint.ja
    assert _problem(sjis).where == "sjis.yaml:3"
    bom = tmp_path / "bom.yaml"
    bom.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read_scenario(bom).digest == parse_scenario(GOOD).digest


def _problem(path):
    with pytest.raises(ScenarioError) as found:
        read_scenario(path)
    return found.value.problems[0]


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(ScenarioError) as found:
        read_scenario("trend-r10")
    assert "trend-r11" in found.value.problems[0].hint.ja


# ---------------------------------------------------------------- parents


def child(text="", **keys):
    head = {"id": "child", "extends": "mine", **keys}
    lines = [line for line in WITHOUT_LIST.splitlines() if line.split(":")[0] not in head]
    listed = f"modifications:\n{text}" if text else "modifications: []\n"
    return "\n".join([*lines, *(f"{k}: {v}" for k, v in head.items())]) + "\n" + listed


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine.yaml").write_text(GOOD + "parameters: {max_transfers: 2}\nanalysis: {seed: 5, percentile: 90}\n")
    return tmp_path


def write(folder, text, name="child.yaml"):
    (folder / name).write_text(text)
    return folder / name


def test_a_child_adds_to_its_parent(folder):
    text = child(
        "  - {id: other, type: remove-trips, routes: [x]}\n",
        parameters="{change_min: 3}",
        analysis="{seed: 6}",
        year="2030",
    )
    scenario = read_scenario(write(folder, text))
    assert [m.id for m in scenario.modifications] == ["more", "other"]
    assert scenario.parameters == {"max_transfers": 2, "change_min": 3}
    assert (scenario.analysis.seed, scenario.analysis.percentile) == (6, 90)
    assert (scenario.year, scenario.extends, scenario.resolved_from) == (2030, None, ("mine",))
    assert scenario.locate("more", "scale") == "mine.yaml:11 modifications[0].scale"
    assert scenario.locate("other", "routes[0]").startswith("child.yaml:")
    again = parse_scenario(scenario_text(scenario))
    assert again.digest == scenario.digest
    assert again.resolved_from == ("mine",)


def test_override_replaces_and_equal_ids_conflict(folder):
    mod = "  - {id: more, type: adjust-frequency, routes: [y], scale: 0.5%s}\n"
    scenario = read_scenario(write(folder, child(mod % ", override: true")))
    assert [m.routes for m in scenario.modifications] == [("y",)]
    for text, code in (
        (child(mod % ""), "conflicting_id"),
        (child((mod % ", override: true").replace("more", "moar")), "nothing_to_override"),
        (child(extends="mien"), "unknown_parent"),
        (child(extends="child"), "cycle"),
        (child(dependencies="{prerequisites: [trend-r11]}"), "prerequisite"),
        (child(dependencies="{conflicts: [mine]}"), "conflict"),
    ):
        problem = _problem(write(folder, text))
        assert problem.code == f"scenario.{code}", problem
        assert problem.where.startswith("child.yaml:")
    assert "more" in _problem(write(folder, child((mod % ", override: true").replace("more", "moar")))).hint.ja
    assert "mine" in _problem(write(folder, child(extends="mien"))).hint.ja


def test_parents_in_a_circle_are_refused(folder):
    write(folder, child(id="a", extends="b"), "a.yaml")
    write(folder, child(id="b", extends="a"), "b.yaml")
    problem = _problem(folder / "a.yaml")
    assert problem.code == "scenario.cycle"
    assert "a → b → a" in problem.message.ja


def test_duplicate_ids_are_refused():
    twice = GOOD + "  - {id: more, type: remove-trips, routes: [x]}\n"
    with pytest.raises(ScenarioError) as found:
        parse_scenario(twice)
    (problem,) = found.value.problems
    assert problem.code == "scenario.duplicate_id"
    line = len(twice.splitlines())
    assert f":{line} modifications[" in problem.where
    assert problem.where.endswith("].id")


ON_DEMAND = """\
    name: N
    zones: {districts: [suwa]}
    to: anywhere
    window: {start: "08:00", end: "18:00"}
    wait: {model: fixed, wait_min: 10}
"""


@pytest.mark.parametrize(
    ("line", "place", "code", "told"),
    [
        ("zones: {district: [suwa]}", "zones.district", "unknown_key", "districts"),
        ("zones: [{type: Circle, coordinates: []}]", "zones[0]", "not_allowed", "Polygon, MultiPolygon"),
        ("zones: [{type: Polygon}]", "zones[0].coordinates", "missing_key", "coordinates"),
        ("zones: [{coordinates: []}]", "zones[0]", "missing_key", "type: …"),
        ("window: [8, 18]", "window", "wrong_type", "{start: …, end: …}"),
        ("wait: {model: flet}", "wait.model", "not_allowed", "fleet"),
        ("fleet: {vehicles: 2, seats: 3, sped_kmh: 20}", "fleet.sped_kmh", "unknown_key", "speed_kmh"),
    ],
)
def test_parts_of_a_modification_say_what_may_stand_there(line, place, code, told):
    rows = [row for row in ON_DEMAND.splitlines() if not row.strip().startswith(line.split(":")[0] + ":")]
    text = WITHOUT_LIST + "\n".join(
        ["modifications:", "  - id: x", "    type: add-on-demand", *rows, f"    {line}", ""]
    )
    with pytest.raises(ScenarioError) as found:
        parse_scenario(text, "x.yaml")
    (problem,) = found.value.problems
    number = text.splitlines().index(f"    {line}") + 1
    assert (problem.code, problem.where) == (f"scenario.{code}", f"x.yaml:{number} modifications[0].{place}")
    assert told in problem.hint.ja + problem.message.ja


# ---------------------------------------------------------------- writing, template, digest


def test_digest_ignores_names_order_and_comments_but_not_content():
    other = GOOD + "  - {id: less, type: remove-trips, routes: [x], source: 出典}\n"
    swapped = WITHOUT_LIST + (
        "modifications:\n  - {id: less, type: remove-trips, routes: [x]}\n"
        "  - {id: more, type: adjust-frequency, routes: [hitachi-brt], scale: 1.2}\n"
    )
    renamed = swapped.replace("題", "別").replace("id: mine", "id: yours")
    assert parse_scenario(other).digest == parse_scenario(renamed).digest
    assert parse_scenario(GOOD).digest != parse_scenario(other).digest
    assert parse_scenario(GOOD).digest != parse_scenario(GOOD.replace("2029", "2030")).digest


def test_write_and_read_again(tmp_path):
    scenario = parse_scenario(GOOD)
    write_scenario(scenario, tmp_path / "x.yaml")
    assert read_scenario(tmp_path / "x.yaml") == scenario.with_places(read_scenario(tmp_path / "x.yaml").places)
    assert [p.name for p in tmp_path.iterdir()] == ["x.yaml"]


def test_template_is_a_valid_scenario(tmp_path):
    text = new_scenario("my-plan", tmp_path / "my-plan.yaml")
    assert (tmp_path / "my-plan.yaml").read_text(encoding="utf-8") == text
    assert read_scenario(tmp_path / "my-plan.yaml").resolved_from == ("trend-r11",)
    commented = text.replace("modifications: []", "modifications:").replace("\n#  ", "\n  ")
    assert [m.id for m in parse_scenario(commented).modifications] == [
        "fewer-buses",
        "fewer-brt",
        "new-feeder",
        "fewer-clinics",
        "station-hub",
        "estate-on-demand",
        "more-vehicles",
        "brt-self-driving",
        "shorter-change",
        "east-gate",
    ]
    for scenario_id, code in (("my-plan", "exists"), ("Bad Id", "id")):
        with pytest.raises(ScenarioError) as found:
            new_scenario(scenario_id, tmp_path / "my-plan.yaml")
        assert found.value.problems[0].code == f"scenario.{code}"


def test_lists_of_files(folder):
    (folder / "notes.txt").write_text("x")
    assert [p.name for p in list_scenario_files([folder, folder / "mine.yaml", "baseline-r5"])] == [
        "mine.yaml",
        "baseline-r5.yaml",
    ]
    assert list_library()[:2] == ("baseline-r5", "trend-r11")


def test_a_folder_without_scenario_files_is_refused_with_a_remedy(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(UsageError) as found:
        list_scenario_files([tmp_path])
    (problem,) = found.value.problems
    assert (problem.code, problem.where) == ("scenario.none_in_folder", str(tmp_path))
    assert "ekisei scenario new" in problem.hint.ja


@pytest.mark.parametrize("name", list_library())
def test_descriptions_speak_to_planners_and_not_of_commands(name):
    told = read_scenario(name).description.text
    for words in (told.ja, told.en):
        assert "--" not in words
        assert "ekisei " not in words
