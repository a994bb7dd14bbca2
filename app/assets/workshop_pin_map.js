/* The map on a participant's phone: where it is touched stands the pin, where the pin stands is what is sent. */
(function () {
  "use strict";

  const DIGITS = 1000; // about 100 m, as the server keeps it: the pin stands where it will be kept
  const rounded = ({ lng, lat }) => ({ lon: Math.round(lng * DIGITS) / DIGITS, lat: Math.round(lat * DIGITS) / DIGITS });

  function styleOf(found) {
    const source = (data) => ({ type: "geojson", data });
    return {
      version: 8,
      sources: { land: source(found.land), classes: source(found.classes), lines: source(found.lines), stations: source(found.stations) },
      layers: [
        { id: "sea", type: "background", paint: { "background-color": "#d5e3ec" } },
        { id: "land", type: "fill", source: "land", paint: { "fill-color": "#f6f5f0" } },
        { id: "classes", type: "fill", source: "classes", paint: { "fill-color": ["get", "color"], "fill-opacity": 0.85 } },
        { id: "case", type: "line", source: "lines", paint: { "line-color": "#fff", "line-width": 5 } },
        { id: "lines", type: "line", source: "lines", paint: { "line-color": ["get", "color"], "line-width": 3 } },
        { id: "stations", type: "circle", source: "stations", paint: { "circle-radius": 4, "circle-color": "#fff", "circle-stroke-width": 2, "circle-stroke-color": "#17212b" } },
        {
          id: "names", type: "symbol", source: "stations",
          layout: { "text-field": ["get", "name"], "text-font": ["Noto Sans CJK JP"], "text-size": 13, "text-offset": [0.7, 0], "text-anchor": "left" },
          paint: { "text-color": "#17212b", "text-halo-color": "#fff", "text-halo-width": 2 },
        },
      ],
    };
  }

  /* Draw the map into a box; `put` is told where somebody puts the pin. */
  window.ekiseiPinMap = (box, found, words, put) => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const [west, south, east, north] = found.extent;
    const map = new window.maplibregl.Map({
      container: box,
      bounds: [[west, south], [east, north]],
      fitBoundsOptions: { padding: { top: 12, bottom: 12, left: 12, right: 70 } }, // names of stations stand to their right
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: calm ? 0 : 200,
      locale: {
        "NavigationControl.ZoomIn": words.zoom_in,
        "NavigationControl.ZoomOut": words.zoom_out,
        "Map.Title": words.map_title,
        "Marker.Title": words.pin,
      },
      style: styleOf(found),
    });
    const element = document.createElement("div");
    element.innerHTML = found.pin; // as on the wall
    const pin = new window.maplibregl.Marker({ element, anchor: "bottom", draggable: true });
    map.touchZoomRotate.disableRotation();
    map.addControl(new window.maplibregl.NavigationControl({ showCompass: false }));
    map.on("click", (event) => put(rounded(event.lngLat)));
    pin.on("dragend", () => put(rounded(pin.getLngLat())));
    window.ekiseiPhoneMap = map;
    return {
      centre: () => rounded(map.getCenter()),
      paint: (other) => Object.keys(styleOf(other).sources).forEach((name) => map.getSource(name).setData(other[name])),
      show: (place) => (place ? pin.setLngLat([place.lon, place.lat]).addTo(map) : pin.remove()),
    };
  };
})();
