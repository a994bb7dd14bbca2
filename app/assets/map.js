/* Two synchronized maps. The server sends addresses and classes; this file fetches, colours and mirrors. */
(function () {
  "use strict";

  const UNREACHABLE = 1e9; // same number as app.addresses.UNREACHABLE
  const SIDES = ["left", "right"];
  const FONT = ["Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "sans-serif"];
  const CHANGE = { added: "#1565c0", changed: "#f2b705", removed: "#c62828" };
  const ROOM = { top: 64, bottom: 40, left: 40, right: 70 };
  const ADDRESS = new URLSearchParams(window.location.search); // as it came, before the page writes its own
  const DRAWN = ["lines", "stops", "places", "hubs", "on_demand", "entrances", "autonomous", "tours"]; // whatever is shown
  const EMPTY = { type: "FeatureCollection", features: [] };
  const maps = {};
  const loaded = {};
  const answers = new Map();
  let paint = null; // the last paint order of the server
  let shown = null; // arrays on screen: {left, right, persons}
  let drawing = 0;
  let wished = ""; // the last order in words, to know a new one
  let hovered = null;
  let following = false;
  let touched = false; // by a person; until then the city is fitted into whatever room there is
  let tileErrors = 0;

  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const byId = (id) => document.getElementById(id);

  function fetchJson(url) {
    if (!answers.has(url)) {
      const answer = fetch(url, { credentials: "same-origin" }).then((response) => {
        if (!response.ok) throw new Error(`${response.status} ${url}`);
        return response.json();
      });
      answer.catch(() => answers.delete(url));
      answers.set(url, answer);
    }
    return answers.get(url);
  }

  // ------------------------------------------------------------------ style

  const is = (name, ...values) => ["match", ["get", name], values, true, false];
  const byZoom = (...stops) => ["interpolate", ["linear"], ["zoom"], ...stops];
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

  function pointLayers() {
    const station = is("class", "rail");
    const care = ["match", ["get", "kind"], "hospital", "#6a1b9a", "clinic", "#8e44ad",
      "city_office", "#0b2545", "branch_office", "#0b2545", "shelter", "#2e7d32", "#37474f"];
    const big = is("kind", "hospital", "city_office");
    const named = ["get", paint.lang === "en" ? "name_en" : "name"];
    return [
      dot("stop", "stops", is("class", "bus", "other"), byZoom(11, 1.4, 13, 4), "#ffffff", byChange("#56657a"), { minzoom: 11 }),
      dot("brt-stop", "stops", is("class", "brt"), byZoom(9, 1.6, 13, 6), "#ffffff", byChange("#d1495b"), {}),
      dot("facility", "facilities", ["==", ["geometry-type"], "Point"], ["interpolate", ["linear"], ["zoom"], 9, ["case", big, 3.2, 2], 13, ["case", big, 8, 5.5]],
        ["match", ["get", "change"], "removed", "#ffffff", care], ["match", ["get", "change"], "added", CHANGE.added, "removed", CHANGE.removed, "changed", CHANGE.changed, "#ffffff"], {}),
      dot("entrance", "entrances", ["==", ["geometry-type"], "Point"], byZoom(9, 2.4, 13, 6), "#e65100", "#ffffff", {}),
      dot("place", "places", ["==", ["geometry-type"], "Point"], byZoom(9, 6, 13, 12), "#0f766e", "#ffffff", {}),
      aside(dot("closure", "closures", ["==", ["geometry-type"], "Point"], byZoom(9, 8, 13, 15), "#ffffff", "#c62828", {}), "circle"),
      aside(label("closure-count", "closures", ["==", ["geometry-type"], "Point"], ["concat", "−", ["to-string", ["get", "count"]]], byZoom(9, 11, 13, 16), [0, 0], { color: "#c62828", always: true }), "text"),
      label("place-mark", "places", ["==", ["geometry-type"], "Point"], "市", byZoom(9, 9, 13, 15), [0, 0], { color: "#ffffff", halo: "#0f766e", always: true }),
      dot("station", "stops", station, byZoom(9, 4, 13, 9), "#ffffff", "#17212b", {}),
      dot("hub-halo", "hubs", ["==", ["geometry-type"], "Point"], byZoom(9, 8, 13, 17), "#ffffff", "#ffffff", {}),
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

  function buildStyle(geometry) {
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
        ...pointLayers(),
      ],
    };
  }

  // ------------------------------------------------------------------ maps

  function locale(words) {
    return {
      "NavigationControl.ZoomIn": words.zoom_in, "NavigationControl.ZoomOut": words.zoom_out,
      "NavigationControl.ResetBearing": words.north, "Map.Title": words.map,
      "ScaleControl.Meters": "m", "ScaleControl.Kilometers": "km",
    };
  }

  /* The city fits under the captions, so that none of it is covered. */
  function fit() {
    const captions = SIDES.map((side) => byId(`caption-${side}`)).filter((caption) => caption.offsetHeight);
    const top = Math.max(ROOM.top, ...captions.map((caption) => caption.offsetTop + caption.offsetHeight + 22));
    return { padding: { ...ROOM, top } };
  }

  function createMap(side, geometry) {
    const host = byId(`map-${side}`);
    const camera = paint.camera
      ? { center: [paint.camera[0], paint.camera[1]], zoom: paint.camera[2] }
      : { bounds: geometry.focus, fitBoundsOptions: fit() };
    const map = new maplibregl.Map({
      container: host, style: buildStyle(geometry), ...camera,
      canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true },
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      fadeDuration: calm() ? 0 : 150, minZoom: 7, maxZoom: 16, locale: locale(paint.words),
      maplibreLogo: false, refreshExpiredTiles: false, localIdeographFontFamily: FONT.join(","),
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "bottom-right");
    map.addControl(new maplibregl.ScaleControl({ unit: "metric", maxWidth: 110 }), "bottom-left");
    map.on("move", () => follow(side));
    map.on("moveend", remember);
    map.on("mousemove", "cells", (event) => hover(event.features[0].id, side));
    map.on("mouseout", () => hover(null));
    map.on("click", "cells", (event) => hover(event.features[0].id, side));
    map.on("error", (event) => onError(event));
    map.on("idle", () => host.setAttribute("data-idle", String(drawing)));
    maps[side] = map;
    loaded[side] = new Promise((resolve) => map.once("load", resolve));
    map.on("movestart", (event) => { if (event.originalEvent) { touched = true; moved = true; } });
    new ResizeObserver(() => {
      map.resize();
      if (!touched && !world.given && side === "left") map.fitBounds(geometry.focus, { ...fit(), animate: false });
    }).observe(host);
  }

  function follow(side) {
    const other = maps[side === "left" ? "right" : "left"];
    if (following || !other) return;
    following = true;
    other.jumpTo({ center: maps[side].getCenter(), zoom: maps[side].getZoom() });
    following = false;
    placeTips();
  }

  /* Presenting gives the maps another size; afterwards the view is the one from before, unless it was moved meanwhile. */
  let before = null;
  let moved = false;
  function keepCamera(presenting) {
    const map = maps.left;
    if (presenting && !before) {
      before = { center: map.getCenter(), zoom: map.getZoom() };
      moved = false;
    } else if (!presenting && before) {
      const kept = before;
      before = null;
      if (touched && !moved) requestAnimationFrame(() => requestAnimationFrame(() => map.jumpTo(kept)));
    }
  }

  let remembering = null;
  function remember() {
    clearTimeout(remembering);
    remembering = setTimeout(() => {
      const map = maps.left;
      const centre = map.getCenter();
      const camera = [Number(centre.lng.toFixed(4)), Number(centre.lat.toFixed(4)), Number(map.getZoom().toFixed(2))];
      window.dash_clientside.set_props("camera", { data: camera });
      const query = new URLSearchParams(window.location.search);
      query.set("c", camera.join(","));
      window.history.replaceState(window.history.state, "", `?${query.toString().replaceAll("%2C", ",")}`);
    }, 400);
  }

  function onError(event) {
    if (event.sourceId !== "tiles") { console.warn("map:", event.error && event.error.message); return; }
    tileErrors += 1;
    if (tileErrors < 3) return;
    SIDES.forEach(removeTiles);
    window.dash_clientside.set_props("tiles", { checked: false });
    byId("map-message").textContent = paint.words.tiles_failed;
  }

  function removeTiles(side) {
    const map = maps[side];
    if (map.getLayer("tiles")) { map.removeLayer("tiles"); map.removeSource("tiles"); }
    map.setPaintProperty("land", "fill-opacity", 1);
  }

  function setTiles(side) {
    const map = maps[side];
    if (!paint.tiles) return removeTiles(side);
    if (map.getLayer("tiles")) return;
    map.addSource("tiles", { type: "raster", tiles: [paint.tiles], tileSize: 256, minzoom: 5, maxzoom: 18 });
    map.addLayer({ id: "tiles", type: "raster", source: "tiles", paint: { "raster-saturation": -0.4 } }, "cells");
    map.setPaintProperty("land", "fill-opacity", 0);
  }

  // ------------------------------------------------------------------ colours

  function classOf(value, breaks) {
    let k = 0;
    while (k < breaks.length && value >= breaks[k]) k += 1;
    return k;
  }

  function difference(left, right) {
    if (left === null || right === null) return null;
    const [from, to] = [left, right].map((v) => (Math.abs(v) >= UNREACHABLE ? Math.sign(v) * UNREACHABLE : 0));
    if (from || to) return to - from; // both out of reach: no difference
    return right - left;
  }

  function valuesOf(side) {
    if (paint.mode !== "diff") return shown[side];
    return shown.left.map((value, i) => difference(value, shown.right[i]));
  }

  function opacityOf(persons, value, side, i) {
    if (persons === null) return 0;
    if (persons < 1) return 0.07; // nobody lives here: a hint of colour, no more
    let opacity = Math.min(0.95, 0.14 + 0.81 * Math.sqrt(persons / shown.dense));
    if (paint.metric.even) opacity = 0.9;
    if (paint.tiles) opacity *= 0.72;
    const late = paint.threshold !== null && paint.mode !== "diff" &&
      (paint.metric.good === "up" ? value < paint.threshold : value > paint.threshold);
    return late ? opacity * 0.22 : opacity;
  }

  function colour(side) {
    const map = maps[side];
    const scale = paint.mode === "diff" ? paint.diff : paint.scale;
    const values = valuesOf(side);
    const match = ["match", ["coalesce", ["feature-state", "k"], -1]];
    scale.colors.forEach((color, k) => match.push(k, color));
    match.push("#c9d0d8");
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i];
      const k = value === null ? -1 : classOf(value, scale.breaks);
      const o = value === null && shown.persons[side][i] === null ? 0 : opacityOf(shown.persons[side][i], value, side, i);
      map.setFeatureState({ source: "cells", id: i }, { k, o: value === null ? o * 0.6 : o });
    }
    map.setPaintProperty("cells", "fill-color", match);
    map.setPaintProperty("cells", "fill-opacity", ["coalesce", ["feature-state", "o"], 0]);
  }

  function dense(persons) {
    const some = persons.filter((p) => p !== null && p >= 1).sort((a, b) => a - b);
    return some.length ? some[Math.floor(some.length * 0.9)] : 1;
  }

  /* In 差分 the cells that changed lie under the lines that changed them: lines step back. */
  function thinLines(map) {
    const thin = paint.mode === "diff";
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

  function setLayers(side, layers) {
    const map = maps[side];
    const wanted = new Set(paint.facilities);
    map.setLayoutProperty("station-name", "text-size", paint.presenting ? byZoom(9, 18, 12, 26) : byZoom(9, 12, 12, 17));
    map.setLayoutProperty("closure-count", "text-size", paint.presenting ? 18 : byZoom(9, 11, 13, 16));
    thinLines(map);
    for (const name of DRAWN) map.getSource(name).setData(layers[name]);
    map.getSource("closures").setData(wanted.has("clinic") ? layers.closures : EMPTY);
    map.getSource("facilities").setData({
      type: "FeatureCollection",
      features: layers.facilities.features.filter((f) => wanted.has(f.properties.kind)),
    });
  }

  // ------------------------------------------------------------------ hover

  const number = (value, digits) =>
    value.toLocaleString(paint.lang === "en" ? "en" : "ja", { minimumFractionDigits: digits, maximumFractionDigits: digits });

  function format(value, signed) {
    if (value === null || value === undefined) return paint.words.no_data;
    if (Math.abs(value) >= UNREACHABLE) return signed ? paint.words.reach_changed : paint.words.unreachable;
    const scaled = value * paint.metric.factor;
    if (paint.metric.clock && !signed) {
      const minutes = Math.round(scaled);
      return [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, "0")).join(":");
    }
    const text = number(scaled, paint.metric.decimals);
    const sign = signed && Number(scaled.toFixed(paint.metric.decimals)) > 0 ? "+" : "";
    return `${sign}${text.replace("-", "−")} ${signed ? paint.metric.diff_unit : paint.metric.unit}`;
  }

  function row(term, text, strong) {
    const line = document.createElement("div");
    line.className = strong ? "tip-row strong" : "tip-row";
    for (const part of [term, text]) {
      const span = document.createElement("span");
      span.textContent = part;
      line.appendChild(span);
    }
    return line;
  }

  function fillTip(tip, i) {
    const cell = world.geometry.cells.features[i];
    const persons = shown.persons.right[i];
    const title = document.createElement("strong");
    title.textContent = cell.properties[paint.lang === "en" ? "district_en" : "district"] || cell.properties.id;
    tip.replaceChildren(title);
    if (persons === null) { tip.appendChild(row(paint.words.hidden, "")); return; }
    tip.appendChild(row(paint.words.persons, `${number(persons, 0)} ${paint.words.persons_unit}`));
    tip.appendChild(row(paint.left.name, format(shown.left[i]), paint.mode === "side" && tip.dataset.side === "left"));
    tip.appendChild(row(paint.right.name, format(shown.right[i]), paint.mode === "side" && tip.dataset.side === "right"));
    tip.appendChild(row(paint.words.difference, format(difference(shown.left[i], shown.right[i]), true), paint.mode === "diff"));
  }

  function hover(i, side) {
    if (i === hovered || !shown) return;
    hovered = i;
    const data = i === null ? EMPTY : { type: "FeatureCollection", features: [world.geometry.cells.features[i]] };
    for (const name of SIDES) {
      maps[name].getSource("hover").setData(data);
      const tip = byId(`tip-${name}`);
      const hidden = i === null || (paint.mode === "diff" && name === "left") || (paint.mode === "swipe" && name !== side);
      tip.hidden = hidden;
      if (!hidden) fillTip(tip, i);
    }
    placeTips();
  }

  function placeTips() {
    if (hovered === null) return;
    const ring = world.geometry.cells.features[hovered].geometry.coordinates[0];
    const centre = [(ring[0][0] + ring[2][0]) / 2, Math.max(ring[0][1], ring[2][1])];
    for (const side of SIDES) {
      const tip = byId(`tip-${side}`);
      const point = maps[side].project(centre);
      const host = maps[side].getContainer();
      tip.style.left = `${Math.min(Math.max(point.x, 120), host.clientWidth - 120)}px`;
      tip.style.top = `${point.y}px`;
      tip.classList.toggle("below", point.y < 170);
    }
  }

  // ------------------------------------------------------------------ swipe

  function setMode() {
    const frame = byId("maps");
    if (frame.dataset.mode !== paint.mode) hover(null);
    frame.dataset.mode = paint.mode;
    frame.style.setProperty("--swipe", `${paint.swipe}%`);
    const handle = byId("swipe-handle");
    handle.setAttribute("aria-valuenow", String(paint.swipe));
    SIDES.forEach((side) => maps[side] && maps[side].resize());
  }

  function wireHandle() {
    const handle = byId("swipe-handle");
    if (handle.dataset.wired) return;
    handle.dataset.wired = "yes";
    const frame = byId("maps");
    let position = paint.swipe;
    const show = (value) => {
      position = Math.round(Math.min(97, Math.max(3, value)));
      frame.style.setProperty("--swipe", `${position}%`);
      handle.setAttribute("aria-valuenow", String(position));
    };
    const keep = () => window.dash_clientside.set_props("swipe", { value: position });
    handle.addEventListener("pointerdown", (event) => { handle.setPointerCapture(event.pointerId); event.preventDefault(); });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const box = frame.getBoundingClientRect();
      show((100 * (event.clientX - box.left)) / box.width);
    });
    handle.addEventListener("pointerup", keep);
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -2, ArrowRight: 2, PageDown: -10, PageUp: 10 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      show(Number(handle.getAttribute("aria-valuenow")) + step);
      keep();
    });
  }

  // ------------------------------------------------------------------ orders of the page

  const world = { maps, geometry: null, given: false, get paint() { return paint; }, get shown() { return shown; } };

  async function draw(order) {
    if (!order) return window.dash_clientside.no_update;
    const wish = JSON.stringify({ ...order, camera: null });
    if (wish === wished) return window.dash_clientside.no_update; // such as an explanation that opened
    wished = wish;
    const turn = ++drawing;
    paint = order;
    const [geometry, ...parts] = await Promise.all([
      fetchJson(order.geometry),
      ...SIDES.flatMap((side) => [order[side].values, order[side].persons, order[side].layers].map(fetchJson)),
    ]);
    if (turn !== drawing) return window.dash_clientside.no_update; // a newer order is on its way
    world.geometry = geometry;
    if (!maps.left && window.innerHeight >= 900 && !ADDRESS.has("tab")) {
      window.dash_clientside.set_props("tables", { checked: true }); // tall screens have room for the tables
    }
    if (!maps.left) world.given = Boolean(order.camera); // a view that came with the address is kept
    if (!maps.left) SIDES.forEach((side) => createMap(side, geometry));
    wireHandle();
    keepCamera(paint.presenting);
    setMode();
    await Promise.all(SIDES.map((side) => loaded[side]));
    if (turn !== drawing) return window.dash_clientside.no_update;
    shown = {
      left: parts[0].values, right: parts[3].values,
      persons: { left: parts[1].values, right: parts[4].values }, dense: dense(parts[4].values),
    };
    if (!paint.tiles) tileErrors = 0;
    byId("tiles-credit").hidden = !paint.tiles;
    if (paint.tiles) byId("map-message").textContent = "";
    SIDES.forEach((side, n) => { setTiles(side); setLayers(side, parts[3 * n + 2]); colour(side); });
    SIDES.forEach((side) => { if (hovered !== null && !byId(`tip-${side}`).hidden) fillTip(byId(`tip-${side}`), hovered); });
    byId("maps").dataset.drawn = order.key;
    return order.key;
  }

  /* The address bar follows the view; only a change of what is compared makes a step for the back button. */
  function mirror(order) {
    if (!order) return window.dash_clientside.no_update;
    const { query, lang, presenting } = order;
    const now = window.location.search.replace(/^\?/, "");
    document.body.classList.toggle("presenting", presenting);
    if (now === query) return window.dash_clientside.no_update;
    if (lang !== document.documentElement.lang) { window.location.assign(`?${query}`); return window.dash_clientside.no_update; }
    const main = (text) => { const p = new URLSearchParams(text); return ["l", "r", "m", "v"].map((k) => p.get(k)).join(); };
    const step = now !== "" && main(now) !== main(query);
    window.history[step ? "pushState" : "replaceState"](window.history.state, "", `?${query}`);
    return window.dash_clientside.no_update;
  }

  /* A card that was pressed; one that was only drawn anew has no clicks. */
  function asked() {
    const [first] = window.dash_clientside.callback_context.triggered;
    if (!first || !first.value) return window.dash_clientside.no_update;
    return { kpi: JSON.parse(first.prop_id.split(".n_clicks")[0]).kpi, at: Date.now() };
  }

  /* Only a drawer that a person closed changes the view; one that the view closed does not. */
  function closed(opened, state) {
    return !opened && state && state.kpi ? Date.now() : window.dash_clientside.no_update;
  }

  /* A window over the page has its own keys; it is asked for before it closes itself by Escape. */
  let inWindow = false;
  window.addEventListener("keydown", () => { inWindow = Boolean(document.querySelector(".mantine-Modal-content")); }, true);
  document.addEventListener("keydown", (event) => {
    if (inWindow || !document.body.classList.contains("presenting") || event.altKey || event.ctrlKey || event.metaKey) return;
    const order = { Escape: "end", ArrowRight: "next", ArrowLeft: "back", PageDown: "next", PageUp: "back" }[event.key];
    if (!order || event.target.id === "swipe-handle") return;
    event.preventDefault();
    event.stopPropagation();
    window.dash_clientside.set_props("keys", { data: { order, at: Date.now() } });
  }, true);

  window.addEventListener("beforeprint", () => SIDES.forEach((side) => maps[side] && maps[side].resize()));

  window.ekisei = world;
  window.dash_clientside = Object.assign({}, window.dash_clientside, { ekisei: { draw, mirror, closed, asked } });
})();
