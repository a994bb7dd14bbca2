/* The way from the comparison to what is handed out takes the view along: pair, metric, age group, camera. */
(function () {
  "use strict";
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a.to-reports");
    if (link) link.search = window.ekisei ? window.ekisei.viewSearch() : window.location.search;
  }, true);
})();
