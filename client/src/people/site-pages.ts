import { m } from "../paraglide/messages";
import type { SitePageName } from "../wire/shapes";

/** The operator's pages, in their usual order. */
export const SITE_PAGES: readonly SitePageName[] = ["terms", "privacy", "contact"];

export const pageName = (asked: string | undefined): SitePageName | undefined =>
  SITE_PAGES.find((name) => name === asked);

export const titleOf = (name: SitePageName): string => m[`page_${name}_title`]();
