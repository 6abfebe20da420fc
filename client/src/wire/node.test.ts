import { expect, test, vi } from "vitest";
import { answerOf, onLapse } from "./node";
import { Refused } from "./problem";

const answer = (status: number, error?: unknown) =>
  Promise.resolve({ error, response: new Response(null, { status, headers: { "retry-after": "9" } }) });

test("an answer is handed on", async () => {
  const asked = Promise.resolve({ data: { id: "1" }, response: new Response("{}") });
  expect(await answerOf(asked)).toEqual({ id: "1" });
});

test("a refusal is thrown with its problem", async () => {
  const refused = await answerOf(answer(429, { code: "too_many_requests" })).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refused);
  expect((refused as Refused).problem).toMatchObject({ code: "too_many_requests", retryAfter: 9 });
});

test("only a session that is over is told of, not a wrong password", async () => {
  const lapse = vi.fn();
  onLapse(lapse);
  await expect(answerOf(answer(401, { code: "wrong_credentials" }))).rejects.toThrow();
  expect(lapse).not.toHaveBeenCalled();
  await expect(answerOf(answer(401, { code: "unauthenticated" }))).rejects.toThrow();
  expect(lapse).toHaveBeenCalledOnce();
});
