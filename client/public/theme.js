// Before the first paint: the theme and contrast that were chosen here, so that nothing flashes. See src/shell/preferences.svelte.ts.
(() => {
  const system = (query) => matchMedia(query).matches;
  let chosen = {};
  try {
    chosen = JSON.parse(localStorage.getItem("cooee.preferences") ?? "{}") ?? {};
  } catch {
    chosen = {};
  }
  const dark = chosen.theme === "dark" || (chosen.theme !== "light" && system("(prefers-color-scheme: dark)"));
  const more = chosen.contrast ?? system("(prefers-contrast: more)");
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  if (more) document.documentElement.dataset.contrast = "more";
})();
