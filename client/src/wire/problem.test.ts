import { expect, test } from "vitest";
import { readProblem } from "./problem";

test("a problem document is read", () => {
  const body = { code: "cannot_host_yet", status: 403, detail: "…", title: "…", followers: 12, needed: 600 };
  expect(readProblem(body, 403, null)).toMatchObject({
    code: "cannot_host_yet",
    numbers: { followers: 12, needed: 600 },
  });
});

test("the fields that are wrong are named", () => {
  const body = {
    code: "invalid_request",
    errors: [{ at: "body.display_name", says: "too long" }, { at: 3 }, null],
  };
  expect(readProblem(body, 422, null).fields).toEqual(["display_name"]);
});

test.each([null, "<html>Bad gateway</html>", 7, []])("%j of a proxy is a problem too", (body) => {
  expect(readProblem(body, 502, "30")).toMatchObject({
    code: "http_502",
    status: 502,
    retryAfter: 30,
    fields: [],
  });
});

test("a Retry-After that is a date is left out", () => {
  expect(readProblem({}, 429, "Sat, 21 Nov 2026 10:00:00 GMT").retryAfter).toBeNull();
});
