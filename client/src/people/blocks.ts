/** What an operator's page is made of: headings (`# …`), lists (`- …`) and paragraphs, with links as they stand. Nothing else is read. */

export type Block =
  | { readonly kind: "heading" | "paragraph"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] };

export const blocksOf = (text: string): Block[] =>
  text
    .split(/\n{2,}/u)
    .map((part) => part.trim())
    .filter(Boolean)
    .flatMap(blocksOfPart);

function blocksOfPart(part: string): Block[] {
  const [first = "", ...rest] = part.split("\n");
  if (/^#+ /u.test(first)) {
    const heading: Block = { kind: "heading", text: first.replace(/^#+ /u, "") };
    return rest.length > 0 ? [heading, ...blocksOfPart(rest.join("\n"))] : [heading];
  }
  const lines = [first, ...rest];
  if (lines.every((line) => line.startsWith("- ")))
    return [{ kind: "list", items: lines.map((line) => line.slice(2)) }];
  return [{ kind: "paragraph", text: part }];
}

export interface Piece {
  readonly text: string;
  readonly href?: string;
}

const LINK = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)]|[^\s<>"@]+@[^\s<>"@]+\.[^\s<>"@.,;:!?)]+)/u;

/** A text with its web and mail addresses as links. */
export const piecesOf = (text: string): Piece[] =>
  text
    .split(LINK)
    .map((part, at) =>
      at % 2 ? { text: part, href: part.includes("://") ? part : `mailto:${part}` } : { text: part },
    )
    .filter(({ text: shown }) => shown !== "");
