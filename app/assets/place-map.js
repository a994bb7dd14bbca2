/* One map of the city with whatever a page puts on it: journeys, visits, vehicles. The page's own script fills it. */
(function () {
  "use strict";

  const UNREACHABLE = 1e9; // same number as app.addresses.UNREACHABLE
  const opened = new Map(); // host → promise of its map
  const fetchJson = window.ekiseiMapFrame.createFetch();

  /* order: {host, geometry, layers, lang, words, show: names of layers of the run, all where it is missing} */
  async function open(order) {
    const { buildStyle, plainBrackets, DRAWN, EMPTY } = window.ekiseiMapLayers;
    const [geometry, layers] = await Promise.all([fetchJson(order.geometry), order.layers ? fetchJson(order.layers) : {}]);
    const host = document.getElementById(order.host);
    if (!host) throw new Error("the page has gone");
    if (opened.has(host)) return (await opened.get(host));
    const made = new Promise((resolve) => {
      const where = { bounds: geometry.extent, fitBoundsOptions: { padding: window.ekiseiMapFrame.ROOM }, fadeDuration: 0 };
      const map = window.ekiseiMapFrame.createMap(host, buildStyle(geometry, order.lang), order.words, where);
      map.on("idle", () => host.setAttribute("data-idle", "yes"));
      new ResizeObserver(() => map.resize()).observe(host);
      map.once("load", () => {
        const shown = new Set(order.show || DRAWN);
        for (const name of DRAWN) map.getSource(name).setData((shown.has(name) && layers[name] && plainBrackets(layers[name])) || EMPTY);
        resolve({ map, geometry, layers });
      });
      window.ekiseiPlaceMap.maps[order.host] = map;
    });
    opened.set(host, made);
    return made;
  }

  function put(map, source, features) {
    const data = Array.isArray(features) ? { type: "FeatureCollection", features } : features;
    if (map.getSource(source)) map.getSource(source).setData(data);
    else map.addSource(source, { type: "geojson", data });
  }

  const point = (lonlat, properties) => ({ type: "Feature", properties: properties || {}, geometry: { type: "Point", coordinates: lonlat } });

  function fit(map, points, most) {
    const seen = points.filter(Boolean);
    if (!seen.length) return;
    const [lons, lats] = [seen.map((p) => p[0]), seen.map((p) => p[1])];
    map.fitBounds([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)],
      { padding: 50, maxZoom: most || 14, animate: false });
  }

  /* One value a cell in classes: {values, persons, breaks, colors}; cells without residents are a hint of colour. */
  function colour(map, paint) {
    const dense = paint.persons.filter((p) => p !== null && p >= 1).sort((a, b) => a - b);
    const most = dense.length ? dense[Math.floor(dense.length * 0.9)] : 1;
    const match = ["match", ["coalesce", ["feature-state", "k"], -1]];
    paint.colors.forEach((color, k) => match.push(k, color));
    match.push("#c9d0d8");
    paint.values.forEach((value, id) => {
      let k = value === null ? -1 : 0;
      while (value !== null && k < paint.breaks.length && value >= paint.breaks[k]) k += 1;
      const persons = paint.persons[id];
      const o = persons === null ? 0 : persons < 1 ? 0.07 : Math.min(0.95, 0.3 + 0.65 * Math.sqrt(persons / most));
      map.setFeatureState({ source: "cells", id }, { k, o });
    });
    map.setPaintProperty("cells", "fill-color", match);
    map.setPaintProperty("cells", "fill-opacity", ["coalesce", ["feature-state", "o"], 0]);
  }

  window.ekiseiPlaceMap = { open, put, point, fit, colour, fetchJson, maps: {}, UNREACHABLE };
})();
