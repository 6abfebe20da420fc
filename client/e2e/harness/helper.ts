import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { ROOT } from "./sound.ts";

/** A Python program of `tests/` that a test talks to by lines. It ends when its input does. */
export class Helper {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly lines: Interface;

  constructor(module: string) {
    this.#process = spawn(join(ROOT, ".venv/bin/python"), ["-m", module], {
      cwd: ROOT,
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.lines = createInterface(this.#process.stdout);
  }

  /** The next line that it says. */
  next(): Promise<string> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error("a Python helper of the tests ended early"));
      this.#process.once("exit", ended);
      this.lines.once("line", (line: string) => {
        this.#process.off("exit", ended);
        resolve(line);
      });
    });
  }

  say(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.stdin.end();
    await gone;
  }
}
