/** Which square of a picture one keeps. Pure; in pixels of the picture. */
export interface Crop {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** How much closer than the whole height or width one may go. */
export const CLOSEST = 4;

/** The largest square in the middle. */
export function middle(width: number, height: number): Crop {
  const side = Math.min(width, height);
  return { width, height, left: (width - side) / 2, top: (height - side) / 2, side };
}

/** How close one is: 1 to `CLOSEST`. */
export const zoomOf = (crop: Crop): number => Math.min(crop.width, crop.height) / crop.side;

/** The picture pushed by so many of its pixels: to the right and down, one sees what is left of it and above. */
export const moved = (crop: Crop, right: number, down: number): Crop =>
  within({ ...crop, left: crop.left - right, top: crop.top - down });

/** As close as `zoom`. The point at `x`, `y` (0 to 1 within the square) stays where it is, as far as the edges let it. */
export function zoomed(crop: Crop, zoom: number, x = 0.5, y = 0.5): Crop {
  const side = Math.min(crop.width, crop.height) / Math.min(CLOSEST, Math.max(1, zoom));
  const freed = crop.side - side;
  return within({ ...crop, side, left: crop.left + freed * x, top: crop.top + freed * y });
}

/** What was at `x`, `y` (0 to 1 within the square) is in its middle, as far as the edges let it. */
export const centred = (crop: Crop, x: number, y: number): Crop =>
  moved(crop, (0.5 - x) * crop.side, (0.5 - y) * crop.side);

const within = (crop: Crop): Crop => ({
  ...crop,
  left: between(crop.left, crop.width - crop.side),
  top: between(crop.top, crop.height - crop.side),
});

const between = (value: number, most: number): number => Math.min(Math.max(0, value), Math.max(0, most));
