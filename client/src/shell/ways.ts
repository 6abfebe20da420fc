/** The pages that one goes to from everywhere. */
import { m } from "../paraglide/messages";
import type { IconName } from "../ui/icons";

interface Way {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
}

export const ways = (username: string): readonly Way[] => [
  { href: "/", label: m.home(), icon: "home" },
  { href: "/people", label: m.people(), icon: "people" },
  { href: `/people/${username}`, label: m.profile(), icon: "person" },
  { href: "/settings", label: m.settings(), icon: "settings" },
];
