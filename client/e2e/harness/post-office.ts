import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { ROOT } from "./sound.ts";

interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** A real mail server, `tests/post_office.py`. */
export class PostOffice {
  readonly url: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #letters: Letter[] = [];
  #waiting: (() => void)[] = [];

  private constructor(url: string, process: ChildProcessByStdio<Writable, Readable, null>) {
    this.url = url;
    this.#process = process;
  }

  static async opened(): Promise<PostOffice> {
    const python = join(ROOT, ".venv/bin/python");
    const child = spawn(python, ["-m", "tests.post_office"], {
      cwd: ROOT,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface(child.stdout);
    const first = await new Promise<string>((resolve) => lines.once("line", resolve));
    const office = new PostOffice((JSON.parse(first) as { url: string }).url, child);
    lines.on("line", (line) => office.#take(JSON.parse(line) as Letter));
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

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.stdin.end();
    await gone;
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
