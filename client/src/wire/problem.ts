/** How a request can end other than well. */

/** A problem document (RFC 9457), as far as the node told. */
export interface Problem {
  code: string;
  status: number;
  title: string;
  detail: string;
  /** Seconds after which the same request may succeed. */
  retryAfter: number | null;
  /** Which fields of the request were wrong: their names. */
  fields: readonly string[];
  /** What the code brings along, such as `followers` and `needed` with `cannot_host_yet`. */
  numbers: Readonly<Record<string, number>>;
  /** When what stands in the way ends, as with `account_suspended`. */
  until: string | null;
}

/** A problem of which little more than the code is known. */
export const bare = (code: string, status: number, more: Partial<Problem> = {}): Problem => ({
  code,
  status,
  title: "",
  detail: "",
  retryAfter: null,
  fields: [],
  numbers: {},
  until: null,
  ...more,
});

/** The node answered "no". */
export class Refused extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** No answer came: no network, or no node. */
export class Unreachable extends Error {}

/** A problem from whatever the node (or a proxy before it) sent. */
export function readProblem(body: unknown, status: number, retryAfter: string | null): Problem {
  const told = isRecord(body) ? body : {};
  const text = (key: string) => (typeof told[key] === "string" ? told[key] : "");
  const seconds = Number(retryAfter ?? Number.NaN);
  return {
    code: text("code") || `http_${status}`,
    status,
    title: text("title"),
    detail: text("detail"),
    retryAfter: Number.isFinite(seconds) ? seconds : null,
    fields: readFields(told.errors),
    until: text("until") || null,
    numbers: Object.fromEntries(
      Object.entries(told).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
    ),
  };
}

/** The last step of each place, as in `{"at": "body.display_name", "says": …}`. */
function readFields(told: unknown): string[] {
  const places = Array.isArray(told) ? told : [];
  return places.flatMap((place) => {
    const at = isRecord(place) && typeof place.at === "string" ? place.at.split(".").at(-1) : undefined;
    return at ? [at] : [];
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
