/* The frame of every map of the page: how it is made, what stands on its edges, and how its arrays are fetched. */
(function () {
  "use strict";

  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  /* Answers are kept: addresses hold a digest of what they tell. `most`: how many; the first, the geometry, always stays. */
  function createFetch(most = Infinity) {
    const answers = new Map();
    return (url) => {
      if (!answers.has(url)) {
        const answer = fetch(url, { credentials: "same-origin" }).then(async (response) => {
          if (response.ok) return response.json();
          const { message } = await response.json().catch(() => ({}));
          throw Object.assign(new Error(`${response.status} ${url}`), { told: message }); // why, in the words of the server
        });
        answer.catch(() => answers.delete(url));
        answers.set(url, answer);
        if (answers.size > most) answers.delete([...answers.keys()][1]);
      }
      return answers.get(url);
    };
  }

  function locale(words) {
    const told = { "ScaleControl.Meters": "m", "ScaleControl.Kilometers": "km" };
    const given = {
      "NavigationControl.ZoomIn": words.zoom_in, "NavigationControl.ZoomOut": words.zoom_out,
      "NavigationControl.ResetBearing": words.north, "Map.Title": words.map,
    };
    for (const [key, text] of Object.entries(given)) if (text) told[key] = text;
    return told;
  }

  /* A flat map of a city, north up; `more`: where it looks, and whatever differs from the usual. */
  function createMap(host, style, words, more) {
    const map = new maplibregl.Map({
      container: host, style,
      canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true },
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      fadeDuration: calm() ? 0 : 150, minZoom: 7, maxZoom: 16, locale: locale(words),
      maplibreLogo: false, refreshExpiredTiles: false, localIdeographFontFamily: window.ekiseiMapLayers.FONT.join(","),
      ...more,
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "bottom-right");
    map.addControl(new maplibregl.ScaleControl({ unit: "metric", maxWidth: 110 }), "bottom-left");
    return map;
  }

  /* Room around a city [px]: names of stations stand to their right, scale and buttons at the lower edge. */
  const ROOM = { top: 30, bottom: 40, left: 30, right: 80 };

  window.ekiseiMapFrame = { createFetch, createMap, ROOM };
})();
