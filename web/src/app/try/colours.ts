// colours.ts: values as the pixels of a canvas.
import { along, signedRamp, type Look } from "../../figures/look";

const byte = (value: number): number => Math.round(255 * Math.min(1, Math.max(0, value)));

/** Values [row][column][channel] as red, green, blue and opacity. */
export function plainPixels(values: readonly number[], cells: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * cells);
  const channels = Math.max(1, Math.floor(values.length / cells));
  for (let i = 0; i < cells; ++i) {
    for (let c = 0; c < 3; ++c) pixels[4 * i + c] = byte(values[channels * i + (channels < 3 ? 0 : c)] ?? 0);
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}

/** The sum of a value over the channels of each cell. */
function overChannels(values: readonly number[], cells: number): number[] {
  const channels = Math.max(1, Math.floor(values.length / cells));
  return Array.from({ length: cells }, (_, i) =>
    values.slice(channels * i, channels * (i + 1)).reduce((sum, value) => sum + value, 0),
  );
}

/** A gradient over its picture, darkened: one colour where more light speaks for the answer, one where less does. */
export function heatPixels(
  values: readonly number[],
  gradient: readonly number[],
  cells: number,
  look: Look,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = plainPixels(values, cells);
  const sums = overChannels(gradient, cells);
  const most = sums.reduce((top, value) => Math.max(top, Math.abs(value)), 0) || 1;
  const ends = heatColours(look).map((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
  sums.forEach((value, i) => {
    const share = Math.abs(value) / most;
    const colour = ends[value > 0 ? 1 : 0]!;
    for (let c = 0; c < 3; ++c)
      pixels[4 * i + c] = Math.round((1 - share) * 0.6 * pixels[4 * i + c]! + share * colour[c]!);
  });
  return pixels;
}

/** The colours of a heat map: against, for. */
export function heatColours(look: Look): [against: string, for_: string] {
  const ramp = signedRamp({ ...look, theme: "dark" }); // The picture is dark in both themes.
  return [along(ramp, 0), along(ramp, 1)];
}
