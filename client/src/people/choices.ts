/** What one can do about somebody, as lines of a menu. */
import { report } from "../moderation/report.svelte";
import { m } from "../paraglide/messages";
import type { Choice } from "../ui/menu";
import { tell, type Way } from "../ui/toasts.svelte";
import type { Subject } from "../wire/moderation";
import type { Person, Profile } from "../wire/shapes";
import { wordsOf } from "../wire/words";
import { askToBlock } from "./blocking.svelte";
import { block, dropFollower, mute, relationTo, unblock, unmute } from "./relations.svelte";

/** Somebody whose page may want to know what became of it. */
interface About {
  readonly person: Person;
  readonly changed?: ((profile: Profile) => void) | undefined;
}

/** `subject` is what one would report from here; left out: the person. */
export function choicesAbout(
  person: Person,
  changed?: (profile: Profile) => void,
  subject: Omit<Subject, "name"> = { about: "person", id: person.id },
): Choice[] {
  const about = { person, changed };
  const relation = relationTo(person.id);
  const name = { name: person.display_name };
  return [
    ...(relation?.followed_by
      ? [{ label: m.drop_follower(), icon: "cross_circle" as const, act: () => void drop(about) }]
      : []),
    relation?.muting
      ? { label: m.unmute_name(name), icon: "bell", act: () => void unmuteThem(about) }
      : { label: m.mute_name(name), icon: "bell_off", act: () => void muteThem(about) },
    relation?.blocking
      ? { label: m.unblock_name(name), icon: "block", act: () => void unblockThem(about) }
      : { label: m.block_name(name), icon: "block", danger: true, act: () => askToBlock(person, changed) },
    {
      label: m.report(),
      icon: "flag",
      danger: true,
      act: () => report({ ...subject, name: person.display_name }),
    },
  ];
}

export const muteThem = (about: About) =>
  done(mute(about.person.id), about, m.muted_name, { label: m.undo(), act: () => void unmuteThem(about) });
export const unmuteThem = (about: About) => done(unmute(about.person.id), about, m.unmuted_name);
export const blockThem = (about: About) =>
  done(block(about.person.id), about, m.blocked_name, {
    label: m.undo(),
    act: () => void unblockThem(about),
  });
export const unblockThem = (about: About) => done(unblock(about.person.id), about, m.unblocked_name);

const drop = (about: About) => done(dropFollower(about.person.id), about, m.dropped_follower);

async function done(
  deed: Promise<Profile>,
  { person, changed }: About,
  words: (inputs: { name: string }) => string,
  way?: Way,
): Promise<void> {
  try {
    const profile = await deed;
    changed?.(profile);
    tell(words({ name: person.display_name }), "quiet", way);
  } catch (error) {
    tell(wordsOf(error), "wrong");
  }
}
