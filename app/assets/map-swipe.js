/* The handle between two maps that lie on each other: dragged, or moved by arrow keys; the page keeps where it stands. */
(function () {
  "use strict";

  const [LEAST, MOST] = [3, 97]; // per cent of the width: the handle never leaves the maps
  const STEPS = { ArrowLeft: -2, ArrowRight: 2, PageDown: -10, PageUp: 10 };

  function wireHandle(handle, frame) {
    if (handle.dataset.wired) return;
    handle.dataset.wired = "yes";
    const now = () => Number(handle.getAttribute("aria-valuenow"));
    const show = (value) => {
      const position = Math.round(Math.min(MOST, Math.max(LEAST, value)));
      frame.style.setProperty("--swipe", `${position}%`);
      handle.setAttribute("aria-valuenow", String(position));
    };
    const keep = () => window.dash_clientside.set_props("swipe", { value: now() });
    handle.addEventListener("pointerdown", (event) => { handle.setPointerCapture(event.pointerId); event.preventDefault(); });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const box = frame.getBoundingClientRect();
      show((100 * (event.clientX - box.left)) / box.width);
    });
    handle.addEventListener("pointerup", keep);
    handle.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      show(now() + step);
      keep();
    });
  }

  window.ekiseiMapSwipe = { wireHandle };
})();
