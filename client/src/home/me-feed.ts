/** The `me` feed: the node says when there is something to ask again. One socket, open while anybody listens to it. */
import { backoff } from "../live/backoff";
import { feedOfMe } from "../wire/people";
import { hintOf } from "./hint";

const listeners = new Set<() => void>();
let stop: (() => void) | null = null;

/** Calls `changed` on every hint, and after every break, in which hints may have been missed. Until the returned function is called. */
export function onHint(changed: () => void): () => void {
  listeners.add(changed);
  stop ??= keepOpen(() => {
    for (const listener of listeners) listener();
  });
  return () => {
    listeners.delete(changed);
    if (listeners.size > 0) return;
    stop?.();
    stop = null;
  };
}

function keepOpen(changed: () => void): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let over = false;

  const later = () => {
    if (!over) timer = setTimeout(() => void open(), backoff(attempt++, Math.random()));
  };
  const open = async () => {
    try {
      const { feed_url } = await feedOfMe();
      if (over) return;
      socket = new WebSocket(feed_url);
    } catch {
      later();
      return;
    }
    socket.onopen = () => {
      if (attempt > 0) changed();
      attempt = 0;
    };
    socket.onmessage = ({ data }) => {
      if (hintOf(data)) changed();
    };
    socket.onclose = later;
  };

  void open();
  return () => {
    over = true;
    clearTimeout(timer);
    socket?.close();
  };
}
