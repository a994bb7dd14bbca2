"""Owns the overlay of people and of the layers that stand on their cells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.errors import DataError, Problem, Severity, Text, error, warning
from geodata.former_lines import closest
from geodata.overlay_places import lay_opinions

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.overlay import CityParts
    from geodata.population import PopulationCells

_DISTRICT_REACH_M = 1_000.0


def lay_people(base: City, own: CityParts, problems: list[Problem], counts: dict[str, int]) -> dict[str, Any]:
    """Return the layers that stand on cells."""
    layers: dict[str, Any] = {}
    old, new = base.population, own.population
    other_cells = new is not None and not np.array_equal(old.cell_id, new.cell_id)
    cells = old if new is None else new
    if new is not None:
        layers["population"] = cells = new = with_districts(old, new, problems)
        counts |= {"cells_replaced": old.n_cells if other_cells else 0, "cells": new.n_cells}
        before, after = float(old.total.sum()), float(new.total.sum())
        problems.append(
            _note(
                "overlay.population",
                "population",
                f"人口を置き換えました: {old.n_cells:,} メッシュ {before:,.0f} 人 → "
                f"{new.n_cells:,} メッシュ {after:,.0f} 人",
                f"other people: {old.n_cells:,} cells, {before:,.0f} persons → {new.n_cells:,} cells, {after:,.0f}",
            )
        )
    for name in ("daytime", "outlook"):
        brought = getattr(own, name)
        if brought is not None:
            _fits_cells(name, brought.persons.shape[-1 if name == "daytime" else 1], cells)
            layers[name] = brought
        elif other_cells and getattr(base, name) is not None:
            layers[name] = None
            problems.append(_dropped_with_cells(name))
    opinions = lay_opinions(base, own.opinions, cells)
    return layers | ({} if opinions is base.opinions else {"opinions": opinions})


def with_districts(old: PopulationCells, new: PopulationCells, problems: list[Problem]) -> PopulationCells:
    """
    Return people without districts in those of the base: each cell in the district of the nearest old cell.

    Parameters
    ----------
    old, new
        People of the base, and own people.
    problems
        What is told of it is added here.
    """
    if len(new.district_id) or not len(old.district_id):
        return new
    row, distance = closest(old.xy, new.xy)
    district = np.where(distance <= _DISTRICT_REACH_M, np.append(old.district, np.int32(-1))[row], -1).astype(np.int32)
    outside = int((district < 0).sum())
    problems.append(
        _note(
            "overlay.districts_kept",
            "population",
            f"人口に地区がないため、土台の {len(old.district_id)} 地区を最も近いメッシュから引き継ぎました"
            f"（1 km 以内にないメッシュ {outside:,} は地区なし）",
            f"the people come without districts: the {len(old.district_id)} of the base are carried over from the "
            f"nearest cell ({outside:,} cells over 1 km away have none)",
        )
    )
    return replace(
        new,
        district=district,
        district_id=old.district_id,
        district_name=old.district_name,
        district_name_en=old.district_name_en,
    )


def _fits_cells(name: str, found: int, cells: PopulationCells) -> None:
    if found != cells.n_cells:
        raise DataError(
            error(
                "overlay.cells",
                name,
                Text(
                    f"メッシュの数が人口と違います（{found:,} と {cells.n_cells:,}）",
                    f"not on the cells of the population ({found:,} and {cells.n_cells:,})",
                ),
                Text("同じ人口の上で作り直してください", "make it on the same population"),
            )
        )


def _dropped_with_cells(name: str) -> Problem:
    words = {"daytime": ("昼間人口", "daytime population"), "outlook": ("将来推計人口", "outlook")}[name]
    return warning(
        "overlay.left_out",
        name,
        Text(
            f"土台の{words[0]}は、置き換えた人口のメッシュに合わないため外しました",
            f"the base's {words[1]} stands on other cells and was left out",
        ),
        Text(f"設定に {name}: を書くと使えます", f"write {name}: in the configuration to have one"),
    )


def _note(code: str, where: str, ja: str, en: str) -> Problem:
    return Problem(Severity.INFO, code, where, Text(ja, en))
