/** Where to go after the door: only to a page of ours. */
export function afterDoor(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  return /^\/(?![/\\\s])/u.test(next) ? next : "/";
}
