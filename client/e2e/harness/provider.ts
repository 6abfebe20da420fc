import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./server.ts";
import { ROOT } from "./sound.ts";

/** A real OpenID Connect provider, in a process of its own: whoever says who they are is believed. */
export class Provider {
  readonly issuer: string;
  readonly #process: ChildProcess;

  private constructor(issuer: string, process: ChildProcess) {
    this.issuer = issuer;
    this.#process = process;
  }

  static async opened(): Promise<Provider> {
    const port = await freePort();
    const command = ["-m", "oidc_provider_mock", "--port", `${port}`, "--require-nonce", "true"];
    const provider = new Provider(
      `http://localhost:${port}`,
      spawn(join(ROOT, ".venv/bin/python"), command, { stdio: "ignore" }),
    );
    while (!(await provider.#answers())) await sleep(50);
    return provider;
  }

  /** Settings by which people come in by it. */
  get settings(): Record<string, string> {
    const tea = { id: "tea", name: "Tea House", client_id: "cooee", client_secret: "s3cret" };
    return { COOEE_PROVIDERS: JSON.stringify([{ ...tea, issuer: this.issuer }]) };
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill();
    await gone;
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.issuer}/.well-known/openid-configuration`)).ok;
    } catch {
      return false;
    }
  }
}
