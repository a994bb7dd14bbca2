"""Owns the small maps of the import report: one SVG a layer, all on the same sheet, thinned to what can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.import_report.canvas import Canvas, canvas_of
from app.import_report.map_cells import daytime_map, land, outlook_map, population_map
from app.import_report.map_lines import street_map, timetable_map
from app.import_report.map_places import facility_map, opinion_map, zone_map
from app.import_report.map_sheet import Map
from app.import_report.markup import both, esc

if TYPE_CHECKING:
    from geodata.city import City


def draw_maps(city: City) -> tuple[str, dict[str, str]]:
    """Return the shared definitions of a page, and layer → markup of its map."""
    canvas = canvas_of(city)
    if canvas is None:
        return "", {}
    silhouette = land(city, canvas)
    drawn = {
        "population": population_map(city, canvas),
        "daytime": daytime_map(city, canvas),
        "outlook": outlook_map(city, canvas),
        "timetable": timetable_map(city, canvas),
        "streets": street_map(city, canvas),
        "facilities": facility_map(city, canvas),
        "zones": zone_map(city, canvas),
        "opinions": opinion_map(city, canvas),
    }
    shared = f'<svg width="0" height="0" aria-hidden="true"><defs><path id="land" d="{silhouette}"/></defs></svg>'
    return shared, {layer: _figure(canvas, found) for layer, found in drawn.items() if found is not None}


def _figure(canvas: Canvas, drawing: Map) -> str:
    bar, label = canvas.scale_bar()
    y = canvas.height - 14
    scale = (
        f'<g class="scale"><path d="M14 {y - 4}v4h{bar:.1f}v-4"/>'
        f'<text x="{14 + bar / 2:.1f}" y="{y - 8}">{label}</text>'
        f'<path d="M{canvas.width - 20} 34v-20m-4 6l4 -6l4 6"/><text x="{canvas.width - 20}" y="46">N</text></g>'
    )
    keys = "".join(f'<li><i style="background:{esc(color)}"></i>{both(name)}</li>' for color, name in drawing.legend)
    beside = f'<li class="beside">{both(drawing.beside)}</li>' if drawing.beside.ja else ""
    return (
        f'<figure><svg viewBox="0 0 {canvas.width} {canvas.height}" role="img" aria-label="{esc(drawing.title.ja)}">'
        f'<rect class="sheet" width="{canvas.width}" height="{canvas.height}"/>{drawing.body}{scale}</svg>'
        f"<figcaption><b>{both(drawing.title)}</b><ul>{keys}{beside}</ul></figcaption></figure>"
    )
