import { m } from "../paraglide/messages";
import type { Person } from "../wire/shapes";

/** Stands for somebody who has deleted the account, in the conversation of that id. */
export const gone = (conversation: string): Pick<Person, "id" | "display_name" | "picture_url"> => ({
  id: conversation,
  display_name: m.messages_gone_name(),
  picture_url: null,
});
