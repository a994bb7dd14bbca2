/* Two to four synchronized maps. The server sends addresses and classes; this file fetches, colours and mirrors. */
(function () {
  "use strict";

  const SIDES = ["left", "right", "third", "fourth"]; // as app.features.compare.state.SIDES
  const { buildStyle, EMPTY } = window.ekiseiMapLayers; // these files come first by name
  const { dense, isAlone } = window.ekiseiMapCells;
  const drawing = window.ekiseiMapPaint;
  const tips = window.ekiseiMapTips;
  const SMALL = { top: 52, bottom: 18, left: 14, right: 66 }; // of four maps on a desk, each is a small one
  const SMALL_PX = 340;
  const PATIENCE_MS = 6000;
  const ADDRESS = new URLSearchParams(window.location.search); // as it came, before the page writes its own
  const { createFetch, ROOM } = window.ekiseiMapFrame;
  const fetchJson = createFetch();
  const maps = {};
  const loaded = {};
  let paint = null; // the last paint order of the server
  let shown = null; // arrays on screen: {values: by side, persons: by side, dense, verdicts}
  let turns = 0;
  let wished = ""; // the last order in words, to know a new one
  let hovered = null;
  let hoveredOn = null;
  let following = false;
  let touched = false; // by a person; until then the city is fitted into whatever room there is
  let ours = false; // whether the page itself moves the maps
  let tileErrors = 0;

  const byId = (id) => document.getElementById(id);
  const made = () => SIDES.filter((side) => maps[side]); // maps stay when a scenario leaves: it may come back

  // ------------------------------------------------------------------ maps

  /* The whole city fits under the captions, so that none of it is covered. */
  function fit() {
    const captions = SIDES.map((side) => byId(`caption-${side}`)).filter((caption) => caption.offsetHeight);
    const host = byId("map-left");
    const room = Math.min(host.clientWidth, host.clientHeight) < SMALL_PX ? SMALL : ROOM;
    const top = Math.max(room.top, ...captions.map((caption) => caption.offsetTop + caption.offsetHeight + 22));
    return { padding: { ...room, top } };
  }

  function cameraOf(geometry) {
    if (maps.left) return { center: maps.left.getCenter(), zoom: maps.left.getZoom() };
    if (paint.camera) return { center: [paint.camera[0], paint.camera[1]], zoom: paint.camera[2] };
    return { bounds: geometry.extent, fitBoundsOptions: fit() };
  }

  function quietly(change) {
    ours = true;
    try { change(); } finally { ours = false; }
  }

  /* Until a person moves the maps, or the address said where they look. */
  function refit() {
    if (touched || world.given || !maps.left) return;
    quietly(() => maps.left.fitBounds(world.geometry.extent, { ...fit(), animate: false }));
  }

  function createMap(side, geometry) {
    const host = byId(`map-${side}`);
    const words = { ...paint.words, map: `${host.getAttribute("aria-label")}: ${paint.words.map}` }; // each its own landmark
    const map = window.ekiseiMapFrame.createMap(host, buildStyle(geometry, paint.lang), words, { ...cameraOf(geometry), trackResize: false });
    map.on("move", () => follow(side));
    map.on("moveend", () => { if (!ours) remember(); });
    map.on("mousemove", "cells", (event) => hover(event.features[0].id, side));
    map.on("mouseout", () => hover(null));
    map.on("click", "cells", (event) => {
      hover(event.features[0].id, side);
      window.dash_clientside.set_props("picked", { data: { cell: event.features[0].id, at: Date.now() } });
    });
    map.on("error", (event) => onError(event));
    map.on("idle", () => host.setAttribute("data-idle", String(turns)));
    maps[side] = map;
    loaded[side] = new Promise((resolve) => map.once("load", () => { drawing.addPlace(map); resolve(); }));
    map.on("movestart", () => { if (!ours && !following) { touched = true; moved = true; } });
    new ResizeObserver(() => {
      quietly(() => map.resize());
      if (side === "left") refit();
    }).observe(host);
    new ResizeObserver(refit).observe(byId(`caption-${side}`)); // a longer name takes more rows
  }

  /* The journeys of the panel, each on its own map; in 差分 both on the one that is seen. */
  let ways = {};
  async function drawWays(found) {
    ways = found || {};
    await Promise.all(made().map((side) => loaded[side]));
    made().forEach((side) => maps[side].getSource("ways").setData(ways[side] || EMPTY));
    byId("maps").dataset.ways = String(Object.values(ways).reduce((n, one) => n + one.features.length, 0));
    return window.dash_clientside.no_update;
  }

  function follow(side) {
    if (following) return;
    following = true;
    const camera = { center: maps[side].getCenter(), zoom: maps[side].getZoom() };
    made().filter((other) => other !== side).forEach((other) => maps[other].jumpTo(camera));
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
      if (touched && !moved) requestAnimationFrame(() => requestAnimationFrame(() => quietly(() => map.jumpTo(kept))));
    }
  }

  /* Centre, zoom, and the size of one map: what is handed out shows the same part of the city. */
  function cameraNow() {
    const [map, host] = [maps.left, byId("map-left")];
    const centre = map.getCenter();
    const exact = [centre.lng.toFixed(5), centre.lat.toFixed(5), map.getZoom().toFixed(3)].map(Number);
    return [...exact, host.clientWidth, host.clientHeight];
  }

  /* The address of the view on the screen, also before anybody moved the maps. */
  function viewSearch() {
    const query = new URLSearchParams(window.location.search);
    if (maps.left) query.set("c", cameraNow().join(","));
    return `?${query.toString().replaceAll("%2C", ",")}`;
  }

  let remembering = null;
  function remember() {
    clearTimeout(remembering);
    remembering = setTimeout(() => {
      window.dash_clientside.set_props("camera", { data: cameraNow() });
      window.history.replaceState(window.history.state, "", viewSearch());
    }, 400);
  }

  function onError(event) {
    if (event.sourceId !== "tiles") { console.warn("map:", event.error && event.error.message); return; }
    tileErrors += 1;
    if (tileErrors < 3) return;
    made().forEach((side) => drawing.removeTiles(maps[side]));
    window.dash_clientside.set_props("tiles", { checked: false });
    byId("map-message").textContent = paint.words.tiles_failed;
  }

  // ------------------------------------------------------------------ hover

  function hover(i, side) {
    if (i === hovered || !shown) return;
    [hovered, hoveredOn] = [i, side];
    const data = i === null ? EMPTY : { type: "FeatureCollection", features: [world.geometry.cells.features[i]] };
    made().forEach((name) => maps[name].getSource("hover").setData(data));
    fillTips();
    placeTips();
  }

  /* A new order may name a map whose values are still on their way. */
  const told = () => paint.sides.filter((side) => maps[side] && shown.values[side]);

  function fillTips() {
    for (const side of SIDES) {
      const tip = byId(`tip-${side}`);
      tip.hidden = hovered === null || !told().includes(side) || tips.isHidden(paint, side, hoveredOn);
      if (!tip.hidden) tips.fill(tip, paint, shown, world.geometry.cells.features[hovered], hovered);
    }
  }

  function placeTips() {
    if (hovered === null) return;
    told().forEach((side) => tips.place(byId(`tip-${side}`), maps[side], world.geometry.cells.features[hovered]));
  }

  function setMode() {
    const frame = byId("maps");
    if (frame.dataset.mode !== paint.mode) hover(null);
    frame.dataset.mode = paint.mode;
    frame.dataset.count = String(paint.sides.length);
    frame.style.setProperty("--swipe", `${paint.swipe}%`);
    byId("swipe-handle").setAttribute("aria-valuenow", String(paint.swipe));
    quietly(() => made().forEach((side) => maps[side].resize()));
  }

  // ------------------------------------------------------------------ orders of the page

  const world = { maps, geometry: null, given: false, viewSearch, get paint() { return paint; }, get shown() { return shown; } };

  /* Everything an order names, fetched: only what is new to the browser is asked of the server. */
  async function fetchAll(order) {
    const parts = (name) => Promise.all(order.sides.map((side) => fetchJson(order[side][name])));
    const [geometry, values, persons, layers, verdicts] = await Promise.all([
      fetchJson(order.geometry), parts("values"), parts("persons"), parts("layers"),
      order.winners ? fetchJson(order.winners.values) : null,
    ]);
    const bySide = (found, pick) => Object.fromEntries(order.sides.map((side, n) => [side, pick(found[n])]));
    const arrays = {
      values: bySide(values, (one) => one.values), persons: bySide(persons, (one) => one.values),
      verdicts: verdicts && verdicts.values,
    };
    return { geometry, layers: bySide(layers, (one) => one), arrays: { ...arrays, dense: dense(arrays.persons.right) } };
  }

  /* The first order comes with the page. Cards below the fold wait for its maps, but not longer than they may take. */
  async function drawFirst(order) {
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    try { await Promise.race([drawOrder(order), patience]); } catch (trouble) { console.warn("map:", trouble); }
    return turns;
  }

  /* Tall screens have room for the tables. */
  let opened = false;
  function openTables() {
    if (!opened && window.innerHeight >= 900 && !ADDRESS.has("tab")) window.dash_clientside.set_props("tables", { checked: true });
    opened = true;
  }

  async function draw(order) {
    if (order) openTables();
    return drawOrder(order);
  }

  async function drawOrder(order) {
    if (!order) return window.dash_clientside.no_update;
    const wish = JSON.stringify({ ...order, camera: null });
    if (wish === wished) return window.dash_clientside.no_update; // such as an explanation that opened
    wished = wish;
    const turn = ++turns;
    paint = order;
    const busy = setTimeout(() => tell(order.words.working), 400); // travel times that nobody asked for yet
    let found = null;
    try {
      found = await fetchAll(order);
    } catch (trouble) {
      if (turn === turns) { wished = ""; tell(trouble.told || order.words.failed); }
      return window.dash_clientside.no_update;
    } finally {
      clearTimeout(busy);
    }
    if (turn !== turns) return window.dash_clientside.no_update; // a newer order is on its way
    quiet();
    const { geometry, layers } = found;
    world.geometry = geometry;
    if (!maps.left) world.given = Boolean(order.camera); // a view that came with the address is kept
    setMode(); // first: maps are made in the room they will have
    paint.sides.filter((side) => !maps[side]).forEach((side) => createMap(side, geometry));
    window.ekiseiMapSwipe.wireHandle(byId("swipe-handle"), byId("maps"));
    keepCamera(paint.presenting);
    await Promise.all(paint.sides.map((side) => loaded[side]));
    if (turn !== turns) return window.dash_clientside.no_update;
    shown = found.arrays;
    if (!paint.tiles) tileErrors = 0;
    byId("tiles-credit").hidden = !paint.tiles;
    if (paint.tiles) byId("map-message").textContent = "";
    for (const side of paint.sides) {
      const map = maps[side];
      drawing.setTiles(map, paint);
      drawing.setLayers(map, paint, layers[side]);
      drawing.setPlace(map, paint);
      drawing.colour(map, paint, shown, side);
    }
    fillTips();
    byId("maps").dataset.drawn = order.key;
    return order.key;
  }

  /* What is told while an order is on its way goes when the maps are drawn. */
  let passing = "";
  function tell(words) { passing = words; byId("map-message").textContent = words; }
  function quiet() { if (byId("map-message").textContent === passing) tell(""); }

  /* The address bar follows the view; only a change of what is compared makes a step for the back button. */
  function mirror(order) {
    if (!order) return window.dash_clientside.no_update;
    const { query, lang, presenting } = order;
    const now = window.location.search.replace(/^\?/, "");
    if (presenting && !document.body.classList.contains("presenting")) byId("cards").scrollTop = 0; // a talk begins at the top
    document.body.classList.toggle("presenting", presenting);
    if (now === query) return window.dash_clientside.no_update;
    if (lang !== document.documentElement.lang) { window.location.assign(`?${query}`); return window.dash_clientside.no_update; }
    const main = (text) => { const p = new URLSearchParams(text); return ["l", "r", "l3", "l4", "m", "v", "at"].map((k) => p.get(k)).join(); };
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

  window.addEventListener("beforeprint", () => quietly(() => made().forEach((side) => maps[side].resize())));

  window.ekisei = world;
  window.dash_clientside = Object.assign({}, window.dash_clientside, { ekisei: { draw, drawFirst, drawWays, mirror, closed, asked } });
})();
