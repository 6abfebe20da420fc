/** The parts of the settings that have a page of their own. A new one is a line here and a page beside its domain. */
import type { Component } from "svelte";
import { m } from "../paraglide/messages";
import type { IconName } from "../ui/icons";
import type { Instance } from "../wire/shapes";

type Site = Pick<Instance, "signup" | "invitations">;

export interface Section {
  /** Its address: `/settings/<path>`. */
  readonly path: string;
  readonly icon: IconName;
  readonly title: () => string;
  readonly hint: () => string;
  /** Whom it is for; left out: everybody who is signed in. */
  readonly for?: "administrators" | "inviters" | "moderators";
  readonly page: () => Promise<{ default: Component }>;
}

const SECTIONS: readonly Section[] = [
  {
    path: "account",
    icon: "person",
    title: m.account,
    hint: m.account_hint,
    page: () => import("../people/settings/Account.svelte"),
  },
  {
    path: "privacy",
    icon: "lock",
    title: m.privacy,
    hint: m.privacy_hint,
    page: () => import("../people/settings/Privacy.svelte"),
  },
  {
    path: "sign-in",
    icon: "key",
    title: m.signing_in,
    hint: m.signing_in_hint,
    page: () => import("../people/settings/SigningIn.svelte"),
  },
  {
    path: "devices",
    icon: "devices",
    title: m.devices,
    hint: m.devices_hint,
    page: () => import("../people/settings/Devices.svelte"),
  },
  {
    path: "invitations",
    icon: "link",
    title: m.invitations,
    hint: m.invitations_hint,
    for: "inviters",
    page: () => import("../people/settings/Invitations.svelte"),
  },
  {
    path: "messages",
    icon: "chat",
    title: m.messages,
    hint: m.messages_settings_hint,
    page: () => import("../messages/settings/Writers.svelte"),
  },
  {
    path: "notifications",
    icon: "bell",
    title: m.notifications,
    hint: m.notifications_hint,
    page: () => import("../notify/settings/Notifications.svelte"),
  },
  {
    path: "spaces",
    icon: "chart",
    title: m.own_spaces,
    hint: m.own_spaces_hint,
    page: () => import("../analytics/OwnSpaces.svelte"),
  },
  {
    path: "earnings",
    icon: "ticket",
    title: m.earnings,
    hint: m.earnings_hint,
    page: () => import("../tickets/Earnings.svelte"),
  },
  {
    path: "captions",
    icon: "captions",
    title: m.captions,
    hint: m.captions_hint,
    page: () => import("../captions/settings/Captions.svelte"),
  },
  {
    path: "data",
    icon: "download",
    title: m.own_data,
    hint: m.own_data_hint,
    page: () => import("../people/settings/OwnData.svelte"),
  },
  {
    path: "site-pages",
    icon: "shield",
    title: m.site_pages,
    hint: m.site_pages_hint,
    for: "administrators",
    page: () => import("../people/settings/SitePages.svelte"),
  },
  {
    path: "payments",
    icon: "ticket",
    title: m.books,
    hint: m.books_hint,
    for: "administrators",
    page: () => import("../tickets/Books.svelte"),
  },
  {
    path: "tell-us",
    icon: "heart",
    title: m.feedback_tell_us,
    hint: m.feedback_tell_us_hint,
    page: () => import("../feedback/TellUs.svelte"),
  },
  {
    path: "feedback",
    icon: "star",
    title: m.feedback_all,
    hint: m.feedback_all_hint,
    for: "administrators",
    page: () => import("../feedback/AllFeedback.svelte"),
  },
  {
    path: "reports",
    icon: "flag",
    title: m.reports,
    hint: m.reports_hint,
    page: () => import("../moderation/MyReports.svelte"),
  },
  {
    path: "moderation",
    icon: "flag",
    title: m.moderation,
    hint: m.moderation_hint,
    for: "moderators",
    page: () => import("../moderation/Cases.svelte"),
  },
];

/** Those that a person may open. */
export const sectionsFor = (
  me: { admin: boolean; moderator: boolean },
  site: Site | null,
): readonly Section[] =>
  SECTIONS.filter((section) => {
    if (section.for === "administrators") return me.admin;
    if (section.for === "moderators") return me.moderator;
    return section.for !== "inviters" || mayInvite(me, site);
  });

const mayInvite = (me: { admin: boolean }, site: Site | null): boolean =>
  site !== null && site.signup !== "closed" && (me.admin || site.invitations === "everyone");
