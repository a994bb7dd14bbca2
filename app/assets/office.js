/* The map of the mobile city office: numbered visits, the walk around each, the tours of the run. */
(function () {
  "use strict";

  async function draw(order) {
    if (!order) return window.dash_clientside.no_update;
    const { open, put, point, fit } = window.ekiseiPlaceMap;
    const { map } = await open(order);
    put(map, "walks", order.visits.map((v) => ({ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [v.ring] } })));
    put(map, "visits", order.visits.map((v) => point(v.at, { n: String(v.n) })));
    if (!map.getLayer("visits")) {
      map.addLayer({ id: "walks", type: "fill", source: "walks", paint: { "fill-color": "#0f766e", "fill-opacity": 0.16 } });
      map.addLayer({ id: "walk-edges", type: "line", source: "walks", paint: { "line-color": "#0b5d57", "line-width": 1.4 } });
      map.addLayer({ id: "visits", type: "circle", source: "visits", paint: { "circle-radius": 12, "circle-color": "#0b5d57", "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 } });
      map.addLayer({
        id: "visit-numbers", type: "symbol", source: "visits",
        layout: { "text-field": ["get", "n"], "text-font": window.ekiseiMapLayers.FONT, "text-size": 13, "text-allow-overlap": true, "text-ignore-placement": true },
        paint: { "text-color": "#ffffff" },
      });
    }
    fit(map, order.visits.flatMap((v) => v.ring), 13);
    document.getElementById(order.host).dataset.drawn = String(order.visits.length);
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { ekiseiOffice: { draw } });
})();
