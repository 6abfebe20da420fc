import { community } from "./harness/accounts.ts";
import { SIZES } from "./harness/people.ts";
import { expect, test } from "./harness/test.ts";

test.describe("where limits are tight", () => {
  test.use({ settings: { COOEE_SIGN_IN_LIMIT: "2 per 15 minutes", COOEE_POST_LIMIT: "1 per 10 minutes" } });

  for (const [size, equipment] of Object.entries(SIZES)) {
    test(`whoever guesses a password is told to wait, also when they have it at last, at ${size}`, async ({
      server,
      person,
    }) => {
      await community(server, "amara");
      const { page } = await person(`${server.address}/sign-in`, equipment);
      const alert = page.getByRole("alert");
      await page.getByLabel("Username").fill("amara");
      for (const guess of ["first guess", "second guess"]) {
        await page.getByLabel("Password").fill(guess);
        await page.getByRole("button", { name: "Sign in", exact: true }).click();
        await expect(alert).toContainText("do not belong together");
      }
      await page.getByLabel("Password").fill("a long enough password");
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(alert).toContainText("That was a lot at once. Try again in 15 minutes.");
    });
  }

  for (const [size, equipment] of Object.entries(SIZES)) {
    test(`whoever writes too much keeps what they wrote and is told when to go on, at ${size}`, async ({
      server,
      person,
    }) => {
      const [amara] = await community(server, "amara");
      await amara.ask("POST", "/posts", { text: "Good evening" });
      const { page } = await person(server.address, equipment);
      await amara.signIn(page);
      await page.goto(server.address);
      const paper = page.getByLabel("What would you like to say?");
      await paper.fill("And good night");
      const answered = page.waitForResponse(
        (answer) => answer.url().endsWith("/api/v1/posts") && answer.request().method() === "POST",
      );
      await page.getByRole("button", { name: "Post", exact: true }).click();
      const answer = await answered;
      expect(answer.status()).toBe(429);
      expect(Number(await answer.headerValue("retry-after"))).toBeGreaterThan(0);
      await expect(
        page.getByText(/^That was a lot at once\. Try again in (9|10) minutes\.$/u).first(),
      ).toBeVisible();
      await expect(paper).toHaveValue("And good night");
      await expect(page.getByRole("article")).toHaveCount(1);
    });
  }
});

test.describe("where a new account may write to one stranger a day", () => {
  test.use({ settings: { COOEE_NEW_ACCOUNT_STRANGERS: "1" } });

  for (const [size, equipment] of Object.entries(SIZES)) {
    test(`whoever has just come and writes to many is told when to go on, at ${size}`, async ({
      server,
      person,
    }) => {
      const [amara, dov, zoe] = await community(server, "amara", "dov", "zoe");
      const { id } = await zoe.ask<{ id: string }>("POST", "/conversations", { person: amara.id });
      await zoe.ask("POST", `/conversations/${id}/messages`, { text: "Hello" });
      const { page } = await person(server.address, equipment);
      await zoe.signIn(page);
      await page.goto(`${server.address}/people/dov`);
      await page.getByRole("button", { name: "Message Dov" }).click();
      await page.getByRole("textbox", { name: "Write a message" }).fill("And hello");
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await expect(
        page.getByText(/New accounts can write to a few people a day .* in 24 hours/u),
      ).toBeVisible();
      const { items } = await dov.ask<{ items: object[] }>("GET", "/conversations?folder=request");
      expect(items).toEqual([]);
    });
  }
});

test.describe("where nobody new is taken", () => {
  test.use({ settings: { COOEE_SIGNUP: "closed" } });

  for (const [size, equipment] of Object.entries(SIZES)) {
    test(`whoever wants an account is told whom to ask, at ${size}`, async ({ server, person }) => {
      const { page } = await person(`${server.address}/sign-up`, equipment);
      await expect(page.getByRole("heading", { name: "No new accounts at the moment" })).toBeVisible();
      await expect(page.getByText("Ask its operator for one.")).toBeVisible();
      await page.goto(`${server.address}/sign-in`);
      await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
      await expect(page.getByRole("link", { name: "Create account" })).toBeHidden();
    });
  }
});
