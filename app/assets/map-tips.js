/* The tip beside a cell under the pointer: on every map at once, each with what its scenario says of that cell. */
(function () {
  "use strict";

  const { difference, format, isAlone, number } = window.ekiseiMapCells; // which comes first by name
  const [HALF_WIDTH_PX, ROOM_ABOVE_PX] = [120, 170];

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

  /* Two maps tell of both scenarios; of more, each tells its own and the difference from the left. */
  function rowsOf(paint, shown, side, i) {
    const values = (name) => shown.values[name][i];
    const change = (name) => row(paint.words.difference, format(paint, difference(values("left"), values(name)), true), paint.mode === "diff");
    const own = (name, strong) => row(paint[name].name, format(paint, values(name)), strong);
    if (paint.sides.length > 2) return [own(side, true), ...(side === "left" ? [] : [change(side)])];
    const rows = paint.sides.map((name) => own(name, paint.mode === "side" && name === side));
    const verdict = paint.winners && shown.verdicts ? shown.verdicts[i] : null;
    if (verdict !== null) rows.push(row(paint.winners.title, paint.winners.names[verdict], true));
    return [...rows, change("right")];
  }

  function fill(tip, paint, shown, cell, i) {
    const side = tip.dataset.side;
    const persons = shown.persons[paint.sides.length > 2 ? side : "right"][i];
    const title = document.createElement("strong");
    title.textContent = cell.properties[paint.lang === "en" ? "district_en" : "district"] || cell.properties.id;
    tip.replaceChildren(title);
    if (persons === null) { tip.appendChild(row(paint.words.hidden, "")); return; }
    tip.appendChild(row(paint.words.persons, `${number(persons, 0, paint.lang)} ${paint.words.persons_unit}`));
    tip.append(...rowsOf(paint, shown, side, i));
  }

  const isHidden = (paint, side, hoveredOn) =>
    (isAlone(paint) && side === "left") || (paint.mode === "swipe" && side !== hoveredOn);

  /* The tip stands over its cell, inside its map. */
  function place(tip, map, cell) {
    const [first] = cell.geometry.coordinates;
    const ring = cell.geometry.type === "MultiPolygon" ? first[0] : first;
    const point = map.project([(ring[0][0] + ring[2][0]) / 2, Math.max(ring[0][1], ring[2][1])]);
    const width = map.getContainer().clientWidth;
    tip.style.left = `${Math.min(Math.max(point.x, HALF_WIDTH_PX), width - HALF_WIDTH_PX)}px`;
    tip.style.top = `${point.y}px`;
    tip.classList.toggle("below", point.y < ROOM_ABOVE_PX);
  }

  window.ekiseiMapTips = { fill, isHidden, place };
})();
