/** What a person does in a room, in the words that stand on the screen. */
import { expect, type Page } from "@playwright/test";
import { type Account, community } from "./accounts.ts";
import { type Equipment, PHONE, type Visitor } from "./people.ts";
import type { Server } from "./server.ts";

export const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

/** Faces on the stage that one sees. */
export const onStage = (page: Page) => page.locator(".stage > li[data-person]");

/** Home, signed in. */
export async function comeHome(page: Page, account: Account): Promise<void> {
  await account.signIn(page);
  await page.reload();
  await expect(page.getByRole("button", { name: "Start a Space" }).first()).toBeVisible();
}

export async function startSpace(page: Page, title: string): Promise<void> {
  await page.getByRole("button", { name: "Start a Space" }).first().click();
  await page.getByLabel("What do you want to talk about?").fill(title);
  await page.getByRole("button", { name: "Start now" }).click();
  await expect(page.getByRole("button", { name: /^Unmute microphone/ })).toBeEnabled();
}

/** Comes home and opens a Space; its id. */
export async function host({ page }: Visitor, account: Account, title: string): Promise<string> {
  await comeHome(page, account);
  await startSpace(page, title);
  return account.space();
}

/** Each comes home and joins by the bubble, one after the other. */
export async function comeIn(
  title: string,
  ...those: readonly (readonly [Visitor, Account])[]
): Promise<void> {
  for (const [{ page }, account] of those) {
    await comeHome(page, account);
    await joinBubble(page, title);
  }
}

type At = [Visitor, Account];

/** Ann, Ben and Cleo, each at a browser: at a desk, a phone and a desk, unless said otherwise. Nobody is signed in. */
export async function three(
  server: Server,
  person: (at: string, equipment?: Equipment) => Promise<Visitor>,
  ...[first = {}, second = PHONE, third = {}]: Equipment[]
): Promise<[At, At, At]> {
  const [ann, ben, cleo] = await community(server, "ann", "ben", "cleo");
  return [
    [await person(server.address, first), ann],
    [await person(server.address, second), ben],
    [await person(server.address, third), cleo],
  ];
}

/** Goes to a Space by its address. */
export async function openSpace(page: Page, { address }: Server, space: string): Promise<void> {
  await page.goto(`${address}/spaces/${space}`);
}

export async function joinBubble(page: Page, title: string): Promise<void> {
  await page
    .getByRole("button", { name: `Join ${title}` })
    .first()
    .click();
}

export async function askToSpeak(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Request to speak" }).click();
  await page.getByRole("button", { name: "Send request" }).click();
  await expect(page.getByText("You asked · place 1").first()).toBeVisible();
}

export async function accept(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: `Accept ${name}` }).click();
}

export async function openMicrophone(page: Page): Promise<void> {
  const closed = page.getByRole("button", { name: /^Unmute microphone/ });
  await expect(closed).not.toHaveAttribute("aria-disabled", "true");
  await closed.click();
  await expect(page.getByRole("button", { name: /^Mute microphone/ })).toBeVisible();
}

export async function closeMicrophone(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Mute microphone/ }).click();
  await expect(page.getByRole("button", { name: /^Unmute microphone/ })).toBeVisible();
}

/** Opens the sheet of somebody on stage. */
export async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: new RegExp(`^${name}, `) }).click();
}
