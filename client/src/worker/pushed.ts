/** What the node pushed, as a notification: what it says, what it replaces, and where a tap leads. */
import { hasWords, sentence } from "../notify/words";
import { m } from "../paraglide/messages";
import { getLocale } from "../paraglide/runtime";
import { dayAndTime } from "../ui/time";

/** As docs/protocol.md has it. */
interface Pushed {
  readonly tag: string;
  readonly language: string;
  readonly kind: string;
  readonly people: readonly { readonly display_name: string; readonly picture_url: string | null }[];
  readonly count: number;
  readonly text: string | null;
  readonly starts_at?: string | null;
  readonly path: string;
}

export interface Drawn {
  readonly title: string;
  readonly options: NotificationOptions & { readonly data: { readonly path: string } };
}

/** Read with care: a node of another version may have sent it. */
export function drawn(text: string): Drawn | null {
  const said = read(text);
  if (!said) return null;
  // A worker that is here since before an update has not all words.
  const title = hasWords(said.kind)
    ? sentence({ ...said, kind: said.kind }, getLocale())
        .map((piece) => piece.text)
        .join("")
    : m.push_news();
  const picture = said.people[0]?.picture_url;
  return {
    title,
    options: {
      body: [said.text, said.starts_at ? dayAndTime(said.starts_at, getLocale()) : null]
        .filter(Boolean)
        .join(" · "),
      tag: said.tag,
      icon: picture ?? "/icon-192.png",
      badge: "/icon-192.png",
      lang: getLocale(),
      dir: "auto",
      data: { path: said.path },
    },
  };
}

function read(text: string): Pushed | null {
  try {
    const said = JSON.parse(text) as Pushed;
    // Only a path of ours is ever opened.
    const ours = typeof said.path === "string" && /^\/(?!\/)/u.test(said.path);
    return ours && Array.isArray(said.people) && typeof said.kind === "string" ? said : null;
  } catch {
    return null;
  }
}
