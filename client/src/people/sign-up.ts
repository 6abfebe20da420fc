import type { Problem } from "../wire/problem";

/** Where on the form a refusal belongs. */
export type Place = "display_name" | "username" | "password" | "invitation" | "form";

const FIELDS: readonly string[] = ["display_name", "username", "password", "invitation"];

export function placeOf(problem: Problem): Place {
  if (problem.code.startsWith("username_")) return "username";
  if (problem.code.startsWith("signup_invitation_")) return "invitation";
  if (problem.code.startsWith("password_")) return "password";
  const field = problem.fields.find((name) => FIELDS.includes(name));
  return (field as Place | undefined) ?? "form";
}
