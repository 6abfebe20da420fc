/** People among whom every page of the social side has something to show. */
import { Account, administrator } from "./accounts.ts";
import type { Server } from "./server.ts";

/** Where somebody finds what, as a person sees it whose account is called `me`. */
export interface Neighbourhood {
  readonly me: Account;
  readonly newcomer: Account;
  /** Pages of somebody who has lived here for a while, by what they show. */
  readonly pages: Readonly<Record<string, string>>;
}

const PAGE = "# What we ask\nBe kind, and listen.\n\n- One speaks at a time\n- Questions to me@tea.example";
const DAY_MS = 86_400_000;

interface Made {
  readonly id: string;
}

export async function settle(server: Server): Promise<Neighbourhood> {
  const me = await administrator(server, "amara");
  const [dov, cleo, ben, eva, finn, newcomer] = await Promise.all(
    ["dov", "cleo", "ben", "eva", "finn", "nadia"].map((name) => Account.made(server, name)),
  );
  if (!dov || !cleo || !ben || !eva || !finn || !newcomer) throw new Error("nobody came");
  await me.ask("PATCH", "/me", {
    bio: "I collect evenings, and the words people say when they think nobody listens.",
  });
  for (const one of [dov, ben, eva]) await one.ask("PUT", `/people/${me.id}/follow`);
  await me.ask("PUT", `/people/${dov.id}/follow`);
  await cleo.ask("PATCH", "/me", { protected: true, bio: "For friends." });

  for (const name of ["terms", "privacy", "contact"])
    await me.ask("PUT", `/site/pages/${name}`, { text: PAGE });
  await me.ask("PUT", "/site", { minimum_age: 16 });

  const post = await dov.ask<Made>("POST", "/posts", {
    text: "The kettle is on. #Evenings are for talking, says @amara, and she is right about most things that happen after eight.",
  });
  const reply = await me.ask<Made>("POST", "/posts", { text: "About all of them.", reply_to: post.id });
  await dov.ask("POST", "/posts", { text: "Even about tea?", reply_to: reply.id });
  const own = await me.ask<Made>("POST", "/posts", { text: "Good evening, everybody. #evenings" });
  for (const one of [dov, ben]) await one.ask("PUT", `/posts/${own.id}/like`);
  await dov.ask("PUT", `/posts/${own.id}/repost`);
  await me.ask("PUT", `/posts/${post.id}/bookmark`);

  const over = await dov.startSpace("What the river said");
  await dov.ask("POST", "/posts", { text: "It was good.", attachment: { kind: "space", id: over } });
  await dov.ask("POST", `/spaces/${over}/end`);
  const live = await dov.startSpace("Kettle talk");
  await dov.ask("POST", "/posts", { text: "Come in.", attachment: { kind: "space", id: live } });
  const start = new Date(Date.now() + DAY_MS).toISOString();
  const ahead = await dov.ask<Made>("POST", "/spaces", {
    title: "Morning radio",
    topics: ["Tea"],
    scheduled_start: start,
  });

  const talk = await dov.ask<Made>("POST", "/conversations", { person: me.id });
  await dov.ask("POST", `/conversations/${talk.id}/messages`, { text: "Are you coming tonight?" });
  await me.ask("POST", `/conversations/${talk.id}/messages`, { text: "I would not miss it." });
  const stranger = await finn.ask<Made>("POST", "/conversations", { person: me.id });
  await finn.ask("POST", `/conversations/${stranger.id}/messages`, {
    text: "We do not know each other yet.",
  });

  await ben.ask("PUT", `/people/${me.id}/block`);
  await me.ask("PUT", `/people/${eva.id}/block`);
  await me.ask("PUT", `/people/${finn.id}/mute`);
  await me.ask("PATCH", "/me", { protected: true });
  await newcomer.ask("PUT", `/people/${me.id}/follow`);
  await eva.ask("POST", "/reports", { about: "person", id: finn.id, reason: "spam" });

  const pages = {
    home: "/",
    "one's own profile": "/people/amara",
    "somebody's profile": "/people/dov",
    "somebody's answers": "/people/dov?shelf=replies",
    "a protected profile": "/people/cleo",
    "the profile of somebody one blocked": "/people/eva",
    "the profile of somebody who blocked one": "/people/ben",
    "nobody's profile": "/people/nobody",
    followers: "/people/amara/followers",
    following: "/people/amara/following",
    "a thread": `/posts/${reply.id}`,
    "who likes a post": `/posts/${own.id}/likes`,
    "who passed a post on": `/posts/${own.id}/reposts`,
    search: "/search",
    "what was found": "/search?q=even",
    "people who were found": "/search?q=do&tab=people",
    "a hashtag": "/hashtags/evenings",
    bookmarks: "/bookmarks",
    messages: "/messages",
    "a conversation": `/messages/${talk.id}`,
    requests: "/messages/requests",
    "a request": `/messages/${stranger.id}`,
    "a new message": "/messages/new",
    notifications: "/notifications",
    "follow requests": "/follow-requests",
    discover: "/discover",
    upcoming: "/upcoming",
    "what is announced": `/spaces/${ahead.id}`,
    settings: "/settings",
    ...Object.fromEntries(
      [
        "account",
        "privacy",
        "privacy/blocked",
        "privacy/muted",
        "sign-in",
        "devices",
        "invitations",
        "messages",
      ]
        .concat(["notifications", "data", "site-pages", "reports", "moderation"])
        .map((section) => [`settings, ${section}`, `/settings/${section}`]),
    ),
    terms: "/about/terms",
  };
  return { me, newcomer, pages };
}
