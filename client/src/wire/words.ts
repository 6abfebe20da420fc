/** Every ending of a request in words that say what one can do. */
import { FOR_GOOD_AFTER_MS } from "../moderation/lasting";
import { m } from "../paraglide/messages";
import { getLocale } from "../paraglide/runtime";
import { exactly } from "../ui/time";
import { bare, type Problem, Refused, Unreachable } from "./problem";

/** The node's codes (docs/errors.md), as messages know them. */
type Code = keyof typeof m extends infer Name
  ? Name extends `problem_${infer Known}`
    ? Known
    : never
  : never;

/** Longer than this, hours say more. */
const MOST_MINUTES = 90;

/** What to tell a person about `error`. */
export function wordsOf(error: unknown): string {
  if (error instanceof Unreachable) return m.problem_unreachable();
  if (error instanceof Refused) return wordsOfProblem(error.problem);
  return m.problem_unknown();
}

/** What to tell a person about one of the node's codes that came alone. */
export const wordsOfCode = (code: string): string => wordsOfProblem(bare(code, 400));

function wordsOfProblem(problem: Problem): string {
  // A newer node may say what this page has no words for.
  const words: ((inputs: ReturnType<typeof inputsOf>) => string) | undefined =
    m[`problem_${problem.code as Code}`];
  if (words) return words(inputsOf(problem));
  if (problem.status >= 500) return m.problem_internal();
  return problem.detail || m.problem_unknown();
}

function inputsOf(problem: Problem) {
  const { followers = 0, needed = 0, seats = 0, left = 0, ahead = 0 } = problem.numbers;
  const minutes = Math.max(1, Math.ceil((problem.retryAfter ?? 60) / 60));
  const hours = Math.ceil(minutes / 60);
  const unit = minutes > MOST_MINUTES ? ("hours" as const) : ("minutes" as const);
  return { followers, needed, seats, left, ahead, minutes, hours, unit, ...endOf(problem.until) };
}

/** When a suspension ends, and whether it does. */
function endOf(until: string | null): { ends: "never" | "then" | "some_day"; until: string } {
  if (until === null) return { ends: "some_day", until: "" };
  const never = Date.parse(until) - Date.now() > FOR_GOOD_AFTER_MS;
  return { ends: never ? "never" : "then", until: exactly(until, getLocale()) };
}
