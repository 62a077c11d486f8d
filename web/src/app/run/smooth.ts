// smooth.ts: lines with less noise. Values that are missing stay missing, and take no part.

export const smoothings = ["none", "ema", "gaussian", "mean"] as const;
export type Smoothing = (typeof smoothings)[number];

type Points = [x: number, y: number | null][];

/**
 * Exponential: the weight of a value falls to 1/e over `width`, by distance in x rather than by count, and the beginning
 * is not pulled towards 0 (the weights that are there are divided out).
 */
function exponential(points: Points, width: number): Points {
  let sum = 0;
  let weights = 0;
  let before: number | null = null;
  return points.map(([x, y]) => {
    if (y === null) return [x, null];
    const keep = before === null ? 0 : Math.exp(-(x - before) / width);
    before = x;
    sum = sum * keep + y;
    weights = weights * keep + 1;
    return [x, sum / weights];
  });
}

/** The mean of what lies within `reach` on either side, weighted by distance. */
function around(points: Points, reach: number, weightAt: (distance: number) => number): Points {
  let first = 0;
  return points.map(([x, y]) => {
    if (y === null) return [x, null];
    while (points[first]![0] < x - reach) ++first;
    let sum = 0;
    let weights = 0;
    for (let i = first; i < points.length && points[i]![0] <= x + reach; ++i) {
      const value = points[i]![1];
      if (value === null) continue;
      const weight = weightAt(points[i]![0] - x);
      sum += weight * value;
      weights += weight;
    }
    return [x, sum / weights];
  });
}

/** Points in the order of x, smoothed over `width`, in units of x. */
export function smoothed(points: Points, kind: Smoothing, width: number): Points {
  if (kind === "none" || !(width > 0)) return points;
  if (kind === "ema") return exponential(points, width);
  if (kind === "mean") return around(points, width / 2, () => 1);
  const sigma = width / 2;
  return around(points, 3 * sigma, (distance) => Math.exp(-0.5 * (distance / sigma) ** 2));
}
