import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import type { Server } from "./server.ts";
import { ROOT } from "./sound.ts";

const run = promisify(execFile);

export const PASSWORD = "a long enough password";

/** Somebody with an account, as a program: for what a test needs and is not about. */
export class Account {
  readonly id: string;
  readonly username: string;
  private readonly server: Server;
  private readonly token: string;

  private constructor(server: Server, username: string, id: string, token: string) {
    this.server = server;
    this.username = username;
    this.id = id;
    this.token = token;
  }

  /** `display_name` is the username with a capital letter. */
  static async made(server: Server, username: string): Promise<Account> {
    const display_name = username.charAt(0).toUpperCase() + username.slice(1);
    const body = { username, display_name, password: PASSWORD };
    const response = await send(server, "POST", "/accounts", body);
    const { account, token } = (await response.json()) as { account: { id: string }; token: string };
    return new Account(server, username, account.id, token);
  }

  async ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await send(this.server, method, path, body, this.token);
    return (response.status === 204 ? undefined : await response.json()) as Answer;
  }

  async startSpace(title: string, policy: "everyone" | "invited" = "everyone"): Promise<string> {
    return (await this.ask<{ id: string }>("POST", "/spaces", { title, policy })).id;
  }

  /** The Space in which they are on stage now. */
  async space(): Promise<string> {
    const { live_space } = await this.ask<{ live_space: string | null }>("GET", `/people/${this.username}`);
    if (live_space === null) throw new Error(`${this.username} is on no stage`);
    return live_space;
  }

  join(
    space: string,
  ): Promise<{ feed_url: string; whep_url: string; whip_url: string | null; role: string }> {
    return this.ask("POST", `/spaces/${space}/join`, {});
  }

  /** Signs in at a browser, as if by the form; at the node's own address, or at that of a proxy before it. */
  async signIn(page: Page, address = this.server.address): Promise<void> {
    const { username } = this;
    const response = await page.request.post(`${address}/api/v1/sessions`, {
      data: { username, password: PASSWORD, cookie: true },
      headers: { origin: address },
    });
    if (!response.ok()) throw new Error(await response.text());
  }
}

/** Somebody who administrates, and so moderates. */
export async function administrator(server: Server, username: string): Promise<Account> {
  const account = await Account.made(server, username);
  const make =
    'import sqlite3, sys; db = sqlite3.connect(sys.argv[1], timeout=20); db.execute("UPDATE people SET admin = 1 WHERE username = ?", (sys.argv[2],)); db.commit()';
  await run(join(ROOT, ".venv/bin/python"), ["-c", make, join(server.folder, "data/cooee.db"), username]);
  return account;
}

/** As many people as there are names; each follows the first, and so sees her Spaces. */
export async function community<Names extends string[]>(
  server: Server,
  ...usernames: Names
): Promise<{ [Each in keyof Names]: Account }> {
  const people: Account[] = [];
  for (const username of usernames) people.push(await Account.made(server, username));
  const [first, ...others] = people;
  for (const person of others) await person.ask("PUT", `/people/${first?.id}/follow`);
  return people as { [Each in keyof Names]: Account };
}

async function send(
  server: Server,
  method: string,
  path: string,
  body?: object,
  token?: string,
): Promise<Response> {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const request = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`${server.address}/api/v1${path}`, request);
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}
