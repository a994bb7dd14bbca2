/* How a city is drawn: sources and layers of every map of the page. Who draws fills the sources. */
(function () {
  "use strict";

  const FONT = ["Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "sans-serif"];
  const CHANGE = { added: "#1565c0", changed: "#f2b705", removed: "#c62828" };
  const DRAWN = ["lines", "stops", "places", "hubs", "on_demand", "entrances", "autonomous", "tours"]; // whatever is shown
  const EMPTY = { type: "FeatureCollection", features: [] };

  const is = (name, ...values) => ["match", ["get", name], values, true, false];
  const byZoom = (...stops) => ["interpolate", ["linear"], ["zoom"], ...stops];
  /* What is new has a blue line or ring whatever its own colour, what goes a red one: as the signs beside the map say. */
  const byChange = (same) => [
    "match", ["get", "change"], "added", CHANGE.added, "changed", same, "removed", CHANGE.removed, same,
  ];

  function line(id, filter, color, width, more) {
    return {
      id, type: "line", source: "lines", filter,
      layout: { "line-cap": "butt", "line-join": "round" },
      paint: { "line-color": color, "line-width": width, ...more },
    };
  }

  function lineLayers() {
    const bus = ["all", is("class", "bus", "other"), ["!=", ["get", "change"], "removed"]];
    const sure = [...bus, ["!=", ["get", "assumed"], true]];
    const unsure = [...bus, ["==", ["get", "assumed"], true]];
    const kept = ["!=", ["get", "change"], "removed"];
    const wide = byZoom(9, 7, 13, 15);
    return [
      line("halo-changed", ["all", is("change", "changed"), ["==", ["get", "assumed"], true]], CHANGE.changed, byZoom(9, 2.5, 13, 7), { "line-opacity": 0.7 }),
      line("halo-line", ["all", is("change", "changed"), ["!=", ["get", "assumed"], true]], CHANGE.changed, wide, { "line-opacity": 0.95 }),
      line("halo-added", is("change", "added"), CHANGE.added, wide, { "line-opacity": 0.25 }),
      line("bus-assumed", unsure, byChange("#56657a"), byZoom(9, 1, 13, 2.2),
        { "line-dasharray": [3, 2], "line-opacity": 0.85 }),
      line("bus-case", sure, "#ffffff", byZoom(9, 2.4, 13, 5), { "line-opacity": 0.9 }),
      line("bus", sure, byChange("#56657a"), byZoom(9, 1.2, 13, 2.8), {}),
      line("brt-case", ["all", is("class", "brt"), kept], "#ffffff", byZoom(9, 4.5, 13, 9), {}),
      line("brt", ["all", is("class", "brt"), kept], byChange("#d1495b"), byZoom(9, 2.8, 13, 6), {}),
      line("rail-case", ["all", is("class", "rail"), kept], "#17212b", byZoom(9, 3.4, 13, 7), {}),
      line("rail", ["all", is("class", "rail"), kept], "#ffffff", byZoom(9, 1.8, 13, 4.4), { "line-dasharray": [2.4, 2.4] }),
      line("removed", is("change", "removed"), CHANGE.removed, byZoom(9, 2.2, 13, 4), { "line-dasharray": [1.2, 1.2] }),
    ];
  }

  /* What drives itself is a thin dark line along the middle of its route; tours are dotted, one colour a vehicle. */
  function serviceLines() {
    const van = ["match", ["%", ["to-number", ["coalesce", ["get", "vehicle"], 0]], 3], 1, "#7c4a03", 2, "#4a148c", "#0f766e"];
    return [
      { ...line("tour", ["==", ["geometry-type"], "LineString"], van, byZoom(9, 1.2, 13, 2.6), { "line-dasharray": [0.6, 1.6], "line-opacity": 0.9 }), source: "tours" },
      { ...line("autonomous-case", ["==", ["geometry-type"], "LineString"], "#ffffff", byZoom(9, 2, 13, 3.6), {}), source: "autonomous" },
      { ...line("autonomous", ["==", ["geometry-type"], "LineString"], "#00363a", byZoom(9, 1.2, 13, 2.2), { "line-dasharray": [2.2, 1] }), source: "autonomous" },
    ];
  }

  function areaLayers() {
    const kept = ["!=", ["get", "change"], "removed"];
    const green = "#5d7f13";
    return [
      { id: "area", type: "fill", source: "on_demand", filter: kept, paint: { "fill-color": green, "fill-opacity": 0.1 } },
      { ...line("area-line", ["has", "change"], byChange(green), byZoom(9, 1.4, 13, 2.6), { "line-dasharray": [3, 1.6] }), source: "on_demand" },
    ];
  }

  function dot(id, source, filter, radius, color, stroke, more) {
    return {
      id, type: "circle", source, filter, ...more,
      paint: {
        "circle-radius": radius, "circle-color": color, "circle-stroke-color": stroke,
        "circle-stroke-width": byZoom(9, 1, 13, 2),
      },
    };
  }

  function label(id, source, filter, field, size, offset, more) {
    return {
      id, type: "symbol", source, filter, minzoom: (more || {}).minzoom || 0,
      layout: {
        "text-field": field, "text-font": FONT, "text-size": size, "text-offset": offset,
        "text-anchor": offset[0] ? "left" : "center", "text-optional": true, "text-max-width": 12,
        "text-allow-overlap": Boolean((more || {}).always), "text-ignore-placement": Boolean((more || {}).always),
      },
      paint: {
        "text-color": (more || {}).color || "#0b2545", "text-halo-color": (more || {}).halo || "#ffffff",
        "text-halo-width": 2, "text-halo-blur": 0.4,
      },
    };
  }

  /* Counts of a district stand left of its middle: the names of stations are written to the right. */
  function aside(layer, kind) {
    return { ...layer, paint: { ...layer.paint, [`${kind}-translate`]: [-22, 0] } };
  }

  function pointLayers(lang) {
    const station = is("class", "rail");
    const care = ["match", ["get", "kind"], "hospital", "#6a1b9a", "clinic", "#8e44ad",
      "city_office", "#0b2545", "branch_office", "#0b2545", "shelter", "#2e7d32", "#37474f"];
    const big = is("kind", "hospital", "city_office");
    const named = ["get", lang === "en" ? "name_en" : "name"];
    return [
      dot("stop", "stops", is("class", "bus", "other"), byZoom(11, 1.4, 13, 4), "#ffffff", byChange("#56657a"), { minzoom: 11 }),
      dot("brt-stop", "stops", is("class", "brt"), byZoom(9, 1.6, 13, 6), "#ffffff", byChange("#d1495b"), {}),
      dot("facility", "facilities", ["==", ["geometry-type"], "Point"], ["interpolate", ["linear"], ["zoom"], 9, ["case", big, 3.2, 2], 13, ["case", big, 8, 5.5]],
        ["match", ["get", "change"], "removed", "#ffffff", care], ["match", ["get", "change"], "added", CHANGE.added, "removed", CHANGE.removed, "changed", CHANGE.changed, "#ffffff"], {}),
      dot("entrance", "entrances", ["==", ["geometry-type"], "Point"], byZoom(9, 2.4, 13, 6), "#e65100", byChange("#ffffff"), {}),
      dot("place", "places", ["==", ["geometry-type"], "Point"], byZoom(9, 6, 13, 12), "#0f766e", byChange("#ffffff"), {}),
      aside(dot("closure", "closures", ["==", ["geometry-type"], "Point"], byZoom(9, 8, 13, 15), "#ffffff", "#c62828", {}), "circle"),
      aside(label("closure-count", "closures", ["==", ["geometry-type"], "Point"], ["concat", "−", ["to-string", ["get", "count"]]], byZoom(9, 11, 13, 16), [0, 0], { color: "#c62828", always: true }), "text"),
      label("place-mark", "places", ["==", ["geometry-type"], "Point"], "市", byZoom(9, 9, 13, 15), [0, 0], { color: "#ffffff", halo: "#0f766e", always: true }),
      dot("station", "stops", station, byZoom(9, 4, 13, 9), "#ffffff", "#17212b", {}),
      dot("hub-halo", "hubs", ["==", ["geometry-type"], "Point"], byZoom(9, 9, 13, 18.5), byChange("#ffffff"), "#ffffff", {}),
      dot("hub", "hubs", ["==", ["geometry-type"], "Point"], byZoom(9, 6.5, 13, 14), ["match", ["get", "change"], "removed", "#ffffff", "#5d7f13"],
        ["match", ["get", "change"], "removed", CHANGE.removed, "#3c540a"], {}),
      label("hub-mark", "hubs", ["!=", ["get", "change"], "removed"], "H", byZoom(9, 10, 13, 17), [0, 0], { color: "#ffffff", halo: "#3c540a", always: true }),
      label("facility-name", "facilities", ["==", ["geometry-type"], "Point"], ["get", "name"], 12, [0.9, 0], { minzoom: 13, color: "#37204a" }),
      label("place-name", "places", ["==", ["geometry-type"], "Point"], named, 12, [1.2, 0], { minzoom: 12, color: "#0f4f4a" }),
      label("hub-name", "hubs", ["==", ["geometry-type"], "Point"], named, 12, [0, 2.1], { minzoom: 12, color: "#3c540a" }),
      label("entrance-name", "entrances", ["==", ["geometry-type"], "Point"], named, 12, [0.9, 0], { minzoom: 13, color: "#8a3000" }),
      label("area-name", "on_demand", ["all", ["has", "name"], ["!=", ["get", "change"], "removed"]], named, 12, [0, 0], { minzoom: 11, color: "#3c540a" }),
      label("brt-name", "stops", is("class", "brt"), named, 12, [0.9, 0], { minzoom: 12.2, color: "#8c1f33" }),
      label("station-name", "stops", station, named, byZoom(9, 12, 12, 17), [0.8, 0], { always: true }),
    ];
  }

  const COLOURS = { line: ["line-color"], circle: ["circle-color", "circle-stroke-color"] };

  /* Colours that are told for each feature, though all be alike: layers of a kind then share one program on the graphics
     card, and where that is software each program costs tens of milliseconds before the first picture. */
  function withSharedProgram(layer) {
    const paint = { ...layer.paint };
    for (const name of COLOURS[layer.type] || []) {
      if (typeof paint[name] === "string") paint[name] = ["match", ["get", "class"], "", paint[name], paint[name]];
    }
    if (layer.type === "fill") paint["fill-antialias"] = false; // every area has a line of its own
    return { ...layer, paint };
  }

  function buildStyle(geometry, lang) {
    const sources = {
      land: { type: "geojson", data: geometry.land },
      cells: { type: "geojson", data: geometry.cells, tolerance: 0, buffer: 0, maxzoom: 14 },
      hover: { type: "geojson", data: EMPTY },
    };
    for (const name of [...DRAWN, "closures", "facilities"]) sources[name] = { type: "geojson", data: EMPTY, tolerance: 0.2 };
    return {
      version: 8, sources,
      layers: [
        { id: "sea", type: "background", paint: { "background-color": "#dde7ee" } },
        { id: "shore", type: "line", source: "land", paint: { "line-color": "#b9cbd8", "line-width": byZoom(9, 6, 13, 14), "line-blur": 8 } },
        { id: "land", type: "fill", source: "land", paint: { "fill-color": "#fbfaf6" } },
        { id: "cells", type: "fill", source: "cells", paint: { "fill-color": "#dfe3e8", "fill-opacity": 0, "fill-antialias": false } },
        { id: "outline", type: "line", source: "land", paint: { "line-color": "#7d92a5", "line-width": 1.1 } },
        ...areaLayers(),
        ...lineLayers(),
        ...serviceLines(),
        { id: "hover-case", type: "line", source: "hover", paint: { "line-color": "#ffffff", "line-width": 5 } },
        { id: "hover", type: "line", source: "hover", paint: { "line-color": "#0b2545", "line-width": 2.4 } },
        ...pointLayers(lang),
      ].map(withSharedProgram),
    };
  }

  /* MapLibre draws characters of its own from their left edge: of wide brackets, whose ink begins late, nothing is left. */
  const plainBrackets = (layer) => JSON.parse(JSON.stringify(layer).replace(/（/g, " (").replace(/）/g, ")").replace(/「/g, "｢").replace(/」/g, "｣"));

  window.ekiseiMapLayers = { buildStyle, byZoom, plainBrackets, CHANGE, DRAWN, EMPTY, FONT };
})();
