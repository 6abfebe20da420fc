/** What a person does at a browser that is not Playwright's. */
import type { ElementHandle, Page } from "puppeteer-core";
import { type Account, PASSWORD } from "./accounts.ts";

interface At {
  readonly page: Page;
}

/** Taps the button that begins with these words. */
export async function tap({ page }: At, words: string): Promise<void> {
  const button = await page.waitForFunction(
    (wanted) => {
      const named = ({ ariaLabel, textContent }: HTMLElement) => (ariaLabel ?? textContent).trim();
      const buttons = [...document.querySelectorAll<HTMLElement>("button:not([aria-disabled=true])")];
      return buttons.find((one) => named(one).startsWith(wanted) && one.offsetParent !== null);
    },
    {},
    words,
  );
  await (button as ElementHandle<HTMLButtonElement>).click();
}

/** By the form of the page that they are at. */
export async function signIn(visitor: At, { username }: Account): Promise<void> {
  await visitor.page.type("input[name=username]", username);
  await visitor.page.type("input[name=password]", PASSWORD);
  await tap(visitor, "Sign in");
}
