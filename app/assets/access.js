// Sends the token of the visit with every request that changes something, and says in words what was refused.
(function () {
  "use strict";
  const plainFetch = window.fetch.bind(window);
  const HEADER = "X-CSRFToken";
  const CHANGES = new Set(["POST", "PUT", "PATCH", "DELETE"]);

  // A plain page holds the token itself; Dash's pages name the cookie, which differs from server to server.
  const token = function () {
    const meta = document.querySelector("meta[name=ekisei-token]");
    if (meta) return meta.content;
    const config = document.getElementById("_dash-config");
    if (!config) return "";
    const start = JSON.parse(config.textContent).csrf_token_name + "=";
    const found = document.cookie.split("; ").find((part) => part.startsWith(start));
    return found ? found.slice(start.length) : "";
  };

  const isOurs = (address) => new URL(address, window.location.href).origin === window.location.origin;

  window.fetch = async function (input, given) {
    const address = input instanceof Request ? input.url : String(input);
    const method = ((given && given.method) || (input instanceof Request && input.method) || "GET").toUpperCase();
    let settings = given;
    if (CHANGES.has(method) && isOurs(address)) {
      const headers = new Headers((given && given.headers) || (input instanceof Request ? input.headers : undefined));
      if (!headers.has(HEADER)) headers.set(HEADER, token());
      settings = Object.assign({}, given, { headers });
    }
    const answer = await plainFetch(input, settings);
    if (answer.headers.get("X-Ekisei-Refusal")) {
      answer.clone().json().then(tell, () => undefined);
    }
    return answer;
  };

  // One place that screen readers know from the start; what is refused next replaces what stands there.
  let box = null;
  const tell = function (told) {
    if (!box) {
      box = document.createElement("div");
      box.className = "refusal";
      box.setAttribute("role", "alert");
      document.body.appendChild(box);
    }
    box.hidden = false;
    const text = document.createElement("p");
    text.textContent = told.error;
    const parts = [text];
    if (told.login) {
      const link = document.createElement("a");
      link.className = "button";
      link.href = told.login;
      link.textContent = told.login_word;
      parts.push(link);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button quiet";
    close.textContent = told.close;
    close.addEventListener("click", () => { box.hidden = true; });
    parts.push(close);
    box.replaceChildren(...parts);
  };

  window.ekiseiAccess = { token, tell };
})();
