import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./server.ts";
import { ROOT } from "./sound.ts";

/** A stand-in for Stripe with pages of its own, in a process of its own: see tests/payments/stripe.py. */
export class Stripe {
  readonly address: string;
  readonly #process: ChildProcess;

  private constructor(address: string, process: ChildProcess) {
    this.address = address;
    this.#process = process;
  }

  static async opened(): Promise<Stripe> {
    const port = await freePort();
    const command = ["-m", "tests.payments.stripe", `${port}`];
    const process = spawn(join(ROOT, ".venv/bin/python"), command, { cwd: ROOT, stdio: "ignore" });
    const stripe = new Stripe(`http://127.0.0.1:${port}`, process);
    while (!(await stripe.#answers())) await sleep(50);
    return stripe;
  }

  /** Settings by which a node sells, and everybody who hosts may. */
  get settings(): Record<string, string> {
    return {
      COOEE_STRIPE_SECRET_KEY: "sk_test_123",
      COOEE_STRIPE_WEBHOOK_SECRET: "whsec_stand_in",
      COOEE_STRIPE_URL: this.address,
      COOEE_TICKETING: "everyone",
    };
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill();
    await gone;
  }

  async #answers(): Promise<boolean> {
    if (this.#process.exitCode !== null) throw new Error("no stripe-mock: run scripts/setup.sh payments");
    try {
      const headers = { authorization: "Bearer sk_test_123" };
      return (await fetch(`${this.address}/v1/exchange_rates/usd`, { headers })).ok;
    } catch {
      return false;
    }
  }
}
