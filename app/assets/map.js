/* Two synchronized maps. The server sends addresses and classes; this file fetches, colours and mirrors. */
(function () {
  "use strict";

  const UNREACHABLE = 1e9; // same number as app.addresses.UNREACHABLE
  const SIDES = ["left", "right"];
  const { buildStyle, byZoom, DRAWN, EMPTY, FONT } = window.ekiseiMapLayers; // map-layers.js, which comes first by name
  const ROOM = { top: 64, bottom: 40, left: 40, right: 70 };
  const ADDRESS = new URLSearchParams(window.location.search); // as it came, before the page writes its own
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
      container: host, style: buildStyle(geometry, paint.lang), ...camera,
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
    map.on("click", "cells", (event) => {
      hover(event.features[0].id, side);
      window.dash_clientside.set_props("picked", { data: { cell: event.features[0].id, at: Date.now() } });
    });
    map.on("error", (event) => onError(event));
    map.on("idle", () => host.setAttribute("data-idle", String(drawing)));
    maps[side] = map;
    loaded[side] = new Promise((resolve) => map.once("load", () => { addPlace(map); resolve(); }));
    map.on("movestart", (event) => { if (event.originalEvent) { touched = true; moved = true; } });
    new ResizeObserver(() => {
      map.resize();
      if (!touched && !world.given && side === "left") map.fitBounds(geometry.focus, { ...fit(), animate: false });
    }).observe(host);
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

  function setPlace(side) {
    const point = paint.place && { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: paint.place } };
    maps[side].getSource("picked").setData(point ? { type: "FeatureCollection", features: [point] } : EMPTY);
    if (!point) maps[side].getSource("ways").setData(EMPTY);
  }

  /* The journeys of the panel, each on its own map; in 差分 both on the one that is seen. */
  let ways = {};
  async function drawWays(found) {
    ways = found || {};
    if (!maps.left) return window.dash_clientside.no_update;
    await Promise.all(SIDES.map((side) => loaded[side]));
    SIDES.forEach((side) => maps[side].getSource("ways").setData(ways[side] || EMPTY));
    byId("maps").dataset.ways = String(Object.values(ways).reduce((n, one) => n + one.features.length, 0));
    return window.dash_clientside.no_update;
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

  const alone = () => paint.mode === "diff" || paint.mode === "winners"; // one map tells of both

  function valuesOf(side) {
    if (paint.winners) return shown.verdicts;
    if (paint.mode !== "diff") return shown[side];
    return shown.left.map((value, i) => difference(value, shown.right[i]));
  }

  function opacityOf(persons, value, side, i) {
    if (persons === null) return 0;
    if (paint.metric.filled && persons < 1) return 0.34; // a journey leads through empty land too
    if (persons < 1) return 0.07; // nobody lives here: a hint of colour, no more
    let opacity = Math.min(0.95, 0.14 + 0.81 * Math.sqrt(persons / shown.dense));
    if (paint.metric.even) opacity = 0.9;
    if (paint.metric.filled) opacity = 0.8;
    if (paint.tiles) opacity *= 0.72;
    const late = paint.threshold !== null && !alone() &&
      (paint.metric.good === "up" ? value < paint.threshold : value > paint.threshold);
    return late ? opacity * 0.22 : opacity;
  }

  function colour(side) {
    const map = maps[side];
    const scale = paint.winners ? paint.winners.scale : paint.mode === "diff" ? paint.diff : paint.scale;
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
    const thin = alone();
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
    if (paint.winners && shown.verdicts[i] !== null) tip.appendChild(row(paint.winners.title, paint.winners.names[shown.verdicts[i]], true));
    tip.appendChild(row(paint.words.difference, format(difference(shown.left[i], shown.right[i]), true), paint.mode === "diff"));
  }

  function hover(i, side) {
    if (i === hovered || !shown) return;
    hovered = i;
    const data = i === null ? EMPTY : { type: "FeatureCollection", features: [world.geometry.cells.features[i]] };
    for (const name of SIDES) {
      maps[name].getSource("hover").setData(data);
      const tip = byId(`tip-${name}`);
      const hidden = i === null || (alone() && name === "left") || (paint.mode === "swipe" && name !== side);
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
    const busy = setTimeout(() => tell(order.words.working), 400); // travel times that nobody asked for yet
    const [geometry, ...parts] = await Promise.all([
      fetchJson(order.geometry),
      ...SIDES.flatMap((side) => [order[side].values, order[side].persons, order[side].layers].map(fetchJson)),
      ...(order.winners ? [fetchJson(order.winners.values)] : []),
    ]).finally(() => clearTimeout(busy));
    if (turn !== drawing) return window.dash_clientside.no_update; // a newer order is on its way
    if (byId("map-message").textContent === order.words.working) tell("");
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
      verdicts: parts[6] ? parts[6].values : null,
    };
    if (!paint.tiles) tileErrors = 0;
    byId("tiles-credit").hidden = !paint.tiles;
    if (paint.tiles) byId("map-message").textContent = "";
    SIDES.forEach((side, n) => { setTiles(side); setLayers(side, parts[3 * n + 2]); setPlace(side); colour(side); });
    SIDES.forEach((side) => { if (hovered !== null && !byId(`tip-${side}`).hidden) fillTip(byId(`tip-${side}`), hovered); });
    byId("maps").dataset.drawn = order.key;
    return order.key;
  }

  function tell(words) { byId("map-message").textContent = words; }

  /* The address bar follows the view; only a change of what is compared makes a step for the back button. */
  function mirror(order) {
    if (!order) return window.dash_clientside.no_update;
    const { query, lang, presenting } = order;
    const now = window.location.search.replace(/^\?/, "");
    document.body.classList.toggle("presenting", presenting);
    if (now === query) return window.dash_clientside.no_update;
    if (lang !== document.documentElement.lang) { window.location.assign(`?${query}`); return window.dash_clientside.no_update; }
    const main = (text) => { const p = new URLSearchParams(text); return ["l", "r", "m", "v", "at"].map((k) => p.get(k)).join(); };
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
  window.dash_clientside = Object.assign({}, window.dash_clientside, { ekisei: { draw, drawWays, mirror, closed, asked } });
})();
