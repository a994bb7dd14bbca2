/* The map of access to care: cells in classes, with the clinics and hospitals of the run. */
(function () {
  "use strict";

  async function draw(order) {
    if (!order) return window.dash_clientside.no_update;
    const { open, fetchJson, colour } = window.ekiseiPlaceMap;
    const { plainBrackets } = window.ekiseiMapLayers;
    const { map, layers } = await open(order);
    const [values, persons] = await Promise.all([fetchJson(order.values), fetchJson(order.persons)]);
    colour(map, { values: values.values, persons: persons.values, breaks: order.breaks, colors: order.colors });
    map.getSource("closures").setData(layers.closures);
    map.getSource("facilities").setData(plainBrackets({
      type: "FeatureCollection",
      features: layers.facilities.features.filter((f) => order.facilities.includes(f.properties.kind)),
    }));
    document.getElementById(order.host).dataset.drawn = String(values.values.length);
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { ekiseiClinics: { draw } });
})();
