/* What a phone sends: kept first, and until the server has answered for it. */
(function () {
  "use strict";

  const MOST = 30;
  const hex = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");

  async function send(url, body) {
    return fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": document.body.dataset.token },
      body: JSON.stringify(body),
    });
  }

  // key: of the storage; url: where posts go; told: waiting(), refused(message), answered(id → answer, posts)
  window.ekiseiOutbox = function (key, url, told) {
    let storable = true;
    let kept = { token: hex(), turn: 0, queue: [], votes: {}, about: null };
    let sending = false;
    let again = 0; // tries in a row that found no server
    let timer = 0;

    try {
      kept = { ...kept, ...JSON.parse(localStorage.getItem(key) || "{}") };
      localStorage.setItem(key, JSON.stringify(kept));
    } catch (problem) {
      storable = false; // private browsing: works, but only until the page is closed
    }

    function keep() {
      if (storable) {
        try { localStorage.setItem(key, JSON.stringify(kept)); } catch (problem) { storable = false; }
      }
    }

    function post(item) {
      kept.queue.push({ id: hex(), ...item });
      keep();
      flush();
    }

    function later(seconds) {
      clearTimeout(timer);
      timer = setTimeout(flush, seconds * 1000);
      told.waiting();
    }

    const backOff = () => Math.min(2 ** again++, 15) + Math.random();

    async function flush() {
      if (sending || !kept.queue.length) return;
      sending = true;
      const posts = kept.queue.slice(0, MOST);
      let wait = 0;
      try {
        const answer = await send(url, { token: kept.token, posts });
        if (answer.ok) {
          const { answers } = await answer.json();
          settle(answers, posts);
          again = 0;
        } else if (answer.status === 403) {
          location.reload(); // the server was started anew: the page fetches its new sign, the queue stays
        } else if (answer.status === 429) {
          wait = Number(answer.headers.get("Retry-After")) || 10;
        } else if (answer.status < 500) {
          const { message } = await answer.json().catch(() => ({}));
          kept.queue = kept.queue.slice(posts.length);
          keep();
          told.refused(message);
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

    function settle(answers, posts) {
      const codes = new Map(answers.map((one) => [one.id, one]));
      kept.queue = kept.queue.filter((one) => !codes.has(one.id));
      keep();
      told.answered(codes, posts);
    }

    return { kept, keep, post, flush, send, isStorable: () => storable };
  };
})();
