/* What an order of the comparison puts on one map: colours of cells, lines and places, tiles, the chosen place. */
(function () {
  "use strict";

  const { byZoom, plainBrackets, DRAWN, EMPTY } = window.ekiseiMapLayers; // these files come first by name
  const { classOf, difference, isAlone, opacityOf } = window.ekiseiMapCells;

  function valuesOf(paint, shown, side) {
    if (paint.winners) return shown.verdicts;
    if (paint.mode !== "diff") return shown.values[side];
    return shown.values.left.map((value, i) => difference(value, shown.values.right[i]));
  }

  function colour(map, paint, shown, side) {
    const scale = paint.winners ? paint.winners.scale : paint.mode === "diff" ? paint.diff : paint.scale;
    const [values, persons] = [valuesOf(paint, shown, side), shown.persons[side]];
    const match = ["match", ["coalesce", ["feature-state", "k"], -1]];
    scale.colors.forEach((color, k) => match.push(k, color));
    match.push("#c9d0d8");
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i];
      const k = value === null ? -1 : classOf(value, scale.breaks);
      const o = opacityOf(paint, shown.dense, persons[i], value);
      map.setFeatureState({ source: "cells", id: i }, { k, o: value === null ? o * 0.6 : o });
    }
    map.setPaintProperty("cells", "fill-color", match);
    map.setPaintProperty("cells", "fill-opacity", ["coalesce", ["feature-state", "o"], 0]);
  }

  /* In 差分 the cells that changed lie under the lines that changed them: lines step back. */
  function thinLines(map, thin) {
    const wide = thin ? byZoom(9, 3, 13, 7) : byZoom(9, 7, 13, 15);
    for (const id of ["halo-line", "halo-added"]) map.setPaintProperty(id, "line-width", wide);
    map.setPaintProperty("halo-line", "line-opacity", thin ? 0.45 : 0.95);
    map.setPaintProperty("halo-added", "line-opacity", thin ? 0 : 0.25);
    map.setPaintProperty("brt-case", "line-opacity", thin ? 0.8 : 1);
    map.setPaintProperty("brt-case", "line-width", thin ? byZoom(9, 2.6, 13, 5) : byZoom(9, 4.5, 13, 9));
    map.setPaintProperty("bus-case", "line-opacity", thin ? 0 : 0.9);
    map.setPaintProperty("brt", "line-width", thin ? byZoom(9, 1.6, 13, 3) : byZoom(9, 2.8, 13, 6));
    map.setPaintProperty("bus", "line-width", thin ? byZoom(9, 1, 13, 1.8) : byZoom(9, 1.2, 13, 2.8));
  }

  const NAMED = new Set(["stops", "places", "hubs", "entrances", "on_demand"]); // of lines no name is drawn

  function setLayers(map, paint, layers) {
    const wanted = new Set(paint.facilities);
    map.setLayoutProperty("station-name", "text-size", paint.presenting ? byZoom(9, 18, 12, 26) : byZoom(9, 12, 12, 17));
    map.setLayoutProperty("closure-count", "text-size", paint.presenting ? 18 : byZoom(9, 11, 13, 16));
    thinLines(map, isAlone(paint));
    for (const name of DRAWN) map.getSource(name).setData(NAMED.has(name) ? plainBrackets(layers[name]) : layers[name]);
    map.getSource("closures").setData(wanted.has("clinic") ? layers.closures : EMPTY);
    map.getSource("facilities").setData(plainBrackets({
      type: "FeatureCollection",
      features: layers.facilities.features.filter((f) => wanted.has(f.properties.kind)),
    }));
  }

  /* The chosen place, and the ways from it: dark over a white case, so that they read on every colour. */
  function addPlace(map) {
    map.addSource("ways", { type: "geojson", data: EMPTY });
    map.addSource("picked", { type: "geojson", data: EMPTY });
    const ride = ["==", ["get", "mode"], "transit"];
    const walk = ["!=", ["get", "mode"], "transit"];
    const way = (id, filter, color, width, more) => map.addLayer({
      id, type: "line", source: "ways", filter,
      layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": color, "line-width": width, ...more },
    });
    way("way-case", ride, "#ffffff", byZoom(9, 5, 13, 10), {});
    way("way-ride", ride, "#111827", byZoom(9, 2.6, 13, 5), {});
    way("way-walk", walk, "#111827", byZoom(9, 2, 13, 3.4), { "line-dasharray": [0.2, 2] });
    map.addLayer({ id: "picked-halo", type: "circle", source: "picked", paint: { "circle-radius": 13, "circle-color": "#ffffff", "circle-opacity": 0.9 } });
    map.addLayer({ id: "picked", type: "circle", source: "picked", paint: { "circle-radius": 7, "circle-color": "#d9480f", "circle-stroke-color": "#111827", "circle-stroke-width": 3 } });
  }

  function setPlace(map, paint) {
    const point = paint.place && { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: paint.place } };
    map.getSource("picked").setData(point ? { type: "FeatureCollection", features: [point] } : EMPTY);
    if (!point) map.getSource("ways").setData(EMPTY);
  }

  function removeTiles(map) {
    if (map.getLayer("tiles")) { map.removeLayer("tiles"); map.removeSource("tiles"); }
    map.setPaintProperty("land", "fill-opacity", 1);
  }

  function setTiles(map, paint) {
    if (!paint.tiles) { removeTiles(map); return; }
    if (map.getLayer("tiles")) return;
    map.addSource("tiles", { type: "raster", tiles: [paint.tiles], tileSize: 256, minzoom: 5, maxzoom: 18 });
    map.addLayer({ id: "tiles", type: "raster", source: "tiles", paint: { "raster-saturation": -0.4 } }, "cells");
    map.setPaintProperty("land", "fill-opacity", 0);
  }

  window.ekiseiMapPaint = { addPlace, colour, removeTiles, setLayers, setPlace, setTiles };
})();
