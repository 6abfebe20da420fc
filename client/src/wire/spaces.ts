/** What one can ask of a Space. */
import { send } from "./http";
import type { Door, List, NewSpace, Policy, Reaction, Space, SpaceCard } from "./shapes";

const at = (id: string, rest = "") => `/spaces/${encodeURIComponent(id)}${rest}`;

export const bubbles = () => send<List<SpaceCard>>("GET", "/bubbles");
export const create = (wish: NewSpace) => send<Space>("POST", "/spaces", wish);
export const look = (id: string) => send<Space>("GET", at(id));
export const change = (
  id: string,
  wish: { title?: string; topics?: string[]; policy?: Policy; locked?: boolean },
) => send<Space>("PATCH", at(id), wish);
export const join = (id: string) => send<Door>("POST", at(id, "/join"));
export const leave = (id: string) => send<void>("POST", at(id, "/leave"));
export const end = (id: string) => send<Space>("POST", at(id, "/end"));

export const request = (id: string, question?: string) =>
  send<{ seated: boolean; place: number | null }>("POST", at(id, "/requests"), question ? { question } : {});
export const withdraw = (id: string) => send<void>("DELETE", at(id, "/requests/me"));
export const acceptRequest = (id: string, person: string) =>
  send<void>("POST", at(id, `/requests/${person}/accept`));
export const declineRequest = (id: string, person: string) =>
  send<void>("POST", at(id, `/requests/${person}/decline`));

export const invite = (id: string, person: string) => send<void>("POST", at(id, `/invitations/${person}`));
export const uninvite = (id: string, person: string) =>
  send<void>("DELETE", at(id, `/invitations/${person}`));
export const acceptInvitation = (id: string) => send<void>("POST", at(id, "/invitations/me/accept"));
export const declineInvitation = (id: string) => send<void>("POST", at(id, "/invitations/me/decline"));

export const stepDown = (id: string) => send<void>("DELETE", at(id, "/stage/me"));
export const moveToAudience = (id: string, person: string) =>
  send<void>("DELETE", at(id, `/stage/${person}`));
export const microphone = (id: string, muted: boolean) =>
  send<{ muted: boolean }>("PUT", at(id, "/me/microphone"), { muted });
export const mute = (id: string, person: string) => send<void>("POST", at(id, `/people/${person}/mute`));
export const askToUnmute = (id: string, person: string) =>
  send<void>("POST", at(id, `/people/${person}/ask-to-unmute`));
export const remove = (id: string, person: string) => send<void>("POST", at(id, `/people/${person}/remove`));
export const nameCohost = (id: string, person: string) => send<void>("PUT", at(id, `/cohosts/${person}`));
export const withdrawCohost = (id: string, person: string) =>
  send<void>("DELETE", at(id, `/cohosts/${person}`));
export const react = (id: string, emoji: Reaction) => send<void>("POST", at(id, "/reactions"), { emoji });
