/* A participant's phone: votes, comments and pins, what became of them, and what the wall shows. */
(function () {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (whole, key) => (key in parts ? parts[key] : whole));

  function phone() {
    const page = document.body.dataset;
    const base = `/w/${page.code}`;
    const { words, refused } = JSON.parse(byId("words").textContent);
    const POLL_MS = 3000;
    const RESTING_MS = 20000;
    const CALM_MS = 4000; // nothing changes under a finger that has just moved
    const FADE_MS = 8000;
    let revision = page.revision;
    let touched = 0;
    let pending = null; // what the wall shows, while this phone still shows something else
    let pin = null;
    let fading = 0;
    let map = null; // of the pin, once somebody has opened it
    let mapRun = ""; // what it shows

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

    // ---- what was sent: see workshop_outbox.js

    const outbox = window.ekiseiOutbox(`ekisei-workshop-${page.code}`, `${base}/posts?lang=${page.lang}`, {
      waiting: () => tell(fill(words.waiting_n, { n: outbox.kept.queue.length }), "waiting"),
      refused: (message) => tell(message || refused.unreadable, "bad"),
      answered: settle,
    });
    const { kept, keep, post, flush, send } = outbox;

    function settle(codes, posts) {
      for (const one of posts) {
        const answer = codes.get(one.id);
        if (!answer) continue;
        if (!answer.kept) {
          tell(refused[answer.code] || refused.unreadable, "bad");
          if (one.kind === "voice") giveBack(one);
        }
        else if (one.kind === "vote") tell(words[{ 1: "voted_up", "-1": "voted_down", 0: "voted_none" }[one.choice]], "good");
        else if (one.kind === "about") tell(words.about_kept, "good");
        else tell(answer.code === "masked" ? words.voice_masked : words.voice_kept, "good");
      }
      showOwn();
    }

    // ---- that this phone takes part, counted once

    let joinAt = page.joins === "1" ? 0 : Infinity; // when to say so again

    async function join() {
      if (Date.now() < joinAt) return;
      joinAt = Infinity;
      try {
        const answer = await send(`${base}/join?lang=${page.lang}`, { token: kept.token });
        if (answer.status === 429) joinAt = Date.now() + 1000 * (Number(answer.headers.get("Retry-After")) || 10);
        else if (answer.status >= 500) joinAt = Date.now() + RESTING_MS;
      } catch (problem) {
        joinAt = Date.now();
      }
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

    // ---- comment and pin: what goes with it stands in words above the button

    const form = byId("say");
    const shownRun = () => byId("now").dataset.run || "";

    if (form) {
      const comment = byId("comment");
      comment.addEventListener("input", countLetters);
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
        unfold(false);
        setPin(null);
        countLetters();
      });
      byId("place").addEventListener("change", () => setPin(null));
      byId("open-map").addEventListener("click", openMap);
      byId("set-pin").addEventListener("click", () => { if (map) setPin(map.centre()); });
      byId("remove-pin").addEventListener("click", () => {
        setPin(null);
        byId("open-map").focus();
      });
      setPin(null);
    }

    function countLetters() {
      const comment = byId("comment");
      const left = comment.maxLength - comment.value.length;
      byId("left").textContent = left < 60 ? fill(words.letters_left, { n: left }) : "";
    }

    function setPin(place) {
      pin = place;
      if (pin) byId("place").value = ""; // a post speaks of one place
      if (map) map.show(pin);
      const chosen = byId("place").selectedOptions[0];
      const named = byId("place").value ? fill(words.goes_place, { place: chosen.textContent }) : "";
      const without = byId("pin-map").hidden ? words.goes_none : words.goes_unset;
      byId("goes-text").textContent = pin ? words.goes_pin : named || without;
      byId("goes").classList.toggle("pinned", Boolean(pin));
      byId("remove-pin").hidden = !pin;
    }

    // what was refused is not lost: it is back in the form, but for the place
    function giveBack(item) {
      const comment = byId("comment");
      if (!form || comment.value.trim() || !item.text) return;
      comment.value = item.text;
      const theme = [...form.querySelectorAll("input[name=theme]")].find((one) => one.value === item.theme);
      if (theme) theme.checked = true;
      countLetters();
    }

    function unfold(open) {
      byId("pin-map").hidden = !open;
      byId("open-map").setAttribute("aria-expanded", String(open));
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
      unfold(byId("pin-map").hidden);
      setPin(pin); // what goes with the post may read differently beside an open map
      if (!byId("pin-map").hidden) byId("pin-map").scrollIntoView({ block: "nearest" });
      const run = shownRun() || page.firstRun;
      if (byId("pin-map").hidden || mapRun === run) return;
      mapRun = run; // a second touch meanwhile asks for nothing
      try {
        await Promise.all(map ? [] : [load("link", page.mapCss), load("script", page.mapJs), load("script", page.pinJs)]);
        const answer = await fetch(`${base}/areas/${encodeURIComponent(run)}.json?lang=${page.lang}`);
        if (!answer.ok) throw new Error(String(answer.status));
        const found = await answer.json();
        if (map) map.paint(found);
        else map = window.ekiseiPinMap(byId("map"), found, words, setPin);
        byId("pin-key").innerHTML = found.legend;
        map.show(pin);
      } catch (problem) {
        mapRun = "";
        unfold(false);
        setPin(pin);
        tell(words.map_failed, "bad");
      }
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

    // ---- own posts, and what the facilitator decided about them

    let own = { voices: [] };

    async function showOwn() {
      let found;
      try {
        const answer = await send(`${base}/mine?lang=${page.lang}`, { token: kept.token });
        if (!answer.ok) return;
        found = await answer.json();
      } catch (problem) { return; }
      const box = byId("own");
      if (box.childElementCount && JSON.stringify(found.voices) === JSON.stringify(own.voices)) return;
      own = found;
      const focused = document.activeElement.dataset.of; // somebody may be about to delete one
      const list = element("ul", "own-list");
      list.append(...own.voices.map(ownRow));
      box.replaceChildren(own.voices.length ? list : element("p", "quiet", words.no_own));
      if (focused) box.querySelector(`[data-of="${focused}"]`)?.focus();
    }

    function element(kind, className, text = "") {
      return Object.assign(document.createElement(kind), { className, textContent: text });
    }

    function ownRow(voice) {
      const labels = element("p", "labels");
      const state = voice.state === "waiting" && !form ? "unread" : voice.state; // nobody decides once it is over
      const place = [voice.pinned ? words.pinned : "", voice.place].filter(Boolean).join(": ");
      const told = [voice.theme, place].filter(Boolean).map((word) => element("span", "", word));
      labels.append(...told, element("span", `state-${state}`, words[`state_${state}`]));
      const button = element("button", "link", words.forget_one);
      button.type = "button";
      button.dataset.of = voice.id;
      button.setAttribute("aria-label", `${words.forget_one}: ${voice.text.slice(0, 30)}`);
      button.addEventListener("click", () => forget(voice.id));
      const row = document.createElement("li");
      row.append(element("p", "words", voice.text), labels);
      const why = [words.hidden_why, form ? words.hidden_again : "", words.hidden_kept].filter(Boolean).join(page.lang === "ja" ? "" : " ");
      if (voice.state === "hidden") row.append(element("p", "small", why));
      row.append(button);
      return row;
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
      if (own.voices.length) showOwn(); // something was decided, perhaps about this phone's
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
        if (answer.ok) join();
      } catch (problem) {
        if (kept.queue.length) tell(fill(words.waiting_n, { n: kept.queue.length }), "waiting");
      }
      setTimeout(poll, document.hidden ? RESTING_MS : POLL_MS * (0.85 + 0.3 * Math.random()));
    }

    window.addEventListener("online", flush);
    markVotes();
    if (!outbox.isStorable()) tell(words.no_storage, "waiting");
    join();
    showOwn();
    flush();
    setTimeout(poll, POLL_MS * Math.random());
  }

  function begin() {
    if (document.body.dataset.code) phone(); // else the page where a code is typed
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
