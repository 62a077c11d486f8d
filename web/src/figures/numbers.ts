// numbers.ts: numbers as people read them.
import type { Axis, Value } from "./figure";

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** "−3" as "⁻³". */
function raised(exponent: number): string {
  return String(exponent)
    .replace("-", "⁻")
    .replace(/\d/g, (digit) => superscripts.charAt(Number(digit)));
}

/** 1234567 as "1,234,567". */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** With so many digits that count, without zeros at the end; very small and very large ones as 1.5·10⁻⁷. */
export function short(value: Value, digits: number = 3): string {
  if (value === null) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size >= 1e-4 && size < 1e6) {
    const text = String(Number(size.toPrecision(digits)));
    return sign + (size >= 10000 ? grouped(Math.round(size)) : text);
  }
  const parts = size.toExponential(digits - 1).split("e");
  const factor = String(Number(parts[0]));
  return sign + (factor === "1" ? "" : factor + "·") + "10" + raised(Number(parts[1]));
}

/** A share as a percentage: 0.8951 as "89.5 %". */
export function percent(share: Value, decimals: number = 1): string {
  return share === null ? "–" : (100 * share).toFixed(decimals) + " %";
}

/** The label of a tick on a logarithmic axis: powers of ten raised, what lies between plain. */
export function logTick(value: number): string {
  const exponent = Math.round(Math.log(value) / Math.LN10);
  const power = Math.abs(value / Math.pow(10, exponent) - 1) < 1e-9;
  if (!power) return short(value, 2);
  return exponent >= 0 && exponent <= 3 ? String(Math.round(value)) : "10" + raised(exponent);
}

/** The label of a tick on any axis of numbers. */
export function tick(axis: Axis, value: number): string {
  return axis.scale === "log" ? logTick(value) : short(value, 4);
}

/** A cell of a table or of a tooltip. */
export function cell(value: number | string | null): string {
  return typeof value === "string" ? value : short(value, 5);
}

/** Whether a name is that of a share of samples, between 0 and 1. */
export function isShare(name: string): boolean {
  return /accuracy|precision|recall|f1|share/.test(name);
}
