/** The `me` feed: the node says of what there is news. One socket for all who listen, open while anybody does. */
import { backoff } from "../live/backoff";
import { type News, newsIn, type Subject, waitMs } from "./news";
import { feedOfMe } from "./people";

/** `says` is null when the feed has just been opened: news from before it may have been missed, ask again. */
type Told = (says: News["says"] | null) => void;

const listeners = new Map<Told, Subject>();
let stop: (() => void) | null = null;
let open = false;

/** Whether news come: who hears it when something changes need not look all the time. */
export const hearsNews = (): boolean => open;

/** Calls `told` on all news of `subject`, and whenever the feed opens. Until the returned function is called. */
export function onNews(subject: Subject, told: Told): () => void {
  listeners.set(told, subject);
  stop ??= keepOpen(tell);
  return () => {
    listeners.delete(told);
    if (listeners.size > 0) return;
    stop?.();
    stop = null;
  };
}

/** A question that news give rise to: asked once for all that come until then, and not by everybody at the same moment. */
export class Later {
  readonly #ask: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** Asks when the news say; at once if they say nothing. */
  after(says: News["says"] | null): void {
    if (says === null) this.cancel();
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#ask();
      },
      waitMs(says, Math.random()),
    );
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** Has `ask` called, once and as the news say, upon those of `subjects` that concern one. Until the returned function is called. */
export function askUpon(
  subjects: readonly Subject[],
  ask: () => void,
  concerns: (says: News["says"]) => boolean = () => true,
): () => void {
  const later = new Later(ask);
  const hear: Told = (says) => {
    if (says === null || concerns(says)) later.after(says);
  };
  const deaf = subjects.map((subject) => onNews(subject, (says) => hear(says)));
  return () => {
    later.cancel();
    for (const stop of deaf) stop();
  };
}

function tell(news: News | null): void {
  for (const [told, subject] of listeners) if (news === null || news.of === subject) told(news?.says ?? null);
}

function keepOpen(tell: (news: News | null) => void): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let over = false;

  const later = () => {
    if (over) return;
    open = false;
    timer = setTimeout(() => void connect(), backoff(attempt++, Math.random()));
  };
  const connect = async () => {
    try {
      const { feed_url } = await feedOfMe();
      if (over) return;
      socket = new WebSocket(feed_url);
    } catch {
      later();
      return;
    }
    socket.onopen = () => {
      attempt = 0;
      open = true;
      tell(null);
    };
    socket.onmessage = ({ data }) => {
      const news = newsIn(data);
      if (news) tell(news);
    };
    socket.onclose = later;
  };

  void connect();
  return () => {
    over = true;
    open = false;
    clearTimeout(timer);
    socket?.close();
  };
}
