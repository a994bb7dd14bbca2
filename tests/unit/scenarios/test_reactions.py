"""Which KPIs can react: the declared layers and kinds are those that a run really reads, and 「動かない」 never moves."""

from dataclasses import fields

import pytest

from geodata.city import City
from geodata.synthetic import grid_city
from scenarios.apply import apply_scenario
from scenarios.files import list_library, read_scenario
from scenarios.modifications import APPLY, in_order
from scenarios.modifications.base import Notes
from scenarios.reaction_words import KIND_TEXT, LAYER_TEXT
from scenarios.reactions import KINDS_OF_KPI, LAYERS_OF_TYPE, NO_PLAN, find_reactions
from sim.kpi import KPIS
from sim.kpi.measures import MEASURES
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.run import build_context, run_models
from sim.watching import CELLS, DESKS, FACILITIES, PARAM

NO_PLANS = {text.ja for text in NO_PLAN.values()}

LAYER_OF_READING = {
    CELLS: "population",
    "rides": "on_demand",
    "changes": "hubs",
    "doors": "entrances",
    DESKS: "mobile_offices",
}
SOME = ("timetable", "facilities", "population", "streets")


@pytest.fixture(scope="module")
def grid():
    return grid_city()


@pytest.fixture(scope="module")
def reads(grid):
    """KPI → what a real run of it reads of the city."""
    result = run_models(grid, Analysis(n_draws=1), Params(), reuse=Reuse())
    return {trace.name: set(trace.reads) for trace in result.traces if trace.kind == "kpi"}


@pytest.fixture(scope="module")
def ways(grid):
    """KPI → how cells become its number."""
    context = build_context(grid, Analysis(n_draws=1), Params(), reference=None, reuse=Reuse())
    return {kpi_id: next(iter(MEASURES[kpi_id](context))).how for kpi_id in KPIS}


def layers_read(names):
    """Return the layers behind readings that may change a value; status and settings are none."""
    layers = {LAYER_OF_READING.get(name, name.split(":")[0]) for name in names if not name.startswith("sources:")}
    known = {field.name for field in fields(City)} - {"defaults"}
    return layers & known


def test_every_type_of_modification_says_what_it_may_change():
    assert set(LAYERS_OF_TYPE) == set(APPLY)
    names = {field.name for field in fields(City)}
    assert all(layers and set(layers) <= names for layers in LAYERS_OF_TYPE.values())


def test_every_computed_kpi_declares_what_it_reads(reads, ways):
    undeclared = {}
    for kpi_id, names in reads.items():
        # The people are read to make rows by group of every KPI; a sum over cells, or one number, weighs nobody by them.
        spared = {"population"} if ways[kpi_id] in {"count", "number", "city"} else set()
        undeclared[kpi_id] = layers_read(names) - set(KPIS[kpi_id].layers) - spared
    assert {kpi_id: layers for kpi_id, layers in undeclared.items() if layers} == {}


def test_a_kpi_reacts_to_every_parameter_that_a_run_reads(reads, ways, grid, make):
    missed = {}
    for name in sorted({n.removeprefix(PARAM) for names in reads.values() for n in names if n.startswith(PARAM)}):
        changed = make("").model_copy(update={"parameters": {name: "other"}})
        still = {r.kpi_id for r in find_reactions(changed, grid) if not r.reacts and r.reason.ja not in NO_PLANS}
        missed |= {k: name for k in still if PARAM + name in reads.get(k, ()) and ways[k] not in {"count", "number"}}
    assert missed == {}


def test_kinds_of_facilities_are_those_a_run_reads(reads):
    for kpi_id, kinds in KINDS_OF_KPI.items():
        read = {
            kind
            for name in reads[kpi_id]
            if name.startswith(FACILITIES)
            for kind in name.removeprefix(FACILITIES).split(",")
        }
        if read:  # a city without services reads none of them
            assert read <= set(kinds), kpi_id


@pytest.mark.parametrize("name", [n for n in list_library() if n != "mobile-office-best"])
def test_the_library_changes_no_layer_that_its_types_do_not_name(name):
    from geodata.hitachi import load_hitachi

    city, scenario = load_hitachi(), read_scenario(name)
    notes = Notes(scenario.locate, 1, scenario.year, former=city.former_ids)
    for mod in in_order(scenario.modifications):
        before = city
        city = APPLY[mod.type](city, mod.model_copy(update={"decision": "studied"}), notes)
        changed = {
            field.name
            for field in fields(City)
            if getattr(before, field.name) is not getattr(city, field.name)
            and before.layer_digest(field.name) != city.layer_digest(field.name)
        }
        assert changed <= {*LAYERS_OF_TYPE[mod.type], "sources"}, mod.id


CASES = {
    "shelter": """
        - {id: new, type: add-facility, category: shelter, name: 新, district: east}
        """,
    "clinic": """
        - {id: new, type: add-facility, category: clinic, name: 新, district: east}
        """,
    "people": """
        - {id: more, type: adjust-population, where: {everywhere: true}, scale: 1.5}
        """,
    "trains": """
        - {id: quick, type: adjust-speed, routes: [L], scale: 2.0}
        """,
}


