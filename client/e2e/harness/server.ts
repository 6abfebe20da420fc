import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, open } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { ROOT } from "./sound.ts";

const SERVE = "import sys; from cooee.cli import main; sys.argv = ['cooee', 'serve']; main()";

/** A real node, `cooee serve`, on ports and in a folder of its own, which it keeps when it is killed and started again. */
export class Server {
  readonly address: string;
  readonly folder: string;
  private readonly port: number;
  private readonly environment: Record<string, string>;
  #process: ChildProcess | undefined;

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
      ...settings,
    });
    await server.start();
    return server;
  }

  /** Starts it (again); how many milliseconds it took until it answered. */
  async start(): Promise<number> {
    const began = performance.now();
    const log = await open(join(this.folder, "serve.log"), "a");
    const python = join(ROOT, ".venv/bin/python");
    const stdio = ["ignore", log.fd, log.fd] as const;
    this.#process = spawn(python, ["-c", SERVE], {
      cwd: this.folder,
      env: this.environment,
      stdio: [...stdio],
    });
    await log.close();
    while (!(await this.#answers())) {
      if (this.#process.exitCode !== null)
        throw new Error(`the node stopped at once; see ${this.folder}/serve.log`);
      if (performance.now() - began > 30_000) throw new Error(`no answer; see ${this.folder}/serve.log`);
      await sleep(50);
    }
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

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.port}/api/v1/instance`)).ok;
    } catch {
      return false;
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const running = this.#process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => running.once("exit", () => resolve()));
    running.kill(signal);
    const patience = setTimeout(() => running.kill("SIGKILL"), 15_000);
    await gone;
    clearTimeout(patience);
  }
}

export async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
