"""The legend of maps: a sign for all that is drawn, none for what is not, each with words and a look."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.components.legend import sign_legend
from app.features.compare.geometry import LAYERS, collect_layers
from app.features.compare.place_view import place_words
from app.features.compare.signs import CHANGES, KINDS, OTHER, SERVICES, drawn_signs, with_facilities
from app.features.compare.steps import start_state
from app.features.compare.views import legend, signs
from app.features.edit.paint import map_signs
from app.report.maps_furniture import LINE_SIGNS, legend_notes, sign_words
from app.report.view_picture import place_line, view_picture
from app.text import say
from geodata.facilities import FacilityKind

ASSETS = Path(__file__).parents[3] / "app" / "assets"
OF_STOPS = "stops"
"""Told by the line they stand on: the only layer without a sign of its own."""
EVERY = ("rail", "brt", "bus", "assumed", *dict.fromkeys(KINDS.values()), OTHER, *SERVICES.values(), *CHANGES)


def layers_with(**features):
    """Return layers with features of these properties."""
    made = {name: {"features": [{"properties": one} for one in of]} for name, of in features.items()}
    return collect_layers(made)


def line(route_class="bus", *, assumed=False, change="same"):
    return {"class": route_class, "assumed": assumed, "change": change, "route_id": "r"}


@pytest.mark.parametrize("layer", [name for name in LAYERS if name != OF_STOPS])
def test_every_layer_that_is_drawn_has_a_sign(layer):
    one = line() | {"kind": "clinic"}
    assert drawn_signs([layers_with(**{layer: [one]})]) != []
    assert drawn_signs([layers_with()]) == []


@pytest.mark.parametrize("kind", list(FacilityKind))
def test_every_kind_of_facility_has_a_sign(kind):
    assert len(drawn_signs([layers_with(facilities=[{"kind": kind, "change": "same"}])])) == 1


def test_lines_are_told_by_how_they_are_drawn():
    drawn = layers_with(lines=[line("rail", assumed=True), line(assumed=True), line("brt", change="removed")])
    assert drawn_signs([drawn]) == ["rail", "assumed", "removed"]  # what goes is red whatever it was


def test_one_sign_tells_of_clinics_and_hospitals():
    both = [{"kind": kind, "change": "same"} for kind in ("hospital", "clinic")]
    assert drawn_signs([layers_with(facilities=both)]) == ["clinic"]
    assert drawn_signs([layers_with(facilities=both[:1])]) == ["hospital"]


def test_rings_of_points_are_told_as_lines_are_and_counts_are_not():
    assert drawn_signs([layers_with(hubs=[{"change": "added"}])]) == ["hub", "added"]
    assert drawn_signs([layers_with(closures=[{"change": "removed", "count": 1}])]) == ["closure"]


def test_closures_and_facilities_stand_with_their_metric_only():
    drawn = layers_with(
        facilities=[{"kind": "clinic", "change": "same"}, {"kind": "shelter", "change": "same"}],
        closures=[{"change": "removed", "count": 1}],
    )
    assert drawn_signs([with_facilities(drawn, ("clinic",))]) == ["clinic", "closure"]
    assert drawn_signs([with_facilities(drawn, ("shelter",))]) == ["shelter"]
    assert drawn_signs([with_facilities(drawn, ())]) == []


@pytest.mark.parametrize("sign", [*EVERY, "picked", "way"])
def test_every_sign_has_words_and_a_look(sign):
    styles = "".join(path.read_text(encoding="utf-8") for path in ASSETS.glob("*.css"))
    for lang in ("ja", "en"):
        assert say(lang, f"legend_{sign}") in str(sign_legend([sign], lang))
        assert sign_words(sign, lang)
    if sign != "bus":  # the plain line of every sign
        assert re.search(rf"\.sign-{sign}\b[^{{]*{{", styles)


def test_a_chosen_place_stands_in_the_legend_while_it_is_chosen(page_services):
    cell = str(page_services.city.population.cell_id[0])
    state = start_state(page_services, "ja")
    assert not {"picked", "way"} & set(signs(page_services, state))
    assert signs(page_services, state.changed(place=cell))[-2:] == ["picked", "way"]
    assert "way" in LINE_SIGNS  # and on paper


def test_the_editor_tells_of_hospitals_and_of_all_that_was_changed(page_services):
    order = {"facilities": ("hospital",), "handles": []}
    there = page_services.city.facilities.kind.tolist()
    found = map_signs(page_services, order, None)
    assert ("hospital" in found) == ("hospital" in there)
    assert "shelter" not in found
    assert map_signs(page_services, {**order, "handles": [1]}, None) == [*found, "handle"]
    assert {"rail", "brt"} & set(found)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_picture_names_the_place_the_time_of_day_and_the_percentile(page_services, lang):
    cell = str(page_services.city.population.cell_id[0])
    state = start_state(page_services, lang)
    assert place_line(page_services, state) == ""
    chosen = state.changed(place=cell, window="evening", percentile=90)
    told = place_line(page_services, chosen)
    for words in (
        "".join(place_words(page_services, lang, 0)),
        say(lang, "window_evening"),
        say(lang, "percentile_90"),
    ):
        assert words
        assert words in told
    assert say(lang, "window_own") in place_line(page_services, state.changed(place=cell))
    alone = place_line(page_services, chosen.changed(bands=False))  # the maps show the metric, not minutes from there
    assert say(lang, "window_evening") not in alone


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_pale_cells_are_told_alike_on_screen_and_paper(page_services, lang, monkeypatch):
    written = []
    monkeypatch.setattr(
        "app.report.view_picture.draw_legend",
        lambda _axes, scene, lang, **more: written.extend(legend_notes(scene, lang, public=more["public"])),
    )
    cell = str(page_services.city.population.cell_id[0])
    state = start_state(page_services, lang).changed(place=cell, mode="side")
    view_picture(page_services, state)
    assert written[0] == say(lang, "legend_empty")
    assert written[0] in str(legend(page_services, state))
