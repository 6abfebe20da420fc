/** The `me` feed: the node says when there is something to ask again. Thin: it opens, listens and opens again. */
import { backoff } from "../live/backoff";
import { feedOfMe } from "../wire/people";
import { hintOf } from "./hint";

/** Listens until the returned function is called. `changed` is called once more after every break: hints may have been missed. */
export function listenToMe(changed: () => void): () => void {
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
