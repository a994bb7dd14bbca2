/* The projector of a workshop, and the keys of the facilitator's notes. Elsewhere this file does nothing. */
(function () {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const cookieToken = () => document.body.dataset.token;

  async function send(url, body) {
    return fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookieToken() },
      body: JSON.stringify(body),
    });
  }

  // ------------------------------------------------------------------ projector

  function wall() {
    const page = document.body.dataset;
    const base = `/workshop/wall/${page.workshop}`;
    let revision = page.revision;
    let step = Number(page.step);
    let steps = Number(page.steps);
    let body = null;
    let going = Promise.resolve();
    let turns = 0; // keys pressed so far: what was asked before the last one is late
    let underway = 0; // keys that the server has not answered
    let followed = page.open === "1"; // a closed workshop is looked through by each projector for itself

    function place() {
      byId("place").textContent = `${step + 1} / ${steps}`;
      byId("back").disabled = step === 0;
      byId("next").disabled = step >= steps - 1;
    }

    function show(view) {
      revision = String(view.revision);
      followed = view.is_open;
      [step, steps] = [view.step, view.steps];
      if (body !== view.body) byId("stage").innerHTML = view.body;
      body = view.body;
      byId("foot").innerHTML = view.foot;
      place();
    }

    function go(to) {
      if (to < 0 || to >= steps || to === step) return;
      step = to;
      turns += 1;
      underway += 1;
      place();
      going = going.then(async () => {
        const answer = followed ? await send(`${base}/step?lang=${page.lang}`, { step: to }) : await look(to);
        await showAt(answer.status === 409 ? await look(to) : answer, to);
      }).catch(() => {}).finally(() => { underway -= 1; });
    }

    async function showAt(answer, to) {
      if (!answer.ok) return;
      const view = await answer.json();
      if (to === step) show(view); // else another key was pressed meanwhile
    }

    function look(to) {
      return fetch(`${base}/now?lang=${page.lang}&look=${to}`, { credentials: "same-origin" });
    }

    const KEYS = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Escape") { end(true); return; }
      if (!byId("over").hidden) return;
      if (event.key in KEYS) { event.preventDefault(); go(step + KEYS[event.key]); }
      if (event.key === "Home") { event.preventDefault(); go(0); }
    });
    byId("back").addEventListener("click", () => go(step - 1));
    byId("next").addEventListener("click", () => go(step + 1));
    byId("end").addEventListener("click", () => end(true));
    byId("again").addEventListener("click", () => end(false));

    /* The room must not see what only the facilitator may: what is left on the wall is a dark page with the way on. */
    function end(over) {
      byId("over").hidden = !over;
      document.querySelectorAll("body > header, #stage, body > footer").forEach((part) => { part.hidden = over; });
      byId(over ? "over-title" : "stage").focus();
    }

    async function poll() {
      const before = turns;
      try {
        const answer = await fetch(`${base}/now?lang=${page.lang}&have=${revision}`, { credentials: "same-origin" });
        if (answer.status === 200) {
          const view = await answer.json();
          if (before !== turns || underway) { /* the answer to the key follows */ }
          else if (view.is_open || view.step === step) show(view);
          else [revision, followed] = [String(view.revision), false];
        }
      } catch (problem) { /* the network is back sooner or later; what is on the wall stays */ }
      setTimeout(poll, 2000);
    }

    // maps are drawn when they are first asked for: by then nobody shall wait
    JSON.parse(page.maps || "[]").forEach((url) => { new Image().src = url; });
    place();
    setTimeout(poll, 2000);
  }

  // ------------------------------------------------------------------ facilitator

  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "workshop-draft" || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    byId("workshop-note").click();
  });

  function begin() {
    if (document.body.classList.contains("wall")) wall();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
