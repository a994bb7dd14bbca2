/* The map of the page of journeys: both ways, the left one dashed and orange, the right one dark; a click names a place. */
(function () {
  "use strict";

  let clicks = "from";
  let wired = null;

  function addLayers(map) {
    const { byZoom } = window.ekiseiMapLayers;
    const { put } = window.ekiseiPlaceMap;
    ["way-left", "way-right", "ends"].forEach((name) => put(map, name, []));
    const ride = ["==", ["get", "mode"], "transit"];
    const line = (id, source, filter, color, width, more) => map.addLayer({
      id, type: "line", source, filter, layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": color, "line-width": width, ...more },
    });
    line("right-case", "way-right", ride, "#ffffff", byZoom(9, 8, 13, 13), {});
    line("right-ride", "way-right", ride, "#111827", byZoom(9, 5, 13, 8), {});
    line("right-walk", "way-right", ["!", ride], "#111827", byZoom(9, 3, 13, 4.5), { "line-dasharray": [0.2, 2] });
    line("left-ride", "way-left", ride, "#ff8c1a", byZoom(9, 2.2, 13, 3.6), { "line-dasharray": [2.4, 1.4] });
    line("left-walk", "way-left", ["!", ride], "#c2410c", byZoom(9, 2, 13, 3), { "line-dasharray": [0.2, 3] });
    map.addLayer({ id: "ends", type: "circle", source: "ends", paint: { "circle-radius": 9, "circle-color": ["match", ["get", "end"], "from", "#ffffff", "#d9480f"], "circle-stroke-color": "#111827", "circle-stroke-width": 3 } });
    map.addLayer({
      id: "end-names", type: "symbol", source: "ends",
      layout: { "text-field": ["get", "name"], "text-font": window.ekiseiMapLayers.FONT, "text-size": 14, "text-offset": [0, -1.5], "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": "#111827", "text-halo-color": "#ffffff", "text-halo-width": 2.5 },
    });
  }

  async function draw(base, order, click) {
    clicks = click || clicks;
    if (!base) return window.dash_clientside.no_update;
    const tools = window.ekiseiPlaceMap;
    const { map } = await tools.open(base);
    if (wired !== map) {
      wired = map;
      addLayers(map);
      map.on("click", (event) => {
        const text = `${event.lngLat.lat.toFixed(5)},${event.lngLat.lng.toFixed(5)}`;
        window.dash_clientside.set_props(clicks === "from" ? "journey-from" : "journey-to", { value: text });
        window.dash_clientside.set_props("journey-click", { value: clicks === "from" ? "to" : "from" });
      });
    }
    if (!order) return window.dash_clientside.no_update;
    const ends = Object.entries(order.ends || {});
    const names = document.getElementById(base.host).dataset;
    tools.put(map, "ends", ends.map(([end, at]) => tools.point(at, { end, name: end === "from" ? names.from || "" : names.to || "" })));
    for (const side of ["left", "right"]) tools.put(map, `way-${side}`, (order.ways || {})[side] || []);
    const points = ["left", "right"].flatMap((side) => (((order.ways || {})[side] || {}).features || []).flatMap((f) => f.geometry.coordinates));
    tools.fit(map, [...points, ...ends.map(([, at]) => at)]);
    document.getElementById(base.host).dataset.drawn = String(points.length);
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { ekiseiJourney: { draw } });
})();
