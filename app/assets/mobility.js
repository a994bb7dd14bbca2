/* A simulated day of an on-demand fleet: vehicles move between the points of the log, people wait, get on, get off. */
(function () {
  "use strict";

  const COLOURS = ["#0b2545", "#b45309", "#6b21a8", "#0f766e", "#a3241b", "#12459b"];
  const STEP_S = 60;
  const FORGIVEN_S = 600; // a refused wish, and who never came, are shown for ten minutes
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const clock = (s) => `${String(Math.floor(s / 3600)).padStart(2, "0")}:${String(Math.floor((s % 3600) / 60)).padStart(2, "0")}`;

  function element(tag, props, ...children) {
    const made = Object.assign(document.createElement(tag), props);
    made.append(...children);
    return made;
  }

  /* Where a vehicle is at a moment, and whether it drives; between drives it stands where it came to. */
  function whereabouts(vehicle, depot, t) {
    let at = depot;
    for (const move of vehicle.moves) {
      if (t < move.from) return { at, move: null };
      if (t < move.to) {
        const share = move.to > move.from ? (t - move.from) / (move.to - move.from) : 1;
        return { at: [move.a[0] + share * (move.b[0] - move.a[0]), move.a[1] + share * (move.b[1] - move.a[1])], move };
      }
      at = move.b;
    }
    return { at, move: null };
  }

  function aboard(day, vehicle, t) {
    let load = 0;
    for (const event of day.events) {
      if (event.t > t) break;
      if (event.vehicle === vehicle) load = event.load;
    }
    return load;
  }

  const waits = (request, t) => request.told === "accepted" && request.wish <= t &&
    (request.picked === null ? request.missed === null || request.missed > t : request.picked > t);
  const refused = (request, t) => request.told === "rejected" && request.wish <= t && t < request.wish + FORGIVEN_S;
  const missed = (request, t) => request.missed !== null && request.missed <= t && t < request.missed + FORGIVEN_S;

  /* Vehicles that stand at one place are one circle with all their numbers. */
  function together(seen) {
    const spots = new Map();
    for (const v of seen) spots.set(String(v.at), [...(spots.get(String(v.at)) || []), v]);
    return [...spots.values()].map((here) => ({ at: here[0].at, n: here.map((v) => v.n + 1).join("·"), color: COLOURS[here[0].n % COLOURS.length], load: Math.max(...here.map((v) => v.load)) }));
  }

  class Player {
    constructor(order, day, map) {
      Object.assign(this, { order, day, map, t: day.start, playing: false, last: 0, speed: 120 });
      this.last_s = day.start + STEP_S * Math.ceil((day.end - day.start + 1) / STEP_S); // the slider ends where all is over
      this.moments = [...new Set(day.events.map((event) => event.t))].sort((a, b) => a - b);
      this.build();
      this.show(this.moments.length ? this.moments[0] : day.start);
    }

    build() {
      const { words } = this.order;
      const button = (text, act) => {
        const made = element("button", { type: "button", className: "button quiet", textContent: text });
        made.addEventListener("click", act);
        return made;
      };
      this.play = button(words.mobility_play, () => this.toggle());
      this.play.classList.add("player-play");
      this.back = button(words.mobility_back, () => this.step(-1));
      this.next = button(words.mobility_next, () => this.step(1));
      this.slider = element("input", { type: "range", min: this.day.start, max: this.last_s, step: STEP_S, className: "player-slider" });
      this.slider.setAttribute("aria-label", words.mobility_time);
      this.slider.addEventListener("input", () => this.show(Number(this.slider.value)));
      this.time = element("output", { className: "player-time" });
      this.told = element("p", { className: "player-told" });
      this.told.setAttribute("role", "status");
      this.table = element("table", { className: "player-state" });
      const bar = element("div", { className: "player-bar" }, ...(calm() ? [] : [this.play]), this.back, this.next, this.time, this.slider);
      const never = this.day.requests.filter((r) => r.missed !== null).length;
      const assumed = element("p", { className: "place-notes player-no-shows", textContent: words.mobility_no_shows
        .replace("{share}", (100 * this.day.no_show_share).toFixed(1)).replace("{n}", never) });
      document.getElementById(this.order.player).replaceChildren(bar, this.told, this.table, assumed);
    }

    toggle() {
      this.playing = !this.playing;
      this.play.textContent = this.playing ? this.order.words.mobility_pause : this.order.words.mobility_play;
      this.last = performance.now();
      if (this.playing && this.t >= this.day.end) this.show(this.day.start);
      if (this.playing) requestAnimationFrame((now) => this.frame(now));
    }

    frame(now) {
      if (!this.playing || !document.body.contains(this.slider)) return;
      const t = this.t + ((now - this.last) / 1000) * this.speed;
      this.last = now;
      this.show(Math.min(t, this.day.end));
      if (t >= this.day.end) this.toggle(); else requestAnimationFrame((later) => this.frame(later));
    }

    /* To the next thing that happens, or the one before: the way of who wants no moving pictures. */
    step(way) {
      if (this.playing) this.toggle();
      const now = Math.round(this.t);
      const found = way > 0 ? this.moments.find((m) => m > now) : [...this.moments].reverse().find((m) => m < now);
      this.show(found === undefined ? (way > 0 ? this.day.end : this.day.start) : found);
    }

    show(t) {
      this.t = t;
      const { day, order } = this;
      const { put, point } = window.ekiseiPlaceMap;
      const seen = day.vehicles.map((vehicle, n) => ({ n, load: aboard(day, n, t), ...whereabouts(vehicle, day.depot, t) }));
      put(this.map, "vehicles", together(seen).map((v) => point(v.at, { n: v.n, color: v.color, load: v.load })));
      put(this.map, "drives", seen.filter((v) => v.move).map((v) => ({
        type: "Feature", properties: { color: COLOURS[v.n % COLOURS.length] }, geometry: { type: "LineString", coordinates: [v.at, v.move.b] },
      })));
      const waiting = day.requests.filter((r) => waits(r, t));
      put(this.map, "waiting", [
        ...waiting.map((r) => point(r.at, { kind: "waits", n: String(r.persons) })),
        ...day.requests.filter((r) => refused(r, t)).map((r) => point(r.at, { kind: "refused", n: "×" })),
        ...day.requests.filter((r) => missed(r, t)).map((r) => point(r.at, { kind: "missed", n: "?" })),
      ]);
      this.slider.value = String(Math.round(t));
      this.slider.setAttribute("aria-valuetext", clock(t));
      this.time.textContent = clock(t);
      if (!this.playing) this.tell(t);
      this.fill(seen, waiting.length);
      document.getElementById(order.host).dataset.time = clock(t);
    }

    tell(t) {
      const { words } = this.order;
      const before = this.day.events.filter((event) => event.t <= t);
      const at = before.length ? before[before.length - 1].t : null;
      const now = before.filter((event) => event.t === at);
      this.told.textContent = now.length
        ? `${clock(at)} ${now.map((e) => `${words.mobility_vehicle.replace("{n}", e.vehicle + 1)} ${words[`mobility_event_${e.kind}`]}`).join(" / ")}`
        : words.mobility_none_yet;
    }

    fill(seen, waiting) {
      const { words } = this.order;
      const cell = (tag, text) => element(tag, { textContent: text, ...(tag === "th" ? { scope: "row" } : {}) });
      const rows = seen.map((v) => {
        const state = v.load ? words.mobility_loaded.replace("{n}", v.load) : v.move ? words.mobility_empty : words.mobility_idle;
        const head = cell("th", words.mobility_vehicle.replace("{n}", v.n + 1));
        head.style.borderLeft = `10px solid ${COLOURS[v.n % COLOURS.length]}`;
        return element("tr", {}, head, cell("td", state));
      });
      const caption = element("caption", { textContent: `${words.mobility_state} ${words.mobility_waiting.replace("{n}", waiting)}` });
      this.table.replaceChildren(caption, element("tbody", {}, ...rows));
    }
  }

  function addLayers(map) {
    const { put } = window.ekiseiPlaceMap;
    const { FONT } = window.ekiseiMapLayers;
    ["drives", "waiting", "vehicles"].forEach((name) => put(map, name, []));
    const text = (id, source, field, color) => map.addLayer({
      id, type: "symbol", source, paint: { "text-color": color },
      layout: { "text-field": ["get", field], "text-font": FONT, "text-size": 13, "text-allow-overlap": true, "text-ignore-placement": true },
    });
    map.addLayer({ id: "drives", type: "line", source: "drives", paint: { "line-color": ["get", "color"], "line-width": 3, "line-dasharray": [1.2, 1.2] } });
    map.addLayer({ id: "waiting", type: "circle", source: "waiting", paint: { "circle-radius": 10, "circle-color": ["match", ["get", "kind"], "refused", "#a3241b", "missed", "#ffffff", "#f2b705"], "circle-stroke-color": "#17212b", "circle-stroke-width": 1.5 } });
    map.addLayer({ id: "waiting-n", type: "symbol", source: "waiting", layout: { "text-field": ["get", "n"], "text-font": FONT, "text-size": 13, "text-allow-overlap": true, "text-ignore-placement": true }, paint: { "text-color": ["match", ["get", "kind"], "refused", "#ffffff", "#17212b"] } });
    map.addLayer({ id: "vehicles", type: "circle", source: "vehicles", paint: { "circle-radius": ["+", ["case", [">", ["get", "load"], 0], 14, 11], ["*", 3, ["max", 0, ["-", ["length", ["get", "n"]], 1]]]], "circle-color": ["get", "color"], "circle-stroke-color": "#ffffff", "circle-stroke-width": 2.5 } });
    text("vehicle-numbers", "vehicles", "n", "#ffffff");
  }

  async function draw(order) {
    if (!order) return window.dash_clientside.no_update;
    const { open, fit, fetchJson } = window.ekiseiPlaceMap;
    let day = null;
    try { day = await fetchJson(order.day); } catch { day = null; }
    if (!day) { document.getElementById(order.player).textContent = order.words.mobility_failed; return window.dash_clientside.no_update; }
    const { map } = await open(order);
    if (!map.getLayer("vehicles")) addLayers(map);
    fit(map, [day.depot, ...day.requests.map((r) => r.at), ...day.requests.map((r) => r.to)], 14);
    window.ekiseiMobility = new Player(order, day, map);
    document.getElementById(order.host).dataset.drawn = String(day.requests.length);
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { ekiseiMobility: { draw } });
})();
