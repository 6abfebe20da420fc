/** For tests of runes: Svelte's runtime for pages, whose effects run, without a DOM. */
export default {
  name: "page",
  viteEnvironment: "client",
  setup: () => ({ teardown: () => undefined }),
};
