/** Every ending of a request in words that say what one can do. */
import { m } from "../paraglide/messages";
import { type Problem, Refused, Unreachable } from "./problem";

/** What the node's codes (docs/errors.md) are called in messages. */
type Code = keyof typeof m & `problem_${string}`;

const known = (code: string): code is Code => Object.hasOwn(m, code);

/** What to tell a person about `error`. */
export function wordsOf(error: unknown): string {
  if (error instanceof Unreachable) return m.problem_unreachable();
  if (error instanceof Refused) return wordsOfProblem(error.problem);
  return m.problem_unknown();
}

/** What to tell a person about one of the node's codes that came alone. */
export const wordsOfCode = (code: string): string =>
  wordsOfProblem({ code, status: 400, title: "", detail: "", retryAfter: null, fields: [], numbers: {} });

function wordsOfProblem(problem: Problem): string {
  const key = `problem_${problem.code}`;
  if (known(key)) return m[key](inputsOf(problem));
  if (problem.status >= 500) return m.problem_internal();
  return problem.detail || m.problem_unknown();
}

function inputsOf(problem: Problem) {
  const { followers = 0, needed = 0, seats = 0, left = 0, ahead = 0 } = problem.numbers;
  const minutes = Math.max(1, Math.ceil((problem.retryAfter ?? 60) / 60));
  return { followers, needed, seats, left, ahead, minutes, hours: Math.ceil(minutes / 60) };
}
