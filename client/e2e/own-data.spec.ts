import { readFile } from "node:fs/promises";
import { type Account, community, PASSWORD } from "./harness/accounts.ts";
import { SIZES } from "./harness/people.ts";
import { expect, test } from "./harness/test.ts";

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`whoever deletes the account is out everywhere, and comes back by signing in, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, dov] = (await community(server, "amara", "dov")) as [Account, Account];
    await amara.ask("POST", "/posts", { text: "The kettle is on" });
    const { page } = await person(server.address, equipment);
    const { page: elsewhere } = await person(server.address, equipment);
    await amara.signIn(page);
    await amara.signIn(elsewhere);
    await page.goto(`${server.address}/settings/data`);
    await page.getByRole("button", { name: "Delete account" }).click();
    const sheet = page.getByRole("dialog", { name: "Delete @amara?" });
    await expect(sheet).toContainText("For 14 days, signing in brings everything back");
    await sheet.getByLabel("Your username, to be sure").fill("somebody");
    await sheet.getByRole("button", { name: "Delete account" }).click();
    await expect(sheet).toContainText("This is not your username.");
    await sheet.getByLabel("Your username, to be sure").fill("@Amara");
    await sheet.getByRole("button", { name: "Delete account" }).click();

    await expect(page.getByRole("heading", { name: "Your account is deleted" })).toBeVisible();
    await expect(page.getByText(/Until .* you can sign in to bring everything back/u)).toBeVisible();
    await elsewhere.goto(`${server.address}/people/amara`);
    await expect(elsewhere.getByRole("main").getByRole("link", { name: "Sign in" })).toBeVisible();
    await expect(dov.ask("GET", "/people/amara")).rejects.toThrow("person_not_found");

    await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
    await page.getByLabel("Username").fill("amara");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByText("Welcome back. Your account stays")).toBeVisible();
    await expect(page.getByRole("article")).toContainText("The kettle is on");
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`a copy of one's data is asked for, told of when it is ready, downloaded and deleted, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara] = (await community(server, "amara")) as [Account];
    await amara.ask("POST", "/posts", { text: "The kettle is on" });
    const { page } = await person(server.address, equipment);
    await amara.signIn(page);
    await page.goto(`${server.address}/settings/data`);
    await page.getByRole("button", { name: "Make a copy" }).click();
    const download = page.getByRole("link", { name: "Download" });
    await expect(download).toBeVisible();
    const [file] = await Promise.all([page.waitForEvent("download"), download.click()]);
    expect(file.suggestedFilename()).toBe("cooee.zip");
    const bytes = await readFile(await file.path());
    expect(bytes.subarray(0, 2).toString()).toBe("PK");
    expect(bytes.includes("posts.json")).toBe(true);

    await page.getByRole("link", { name: "Notifications, 1 unread" }).click();
    await page
      .getByRole("main")
      .getByRole("link", { name: /the copy of your data is ready/u })
      .click();
    await page.getByRole("button", { name: "Delete this copy" }).click();
    await expect(page.getByRole("button", { name: "Make a copy" })).toBeVisible();
    expect((await page.request.get(`${server.address}/api/v1/me/export/file`)).status()).toBe(404);
  });
}
