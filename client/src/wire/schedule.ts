/** What one can ask of Spaces that have not begun. */
import { answerOf, node } from "./node";
import type { components } from "./schema";
import type { ChangeScheduled, List, ScheduledSpace } from "./shapes";

const at = (id: string) => ({ params: { path: { id } } });

export const upcoming = (cursor?: string): Promise<List<ScheduledSpace>> =>
  answerOf(node.GET("/api/v1/upcoming", { params: { query: cursor ? { cursor } : {} } }));
/** A Space, whatever has become of it. */
export const read = (id: string) =>
  answerOf(node.GET("/api/v1/spaces/{id}", at(id))) as Promise<
    ScheduledSpace | components["schemas"]["Space"]
  >;
export const change = (id: string, body: ChangeScheduled) =>
  answerOf(node.PATCH("/api/v1/spaces/{id}/schedule", { ...at(id), body }));
export const start = (id: string) => answerOf(node.POST("/api/v1/spaces/{id}/start", at(id)));
export const cancel = (id: string) => answerOf(node.POST("/api/v1/spaces/{id}/cancel", at(id)));
export const remind = (id: string) => answerOf(node.PUT("/api/v1/spaces/{id}/reminder", at(id)));
export const forgetReminder = (id: string) => answerOf(node.DELETE("/api/v1/spaces/{id}/reminder", at(id)));

/** The calendar file of one Space. */
export const calendarOf = (id: string) => `/api/v1/spaces/${id}/calendar.ics`;
/** All public Spaces of a host, for a calendar to subscribe to. */
export const calendarOfHost = (id: string) => `/api/v1/people/${id}/calendar.ics`;
