/** A picture made ready to be sent: a square from its middle, no larger than it is ever shown, without what the camera wrote into it. */

const SIDE_PX = 512;

export async function prepare(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  // The node will say in words what is wrong with it.
  if (!bitmap) return file;
  const { x, y, side } = middle(bitmap.width, bitmap.height);
  const target = Math.min(SIDE_PX, side);
  const canvas = document.createElement("canvas");
  canvas.width = target;
  canvas.height = target;
  canvas.getContext("2d")?.drawImage(bitmap, x, y, side, side, 0, 0, target, target);
  bitmap.close();
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", 0.9));
}

/** The largest square in the middle of `width` × `height`. */
export function middle(width: number, height: number): { x: number; y: number; side: number } {
  const side = Math.min(width, height);
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), side };
}
