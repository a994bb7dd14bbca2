/* The population by year: a map, a chart and a table that a slider or a play button moves. No library, no network. */
(function () {
  "use strict";

  const STEP_MS = 700;
  const NO_VALUE = "#e4e8ec";
  const LAND = "#f4f5f3";
  const SEQUENTIAL = ["#e8f3f1", "#c5e3de", "#95ccc3", "#5fb0a5", "#2e8f84", "#0f6e64", "#07453f"];
  const DIVERGING = ["#7a2d12", "#b4562f", "#dd9a76", "#f3d9c9", "#d3e2f1", "#86afd6", "#2f6aa8"];
  const BANDS = ["#8fc7e8", "#5ba6d6", "#2f7fb8", "#1f5e8c", "#e3b35a", "#c9822b", "#9a4f12", "#6b2f0a", "#401a05"];

  const element = (name, parent, text, attributes) => {
    const made = document.createElement(name);
    if (text !== undefined && text !== null) made.textContent = text;
    Object.entries(attributes || {}).forEach(([key, value]) => made.setAttribute(key, value));
    if (parent) parent.appendChild(made);
    return made;
  };
  const number = (value, digits) =>
    value === null ? "—" : value.toLocaleString("en-US", { minimumFractionDigits: digits || 0, maximumFractionDigits: digits || 0 });
  const signed = (value, digits) => (value === null ? "—" : (value > 0 ? "+" : value < 0 ? "−" : "±") + number(Math.abs(value), digits));

  /* value of a cell in a year, null = hidden or nobody */
  const MEASURES = {
    density: (f, y, n) => (f.total[y][n] < 0 ? null : f.total[y][n] / f.area_ha[n]),
    change: (f, y, n) => (f.total[y][n] < 0 || f.base[n] < 0 ? null : 100 * (f.total[y][n] / f.base[n] - 1)),
    older: (f, y, n) => (f.total[y][n] < 0 || f.older[y][n] < 0 ? null : (100 * f.older[y][n]) / f.total[y][n]),
    oldest: (f, y, n) => (f.oldest[y][n] < 0 ? null : f.oldest[y][n] / f.area_ha[n]),
    measures: (f, y, n) => (f.by_measures ? f.by_measures[y][n] : null),
  };
  const BREAKS = {
    density: [5, 10, 20, 40, 60, 80],
    change: [-50, -40, -30, -20, -10, 0],
    older: [25, 30, 35, 40, 45, 50],
    oldest: [1, 2, 4, 6, 8, 10],
    measures: [-20, -5, -1, 1, 5, 20],
  };
  const colours = (measure) => (measure === "change" || measure === "measures" ? DIVERGING : SEQUENTIAL);
  const classOf = (measure, value) => BREAKS[measure].filter((b) => value >= b).length;

  function mount(host, frames, lang) {
    if (host.stopPeople) host.stopPeople();
    host.textContent = "";
    host.className = "people";
    const say = (key) => (frames.words[key] || { ja: key, en: key })[lang];
    const known = host.peopleState || {};
    const state = { year: Math.min(known.year || 0, frames.years.length - 1), measure: known.measure || "density", timer: null };
    if (state.measure === "measures" && !frames.by_measures) state.measure = "density";
    host.peopleState = state;
    const parts = build(host, frames, say);
    parts.measure.value = state.measure;

    const paint = () => {
      drawMap(parts.canvas, frames, state, say, lang);
      drawLegend(parts.legend, state.measure, say);
      drawChart(parts.chart, frames, state, say, lang);
      fillTable(parts.table, frames, state, say, lang);
      parts.year.textContent = yearText(frames.years[state.year], lang);
      parts.told.textContent = sentence(frames, state.year, say, lang);
      parts.slider.value = String(state.year);
      parts.slider.setAttribute("aria-valuetext", yearText(frames.years[state.year], lang));
    };
    const stop = () => {
      window.clearInterval(state.timer);
      state.timer = null;
      parts.play.textContent = "▶ " + say("play");
      parts.play.setAttribute("aria-pressed", "false");
    };
    const go = (year) => {
      state.year = Math.max(0, Math.min(frames.years.length - 1, year));
      paint();
    };
    parts.play.addEventListener("click", () => {
      if (state.timer) return stop();
      if (state.year === frames.years.length - 1) go(0);
      parts.play.textContent = "❚❚ " + say("pause");
      parts.play.setAttribute("aria-pressed", "true");
      state.timer = window.setInterval(() => (state.year >= frames.years.length - 1 ? stop() : go(state.year + 1)), STEP_MS);
    });
    parts.slider.addEventListener("input", () => { stop(); go(Number(parts.slider.value)); });
    parts.measure.addEventListener("change", () => { state.measure = parts.measure.value; paint(); });
    parts.canvas.addEventListener("mousemove", (event) => showTip(parts, frames, state, event, say, lang));
    parts.canvas.addEventListener("mouseleave", () => { parts.tip.hidden = true; });
    const resized = new ResizeObserver(() => drawMap(parts.canvas, frames, state, say, lang));
    resized.observe(parts.canvas);
    host.stopPeople = () => { stop(); resized.disconnect(); };
    paint();
    host.dataset.ready = "yes";
    return { go, stop };
  }

  function build(host, frames, say) {
    const bar = element("div", host, null, { class: "people-bar" });
    const play = element("button", bar, "▶ " + say("play"), { type: "button", class: "people-play", "aria-pressed": "false" });
    const label = element("label", bar, say("year") + " ", { class: "people-year-label" });
    const slider = element("input", label, null, { type: "range", min: "0", max: String(frames.years.length - 1), step: "1", value: "0" });
    const year = element("output", bar, "", { class: "people-year" });
    const pick = element("label", bar, say("measure") + " ");
    const measure = element("select", pick);
    ["density", "change", "older", "oldest"].concat(frames.by_measures ? ["measures"] : []).forEach((name) =>
      element("option", measure, say("m_" + name), { value: name }));
    const told = element("p", host, "", { class: "people-told", "aria-live": "polite" });
    const body = element("div", host, null, { class: "people-body" });
    const map = element("div", body, null, { class: "people-map" });
    const canvas = element("canvas", map, null, { role: "img", "aria-label": say("map_label") });
    const tip = element("div", map, "", { class: "people-tip" });
    tip.hidden = true;
    const side = element("div", body, null, { class: "people-side" });
    const legend = element("div", side, null, { class: "people-legend" });
    const chart = element("div", side, null, { class: "people-chart" });
    const table = element("div", side, null, { class: "people-table", tabindex: "0", role: "region", "aria-label": say("table_label") });
    return { play, slider, year, measure, told, canvas, tip, legend, chart, table };
  }

  const yearText = (year, lang) => (lang === "ja" ? year + "年（" + (year >= 2019 ? "R" + (year - 2018) : "H" + (year - 1988)) + "）" : String(year));

  function sentence(frames, y, say, lang) {
    const now = frames.city[y];
    const base = frames.city_base;
    const older = now.total > 0 ? (100 * now.older) / now.total : null;
    return say("told")
      .replace("{year}", yearText(frames.years[y], lang))
      .replace("{total}", number(now.total))
      .replace("{change}", signed(now.total - base.total))
      .replace("{percent}", signed(base.total > 0 ? 100 * (now.total / base.total - 1) : null, 1))
      .replace("{older}", number(older, 1))
      .replace("{oldest}", number(now.oldest));
  }

  /* ---------------------------------------------------------------- map */

  function scaleOf(canvas, frames) {
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth || 600;
    const height = canvas.clientHeight || 640;
    const [x0, y0, x1, y1] = frames.extent;
    const scale = Math.min((width - 20) / (x1 - x0), (height - 40) / (y1 - y0));
    return { ratio, width, height, scale, left: (width - scale * (x1 - x0)) / 2 - scale * x0, top: 10 - scale * y0 };
  }

  function trace(context, ring, at) {
    for (let n = 0; n < ring.length; n += 2) {
      const x = at.left + at.scale * ring[n];
      const y = at.top + at.scale * ring[n + 1];
      if (n) context.lineTo(x, y); else context.moveTo(x, y);
    }
    context.closePath();
  }

  function drawMap(canvas, frames, state, say, lang) {
    const at = scaleOf(canvas, frames);
    canvas.width = Math.round(at.width * at.ratio);
    canvas.height = Math.round(at.height * at.ratio);
    const context = canvas.getContext("2d");
    context.scale(at.ratio, at.ratio);
    context.fillStyle = LAND;
    context.strokeStyle = "#9aa7b3";
    context.lineWidth = 0.8;
    context.beginPath();
    frames.land.forEach((ring) => trace(context, ring, at));
    context.fill("evenodd");
    context.stroke();
    const palette = colours(state.measure);
    frames.cells.forEach((ring, n) => {
      const value = MEASURES[state.measure](frames, state.year, n);
      context.fillStyle = value === null ? NO_VALUE : palette[classOf(state.measure, value)];
      context.beginPath();
      trace(context, ring, at);
      context.fill();
    });
    drawStations(context, frames, at, lang);
    drawScale(context, frames, at);
  }

  function drawStations(context, frames, at, lang) {
    context.font = "12px sans-serif";
    context.textBaseline = "middle";
    frames.stations.forEach((station) => {
      const x = at.left + at.scale * station.x;
      const y = at.top + at.scale * station.y;
      context.fillStyle = "#0b2545";
      context.fillRect(x - 3.5, y - 3.5, 7, 7);
      context.lineWidth = 3;
      context.strokeStyle = "rgba(255,255,255,0.9)";
      context.strokeText(station.name[lang], x + 7, y);
      context.fillText(station.name[lang], x + 7, y);
    });
  }

  function drawScale(context, frames, at) {
    const length = (5000 / frames.unit_m) * at.scale;
    const y = at.height - 12;
    context.fillStyle = "#17212b";
    context.fillRect(14, y, length, 2);
    context.textBaseline = "bottom";
    context.fillText("5 km", 14, y - 2);
    context.fillText("▲ N", 20 + length, y + 4);
  }

  function showTip(parts, frames, state, event, say, lang) {
    const at = scaleOf(parts.canvas, frames);
    const box = parts.canvas.getBoundingClientRect();
    const x = (event.clientX - box.left - at.left) / at.scale;
    const y = (event.clientY - box.top - at.top) / at.scale;
    const n = frames.boxes.findIndex((b) => x >= b[0] && x < b[2] && y >= b[1] && y < b[3]);
    parts.tip.hidden = n < 0;
    if (n < 0) return;
    const persons = frames.total[state.year][n];
    const district = frames.districts[frames.district[n]];
    const lines = [
      (district ? district[lang] + " " : "") + yearText(frames.years[state.year], lang),
      say("persons") + ": " + (persons < 0 ? say("hidden") : number(persons)),
    ];
    const value = MEASURES[state.measure](frames, state.year, n);
    if (value !== null) lines.push(say("m_" + state.measure) + ": " + number(value, 1));
    parts.tip.textContent = lines.join("\n");
    parts.tip.style.left = Math.min(event.clientX - box.left + 12, at.width - 190) + "px";
    parts.tip.style.top = event.clientY - box.top + 12 + "px";
  }

  /* Signs stand before numbers below zero, so that no dash between two numbers is read as a sign. */
  function className(breaks, n, say) {
    const told = (value) => (value < 0 ? "−" : "") + number(Math.abs(value));
    if (n === 0) return say("under").replace("{value}", told(breaks[0]));
    if (n === breaks.length) return say("from").replace("{value}", told(breaks[n - 1]));
    return say("between").replace("{low}", told(breaks[n - 1])).replace("{high}", told(breaks[n]));
  }

  function drawLegend(host, measure, say) {
    host.textContent = "";
    element("h3", host, say("m_" + measure));
    const list = element("ul", host);
    const breaks = BREAKS[measure];
    colours(measure).forEach((colour, n) => {
      const item = element("li", list);
      element("span", item, "", { class: "people-swatch", style: "background:" + colour });
      element("span", item, className(breaks, n, say));
    });
    const none = element("li", list);
    element("span", none, "", { class: "people-swatch", style: "background:" + NO_VALUE });
    element("span", none, say("hidden"));
  }

  /* ---------------------------------------------------------------- chart and table */

  function drawChart(host, frames, state, say, lang) {
    host.textContent = "";
    element("h3", host, say("chart"));
    const width = 360, height = 185, left = 60, bottom = 22, top = 8; // as wide as a phone: its words are never made smaller
    const most = Math.max(...frames.city.map((c) => c.total), 1);
    const each = (width - left) / frames.years.length;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 " + width + " " + height);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", say("chart"));
    const put = (name, attributes, text) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
      if (text) made.textContent = text;
      svg.appendChild(made);
      return made;
    };
    const scale = (height - bottom - top) / most;
    const tick = 10 ** Math.floor(Math.log10(most)) / (most / 10 ** Math.floor(Math.log10(most)) < 2 ? 2 : 1);
    for (let v = 0; v <= most; v += tick) {
      const y = height - bottom - v * scale;
      put("line", { x1: left, x2: width, y1: y, y2: y, stroke: "#d9e1e8" });
      put("text", { x: left - 4, y: y + 4, "text-anchor": "end", "font-size": 12.5, fill: "#465463" }, number(v));
    }
    frames.city.forEach((city, y) => {
      let from = 0;
      city.bands.forEach((persons, band) => {
        const bar = put("rect", {
          x: left + y * each + 0.5, width: Math.max(each - 1, 1), y: height - bottom - (from + persons) * scale,
          height: persons * scale, fill: BANDS[band % BANDS.length], opacity: y === state.year ? 1 : 0.55,
        });
        const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
        title.textContent = frames.years[y] + " " + frames.bands[band][lang] + ": " + number(persons);
        bar.appendChild(title);
        from += persons;
      });
      const every = Math.max(1, Math.ceil(frames.years.length / 8));
      if (y % every === 0) put("text", { x: left + (y + 0.5) * each, y: height - 6, "text-anchor": "middle", "font-size": 12.5, fill: "#465463" }, String(frames.years[y]));
    });
    host.appendChild(svg);
    const key = element("p", host, null, { class: "people-key" });
    frames.bands.forEach((band, n) => {
      const item = element("span", key, null, { class: "people-band" });
      element("span", item, "", { class: "people-swatch", style: "background:" + BANDS[n % BANDS.length] });
      element("span", item, band[lang]);
    });
  }

  function fillTable(host, frames, state, say, lang) {
    host.textContent = "";
    const table = element("table", host);
    element("caption", table, say("table_label") + " — " + yearText(frames.years[state.year], lang));
    const head = element("tr", element("thead", table));
    const columns = ["district", "persons", "percent", "older_share", "oldest_persons"].concat(frames.by_measures ? ["by_measures"] : []);
    columns.forEach((name) => element("th", head, say("c_" + name), { scope: "col" }));
    const body = element("tbody", table);
    frames.by_district[state.year].forEach((row, k) => {
      const line = element("tr", body);
      element("th", line, frames.districts[k][lang], { scope: "row" });
      const base = frames.by_district_base[k];
      const cells = [
        row.total < 0 ? say("hidden") : number(row.total),
        row.total < 0 || !(base > 0) ? "—" : signed(100 * (row.total / base - 1), 1),
        row.total < 0 || row.older < 0 ? "—" : number((100 * row.older) / row.total, 1),
        row.oldest < 0 ? say("hidden") : number(row.oldest),
      ].concat(frames.by_measures ? [signed(row.by_measures)] : []);
      cells.forEach((text) => element("td", line, text));
    });
  }

  window.ekiseiPeople = { mount };
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    ekiseiPeople: {
      /* put the frames of an address into the host that the page left empty for them */
      draw: async function (order) {
        const host = document.getElementById("people-host");
        if (!order || !host) return window.dash_clientside.no_update;
        const answer = await fetch(order.address);
        if (!answer.ok) { host.textContent = order.failed; return "failed"; }
        mount(host, await answer.json(), order.lang);
        return order.address;
      },
    },
  });
})();
