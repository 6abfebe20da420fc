import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/noto-sans-arabic/index.css";
import "./tokens.css";
import "./base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { getLocale, getTextDirection } from "./paraglide/runtime";

document.documentElement.lang = getLocale();
document.documentElement.dir = getTextDirection();

const target = document.getElementById("app");
if (!target) throw new Error("index.html has an #app");
mount(App, { target });
