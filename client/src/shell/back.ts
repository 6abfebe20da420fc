import { navigate } from "../router";

/** One page back, or home for those who came in by a link. */
export function goBack(): void {
  const first = ((history.state as { _routerIndex?: number } | null)?._routerIndex ?? 0) === 0;
  if (first) void navigate("/");
  else history.back();
}