@pytest.fixture(scope="module")
def results(city, make):
    """Case → KPIs that moved against the city as it is, and the reactions told beforehand."""
    analysis, params, reuse = Analysis(n_draws=1), Params(), Reuse()
    base = run_models(city, analysis, params, reuse=reuse)
    found = {}
    for case, modifications in CASES.items():
        scenario = make(modifications)
        applied = apply_scenario(city, scenario)
        after = run_models(applied.city, analysis, params, reference=base, reuse=reuse)
        before = {(r.kpi_id, r.setting, r.group): r.value for r in base.kpis}
        moved = {r.kpi_id for r in after.kpis if before.get((r.kpi_id, r.setting, r.group)) != r.value}
        found[case] = (moved, find_reactions(scenario, city))
    return found


@pytest.mark.parametrize("case", CASES)
def test_a_kpi_that_cannot_react_does_not_move(results, case):
    moved, reactions = results[case]
    still = {r.kpi_id for r in reactions if not r.reacts}
    assert moved, "the case must move something"
    assert still, "the case must leave something"
    assert moved & still == set()


def test_only_shelters_answer_to_a_new_shelter(results):
    _, reactions = results["shelter"]
    reacting = {r.kpi_id for r in reactions if r.reacts}
    assert "shelter_walk_min" in reacting
    assert not reacting & {"clinic_nearest_min", "clinics_count", "school_arrival_share", "catchment_population"}
    clinic = next(r for r in reactions if r.kpi_id == "clinic_nearest_min")
    assert "施設（診療所・病院）を変える変更がない" in clinic.reason.ja
    assert clinic.reason.en


def test_against_another_scenario_only_the_difference_counts(city, make):
    both = "- {id: new, type: add-facility, category: clinic, name: 新, district: east}\n"
    more = both + "- {id: quick, type: adjust-speed, routes: [L], scale: 2.0}\n"
    found = {r.kpi_id: r for r in find_reactions(make(more), city, make(both))}
    assert not found["clinics_count"].reacts
    assert found["clinic_nearest_min"].reacts
    assert {t.by for t in found["clinic_nearest_min"].touches} == {"quick"}
    assert found["catchment_population"].reacts
    same = find_reactions(make(both), city, make(both))
    assert not any(r.reacts for r in same)
    assert all(r.reason.ja for r in same)


def test_another_year_moves_people_and_a_disabled_modification_nothing(city, make):
    later = {r.kpi_id: r for r in find_reactions(make("", year="2029"), city)}
    assert later["catchment_population_share"].touches[0].by == "year"
    assert not later["clinics_count"].reacts
    off = make("- {id: new, enabled: false, type: add-facility, category: clinic, name: 新, district: east}")
    assert not any(r.reacts for r in find_reactions(off, city))


def test_another_path_of_the_residents_moves_them(city, make):
    found = {
        r.kpi_id: r
        for r in find_reactions(make("", year="2029", population="{path: vision}"), city, make("", year="2029"))
    }
    assert found["catchment_population"].reacts
    assert not found["clinics_count"].reacts


def test_a_parameter_moves_what_rests_on_it(city, make):
    found = {r.kpi_id: r for r in find_reactions(make("", parameters="{coverage_stop_m: 400}"), city)}
    assert found["transit_coverage_share"].reacts
    assert not found["clinic_nearest_min"].reacts


def test_without_services_their_kpis_cannot_react(grid, make):
    found = {r.kpi_id: r for r in find_reactions(make("", year="2029"), grid.replace(on_demand=()))}
    assert not found["on_demand_wait_p90_min"].reacts
    assert "デマンド交通" in found["on_demand_wait_p90_min"].reason.ja


def test_what_only_another_definition_of_the_catchment_reads_is_said_of_it_alone(city, make):
    for modifications, keys in (("", "{licence_return_share: 0.3}"), ("", "{change_min: 9}")):
        found = {r.kpi_id: r for r in find_reactions(make(modifications, parameters=keys), city)}
        assert found["catchment_population_share"].reacts
        assert "time-15min" in found["catchment_population_share"].settings
        assert "default" not in found["catchment_population_share"].settings
        assert found["clinic_nearest_min"].settings == ()
    walked = make("", parameters="{catchment_setting: walk-10min, change_min: 9}")
    found = {r.kpi_id: r for r in find_reactions(walked, city)}
    assert found["catchment_population_share"].settings == ()


def test_circles_read_none_of_the_layers_that_only_other_definitions_look_at(grid):
    context = build_context(grid, Analysis(n_draws=1), Params(), reference=None, reuse=Reuse())
    measured = iter(MEASURES["catchment_population_share"](context))
    circles = context.step("circles", "", lambda: next(measured))
    _, read = context.trace_of("circles", "")
    assert circles.setting == "default"
    assert "timetable" in layers_read(read)
    assert not layers_read(read) & set(KPIS["catchment_population_share"].only)


def test_a_kpi_that_stays_names_what_would_have_to_change(city, make):
    found = {r.kpi_id: r for r in find_reactions(make("", parameters="{coverage_stop_m: 400}"), city)}
    assert found["clinics_count"].reason.ja == "診療所を変える変更がない"
    assert found["catchment_population_share"].reason.ja == "路線・便・人口を変える変更がない"
    assert all("どれも" not in r.reason.ja for r in found.values())
    assert {kind for kinds in KINDS_OF_KPI.values() for kind in kinds} <= KIND_TEXT.keys()
    assert {layer for layers in LAYERS_OF_TYPE.values() for layer in layers} <= LAYER_TEXT.keys()
