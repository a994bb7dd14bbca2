/* The map of the editor. It draws what the server says, and reports presses, drags and keys; it decides nothing. */
(function () {
  "use strict";

  const UNREACHABLE = 1e9; // same number as app.addresses.UNREACHABLE
  const REACH_PX = 14; // a press this near to a stop means the stop
  const STEP_M = { fine: 10, usual: 50 }; // of an arrow key, with and without Shift
  const METRES_PER_DEGREE = 111_320;
  const STOPS = ["stop", "brt-stop", "station"];
  const KEY = "ekisei-edit";
  const SETTLED_MS = 250;
  const OTHER_SIZE = 1.25; // a map so many times as high shows the whole city anew, unless a person moved it
  const no = () => window.dash_clientside.no_update;
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const byId = (id) => document.getElementById(id);
  const world = { map: null, ready: null, paint: null, tool: "none", spots: [], number: 0 };
  let asked = null; // {request, of} that the engine was asked last
  let changed = false; // since the engine was asked
  let moved = false; // the map, by a person
  let content = ""; // scenario as last seen, to know a new one
  let markers = []; // places chosen for the tool
  let handles = []; // what can be dragged
  let draw = null; // terra-draw, loaded when an area is drawn first

  /* The frame of maps comes after this file by name. */
  let fetchKept = null;
  function fetchJson(url) {
    fetchKept = fetchKept || window.ekiseiMapFrame.createFetch(40);
    return fetchKept(url);
  }

  // ------------------------------------------------------------------ the scenario as this device keeps it

  /* What was left here is taken up again, unless the address asks for another scenario. */
  function begin(given) {
    if (!given) return no();
    const at = Date.now();
    let left = null;
    try { left = JSON.parse(window.localStorage.getItem(`${KEY}:${given.city}`)); } catch { left = null; }
    const same = left && (!given.start || given.start === `own:${left.content.id}`);
    if (same) return { do: "resume", state: left, at };
    return { do: "start", choice: given.start || given.usual, at };
  }

  /* Windows are called by their heading: the library names them by a head of its own, a second banner of the page. */
  function nameWindows() {
    for (const heading of document.querySelectorAll(".edit-window-head h2")) {
      const around = heading.closest('[role="dialog"]');
      if (around) around.setAttribute("aria-label", heading.textContent);
    }
    const file = document.querySelector(".edit-upload input[type=file]");
    if (file) file.setAttribute("aria-label", file.closest(".edit-upload").textContent);
  }

  /*
   * Which one of many was pressed. They are drawn anew with each answer, and a callback of the server that had them as
   * inputs would run then, and drop the answer to a real press that is on its way.
   */
  function pressOne(...given) {
    const [first] = window.dash_clientside.callback_context.triggered;
    if (!first || first.value === null || first.value === undefined) return no();
    const cut = first.prop_id.lastIndexOf(".");
    const one = JSON.parse(first.prop_id.slice(0, cut));
    if (first.prop_id.slice(cut) !== ".checked") return { ...one, at: Date.now() };
    const state = given[given.length - 1];
    const mod = ((state && state.content.modifications) || []).find(({ id }) => String(id) === one.mod);
    if (!mod || (mod.enabled !== false) === first.value) return no(); // drawn as it stands
    return { ...one, on: first.value, at: Date.now() };
  }

  function keep(state, given) {
    if (!state) return no();
    nameWindows();
    watch();
    try { window.localStorage.setItem(`${KEY}:${given.city}`, JSON.stringify(state)); } catch { /* private window */ }
    const now = JSON.stringify(state.content);
    if (content && now !== content) { changed = true; markStale(true); }
    content = now;
    return no();
  }

  /* Numbers on the screen that are not of this scenario are greyed, and said to be so. */
  function markStale(stale) {
    const cards = byId("edit-cards");
    if (cards) cards.dataset.stale = String(stale);
    const note = byId("edit-stale-note");
    if (note) note.hidden = !stale;
  }

  /* The cards themselves say whose numbers they show; the map may have come before them. */
  function settle() {
    const told = document.querySelector("#edit-cards [data-of]");
    if (told && !changed && asked && told.dataset.of === asked.of) markStale(false);
  }

  let watched = null; // the element of the cards: a new one each time the page is opened
  const watcher = new MutationObserver(settle);
  function watch() {
    const cards = byId("edit-cards");
    if (!cards || cards === watched) return;
    watcher.disconnect();
    watched = cards;
    watcher.observe(cards, { childList: true, subtree: true, attributeFilter: ["data-of"] });
  }

  // ------------------------------------------------------------------ numbers as they come

  async function listen(session, request) {
    let seen = 0;
    while (asked && asked.request === request) {
      let found = null;
      try {
        const url = `edit/live/${session}?request=${request}&seen=${seen}`;
        const response = await fetch(url, { credentials: "same-origin", cache: "no-store" });
        found = response.ok ? await response.json() : null;
      } catch { found = null; }
      if (!asked || asked.request !== request) return;
      if (!found) { await new Promise((resolve) => setTimeout(resolve, 1500)); continue; } // the server is away
      if (found.state === "cancelled") return;
      if (found.part !== seen || found.state !== "working") {
        seen = found.part;
        set("edit-told", { data: { request, part: seen, state: found.state } });
      }
      if (found.state !== "working") return;
    }
  }

  function follow(order, session) {
    if (!order) return no();
    asked = order;
    changed = false;
    settle();
    listen(session, order.request);
    return no();
  }

  // ------------------------------------------------------------------ map

  function createMap(geometry, order) {
    const { buildStyle, EMPTY } = window.ekiseiMapLayers;
    const host = byId("edit-map");
    const style = buildStyle(geometry, order.lang);
    style.sources.sketch = { type: "geojson", data: EMPTY };
    style.layers.push(
      { id: "sketch-area", type: "fill", source: "sketch", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": "#1565c0", "fill-opacity": 0.15 } },
      { id: "sketch-case", type: "line", source: "sketch", paint: { "line-color": "#ffffff", "line-width": 7 } },
      { id: "sketch-line", type: "line", source: "sketch", paint: { "line-color": "#1565c0", "line-width": 3.5, "line-dasharray": [1.6, 1] } },
    );
    const where = { bounds: geometry.extent, fitBoundsOptions: { padding: window.ekiseiMapFrame.ROOM }, maxZoom: 17 };
    const map = window.ekiseiMapFrame.createMap(host, style, order.words, where);
    map.on("click", press);
    map.on("mousemove", point);
    map.on("error", (event) => console.warn("map:", event.error && event.error.message));
    map.on("movestart", (event) => { moved = moved || Boolean(event.originalEvent); });
    let fitted = host.clientHeight;
    new ResizeObserver(() => {
      map.resize();
      const high = host.clientHeight;
      if (moved || !high || Math.max(high / fitted, fitted / high) < OTHER_SIZE) return;
      fitted = high; // such as above an open form on a phone
      map.fitBounds(where.bounds, { ...where.fitBoundsOptions, animate: false });
    }).observe(host);
    world.map = map;
    world.geometry = geometry;
    world.ready = new Promise((resolve) => map.once("load", resolve));
  }

  /* The stop under a point of the screen, or null; several lie close, the nearest is meant. */
  function stopAt(point_) {
    const box = [[point_.x - REACH_PX, point_.y - REACH_PX], [point_.x + REACH_PX, point_.y + REACH_PX]];
    const near = world.map.queryRenderedFeatures(box, { layers: STOPS }).filter((f) => f.properties.change !== "added");
    let best = null;
    let least = Infinity;
    for (const feature of near) {
      const at = world.map.project(feature.geometry.coordinates);
      const apart = Math.hypot(at.x - point_.x, at.y - point_.y);
      if (apart < least) [best, least] = [feature, apart];
    }
    return best;
  }

  function press(event) {
    if (world.tool === "none" || (world.tool === "area" && draw && draw.enabled)) return;
    const stop = stopAt(event.point);
    const { lng, lat } = event.lngLat;
    if (world.tool === "stops" && !stop) return;
    set("edit-picked", { data: { stop: stop ? stop.properties.stop_id : null, lat, lon: lng, at: Date.now() } });
  }

  function point(event) {
    if (world.tool === "none") return;
    world.map.getCanvas().style.cursor = stopAt(event.point) ? "pointer" : "crosshair";
  }

  const difference = (a, b) => {
    if (a === null || b === null) return null;
    const [from, to] = [a, b].map((v) => (Math.abs(v) >= UNREACHABLE ? Math.sign(v) * UNREACHABLE : 0));
    return from || to ? to - from : b - a;
  };

  function classOf(value, breaks) {
    let k = 0;
    while (k < breaks.length && value >= breaks[k]) k += 1;
    return k;
  }

  function colour(order, found) {
    const { map } = world;
    const some = found.persons.filter((p) => p !== null && p >= 1).sort((a, b) => a - b);
    const dense = some.length ? some[Math.floor(some.length * 0.9)] : 1;
    const match = ["match", ["coalesce", ["feature-state", "k"], -1]];
    order.colors.forEach((color, k) => match.push(k, color));
    match.push("#c9d0d8");
    const middle = (order.colors.length - 1) / 2;
    for (let i = 0; i < found.values.length; i += 1) {
      const value = order.change ? difference(found.against[i], found.values[i]) : found.values[i];
      const persons = found.persons[i];
      let o = persons === null || persons < 1 ? 0.05 : Math.min(0.9, 0.14 + 0.76 * Math.sqrt(persons / dense));
      const k = value === null ? -1 : classOf(value, order.breaks);
      if (order.change && k === middle) o *= 0.35; // what stays steps back
      map.setFeatureState({ source: "cells", id: i }, { k, o: value === null ? 0 : o });
    }
    map.setPaintProperty("cells", "fill-color", match);
    map.setPaintProperty("cells", "fill-opacity", ["coalesce", ["feature-state", "o"], 0]);
  }

  function setLayers(order, layers) {
    const { plainBrackets, DRAWN, EMPTY } = window.ekiseiMapLayers;
    const wanted = new Set(order.facilities);
    for (const name of DRAWN) world.map.getSource(name).setData(layers[name] ? plainBrackets(layers[name]) : EMPTY);
    world.map.getSource("closures").setData(layers.closures || EMPTY);
    world.map.getSource("facilities").setData(plainBrackets({
      type: "FeatureCollection",
      features: layers.facilities.features.filter((f) => wanted.has(f.properties.kind) || f.properties.change !== "same"),
    }));
  }

  async function drawMap(order) {
    if (!order || !order.layers) return no();
    const turn = ++world.number;
    world.paint = order;
    try {
      const [geometry, layers, values] = await Promise.all([
        fetchJson(order.geometry), fetchJson(order.layers), order.values ? fetchJson(order.values) : null,
      ]);
      if (turn !== world.number || !byId("edit-map")) return no();
      if (!world.map) createMap(geometry, order);
      await world.ready;
      if (turn !== world.number) return no();
      setLayers(order, layers);
      if (values) colour(order, values);
      placeHandles(order);
      setTool();
      byId("edit-map-frame").dataset.drawn = `${order.of}:${order.stamp}`;
    } catch (problem) {
      console.warn("edit:", problem.message); // a newer answer took its place
    }
    return no();
  }

  // ------------------------------------------------------------------ points that can be moved

  /* A point that is dragged, or moved by arrow keys once it has the focus. */
  function movable(lonlat, className, label, sign, moved) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = className;
    element.setAttribute("aria-label", label);
    element.title = label;
    element.textContent = sign;
    const marker = new maplibregl.Marker({ element, draggable: true }).setLngLat(lonlat).addTo(world.map);
    element.setAttribute("aria-label", label); // the library puts its own
    marker.on("dragend", () => moved(marker.getLngLat()));
    let settling = null;
    element.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!way) return;
      event.preventDefault();
      event.stopPropagation();
      const at = marker.getLngLat();
      const degrees = (event.shiftKey ? STEP_M.fine : STEP_M.usual) / METRES_PER_DEGREE;
      marker.setLngLat([at.lng + (way[0] * degrees) / Math.cos((at.lat * Math.PI) / 180), at.lat + way[1] * degrees]);
      clearTimeout(settling);
      settling = setTimeout(() => moved(marker.getLngLat()), SETTLED_MS);
    });
    element.addEventListener("click", (event) => event.stopPropagation());
    return marker;
  }

  function placeHandles(order) {
    const focus = document.activeElement && document.activeElement.dataset.handle;
    handles.forEach((marker) => marker.remove());
    handles = world.tool !== "none" ? [] : order.handles.map((handle) => {
      const label = order.words.edit_handle.replace("{name}", handle.name);
      const marker = movable([handle.lon, handle.lat], "edit-handle", label, "✥", (at) =>
        set("edit-request", { data: { do: "move", mod: handle.mod, path: handle.path, lat: at.lat, lon: at.lng, at: Date.now() } }));
      marker.getElement().dataset.handle = `${handle.mod}:${handle.path}`;
      if (marker.getElement().dataset.handle === focus) marker.getElement().focus();
      return marker;
    });
  }

  function placeSpots() {
    const focus = document.activeElement && document.activeElement.dataset.spot;
    markers.forEach((marker) => marker.remove());
    const { words } = world.paint;
    markers = world.spots.map((spot, n) => {
      const marker = movable([spot.lon, spot.lat], "edit-point", words.edit_spot.replace("{number}", n + 1), String(n + 1), (at) =>
        set("edit-picked", { data: { moved: n, lat: at.lat, lon: at.lng, at: Date.now() } }));
      marker.getElement().dataset.spot = String(n);
      if (String(n) === focus) marker.getElement().focus();
      return marker;
    });
    const ring = world.spots.map((spot) => [spot.lon, spot.lat]);
    const line = { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: ring } };
    const area = { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...ring, ring[0]]] } };
    const shape = world.tool === "area" && ring.length > 2 ? [area] : world.tool === "line" && ring.length > 1 ? [line] : [];
    world.map.getSource("sketch").setData({ type: "FeatureCollection", features: shape });
  }

  // ------------------------------------------------------------------ tools

  function sketch(spots, hand) {
    world.spots = spots || [];
    world.wanted = hand && hand.tool ? hand.tool : "";
    setTool();
    return no();
  }

  const KIND_OF_TOOL = {
    extend: "line", line: "line", remove_stops: "stops", area: "area",
    hub: "one", visit: "one", open: "one", relocate: "one", homes: "one",
  };

  async function setTool() {
    const kind = KIND_OF_TOOL[world.wanted] || "none";
    const changed = kind !== world.tool;
    world.tool = kind;
    const frame = byId("edit-map-frame");
    if (!frame || !world.map) return;
    await world.ready;
    byId("edit-map-hint").textContent = kind === "none" ? "" : frame.getAttribute(`data-hint-${kind}`) || "";
    frame.dataset.tool = kind;
    if (kind === "none") world.map.getCanvas().style.cursor = "";
    placeSpots();
    if (changed && world.paint) placeHandles(world.paint);
    if (kind === "area" && !world.spots.length) await beginArea();
    else endArea();
  }

  /* Terra-draw lies beside MapLibre; it is needed by this tool alone. */
  function load(name) {
    const beside = document.querySelector('script[src*="1-maplibre-gl"]').src.split("1-maplibre-gl")[0];
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${beside}${name}`;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`cannot load ${name}`));
      document.head.appendChild(script);
    });
  }

  let loading = null;
  async function beginArea() {
    loading = loading || load("2-terra-draw.js").then(() => load("3-terra-draw-maplibre-gl-adapter.js"));
    await loading;
    if (world.tool !== "area" || world.spots.length) return;
    if (!draw) {
      const { TerraDraw, TerraDrawPolygonMode, ValidateNotSelfIntersecting } = window.terraDraw;
      draw = new TerraDraw({
        adapter: new window.terraDrawMaplibreGlAdapter.TerraDrawMapLibreGLAdapter({ map: world.map }),
        modes: [new TerraDrawPolygonMode({
          validation: (feature, { updateType }) => (updateType === "finish" || updateType === "commit" ? ValidateNotSelfIntersecting(feature) : { valid: true }),
          styles: { fillColor: "#1565c0", fillOpacity: 0.15, outlineColor: "#1565c0", outlineWidth: 3, closingPointColor: "#ffffff", closingPointOutlineColor: "#1565c0", closingPointWidth: 8 },
        })],
      });
      draw.on("finish", (id) => {
        const drawn = draw.getSnapshot().find((feature) => feature.id === id);
        const ring = drawn ? drawn.geometry.coordinates[0].slice(0, -1) : [];
        setTimeout(() => { draw.clear(); set("edit-picked", { data: { area: ring, at: Date.now() } }); }, 0);
      });
    }
    if (!draw.enabled) { draw.start(); draw.setMode("polygon"); }
  }

  function endArea() {
    if (draw && draw.enabled) { draw.clear(); draw.stop(); }
  }

  // ------------------------------------------------------------------ keys

  const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

  document.addEventListener("keydown", (event) => {
    if (!byId("edit-map-frame") || !(event.ctrlKey || event.metaKey) || event.altKey || typing(event.target)) return;
    const key = event.key.toLowerCase();
    const wish = key === "z" ? (event.shiftKey ? "redo" : "undo") : key === "y" && !event.shiftKey ? "redo" : null;
    if (!wish) return;
    event.preventDefault();
    set("edit-request", { data: { do: wish, at: Date.now() } });
  });

  world.drawing = () => Boolean(draw && draw.enabled);
  window.ekiseiEditWorld = world;
  window.dash_clientside = Object.assign({}, window.dash_clientside, { ekiseiEdit: { begin, pressOne, keep, follow, draw: drawMap, sketch } });
})();
