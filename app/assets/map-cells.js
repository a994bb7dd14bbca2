/* What the cells of a map say: classes, differences, strength of colour, words. Values in, values out; no map, no page. */
(function () {
  "use strict";

  const UNREACHABLE = 1e9; // same number as app.addresses.UNREACHABLE

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

  /* Residents of a densely populated cell: nine in ten have fewer. */
  function dense(persons) {
    const some = persons.filter((p) => p !== null && p >= 1).sort((a, b) => a - b);
    return some.length ? some[Math.floor(some.length * 0.9)] : 1;
  }

  /* One map tells of both scenarios. */
  const isAlone = (paint) => paint.mode === "diff" || paint.mode === "winners";

  function opacityOf(paint, crowd, persons, value) {
    if (persons === null) return 0;
    if (paint.metric.filled && persons < 1) return 0.34; // a journey leads through empty land too
    if (persons < 1) return 0.07; // nobody lives here: a hint of colour, no more
    let opacity = Math.min(0.95, 0.14 + 0.81 * Math.sqrt(persons / crowd));
    if (paint.metric.even) opacity = 0.9;
    if (paint.metric.filled) opacity = 0.8;
    if (paint.tiles) opacity *= 0.72;
    const late = paint.threshold !== null && !isAlone(paint) &&
      (paint.metric.good === "up" ? value < paint.threshold : value > paint.threshold);
    return late ? opacity * 0.22 : opacity;
  }

  function number(value, digits, lang) {
    return value.toLocaleString(lang === "en" ? "en" : "ja", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  function format(paint, value, signed) {
    if (value === null || value === undefined) return paint.words.no_data;
    if (Math.abs(value) >= UNREACHABLE) return signed ? paint.words.reach_changed : paint.words.unreachable;
    const scaled = value * paint.metric.factor;
    if (paint.metric.clock && !signed) {
      const minutes = Math.round(scaled);
      return [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, "0")).join(":");
    }
    const text = number(scaled, paint.metric.decimals, paint.lang);
    const sign = signed && Number(scaled.toFixed(paint.metric.decimals)) > 0 ? "+" : "";
    return `${sign}${text.replace("-", "−")} ${signed ? paint.metric.diff_unit : paint.metric.unit}`;
  }

  window.ekiseiMapCells = { UNREACHABLE, classOf, dense, difference, format, isAlone, number, opacityOf };
})();
