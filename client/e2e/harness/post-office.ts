import { Helper } from "./helper.ts";

interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** A real mail server, `tests/post_office.py`. */
export class PostOffice {
  readonly url: string;
  readonly #server: Helper;
  readonly #letters: Letter[] = [];
  #waiting: (() => void)[] = [];

  private constructor(url: string, server: Helper) {
    this.url = url;
    this.#server = server;
  }

  static async opened(): Promise<PostOffice> {
    const server = new Helper("tests.post_office");
    const { url } = JSON.parse(await server.next()) as { url: string };
    const office = new PostOffice(url, server);
    server.lines.on("line", (line) => office.#take(JSON.parse(line) as Letter));
    return office;
  }

  /** Settings by which a node sends its letters here. */
  get settings(): Record<string, string> {
    return { COOEE_SMTP_URL: this.url, COOEE_MAIL_FROM: "Cooee <cooee@example.org>" };
  }

  /** The letter with this subject to somebody: the `nth` of them, once it has come. */
  async letter(to: string, subject: string, nth = 1): Promise<Letter> {
    for (;;) {
      const found = this.#letters.filter((letter) => letter.to === to && letter.subject === subject);
      const letter = found[nth - 1];
      if (letter) return letter;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #take(letter: Letter): void {
    this.#letters.push(letter);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** The link with a token that a letter carries. */
export function linkIn(letter: Letter): string {
  const found = /https?:\/\/\S+#\S+/u.exec(letter.text);
  if (!found) throw new Error(`no link in: ${letter.text}`);
  return found[0];
}
