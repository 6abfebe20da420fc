/**
 * Has the service worker keep the pages that were not opened yet, for times without a network and for an update of the
 * node under an open page. It begins when nothing else wants the network and goes in small steps.
 */

/** A room that is being entered has connected by then, or is in trouble enough. */
const QUIET_MS = 30_000;
const BETWEEN_MS = 2000;
/** A worker that does not answer for so long has been stopped. */
const PATIENCE_MS = 60_000;

/** Begins after a quiet while; the function that comes back ends it. */
export function keepRest(workers: ServiceWorkerContainer): () => void {
  if (savesData()) return () => undefined;
  let timer = setTimeout(() => void step(), QUIET_MS);
  let over = false;
  const step = async () => {
    const left = await keepMore(workers);
    if (left > 0 && !over) timer = setTimeout(() => void step(), BETWEEN_MS);
  };
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

/** How many files are still to come; none too if the worker cannot go on. */
async function keepMore(workers: ServiceWorkerContainer): Promise<number> {
  const active = (await workers.getRegistration())?.active;
  if (!active) return 0;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<number>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    setTimeout(resolve, PATIENCE_MS, 0);
  });
  active.postMessage("keep-more", [port2]);
  const left = await answer;
  port1.close();
  return left;
}

/** The person asked their browser to be sparing; only some browsers tell. */
function savesData(): boolean {
  const { connection } = navigator as Navigator & { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}
