/* The plain pages of the workshop: a participant's phone, and the projector. Elsewhere this file does nothing. */
(function () {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const hex = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (whole, key) => (key in parts ? parts[key] : whole));
  const cookieToken = () => document.body.dataset.token;

  async function send(url, body) {
    return fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookieToken() },
      body: JSON.stringify(body),
    });
  }

  // ------------------------------------------------------------------ phone

  function phone() {
    const page = document.body.dataset;
    const base = `/w/${page.code}`;
    const { words, refused } = JSON.parse(byId("words").textContent);
    const KEY = `ekisei-workshop-${page.code}`;
    const POLL_MS = 3000;
    const RESTING_MS = 20000;
    const CALM_MS = 4000; // nothing changes under a finger that has just moved
    const MOST = 30;
    const FADE_MS = 8000;
    let storable = true;
    let kept = { token: hex(), turn: 0, queue: [], votes: {}, about: null };
    let revision = page.revision;
    let sending = false;
    let again = 0; // tries in a row that found no server
    let timer = 0;
    let touched = 0;
    let pending = null; // what the wall shows, while this phone still shows something else
    let pin = null;
    let fading = 0;
    let map = null;

    try {
      kept = { ...kept, ...JSON.parse(localStorage.getItem(KEY) || "{}") };
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch (problem) {
      storable = false; // private browsing: works, but only until the page is closed
    }

    function keep() {
      if (storable) {
        try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch (problem) { storable = false; }
      }
    }

    function tell(text, kind, action) {
      const bar = byId("bar");
      clearTimeout(fading);
      if (kind === "good") fading = setTimeout(() => bar.replaceChildren(), FADE_MS);
      bar.className = kind || "";
      bar.replaceChildren(document.createTextNode(text));
      if (action) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = action.word;
        button.addEventListener("click", action.run);
        bar.append(" ", button);
      }
    }

    // ---- what is sent is kept first, and stays until the server has answered

    function post(item) {
      kept.queue.push({ id: hex(), ...item });
      keep();
      flush();
    }

    function later(seconds) {
      clearTimeout(timer);
      timer = setTimeout(flush, seconds * 1000);
      tell(fill(words.waiting_n, { n: kept.queue.length }), "waiting");
    }

    async function flush() {
      if (sending || !kept.queue.length) return;
      sending = true;
      const posts = kept.queue.slice(0, MOST);
      let wait = 0;
      try {
        const answer = await send(`${base}/posts?lang=${page.lang}`, { token: kept.token, posts });
        if (answer.ok) {
          const { answers } = await answer.json();
          settle(answers, posts);
          again = 0;
        } else if (answer.status === 403) {
          location.reload(); // the server was started anew: the page fetches its new sign, the queue stays
        } else if (answer.status === 429) {
          wait = Number(answer.headers.get("Retry-After")) || 10;
        } else if (answer.status < 500) {
          const told = await answer.json().catch(() => ({}));
          kept.queue = kept.queue.slice(posts.length);
          keep();
          tell(told.message || refused.unreadable, "bad");
        } else {
          wait = backOff();
        }
      } catch (problem) {
        wait = backOff();
      } finally {
        sending = false;
      }
      if (wait) later(wait);
      else if (kept.queue.length) flush();
    }

    const backOff = () => Math.min(2 ** again++, 15) + Math.random();

    function settle(answers, posts) {
      const codes = new Map(answers.map((one) => [one.id, one]));
      kept.queue = kept.queue.filter((one) => !codes.has(one.id));
      keep();
      for (const one of posts) {
        const answer = codes.get(one.id);
        if (!answer) continue;
        if (!answer.kept) tell(refused[answer.code] || refused.unreadable, "bad");
        else if (one.kind === "vote") tell(words[{ 1: "voted_up", "-1": "voted_down", 0: "voted_none" }[one.choice]], "good");
        else if (one.kind === "about") tell(words.about_kept, "good");
        else tell(answer.code === "masked" ? words.voice_masked : words.voice_kept, "good");
      }
      showOwn();
    }

    // ---- votes

    function markVotes() {
      document.querySelectorAll(".vote").forEach((button) => {
        const chosen = kept.votes[button.dataset.run] === Number(button.dataset.choice);
        button.setAttribute("aria-pressed", String(chosen));
      });
    }

    document.addEventListener("click", (event) => {
      const button = event.target.closest(".vote");
      if (!button) return;
      const { run, key } = button.dataset;
      const choice = Number(button.dataset.choice);
      const next = kept.votes[run] === choice ? 0 : choice; // a second tap takes it back
      kept.votes[run] = next;
      kept.turn += 1;
      markVotes();
      tell(words.sending);
      post({ kind: "vote", run, key, choice: next, turn: kept.turn });
    });

    // ---- comment and pin

    const form = byId("say");
    const shownRun = () => byId("now").dataset.run || "";

    if (form) {
      const comment = byId("comment");
      comment.addEventListener("input", () => {
        const left = comment.maxLength - comment.value.length;
        byId("left").textContent = left < 60 ? fill(words.letters_left, { n: left }) : "";
      });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const theme = form.querySelector("input[name=theme]:checked");
        const text = comment.value.trim();
        const place = byId("place").value;
        if (!text && !place && !pin) {
          tell(refused.empty, "bad");
          comment.focus();
          return;
        }
        const item = { kind: "voice", run: shownRun(), key: byId("now").dataset.key || "", theme: theme ? theme.value : "", text };
        if (pin) Object.assign(item, pin);
        else if (place) item.place = place;
        tell(words.sending);
        post(item);
        form.reset();
        setPin(null);
        byId("left").textContent = "";
      });
      byId("place").addEventListener("change", () => setPin(null));
      byId("open-map").addEventListener("click", openMap);
      byId("set-pin").addEventListener("click", () => {
        const { lng, lat } = map.getCenter();
        byId("place").value = "";
        setPin({ lon: Math.round(lng * 1000) / 1000, lat: Math.round(lat * 1000) / 1000 });
        byId("pin-map").hidden = true;
        byId("open-map").focus();
      });
      byId("remove-pin").addEventListener("click", () => setPin(null));
    }

    function setPin(place) {
      pin = place;
      byId("pin").hidden = !place;
      byId("pin-text").textContent = place ? words.pin_set : "";
    }

    function load(kind, url) {
      return new Promise((done, failed) => {
        const element = document.createElement(kind);
        if (kind === "link") Object.assign(element, { rel: "stylesheet", href: url });
        else element.src = url;
        element.addEventListener("load", done);
        element.addEventListener("error", failed);
        document.head.append(element);
      });
    }

    // the map is a megabyte: only for those who want it
    async function openMap() {
      const box = byId("pin-map");
      box.hidden = !box.hidden;
      if (box.hidden || map) return;
      try {
        await Promise.all([load("link", page.mapCss), load("script", page.mapJs)]);
        const answer = await fetch(`${base}/areas/${encodeURIComponent(shownRun() || page.firstRun)}.json?lang=${page.lang}`);
        if (!answer.ok) throw new Error(String(answer.status));
        drawMap(await answer.json());
      } catch (problem) {
        box.hidden = true;
        tell(words.map_failed, "bad");
      }
    }

    function drawMap(found) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const source = (data) => ({ type: "geojson", data });
      const [west, south, east, north] = found.focus;
      map = new window.maplibregl.Map({
        container: "map",
        bounds: [[west, south], [east, north]],
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        fadeDuration: calm ? 0 : 200,
        locale: { "NavigationControl.ZoomIn": words.zoom_in, "NavigationControl.ZoomOut": words.zoom_out },
        style: {
          version: 8,
          sources: { land: source(found.land), classes: source(found.classes), lines: source(found.lines), stations: source(found.stations) },
          layers: [
            { id: "sea", type: "background", paint: { "background-color": "#d5e3ec" } },
            { id: "land", type: "fill", source: "land", paint: { "fill-color": "#f6f5f0" } },
            { id: "classes", type: "fill", source: "classes", paint: { "fill-color": ["get", "color"], "fill-opacity": 0.85 } },
            { id: "case", type: "line", source: "lines", paint: { "line-color": "#fff", "line-width": 5 } },
            { id: "lines", type: "line", source: "lines", paint: { "line-color": ["get", "color"], "line-width": 3 } },
            { id: "stations", type: "circle", source: "stations", paint: { "circle-radius": 4, "circle-color": "#fff", "circle-stroke-width": 2, "circle-stroke-color": "#17212b" } },
            {
              id: "names", type: "symbol", source: "stations",
              layout: { "text-field": ["get", "name"], "text-font": ["Noto Sans CJK JP"], "text-size": 13, "text-offset": [0.7, 0], "text-anchor": "left" },
              paint: { "text-color": "#17212b", "text-halo-color": "#fff", "text-halo-width": 2 },
            },
          ],
        },
      });
      map.touchZoomRotate.disableRotation();
      map.addControl(new window.maplibregl.NavigationControl({ showCompass: false }));
      map.on("click", (event) => map[calm ? "jumpTo" : "easeTo"]({ center: event.lngLat }));
      window.ekiseiPhoneMap = map;
    }

    // ---- who is speaking: both may stay empty

    ["age", "home"].forEach((id) => {
      const field = byId(id);
      if (!field) return;
      field.value = (kept.about || {})[id] || "";
      field.addEventListener("change", () => {
        kept.about = { age: byId("age").value, home: byId("home").value };
        post({ kind: "about", age_band: kept.about.age, district: kept.about.home });
      });
    });

    // ---- own posts

    async function showOwn() {
      const box = byId("own");
      let own;
      try {
        const answer = await send(`${base}/mine?lang=${page.lang}`, { token: kept.token });
        if (!answer.ok) return;
        own = await answer.json();
      } catch (problem) { return; }
      const rows = own.voices.map((voice) => {
        const row = document.createElement("li");
        const text = document.createElement("p");
        text.textContent = voice.text;
        const labels = document.createElement("p");
        labels.className = "labels";
        [voice.theme, voice.place, words[`state_${voice.state}`]].filter(Boolean).forEach((word) => {
          const label = document.createElement("span");
          label.textContent = word;
          labels.append(label);
        });
        const button = document.createElement("button");
        Object.assign(button, { type: "button", className: "link", textContent: words.forget_one });
        button.setAttribute("aria-label", `${words.forget_one}: ${voice.text.slice(0, 30)}`);
        button.addEventListener("click", () => forget(voice.id));
        row.append(text, labels, button);
        return row;
      });
      const list = document.createElement("ul");
      list.className = "own-list";
      list.append(...rows);
      const none = document.createElement("p");
      none.className = "quiet";
      none.textContent = words.no_own;
      box.replaceChildren(rows.length ? list : none);
    }

    async function forget(id) {
      if (!window.confirm(words.forget_sure)) return;
      kept.queue = id ? kept.queue.filter((one) => one.id !== id) : [];
      keep();
      try {
        const answer = await send(`${base}/forget?lang=${page.lang}`, id ? { token: kept.token, id } : { token: kept.token });
        if (!answer.ok) throw new Error(String(answer.status));
      } catch (problem) {
        tell(refused.busy.replace("{s}", "10"), "bad");
        return;
      }
      if (!id) {
        kept.votes = {};
        kept.about = null;
        ["age", "home"].forEach((name) => { if (byId(name)) byId(name).value = ""; });
        keep();
        markVotes();
      }
      tell(id ? words.forgotten : words.forgotten_all, "good");
      showOwn();
    }

    byId("forget-all").addEventListener("click", () => forget(""));

    // ---- what the wall shows

    ["pointerdown", "keydown", "input"].forEach((kind) => document.addEventListener(kind, () => { touched = Date.now(); }, true));

    function busy() {
      const comment = byId("comment");
      return Date.now() - touched < CALM_MS || (comment && (comment.value.trim() || document.activeElement === comment));
    }

    function show(live) {
      const now = byId("now");
      now.innerHTML = live.now;
      now.dataset.run = live.run_id;
      now.dataset.key = live.key;
      byId("others").innerHTML = live.others;
      pending = null;
      markVotes();
    }

    function receive(live) {
      revision = String(live.revision);
      byId("voices").innerHTML = live.voices;
      if (!live.is_open && form) { location.reload(); return; }
      if (live.now === lastNow) return;
      const moved = live.run_id !== (byId("now").dataset.run || "") || live.title !== lastTitle;
      lastNow = live.now;
      if (!moved) { refresh(live); return; }
      lastTitle = live.title;
      pending = live;
      if (!busy()) { show(live); return; }
      tell(fill(words.changed, { title: live.title }), "news", {
        word: words.show_now,
        run: () => { show(pending || live); byId("bar").replaceChildren(); byId("now").scrollIntoView(); },
      });
    }

    // the same scenario with other counts: keep what is unfolded
    function refresh(live) {
      const open = [...byId("now").querySelectorAll("details")].map((one) => one.open);
      show(live);
      byId("now").querySelectorAll("details").forEach((one, k) => { one.open = Boolean(open[k]); });
    }

    let lastNow = "";
    let lastTitle = page.title;
    byId("now").dataset.run = page.run;
    byId("now").dataset.key = page.key;

    async function poll() {
      if (pending && !busy()) show(pending);
      try {
        const answer = await fetch(`${base}/now?lang=${page.lang}&have=${revision}`, { credentials: "same-origin" });
        if (answer.status === 200) receive(await answer.json());
        else if (answer.status === 404) tell(refused.gone, "bad");
        if (answer.ok && kept.queue.length) flush();
      } catch (problem) {
        if (kept.queue.length) tell(fill(words.waiting_n, { n: kept.queue.length }), "waiting");
      }
      setTimeout(poll, document.hidden ? RESTING_MS : POLL_MS * (0.85 + 0.3 * Math.random()));
    }

    window.addEventListener("online", flush);
    markVotes();
    if (!storable) tell(words.no_storage, "waiting");
    showOwn();
    flush();
    setTimeout(poll, POLL_MS * Math.random());
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
    if (document.body.classList.contains("phone") && document.body.dataset.code) phone();
    if (document.body.classList.contains("wall")) wall();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
