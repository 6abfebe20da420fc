import { expect, test } from "vitest";
import { bare } from "../wire/problem";
import { afterDoor } from "./after-door";
import { placeOf } from "./sign-up";

test.each([
  ["", "/"],
  ["?next=%2Fspaces%2Fabc", "/spaces/abc"],
  ["?next=https%3A%2F%2Fevil.example", "/"],
  ["?next=%2F%2Fevil.example", "/"],
  ["?next=%2F%5Cevil.example", "/"],
  ["?next=%2F%09%2Fevil.example", "/"],
  ["?next=javascript%3Aalert(1)", "/"],
])("%s leads to %s", (search, place) => {
  expect(afterDoor(search)).toBe(place);
});

test.each([
  ["username_taken", [], "username"],
  ["username_not_allowed", [], "username"],
  ["password_too_weak", [], "password"],
  ["invalid_request", ["display_name"], "display_name"],
  ["invalid_request", ["cookie"], "form"],
  ["too_many_requests", [], "form"],
  ["signup_invitation_not_valid", [], "invitation"],
] as const)("%s %j is shown at %s", (code, fields, place) => {
  expect(placeOf(bare(code, 422, { fields }))).toBe(place);
});
