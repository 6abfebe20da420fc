/** WHIP and WHEP: one POST opens a media session, PATCH restarts its ICE, DELETE leaves. */

/** A media session on the server. */
export interface Resource {
  readonly url: string;
  readonly etag: string | null;
}

/** The server said no; `status` is HTTP's, `code` the problem's. */
export class DoorClosed extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

const FRAGMENT = "application/trickle-ice-sdpfrag";

/** Sends the offer; the answer, and where the session lives. */
export async function post(url: string, offer: string): Promise<{ answer: string; resource: Resource }> {
  const response = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/sdp", accept: "application/sdp" },
    body: offer,
  });
  if (response.status !== 201) throw await refusal(response);
  const location = response.headers.get("location");
  if (location === null) throw new DoorClosed(502, "no_location");
  return {
    answer: await response.text(),
    resource: { url: new URL(location, response.url).href, etag: response.headers.get("etag") },
  };
}

/** Restarts ICE with our fragment; the server's fragment, and the session's new ETag. */
export async function patch(
  { url, etag }: Resource,
  fragment: string,
): Promise<{ fragment: string; resource: Resource }> {
  const headers = new Headers({ "content-type": FRAGMENT });
  if (etag !== null) headers.set("if-match", etag);
  const response = await fetch(url, { method: "PATCH", credentials: "same-origin", headers, body: fragment });
  if (response.status !== 200) throw await refusal(response);
  return { fragment: await response.text(), resource: { url, etag: response.headers.get("etag") ?? etag } };
}

/** Leaves. Also while the page is going away; nobody waits for the answer. */
export function remove({ url }: Resource): void {
  void fetch(url, { method: "DELETE", credentials: "same-origin", keepalive: true }).catch(() => undefined);
}

async function refusal(response: Response): Promise<DoorClosed> {
  const body: unknown = await response.json().catch(() => null);
  const code = typeof body === "object" && body !== null && "code" in body ? String(body.code) : "";
  return new DoorClosed(response.status, code || `http_${response.status}`);
}
