/** What keeps a page's main thread busy, in its own processor time: what else the machine does is not counted. */
import type { Page } from "@playwright/test";

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time of the thread, in µs. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

const TASK = "RunTask";
const MAIN_THREAD = "CrRendererMain";

/** Processor time in ms of each task that began and ended while `during` went on, the longest first. */
export async function tasks(page: Page, during: () => Promise<unknown>): Promise<number[]> {
  const browser = page.context().browser();
  if (!browser) throw new Error("the page is in no browser of its own");
  await browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline"] });
  await during();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const place = ({ pid, tid }: TraceEvent) => `${pid}.${tid}`;
  const named = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === MAIN_THREAD);
  const main = new Set(named.map(place));
  const spent = traceEvents.flatMap((event) =>
    event.name === TASK && event.tdur !== undefined && main.has(place(event)) ? [event.tdur / 1000] : [],
  );
  if (spent.length === 0) throw new Error("this browser does not say how long its tasks took");
  return spent.sort((one, other) => other - one);
}

/** Stands alone: it runs in the page. A piece of work that is always the same: objects, words, and where things stand. */
function work(): number {
  let sum = 0;
  for (let round = 0; round < 60; round++) {
    const list = document.createElement("ul");
    for (let place = 0; place < 60; place++) {
      const line = document.createElement("li");
      line.textContent = `${place} of ${round}`;
      list.append(line);
    }
    document.body.append(list);
    sum += list.getBoundingClientRect().height;
    list.remove();
  }
  return sum;
}

/** How long that work takes here, in ms of processor time: by this one knows a slow machine from a slow page. */
export async function pace(page: Page): Promise<number> {
  const longest: number[] = [];
  // The first time is the compiler's.
  for (let time = 0; time < 5; time++) {
    const [one = 0] = await tasks(page, () => page.evaluate(work));
    longest.push(one);
  }
  return Math.min(...longest);
}
