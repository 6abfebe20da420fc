/** Another site, whose page has the player of a Space as oEmbed gives it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "./server.ts";

export async function openBlog(
  { address }: Server,
  space: string,
): Promise<{ address: string; close: () => void }> {
  const answer = await fetch(`${address}/api/v1/oembed?url=${address}/spaces/${space}`);
  const { html } = (await answer.json()) as { html: string };
  const http = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><h1>A blog</h1>${html}`);
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  const { port } = http.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, close: () => http.close() };
}
