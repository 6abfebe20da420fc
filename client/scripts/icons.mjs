/** Draws public/icon-*.png from public/icon.svg with Debian's Chromium. Run it when the drawing changes. */
import { readFileSync } from "node:fs";
import { chromium } from "@playwright/test";

const folder = new URL("../public/", import.meta.url);
const svg = readFileSync(new URL("icon.svg", folder), "utf8");
/** Phones cut their own shape out of a maskable icon, and Apple's round the corners themselves: no corners, and for the first more air. */
const square = svg.replace(' rx="116"', "");
const airy = square.replace("<g ", '<g transform="translate(256 256) scale(.82) translate(-256 -256)" ');
const icons = [
  ["icon-180.png", 180, square],
  ["icon-192.png", 192, svg],
  ["icon-512.png", 512, svg],
  ["icon-maskable-512.png", 512, airy],
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage();
for (const [name, side, drawing] of icons) {
  await page.setViewportSize({ width: side, height: side });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${side}px}</style>${drawing}`);
  await page.screenshot({ path: new URL(name, folder).pathname, omitBackground: true });
}
await browser.close();
