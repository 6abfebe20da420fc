/** Times within a recording. */
import type { Chapter } from "../wire/replays";

/** "1:02:03", or "2:03" for less than an hour. */
export function clockOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** Which chapter one is in; null before the first. */
export function chapterAt(chapters: readonly Chapter[], ms: number): Chapter | null {
  return chapters.findLast((chapter) => chapter.at_ms <= ms) ?? null;
}

/** A waveform of at most `most` columns, each as high as the loudest of those that it stands for. */
export function fewer(peaks: readonly number[], most: number): readonly number[] {
  if (peaks.length <= most) return peaks;
  const edge = (at: number) => Math.floor((at * peaks.length) / most);
  return Array.from({ length: most }, (_, at) => Math.max(...peaks.slice(edge(at), edge(at + 1))));
}

/** Where a key leads from `ms`; null for keys that mean nothing here. */
export function seekBy(key: string, ms: number, all: number): number | null {
  const to: Record<string, number> = {
    ArrowLeft: ms - 5000,
    ArrowDown: ms - 5000,
    ArrowRight: ms + 5000,
    ArrowUp: ms + 5000,
    PageDown: ms - 30_000,
    PageUp: ms + 30_000,
    Home: 0,
    End: all,
  };
  const wanted = to[key];
  return wanted === undefined ? null : Math.min(all, Math.max(0, wanted));
}
