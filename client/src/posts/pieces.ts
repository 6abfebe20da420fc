/** A post's text, cut into what is plain, what leads to a person and what leads away. */

export type Piece =
  | { readonly kind: "plain"; readonly text: string }
  | { readonly kind: "mention"; readonly text: string; readonly username: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

const LINK = /https?:\/\/[^\s<>"]+/giu;
const MENTION = /(?<![\w@/])@([a-z0-9_]{2,30})(?!\w)/giu;
/** Marks that end a sentence rather than an address. */
const TRAILING = /[.,;:!?'"»”’…]+$/u;

export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const shown = withoutTail(match[0]);
    const href = addressOf(shown);
    if (href === null) continue;
    found.push(...withMentions(text.slice(from, match.index)), { kind: "link", text: bare(shown), href });
    from = match.index + shown.length;
  }
  return [...found, ...withMentions(text.slice(from))];
}

function withMentions(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(MENTION)) {
    found.push(...plain(text.slice(from, match.index)));
    found.push({ kind: "mention", text: match[0], username: (match[1] ?? "").toLowerCase() });
    from = match.index + match[0].length;
  }
  return [...found, ...plain(text.slice(from))];
}

const plain = (text: string): Piece[] => (text === "" ? [] : [{ kind: "plain", text }]);

/** "(see https://a.example/x)." ends before the bracket, "https://a.example/x_(y)" after it. */
function withoutTail(link: string): string {
  const cut = link.replace(TRAILING, "");
  const opened = cut.split("(").length;
  const closed = cut.split(")").length;
  return cut.endsWith(")") && closed > opened ? withoutTail(cut.slice(0, -1)) : cut;
}

function addressOf(link: string): string | null {
  const url = parse(link);
  return url && (url.protocol === "https:" || url.protocol === "http:") ? url.href : null;
}

function parse(link: string): URL | null {
  try {
    return new URL(link);
  } catch {
    return null;
  }
}

/** Without "https://" and "www.", and not longer than a line. */
function bare(link: string): string {
  const short = link.replace(/^https?:\/\/(www\.)?/iu, "").replace(/\/$/u, "");
  return short.length > 42 ? `${short.slice(0, 41)}…` : short;
}
