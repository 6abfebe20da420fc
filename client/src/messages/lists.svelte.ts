/** One's conversations, and the requests of strangers. They outlive the page. */
import { untrack } from "svelte";
import { whenSomebodyEnters } from "../people/session.svelte";
import { Paged } from "../wire/loading.svelte";
import { onNews } from "../wire/me-feed";
import * as wire from "../wire/messages";
import type { ConversationLine } from "../wire/shapes";

export const lists = {
  open: new Paged<ConversationLine>((cursor) => wire.conversations("open", cursor)),
  request: new Paged<ConversationLine>((cursor) => wire.conversations("request", cursor)),
};

whenSomebodyEnters(() => {
  lists.open.clear();
  lists.request.clear();
});

/** Keeps the list that `folder` names fresh while the calling component lives. */
export function keepList(folder: () => wire.Folder): void {
  $effect(() => {
    const list = lists[folder()];
    // A request that was answered on another device is not one any more: that list is asked for anew.
    const look = () => void (list === lists.request ? list.first() : list.again());
    untrack(look);
    return onNews("message", look);
  });
}
