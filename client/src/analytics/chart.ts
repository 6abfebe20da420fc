/** Where a chart's lines lie. No DOM; lengths in pixels, from the top left. */

export interface Frame {
  readonly width: number;
  readonly height: number;
}

/** Round numbers from 0 to at least `most`, for the lines across; never parts of a person. */
export function rungs(most: number): number[] {
  const rough = Math.max(1, most) / 4;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((by) => by * ten).find((by) => by >= rough) ?? 10 * ten);
  const top = Math.ceil(Math.max(1, most) / step);
  return Array.from({ length: top + 1 }, (_, at) => at * step);
}

/** How far from the left the `at`th of `count` points lies; a single one in the middle. */
export const across = (at: number, count: number, { width }: Frame): number =>
  count < 2 ? width / 2 : (at / (count - 1)) * width;

/** How far from the top a value lies, if `top` is the highest. */
export const down = (value: number, top: number, { height }: Frame): number =>
  height - (value / top) * height;

/** The line through all values, as an SVG path; a single value is a line from side to side. */
export function line(values: readonly number[], top: number, frame: Frame): string {
  const [only] = values;
  if (only === undefined) return "";
  if (values.length === 1) return `M0 ${at(down(only, top, frame))}H${at(frame.width)}`;
  return values
    .map((value, place) => {
      const x = across(place, values.length, frame);
      return `${place === 0 ? "M" : "L"}${at(x)} ${at(down(value, top, frame))}`;
    })
    .join("");
}

/** What lies under that line. */
export const area = (values: readonly number[], top: number, frame: Frame): string =>
  values.length === 0 ? "" : `${line(values, top, frame)}V${at(frame.height)}H0Z`;

/** Which points are named beneath, evenly spread, the first and the last among them. */
export function named(count: number, most: number): number[] {
  if (count <= 1) return count === 1 ? [0] : [];
  const names = Math.min(count, Math.max(2, most));
  return [...new Set(Array.from({ length: names }, (_, at) => Math.round((at * (count - 1)) / (names - 1))))];
}

const at = (length: number): number => Math.round(length * 10) / 10;
