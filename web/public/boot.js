// Runs before the first paint so that the page never flashes in the wrong theme. It is a file of its
// own because the content security policy forbids inline scripts.
(function () {
  try {
    var saved = JSON.parse(localStorage.getItem("periscope.settings") || "{}");
    var root = document.documentElement;
    if (saved.theme === "light" || saved.theme === "dark") root.dataset.theme = saved.theme;
    if (saved.density === "comfortable") root.dataset.density = "comfortable";
  } catch (_) {
    // Unreadable settings mean the defaults.
  }
})();
