import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page, Route } from "@playwright/test";
import { Account, PASSWORD } from "./harness/accounts.ts";
import { SIZES } from "./harness/people.ts";
import { linkIn, PostOffice } from "./harness/post-office.ts";
import { Server } from "./harness/server.ts";
import { ROOT } from "./harness/sound.ts";
import { test as base, expect } from "./harness/test.ts";

const NEW_PASSWORD = "a staple of batteries";

const test = base.extend<{ office: PostOffice }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
  office: async ({}, use) => {
    const office = await PostOffice.opened();
    await use(office);
    await office.close();
  },
  server: async ({ settings, office }, use) => {
    const server = await Server.started({ ...office.settings, ...settings });
    await use(server);
    await server.stop();
  },
});

async function askForAddress(page: Page, address: string): Promise<void> {
  await page.getByLabel(/e-mail address/iu).fill(address);
  await page.getByRole("button", { name: "Send a link" }).click();
  await expect(page.getByText(`A letter is on its way to ${address}`)).toBeVisible();
}

/** A device that keeps passkeys and always knows its person. */
async function keepPasskeys(page: Page): Promise<{ count: () => Promise<number> }> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    async count() {
      return (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials.length;
    },
  };
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`one confirms an address by letter, and by it replaces a forgotten password, at ${size}`, async ({
    server,
    office,
    signedIn,
  }) => {
    const amara = await Account.made(server, "amara");
    const page = await signedIn(amara, "/settings/account", equipment);
    await page.getByLabel("E-mail address").fill("amara");
    await page.getByRole("button", { name: "Send a link" }).click();
    await expect(page.getByLabel("E-mail address")).toHaveAccessibleDescription(/This is no e-mail address/u);
    await askForAddress(page, "amara@example.org");

    await page.goto(linkIn(await office.letter("amara@example.org", "Confirm your e-mail address")));
    await expect(page.getByRole("main")).toContainText("Is amara@example.org yours?");
    await page.getByRole("button", { name: "Yes, it is mine" }).click();
    await expect(page.getByRole("heading", { name: "Confirmed" })).toBeVisible();
    await page.getByRole("link", { name: "Settings" }).click();
    await expect(page.getByText("amara@example.org", { exact: true })).toBeVisible();

    await page.context().clearCookies();
    await page.goto(`${server.address}/sign-in`);
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await page.getByLabel("E-mail address").fill("amara@example.org");
    await page.getByRole("button", { name: "Send the link" }).click();
    await expect(page.getByRole("heading", { name: "Look into your mail" })).toBeVisible();
    const reset = linkIn(await office.letter("amara@example.org", "A new password for @amara"));
    await page.goto(reset);
    await page.getByLabel("New password").fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Save and sign in" }).click();
    await expect(page.getByLabel("What would you like to say?")).toBeVisible();
    await office.letter("amara@example.org", "Your password was changed");
    await page.goto("about:blank");
    await page.goto(reset);
    await expect(page.getByRole("heading", { name: "This link opens nothing" })).toBeVisible();
  });

  test(`a new address takes the old one's place once it is confirmed, and the old one is told, at ${size}`, async ({
    server,
    office,
    signedIn,
  }) => {
    const amara = await Account.made(server, "amara");
    const page = await signedIn(amara, "/settings/account", equipment);
    await askForAddress(page, "amara@example.org");
    await page.getByRole("button", { name: "Send it again" }).click();
    const second = await office.letter("amara@example.org", "Confirm your e-mail address", 2);
    await page.goto(linkIn(await office.letter("amara@example.org", "Confirm your e-mail address", 1)));
    await expect(page.getByRole("heading", { name: "This link opens nothing" })).toBeVisible();
    await page.goto("about:blank");
    await page.goto(linkIn(second));
    await page.getByRole("button", { name: "Yes, it is mine" }).click();
    await page.getByRole("link", { name: "Settings" }).click();

    await page.getByRole("button", { name: "Change", exact: true }).click();
    await askForAddress(page, "amara@elsewhere.example");
    await expect(page.getByText("amara@example.org", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Not this one" }).click();
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await askForAddress(page, "amara@tea.example");
    await page.goto(linkIn(await office.letter("amara@tea.example", "Confirm your e-mail address")));
    await page.getByRole("button", { name: "Yes, it is mine" }).click();
    await expect(page.getByRole("heading", { name: "Confirmed" })).toBeVisible();
    await office.letter("amara@example.org", "Your e-mail address was changed");
  });

  test(`after a while a new password takes the old one first, and signs out all other devices, at ${size}`, async ({
    server,
    signedIn,
  }) => {
    const amara = await Account.made(server, "amara");
    const page = await signedIn(amara, "/settings/sign-in", equipment);
    await server.ageSessions();
    await page.getByLabel("New password").fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Change password" }).click();
    const sheet = page.getByRole("dialog", { name: "Is it you?" });
    await sheet.getByLabel("Password").fill("not her password");
    await sheet.getByRole("button", { name: "Confirm" }).click();
    await expect(sheet.getByLabel("Password")).toHaveAccessibleDescription(/This is not your password/u);
    await page.keyboard.press("Escape");
    await expect(sheet).toBeHidden();
    await page.getByRole("button", { name: "Change password" }).click();
    await sheet.getByLabel("Password").fill(PASSWORD);
    await sheet.getByRole("button", { name: "Confirm" }).click();
    await expect(page.getByText("Password changed. All other devices were signed out.")).toBeVisible();
    await expect(amara.ask("GET", "/me")).rejects.toThrow("401");
    await page.reload();
    await expect(page.getByRole("heading", { name: "Signing in" })).toBeVisible();
  });

  test(`one adds a passkey, comes in by it, proves by it to be oneself, and removes it, at ${size}`, async ({
    server,
    person,
  }) => {
    const amara = await Account.made(server, "amara");
    const { page } = await person(server.address, equipment);
    await keepPasskeys(page);
    await amara.signIn(page);
    await page.goto(`${server.address}/settings/sign-in`);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByRole("dialog", { name: "Passkey added" }).getByLabel("Name").fill("My phone");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("listitem").filter({ hasText: "My phone" })).toContainText("Not used yet");

    await page.context().clearCookies();
    // Else the device, which is always there, answers what the page offers by itself, before anybody taps.
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
    });
    await page.goto(`${server.address}/sign-in?next=/settings/sign-in`);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    const line = page.getByRole("listitem").filter({ hasText: "My phone" });
    await expect(line).toContainText("Last used now");

    await server.ageSessions();
    await line.getByRole("button", { name: "More about the passkey My phone" }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await page
      .getByRole("dialog", { name: "Is it you?" })
      .getByRole("button", { name: "Use a passkey" })
      .click();
    await expect(line).toBeHidden();
    await page.context().clearCookies();
    await page.goto(`${server.address}/sign-in`);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await expect(page.getByRole("alert")).toContainText("This passkey was not accepted");
  });

  test(`one signs up with a passkey instead of a password, and comes back by it, at ${size}`, async ({
    server,
    person,
  }) => {
    await Account.made(server, "amara");
    const { page } = await person(server.address, equipment);
    const device = await keepPasskeys(page);
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
    });
    await page.goto(`${server.address}/sign-up`);
    await page.getByRole("button", { name: "Use a passkey instead of a password" }).click();
    await expect(page.getByLabel("Password")).toBeHidden();
    await page.getByLabel("Name", { exact: true }).fill("Nadia");
    await page.getByLabel("Username").fill("amara");
    await page.getByRole("button", { name: "Create account with a passkey" }).click();
    await expect(page.getByLabel("Username")).toHaveAccessibleDescription(/Somebody else has this username/u);
    expect(await device.count()).toBe(0);
    // Somebody is quicker: the passkey that was made for the name serves for another one.
    const quicker = async (route: Route) => {
      await Account.made(server, "nadja");
      await route.continue();
    };
    await page.route("**/api/v1/accounts/passkey", quicker, { times: 1 });
    await page.getByLabel("Username").fill("nadja");
    await page.getByRole("button", { name: "Create account with a passkey" }).click();
    await expect(page.getByLabel("Username")).toHaveAccessibleDescription(/Somebody else has this username/u);
    await page.getByLabel("Username").fill("nadia");
    await page.getByRole("button", { name: "Create account with a passkey" }).click();
    await expect(page.getByLabel("What would you like to say?")).toBeVisible();
    expect(await device.count()).toBe(1);

    await page.context().clearCookies();
    await page.goto(`${server.address}/sign-in?next=/people/nadia`);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await expect(page.getByRole("button", { name: "Edit profile" })).toBeVisible();
  });

  test(`one sees where one is signed in, and signs out a device that is lost, at ${size}`, async ({
    server,
    signedIn,
  }) => {
    const amara = await Account.made(server, "amara");
    const lost = await signedIn(amara, "/");
    const page = await signedIn(amara, "/settings", equipment);
    await page
      .getByRole("main")
      .getByRole("link", { name: /^Devices/u })
      .click();
    await expect(page.getByText("This device")).toHaveCount(1);
    const others = page.getByRole("main").getByRole("listitem");
    await expect(others).toHaveCount(2);
    await page.getByRole("button", { name: "Sign out: Chrome on Linux" }).click();
    await expect(others).toHaveCount(1);
    // Its own feed is closed, and what it asks for then is refused: nobody has to tap there.
    await expect(lost.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await lost.goto(`${server.address}/settings/devices`);
    await expect(lost.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await page.getByRole("button", { name: "Sign out everywhere else" }).click();
    await expect(page.getByText("You are signed in on this device only.")).toBeVisible();
    await page.reload();
    await expect(page.getByText("You are signed in on this device only.")).toBeVisible();
  });
}

test.describe("where everybody may invite", () => {
  test.use({ settings: { COOEE_INVITATIONS: "everyone" } });

  for (const [size, equipment] of Object.entries(SIZES)) {
    test(`one invites somebody by a link, sees who came, and takes the link back, at ${size}`, async ({
      server,
      person,
      signedIn,
    }) => {
      const amara = await Account.made(server, "amara");
      const page = await signedIn(amara, "/settings/invitations", equipment);
      await page.getByRole("button", { name: "New invitation" }).click();
      await page.getByLabel("For whom?").fill("the book club");
      await page.getByText("5", { exact: true }).click();
      await page.getByRole("button", { name: "Make it and copy the link" }).click();
      const line = page.getByRole("main").getByRole("listitem").filter({ hasText: "the book club" });
      await expect(line).toContainText("0 of 5 used");

      const { items } = await amara.ask<{ items: { url: string }[] }>("GET", "/signup-invitations");
      const { page: newcomers } = await person(items[0]?.url ?? "", equipment);
      await expect(newcomers.getByText("Amara invites you.")).toBeVisible();
      await newcomers.getByLabel("Name", { exact: true }).fill("Nadia");
      await newcomers.getByLabel("Username").fill("nadia");
      await newcomers.getByLabel("Password").fill(PASSWORD);
      await newcomers.getByRole("button", { name: "Create account" }).click();
      await expect(newcomers.getByLabel("What would you like to say?")).toBeVisible();

      await page.reload();
      await expect(line).toContainText("1 of 5 used");
      await expect(line.getByRole("link", { name: "Nadia" })).toBeVisible();
      await line.getByRole("button", { name: "Take back" }).click();
      await expect(line).toContainText("taken back");
      await expect(line.getByRole("button")).toHaveCount(0);
    });
  }
});

/** As the operator does: the link of an invitation for one. */
async function invite(server: Server): Promise<URL> {
  const words = "import sys; from cooee.cli import main; sys.argv = ['cooee', 'invite']; main()";
  const env = { ...process.env, PYTHONPATH: ROOT, COOEE_DATA_DIR: join(server.folder, "data") };
  const made = await promisify(execFile)(join(ROOT, ".venv/bin/python"), ["-c", words], {
    cwd: server.folder,
    env,
  });
  const link = /https?:\S+/u.exec(made.stdout)?.[0];
  if (!link) throw new Error(made.stdout);
  return new URL(link);
}

test.describe("where signing up takes an invitation", () => {
  test.use({ settings: { COOEE_SIGNUP: "invite" } });

  for (const [size, equipment] of Object.entries(SIZES)) {
    test(`whoever has no invitation is told so, and comes in by a link, once, at ${size}`, async ({
      server,
      person,
    }) => {
      const { search } = await invite(server);
      const { page } = await person(`${server.address}/sign-up`, equipment);
      const signUp = async (username: string) => {
        await page.getByLabel("Name", { exact: true }).fill("Nadia");
        await page.getByLabel("Username").fill(username);
        await page.getByLabel("Password").fill(PASSWORD);
        await page.getByRole("button", { name: "Create account" }).click();
      };
      const code = page.getByLabel(/invitation/iu);
      await code.fill("madeup");
      await signUp("nadia");
      await expect(code).toHaveAccessibleDescription(/used up, expired or was taken back/u);
      await page.goto(`${server.address}/sign-up${search}`);
      await signUp("nadia");
      await expect(page.getByLabel("What would you like to say?")).toBeVisible();
      await page.context().clearCookies();
      await page.goto(`${server.address}/sign-up${search}`);
      await signUp("zora");
      await expect(code).toHaveAccessibleDescription(/used up, expired or was taken back/u);
    });
  }
});
