/** The node that this page came from. Every call ends with its answer, `Refused` or `Unreachable`. */
import createClient from "openapi-fetch";
import { Refused, readProblem, Unreachable } from "./problem";
import type { paths } from "./schema";

export const node = createClient<paths>({ fetch: reach, headers: { accept: "application/json" } });

node.use({
  onRequest({ request }) {
    if (request.method === "POST" && !request.headers.has("idempotency-key"))
      request.headers.set("idempotency-key", freshKey());
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

let lapsed: () => void = () => undefined;

/** Has `then` called when the node says that nobody is signed in (any more). */
export function onLapse(then: () => void): void {
  lapsed = then;
}

/** What the node answered. */
export async function answerOf<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  const problem = readProblem(error, response.status, response.headers.get("retry-after"));
  if (problem.code === "unauthenticated") lapsed();
  throw new Refused(problem);
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    throw new Unreachable("no answer", { cause });
  }
}

/** `crypto.randomUUID` exists in secure contexts only; this works on a plain-http LAN too. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
