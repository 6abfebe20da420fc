import { type Account, community } from "./harness/accounts.ts";
import { expect, test } from "./harness/test.ts";

test.use({ motion: true });

test("the ring comes and goes around the faces of whoever is live, on a page that is open", async ({
  server,
  person,
}) => {
  const [amara, bo] = (await community(server, "amara", "bo")) as [Account, Account];
  await amara.ask("POST", "/posts", { text: "Good morning" });
  const { page } = await person(server.address);
  await bo.signIn(page);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/v1/rings")) asked.push(request.url());
  });
  await page.goto(server.address);
  const post = page.getByRole("article").filter({ hasText: "Good morning" });
  await expect(post).toBeVisible();
  const ring = post.locator(".face.ring");
  await expect(ring).toHaveCount(0);

  const space = await amara.startSpace("Tea");
  await expect(ring).toHaveCount(1);
  await expect(post.getByText("live in a Space")).toHaveCount(1);
  await amara.ask("POST", `/spaces/${space}/end`);
  await expect(ring).toHaveCount(0);

  await page.goto(`${server.address}/people/amara`);
  await expect(page.getByRole("heading", { name: "Amara" }).first()).toBeVisible();
  const join = page.getByRole("button", { name: "Amara is live. Join" });
  await expect(join).toHaveCount(0);
  await amara.startSpace("Cake");
  await expect(join).toBeVisible();
  expect(asked.every((url) => new URL(url).searchParams.getAll("person").length >= 1)).toBe(true);
});
