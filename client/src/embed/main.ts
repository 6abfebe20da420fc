/**
 * The player that other sites put into their pages. It stands in their frame: it has no cookies, may have no storage,
 * and listens as a guest whoever looks at it.
 */
import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/noto-sans-arabic/index.css";
import "../tokens.css";
import "../base.css";
import { mount } from "svelte";
import { getTextDirection, locales, overwriteGetLocale } from "../paraglide/runtime";
import { node } from "../wire/node";
import Embed from "./Embed.svelte";

// What was chosen in the settings is out of reach here; the browser says what its person reads.
const locale =
  navigator.languages.map((tag) => locales.find((one) => tag.toLowerCase().startsWith(one))).find(Boolean) ??
  locales[0];
overwriteGetLocale(() => locale);
document.documentElement.lang = locale;
document.documentElement.dir = getTextDirection();

// Also on a site of the same domain, which would send them along.
node.use({ onRequest: ({ request }) => new Request(request, { credentials: "omit" }) });

const target = document.getElementById("app");
const id = /^\/embed\/spaces\/([0-9A-Za-z]+)/u.exec(location.pathname)?.[1] ?? "";
if (!target) throw new Error("embed.html has an #app");
mount(Embed, { target, props: { id } });
