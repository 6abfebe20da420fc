/** Where one is pushed to. */
import { answerOf, node } from "./node";

export const subscriptions = () => answerOf(node.GET("/api/v1/push-subscriptions"));
export const subscribe = (endpoint: string, keys: { p256dh: string; auth: string }) =>
  answerOf(node.PUT("/api/v1/push-subscriptions", { body: { endpoint, keys } }));
export const unsubscribe = (id: string) =>
  answerOf(node.DELETE("/api/v1/push-subscriptions/{id}", { params: { path: { id } } }));
