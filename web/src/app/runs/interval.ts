// interval.ts: means of repeated runs, with the doubt that their spread leaves.
import { percent, short } from "../../figures/numbers";

const normal = -1.959963984540054; // its quantile of 0.025

/**
 * With chance 0.95, |t| of so many degrees of freedom is below this. Hill 1970, Algorithm 396; exact for 1 and 2, right to
 * five digits from 3 on.
 */
export function student95(freedom: number): number {
  const p = 0.05;
  if (freedom === 1) return 1 / Math.tan((p * Math.PI) / 2);
  if (freedom === 2) return Math.sqrt(2 / (p * (2 - p)) - 2);
  const n = freedom;
  const a = 1 / (n - 0.5);
  const b = 48 / (a * a);
  let c = (((20700 * a) / b - 98) * a - 16) * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * n;
  let y = (d * p) ** (2 / n);
  if (y > 0.05 + a) {
    const x = normal;
    y = x * x;
    if (n < 5) c += 0.3 * (n - 4.5) * (x + 0.6);
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = Math.expm1(a * y * y);
  } else {
    const e = 1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4);
    y = ((e * y - 1) * (n + 1)) / (n + 2) + 1 / y;
  }
  return Math.sqrt(n * y);
}

export interface Mean {
  mean: number;
  /** Half of the 95 % interval of the mean, by Student's t; null of a single value. */
  half: number | null;
  n: number;
}

/** The mean of values, with its interval where there are two or more. */
export function meanOf(values: number[]): Mean {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, half: null, n };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, half: student95(n - 1) * Math.sqrt(squares / (n - 1) / n), n };
}

/** "0.8962 ± 0.0039": as many digits as the doubt allows, which itself has two. */
export function plusMinus({ mean, half }: Mean, share = false): string {
  const [value, doubt] = share ? [100 * mean, half === null ? null : 100 * half] : [mean, half];
  const unit = share ? " %" : "";
  if (doubt === null) return share ? percent(mean, 2) : short(mean, 4);
  if (doubt === 0) return `${share ? short(value, 4) : short(mean, 4)}${unit} ± 0`;
  const decimals = 1 - Math.floor(Math.log10(doubt) + 1e-9);
  const minus = (text: string): string => text.replace("-", "−");
  if (decimals > 8 || decimals < -4) return `${short(value, 3)}${unit} ± ${short(doubt, 2)}`;
  const rounded = (number: number): string => {
    if (decimals >= 0) return number.toFixed(decimals);
    return String(Math.round(number / 10 ** -decimals) * 10 ** -decimals);
  };
  return `${minus(rounded(value))}${unit} ± ${rounded(doubt)}`;
}
