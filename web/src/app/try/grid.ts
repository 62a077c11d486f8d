// grid.ts: a small picture that is drawn on, values in [0, 1] row by row, and pictures from files made as small.

export interface Shape {
  width: number;
  height: number;
}

/** How far a point is from the way between two others. */
function distance(x: number, y: number, [x0, y0]: [number, number], [x1, y1]: [number, number]): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length));
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}

/** One channel of values [row][column][channel]. */
export const channelOf = (values: readonly number[], channel: number, channels: number): number[] =>
  values.filter((_, i) => i % channels === channel);

/** Pictures of one channel each as values [row][column][channel]. */
export const interleaved = (parts: readonly (readonly number[])[]): number[] =>
  (parts[0] ?? []).flatMap((_, i) => parts.map((part) => part[i]!));

/**
 * With a stroke of a round brush from one place to another, in cells; soft over one cell at its edge. `ink` is 1 to draw,
 * 0 to wipe away. Strokes that are laid over each other do not grow darker.
 */
export function stroked(
  values: readonly number[],
  { width, height }: Shape,
  from: [number, number],
  to: [number, number],
  radius: number,
  ink: 0 | 1,
): number[] {
  const next = [...values];
  const reach = radius + 1;
  const first = (a: number, b: number): number => Math.max(0, Math.floor(Math.min(a, b) - reach));
  const last = (a: number, b: number, size: number): number => Math.min(size - 1, Math.ceil(Math.max(a, b) + reach));
  for (let y = first(from[1], to[1]); y <= last(from[1], to[1], height); ++y) {
    for (let x = first(from[0], to[0]); x <= last(from[0], to[0], width); ++x) {
      const cover = Math.min(1, Math.max(0, radius + 0.5 - distance(x + 0.5, y + 0.5, from, to)));
      const at = y * width + x;
      next[at] = ink ? Math.max(next[at]!, cover) : Math.min(next[at]!, 1 - cover);
    }
  }
  return next;
}

export const inverted = (values: readonly number[]): number[] => values.map((value) => 1 - value);

/** Pixels of a canvas (red, green, blue, opacity) as ink: bright on dark. A picture on a bright ground is turned around. */
export function inkOf(pixels: ArrayLike<number>, { width, height }: Shape): number[] {
  const grey = Array.from({ length: width * height }, (_, i) => {
    const opacity = pixels[4 * i + 3]! / 255;
    const light = (0.2126 * pixels[4 * i]! + 0.7152 * pixels[4 * i + 1]! + 0.0722 * pixels[4 * i + 2]!) / 255;
    return opacity * light + (1 - opacity);
  });
  const edge = grey.filter(
    (_, i) => i < width || i >= width * (height - 1) || i % width === 0 || i % width === width - 1,
  );
  edge.sort((a, b) => a - b);
  const ground = edge[Math.floor(edge.length / 2)] ?? 0;
  const turned = ground > 0.5 ? grey.map((light) => Math.max(0, (ground - light) / ground)) : grey.map((light) => Math.max(0, (light - ground) / (1 - ground))); // prettier-ignore
  const most = turned.reduce((a, b) => Math.max(a, b), 0);
  return most > 0 ? turned.map((value) => value / most) : turned;
}

/** The least box that holds all ink above a threshold; null where there is none. */
function boxOf(ink: readonly number[], { width, height }: Shape): { x: number; y: number; width: number; height: number } | null {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let i = 0; i < ink.length; ++i) {
    if (ink[i]! < 0.12) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
} // prettier-ignore

/**
 * Ink of any size in a small picture: what is drawn is cut out, scaled so that its longer side leaves `margin` cells on
 * either side, and centred. Each cell is the mean of what falls into it.
 */
export function fitted(ink: readonly number[], from: Shape, to: Shape, margin: number): number[] {
  const box = boxOf(ink, from);
  const values = new Array<number>(to.width * to.height).fill(0);
  if (!box) return values;
  const scale = Math.min((to.width - 2 * margin) / box.width, (to.height - 2 * margin) / box.height);
  const [left, top] = [(to.width - box.width * scale) / 2, (to.height - box.height * scale) / 2];
  const samples = Math.max(1, Math.ceil(1 / scale)) + 1; // of a cell, along each side
  for (let y = 0; y < to.height; ++y) {
    for (let x = 0; x < to.width; ++x) {
      let sum = 0;
      for (let v = 0; v < samples; ++v) {
        for (let u = 0; u < samples; ++u) {
          const sx = Math.floor((x + (u + 0.5) / samples - left) / scale);
          const sy = Math.floor((y + (v + 0.5) / samples - top) / scale);
          if (sx < 0 || sy < 0 || sx >= box.width || sy >= box.height) continue;
          sum += ink[(sy + box.y) * from.width + sx + box.x]!;
        }
      }
      values[y * to.width + x] = sum / (samples * samples);
    }
  }
  return values;
}

/** With as many digits as a picture of 8 bits has, and one more: short to send. */
export const brief = (values: readonly number[]): number[] => values.map((value) => Math.round(value * 2550) / 2550);
