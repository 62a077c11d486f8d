// file.ts: a picture from a file as ink.
import { inkOf, type Shape } from "./grid";

const most = 512; // of a side: what is left of more is not seen in a picture so small

/** The picture, as large as it is or smaller. Throws, with words for people, where it is none. */
export async function inkOfFile(file: File): Promise<{ ink: number[]; from: Shape }> {
  if (!file.type.startsWith("image/")) throw new Error(`${file.name} is no picture`);
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error(`the browser cannot read the picture ${file.name}`);
  });
  const scale = Math.min(1, most / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
  const from = { width: width!, height: height! };
  const canvas = document.createElement("canvas");
  Object.assign(canvas, from);
  const pen = canvas.getContext("2d", { willReadFrequently: true })!;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, from.width, from.height);
  return { ink: inkOf(pen.getImageData(0, 0, from.width, from.height).data, from), from };
}
