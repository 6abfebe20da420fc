/** What was said, as it is read with a replay. */

export interface Words {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly name: string;
  readonly text: string;
}

/** The cues of a WebVTT file that the browser has read: `<v Name>what they said`. */
export function wordsOf(cues: Iterable<TextTrackCue>): Words[] {
  return [...cues].flatMap((cue) => {
    if (!(cue instanceof VTTCue)) return [];
    const said = cue.getCueAsHTML();
    const name = said.querySelector("[title]")?.getAttribute("title") ?? "";
    return [
      { fromMs: cue.startTime * 1000, untilMs: cue.endTime * 1000, name, text: said.textContent ?? "" },
    ];
  });
}

/** Which of them is read at `ms`: the last that has begun, until the next begins. -1 before the first. */
export const readAt = (words: readonly Words[], ms: number): number =>
  words.findLastIndex(({ fromMs }) => fromMs <= ms);
