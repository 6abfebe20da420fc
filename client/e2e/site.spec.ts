import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { PASSWORD } from "./harness/accounts.ts";
import { SIZES } from "./harness/people.ts";
import type { Server } from "./harness/server.ts";
import { ROOT } from "./harness/sound.ts";
import { expect, test } from "./harness/test.ts";

/** As the operator does. */
async function createAdmin(server: Server, username: string): Promise<void> {
  const create = "import sys; from cooee.cli import main; main()";
  const words = ["create-admin", "--username", username, "--password", PASSWORD, "--hosting", "everyone"];
  const env = { ...process.env, PYTHONPATH: ROOT, COOEE_DATA_DIR: join(server.folder, "data") };
  await promisify(execFile)(join(ROOT, ".venv/bin/python"), ["-c", create, ...words], {
    cwd: server.folder,
    env,
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`an administrator writes the terms and a minimum age, and whoever signs up agrees to them, at ${size}`, async ({
    server,
    person,
  }) => {
    await createAdmin(server, "amara");
    const { page } = await person(`${server.address}/sign-in?next=/settings/site-pages`, equipment);
    await page.getByLabel("Username").fill("amara");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    const terms = page.getByLabel("Terms");
    await terms.fill("# Be kind\nAnd listen.\n\n- One speaks at a time\n- write to me@tea.example");
    await page.getByRole("button", { name: "Save" }).first().click();
    await expect(page.getByText("Terms: saved. Everybody can read it now.")).toBeVisible();
    await page.getByLabel("Years").fill("16");
    await page.getByRole("button", { name: "Save" }).last().click();
    await expect(page.getByText("Saved.", { exact: true })).toBeVisible();

    const { page: newcomers } = await person(`${server.address}/sign-up`, equipment);
    const way = await newcomers.getByRole("link", { name: "terms", exact: true }).getAttribute("href");
    await newcomers.getByLabel("Name", { exact: true }).fill("Nadia");
    await newcomers.getByLabel("Username").fill("nadia");
    await newcomers.getByLabel("Password").fill(PASSWORD);
    await newcomers.getByRole("button", { name: "Create account" }).click();
    await expect(newcomers.getByRole("heading", { name: "Create your account" })).toBeVisible();
    await newcomers.getByLabel(/I agree to the/u).check();
    await newcomers.getByLabel("I am 16 or older.").check();
    await newcomers.getByRole("button", { name: "Create account" }).click();
    await expect(newcomers.getByLabel("What would you like to say?")).toBeVisible();

    const { page: guests } = await person(server.address + way);
    await expect(guests.getByRole("heading", { name: "Be kind" })).toBeVisible();
    await expect(guests.getByRole("listitem").filter({ hasText: "One speaks at a time" })).toBeVisible();
    await expect(guests.getByRole("link", { name: "me@tea.example" })).toHaveAttribute(
      "href",
      "mailto:me@tea.example",
    );
    await guests.goto(`${server.address}/about/privacy`);
    await expect(guests.getByRole("heading", { name: "Nothing here" })).toBeVisible();
  });
}
