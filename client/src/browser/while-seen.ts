/** What is asked again and again, while somebody looks at the page. */

/** Of a document. */
interface Page {
  readonly visibilityState: DocumentVisibilityState;
  addEventListener(type: "visibilitychange", listener: () => void): void;
  removeEventListener(type: "visibilitychange", listener: () => void): void;
}

/**
 * Calls `look` about every `everyMs`, give or take a quarter, so that pages which opened together do not ask together. A page
 * that nobody looks at asks nothing; seen again, it asks at once if it is time. Until the returned function is called.
 */
export function whileSeen(look: () => void, everyMs: number, page: Page = document): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = 0;

  const rest = () => {
    due = Date.now() + everyMs * (0.75 + Math.random() / 2);
    wait();
  };
  const wait = () => {
    clearTimeout(timer);
    if (page.visibilityState === "visible") timer = setTimeout(now, Math.max(0, due - Date.now()));
  };
  const now = () => {
    look();
    rest();
  };

  page.addEventListener("visibilitychange", wait);
  rest();
  return () => {
    clearTimeout(timer);
    page.removeEventListener("visibilitychange", wait);
  };
}
