/** A post's text, cut into what is plain and what leads somewhere. `cooee/posts/text.py` cuts alike. */

export type Piece =
  | { readonly kind: "plain"; readonly text: string }
  | { readonly kind: "mention"; readonly text: string; readonly username: string }
  | { readonly kind: "hashtag"; readonly text: string; readonly tag: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

const LINK = /https?:\/\/[^\s<>"]+/giu;
/** A mention, or a hashtag: letters, marks, digits and the joints that some scripts write inside words. */
const CALL =
  /(?<![\w@/])@(?<name>[a-z0-9_]{2,30})(?!\w)|(?<![\p{L}\p{M}\p{N}_\p{Join_C}/#@&\uff03])[#\uff03](?<tag>[\p{L}\p{M}\p{N}_\p{Join_C}]+)/giu;
const LONGEST_HASHTAG = 50;
/** Marks that end a sentence rather than an address. */
const TRAILING = /[.,;:!?'"»”’…]+$/u;

export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const shown = withoutTail(match[0]);
    const href = addressOf(shown);
    if (href === null) continue;
    found.push(...withCalls(text.slice(from, match.index)), { kind: "link", text: bare(shown), href });
    from = match.index + shown.length;
  }
  return [...found, ...withCalls(text.slice(from))];
}

function withCalls(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(CALL)) {
    const { name, tag } = match.groups ?? {};
    if (tag !== undefined && !isHashtag(tag)) continue;
    found.push(...plain(text.slice(from, match.index)));
    if (tag !== undefined) found.push({ kind: "hashtag", text: match[0], tag });
    else found.push({ kind: "mention", text: match[0], username: (name ?? "").toLowerCase() });
    from = match.index + match[0].length;
  }
  return [...found, ...plain(text.slice(from))];
}

const isHashtag = (tag: string): boolean => /\p{L}/u.test(tag) && [...tag].length <= LONGEST_HASHTAG;

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
