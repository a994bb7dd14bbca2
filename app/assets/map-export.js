/* The menu that saves the view: its links lead to the view of the moment, which only the address bar knows. */
(function () {
  "use strict";

  /* Pages inside a city hall often come without TLS, where browsers offer no clipboard. */
  async function copy(text) {
    if (window.isSecureContext && navigator.clipboard) { await navigator.clipboard.writeText(text); return; }
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.appendChild(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }

  document.addEventListener("click", async (event) => {
    const chosen = event.target.closest("[data-export]");
    const menu = document.getElementById("export");
    if (menu && menu.open && !menu.contains(event.target)) menu.open = false;
    if (!chosen) return;
    const name = chosen.dataset.export;
    if (name !== "link") { chosen.href = `${name}${window.ekisei.viewSearch()}`; return; }
    const told = menu.querySelector(".export-told");
    await copy(window.location.href);
    told.textContent = told.dataset.done;
  }, true);

  document.addEventListener("keydown", (event) => {
    const menu = document.getElementById("export");
    if (event.key !== "Escape" || !menu || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
