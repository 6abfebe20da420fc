/** The feed's socket: text frames in, nothing out. */

export interface FeedSocket {
  close(): void;
}

export interface FeedSays {
  message(text: string): void;
  closed(code: number): void;
}

/** Opens the feed at `url` with some of its opt-in channels; `after` is what was last seen, to go on from there. */
export function openFeed(
  url: string,
  channels: readonly string[],
  after: string,
  says: FeedSays,
): FeedSocket {
  const address = new URL(url, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  address.searchParams.set("channels", channels.join(","));
  if (after) address.searchParams.set("after", after);
  const socket = new WebSocket(address);
  let over = false;
  socket.addEventListener("message", ({ data }) => {
    if (!over && typeof data === "string") says.message(data);
  });
  socket.addEventListener("close", ({ code }) => {
    if (!over) says.closed(code);
    over = true;
  });
  return {
    close() {
      over = true;
      socket.close();
    },
  };
}
