import type { Profile, Relation } from "../wire/shapes";

/** Whether one may read what they post and with whom they keep company; the node decides again. */
export function readable(
  person: Pick<Profile, "id" | "protected" | "suspended">,
  relation: Relation,
  me: string | undefined,
): boolean {
  if (person.id === me) return true;
  if (person.suspended || relation.blocking || relation.blocked_by) return false;
  return !person.protected || relation.following;
}
