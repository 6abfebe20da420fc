import { Helper } from "./helper.ts";

let template: Helper | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Starts a node by forking `tests/node_template.py`, which each of Playwright's workers has one of; its process id. */
export function forked(node: {
  environment: Record<string, string>;
  folder: string;
  log: string;
}): Promise<number> {
  const started = last.then(async () => {
    template ??= new Helper("tests.node_template");
    const answer = template.next();
    template.say(JSON.stringify(node));
    return Number(await answer);
  });
  last = started.catch(() => undefined);
  return started;
}
