import { execFile, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtemp, open } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { ROOT } from "./sound.ts";
import { forked } from "./template.ts";

const SERVE = "import sys; from cooee.cli import main; sys.argv = ['cooee', 'serve']; main()";

/** A real node, `cooee serve`, on ports and in a folder of its own, which it keeps when it is killed and started again. */
export class Server {
  readonly address: string;
  readonly folder: string;
  private readonly port: number;
  private readonly environment: Record<string, string>;
  #process: number | undefined;

  private constructor(folder: string, port: number, environment: Record<string, string>) {
    this.folder = folder;
    this.port = port;
    this.environment = environment;
    this.address = `http://localhost:${port}`;
  }

  static async started(settings: Record<string, string> = {}): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), "cooee-e2e-"));
    const [port, edge] = [await freePort(), await freePort()];
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("COOEE_"));
    const server = new Server(folder, port, {
      ...Object.fromEntries(kept),
      PYTHONPATH: ROOT,
      COOEE_DATA_DIR: join(folder, "data"),
      COOEE_HTTP_PORT: `${port}`,
      COOEE_EDGE_PORT: `${edge}`,
      COOEE_HOST_MIN_FOLLOWERS: "0",
      COOEE_SIGN_UP_LIMIT: "",
      COOEE_SPACE_LIMIT: "",
      ...settings,
    });
    server.#process = await forked({ environment: server.environment, folder, log: server.#log });
    await server.#ready();
    return server;
  }

  /** Starts it again, as people do; how many milliseconds it took until it answered. */
  async start(): Promise<number> {
    const began = performance.now();
    const log = await open(this.#log, "a");
    const python = join(ROOT, ".venv/bin/python");
    const { folder: cwd, environment: env } = this;
    const started = spawn(python, ["-c", SERVE], { cwd, env, stdio: ["ignore", log.fd, log.fd] });
    await log.close();
    this.#process = started.pid;
    await this.#ready();
    return performance.now() - began;
  }

  /** As a crash does. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  /** As if every session had begun long ago: whatever is sensitive asks for a proof again. */
  async ageSessions(): Promise<void> {
    const age = `import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db: db.execute("UPDATE sessions SET confirmed_at = 0")`;
    const python = join(ROOT, ".venv/bin/python");
    await promisify(execFile)(python, ["-c", age, join(this.folder, "data", "cooee.db")]);
  }

  get #log(): string {
    return join(this.folder, "serve.log");
  }

  /** Whether it was still there to get the signal; 0 asks only that. */
  #gets(signal: NodeJS.Signals | 0): boolean {
    try {
      return this.#process !== undefined && process.kill(this.#process, signal);
    } catch {
      return false;
    }
  }

  async #ready(): Promise<void> {
    const began = performance.now();
    while (!(await this.#answers())) {
      if (!this.#gets(0)) throw new Error(`the node stopped at once; see ${this.#log}`);
      if (performance.now() - began > 60_000) throw new Error(`no answer; see ${this.#log}`);
      await sleep(50);
    }
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.port}/api/v1/instance`)).ok;
    } catch {
      return false;
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const began = performance.now();
    this.#gets(signal);
    while (this.#gets(0)) {
      if (performance.now() - began > 15_000) this.#gets("SIGKILL");
      await sleep(20);
    }
  }
}

/** Below those that the kernel gives to connections: one that is free now is not somebody's a moment later. */
const [FIRST_PORT, PORT_END] = [10_240, 32_768];

export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, PORT_END);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const listener = createServer();
  return new Promise((resolve) => {
    listener.once("error", () => resolve(false));
    listener.listen(port, () => listener.close(() => resolve(true)));
  });
}
