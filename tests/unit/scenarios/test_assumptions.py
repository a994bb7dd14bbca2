"""前提条件一覧: every parameter once, with what a scenario put in its place."""

from scenarios.apply import apply_scenario
from scenarios.assumptions import GROUPS, chosen, group_of, list_assumptions
from sim.kpi import KPIS
from sim.params import PARAMETERS, Params


def test_every_parameter_stands_in_the_list_once():
    found = list_assumptions()
    assert sorted(one.name for one in found) == sorted(PARAMETERS) == sorted(Params.model_fields)
    assert not any(one.changed for one in found)
    groups = [one.group for one in found]
    assert groups == sorted(groups, key=["common", *GROUPS].index), "one subject after the other"


def test_each_group_holds_the_parameters_of_its_subject():
    for group, rows in GROUPS.items():
        assert all(group_of(name) == group for name in rows)
    assert group_of("walk_standard_m_min") == "common"


def test_a_scenario_s_own_value_is_marked(city, make):
    params = apply_scenario(city, make("", parameters="{coverage_stop_m: 400}")).params
    changed = chosen(list_assumptions(params), changed=True, confirm=False, assumed=False)
    assert [(one.name, one.value, one.usual) for one in changed] == [("coverage_stop_m", 400.0, 300.0)]
    assert "transit_coverage_share" in changed[0].kpis


def test_the_kpis_named_are_those_that_rest_on_it():
    for one in list_assumptions():
        assert set(one.kpis) == {k for k, spec in KPIS.items() if one.name in spec.parameters}


def test_what_is_to_be_confirmed_or_assumed_can_be_picked():
    every = list_assumptions()
    confirm = chosen(every, changed=False, confirm=True, assumed=False)
    assumed = chosen(every, changed=False, confirm=False, assumed=True)
    both = chosen(every, changed=False, confirm=True, assumed=True)
    assert {o.name for o in confirm} == {n for n, p in PARAMETERS.items() if p.confirm}
    assert {o.name for o in both} == {o.name for o in confirm} & {o.name for o in assumed}
    assert 0 < len(both) < len(every)
