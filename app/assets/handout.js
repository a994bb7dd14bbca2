/* The map of the one-file handout: everything it draws is written into the file; it asks for nothing. */
(function () {
  "use strict";

  const host = document.getElementById("handout-map");
  if (!host) return; // on the pages of the server there is none
  const content = JSON.parse(document.getElementById("handout-content").textContent);
  const { words, lang, geometry, sides, metrics } = content;
  const { buildStyle, plainBrackets, FONT, DRAWN, EMPTY } = window.ekiseiMapLayers;
  const byId = (id) => document.getElementById(id);
  const FAR = content.unreachable;
  let map = null;
  let metric = metrics.find((one) => one.column === content.metric) || metrics[0];
  let view = sides.length > 1 ? "change" : "right";

  // ------------------------------------------------------------------ values, as on the page

  function difference(left, right) {
    if (left === null || right === null) return null;
    const [from, to] = [left, right].map((v) => (Math.abs(v) >= FAR ? Math.sign(v) * FAR : 0));
    return from || to ? to - from : right - left;
  }

  function classOf(value, breaks) {
    let k = 0;
    while (k < breaks.length && value >= breaks[k]) k += 1;
    return k;
  }

  const left = () => metric.values[0];
  const right = () => metric.values[metric.values.length - 1];
  const scale = () => (view === "change" ? metric.change : metric.scale);
  const personsOf = () => content.persons[view === "left" ? 0 : content.persons.length - 1];

  function valueAt(i) {
    if (view === "change") return difference(left()[i], right()[i]);
    return (view === "left" ? left() : right())[i];
  }

  function dense() {
    const some = content.persons[content.persons.length - 1].filter((p) => p !== null && p >= 1).sort((a, b) => a - b);
    return some.length ? some[Math.floor(some.length * 0.9)] : 1;
  }

  function opacityOf(persons, crowd) {
    if (persons === null) return 0;
    if (persons < 1) return 0.07;
    return metric.even ? 0.9 : Math.min(0.95, 0.14 + 0.81 * Math.sqrt(persons / crowd));
  }

  function format(value, signed) {
    if (value === null || value === undefined) return words.no_data;
    if (Math.abs(value) >= FAR) return signed ? words.reach_changed : words.unreachable;
    const scaled = value * metric.factor;
    if (metric.clock && !signed) {
      const minutes = Math.round(scaled);
      return [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, "0")).join(":");
    }
    const text = scaled.toLocaleString(lang, { minimumFractionDigits: metric.decimals, maximumFractionDigits: metric.decimals });
    const sign = signed && Number(scaled.toFixed(metric.decimals)) > 0 ? "+" : "";
    return `${sign}${text.replace("-", "−")} ${signed ? metric.change_unit : metric.unit}`.trim();
  }

  // ------------------------------------------------------------------ drawing

  function colour() {
    const { breaks, colors } = scale();
    const match = ["match", ["coalesce", ["feature-state", "k"], -1]];
    colors.forEach((color, k) => match.push(k, color));
    match.push("#c9d0d8");
    const crowd = dense();
    const persons = personsOf();
    for (let i = 0; i < persons.length; i += 1) {
      const value = valueAt(i);
      const o = opacityOf(persons[i], crowd);
      const k = value === null ? -1 : classOf(value, breaks);
      map.setFeatureState({ source: "cells", id: i }, { k, o: value === null ? o * 0.6 : o });
    }
    map.setPaintProperty("cells", "fill-color", match);
    map.setPaintProperty("cells", "fill-opacity", ["coalesce", ["feature-state", "o"], 0]);
  }

  function setLayers() {
    const layers = sides[view === "left" ? 0 : sides.length - 1].layers;
    const wanted = new Set(metric.facilities);
    for (const name of DRAWN) map.getSource(name).setData(layers[name] ? plainBrackets(layers[name]) : EMPTY);
    map.getSource("closures").setData(wanted.has("clinic") ? layers.closures : EMPTY);
    const places = layers.facilities.features.filter((f) => wanted.has(f.properties.kind));
    map.getSource("facilities").setData(plainBrackets({ type: "FeatureCollection", features: places }));
  }

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function drawLegend() {
    const { colors, limits, ends } = scale();
    const strip = element("div", undefined, "strip");
    if (ends[0]) strip.appendChild(element("span", ends[0], "end"));
    colors.forEach((color, k) => {
      const part = element("span", undefined, "class");
      const swatch = element("span", undefined, "swatch");
      swatch.style.background = color;
      part.append(swatch, element("span", limits[k] || "", "limit-word"));
      strip.appendChild(part);
    });
    if (ends[1]) strip.appendChild(element("span", ends[1], "end"));
    const title = view === "change" ? metric.change_title : metric.title;
    byId("handout-legend").replaceChildren(element("strong", title), strip, element("span", words.legend_sparse, "quiet"));
    if (metric.by_district) byId("handout-legend").appendChild(element("span", words.by_district_only, "quiet"));
  }

  function drawTable() {
    const body = byId("handout-districts");
    body.replaceChildren(...metric.districts.map((row) => {
      const line = element("tr");
      const head = element("th", row[0]);
      head.scope = "row";
      line.append(head, ...row.slice(1).map((cell) => element("td", cell, "num")));
      return line;
    }));
    byId("handout-district-title").textContent = metric.title;
  }

  function draw() {
    drawLegend();
    drawTable();
    if (!map) return;
    setLayers();
    colour();
    host.dataset.drawn = `${metric.column} ${view}`;
  }

  // ------------------------------------------------------------------ a place under the pointer

  function tell(i) {
    const box = byId("handout-place");
    const data = i === null ? EMPTY : { type: "FeatureCollection", features: [geometry.cells.features[i]] };
    map.getSource("hover").setData(data);
    if (i === null) { box.textContent = words.point; return; }
    const name = geometry.cells.features[i].properties[lang === "en" ? "district_en" : "district"];
    const persons = personsOf()[i];
    if (persons === null) { box.textContent = `${name}: ${words.hidden}`; return; }
    const parts = [`${name} ${words.persons} ${persons.toLocaleString(lang, { maximumFractionDigits: 0 })}`];
    sides.forEach((side, n) => parts.push(`${side.name} ${format(metric.values[n][i])}`));
    if (sides.length > 1) parts.push(`${words.difference} ${format(difference(left()[i], right()[i]), true)}`);
    box.textContent = parts.join(" ／ ");
  }

  // ------------------------------------------------------------------ controls

  function wire() {
    const choice = byId("handout-metric");
    metrics.forEach((one) => choice.appendChild(new Option(one.label, one.column, false, one === metric)));
    choice.addEventListener("change", () => { metric = metrics.find((one) => one.column === choice.value); draw(); });
    document.querySelectorAll("input[name=handout-view]").forEach((radio) => {
      radio.checked = radio.value === view;
      radio.addEventListener("change", () => { view = radio.value; draw(); });
    });
  }

  function start() {
    const [west, south, east, north] = content.extent;
    map = new maplibregl.Map({
      container: host, style: buildStyle(geometry, lang), bounds: [[west, south], [east, north]],
      fitBoundsOptions: { padding: content.room }, canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true },
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
      fadeDuration: 0, minZoom: 7, maxZoom: 16, maplibreLogo: false, localIdeographFontFamily: FONT.join(","),
      locale: { "NavigationControl.ZoomIn": words.zoom_in, "NavigationControl.ZoomOut": words.zoom_out, "Map.Title": words.map },
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-left");
    map.addControl(new maplibregl.ScaleControl({ unit: "metric", maxWidth: 120 }), "bottom-left");
    map.on("mousemove", "cells", (event) => tell(event.features[0].id));
    map.on("click", "cells", (event) => tell(event.features[0].id));
    map.on("mouseout", () => tell(null));
    map.once("load", draw);
    map.once("load", () => map.on("idle", () => { host.dataset.idle = host.dataset.drawn || ""; }));
    window.ekiseiHandout = { map };
  }

  wire();
  try {
    start();
  } catch (cause) {
    map = null;
    byId("handout-place").textContent = words.no_webgl;
    draw();
  }
})();
