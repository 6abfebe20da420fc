/** A picture made ready to be sent: the square one keeps, no larger than it is ever shown, without what the camera wrote into it. */
import type { Crop } from "./crop";

const SIDE_PX = 512;

/** The picture upright; null if this browser cannot read it. */
export const opened = (file: Blob): Promise<ImageBitmap | null> => createImageBitmap(file).catch(() => null);

/** Draws the square that is kept over the whole of `canvas`. */
export function draw(canvas: HTMLCanvasElement, picture: ImageBitmap, { left, top, side }: Crop): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height);
}

/** The square as a file. What is transparent stays so. */
export function cut(picture: ImageBitmap, crop: Crop): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  const side = Math.max(1, Math.min(SIDE_PX, Math.round(crop.side)));
  canvas.width = side;
  canvas.height = side;
  draw(canvas, picture, crop);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/webp", 0.92));
}
