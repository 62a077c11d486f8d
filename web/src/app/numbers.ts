// numbers.ts: values of runs as people read them.
import { grouped, short } from "../figures/numbers";
import type { Json } from "./api";

export { grouped, percent, short } from "../figures/numbers";

/** 93.4 as "1:33", 7384 as "2:03:04"; below ten seconds with a tenth: "9.8 s". */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** "3 minutes ago", and the day once that is clearer. */
export function ago(iso: string, now: number): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  const of = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? "" : "s"} ago`;
  if (!Number.isFinite(seconds)) return iso;
  if (seconds < 60) return "just now";
  if (seconds < 3600) return of(Math.floor(seconds / 60), "minute");
  if (seconds < 86_400) return of(Math.floor(seconds / 3600), "hour");
  if (seconds < 7 * 86_400) return of(Math.floor(seconds / 86_400), "day");
  return iso.slice(0, 10);
}

/** 12345678 as "12.3 MB". */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const power = Math.min(Math.floor(Math.log10(count) / 3), 4);
  return `${short(count / 1000 ** power, 3)} ${["kB", "MB", "GB", "TB"][power - 1]}`;
}

/** A count with its noun: "1 run", "12,000 runs". */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;

/** A value of a configuration or a summary as text. */
export function valueText(value: Json | undefined): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return Number.isInteger(value) ? grouped(value).replace("-", "−") : short(value, 5);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
