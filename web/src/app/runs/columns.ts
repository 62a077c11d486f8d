// columns.ts: which columns the runs table has, how wide they are, how their values read.
import { isShare } from "../../figures/numbers";
import type { Cell } from "../api";
import { ago, duration, grouped, percent, short } from "../numbers";
import type { Summary } from "./groups";
import { plusMinus } from "./interval";

/** What is shown unless told; what no run has is left out. */
const usual = [
  "name", "val_accuracy", "state", "val_loss", "optimizer", "learning_rate", "layers", "batch_size", "epochs_done",
  "seconds", "created", "tags",
]; // prettier-ignore

export const usualColumns = (known: string[]): string[] => usual.filter((name) => known.includes(name));

const times = new Set(["created", "started", "ended"]);

/** The columns that are changed in place. */
export const editable = new Set(["name", "group", "tags", "notes"]);

/** A cell as people read it. `now` in milliseconds since 1970. */
export function cellText(column: string, value: Cell, now: number): string {
  if (value === null || value === "") return "";
  if (column === "state") return String(value).replace("_", " ");
  if (typeof value === "string") return times.has(column) ? ago(value, now) : value.replace(/\s+/g, " ");
  if (column === "seconds" || column.endsWith("_seconds")) return duration(value);
  if (isShare(column) && value >= 0 && value <= 1) return percent(value, 2);
  if (Number.isInteger(value)) return value < 0 ? `−${grouped(-value)}` : grouped(value);
  return short(value, 4);
}

/** What a column says of a group: one value, a mean with its interval, or how many values there are. */
export function summaryText(column: string, summary: Summary, now: number): string {
  if (summary.kind === "same") return cellText(column, summary.value, now);
  if (summary.kind === "several") return `${summary.count} values`;
  return summary.kind === "mean" && !times.has(column) ? plusMinus(summary.mean, isShare(column)) : "";
}

/** What hovering tells, where it tells more than the cell. */
export function cellTitle(column: string, value: Cell, now: number): string | undefined {
  if (value === null || value === "") return undefined;
  const whole = String(value);
  return whole === cellText(column, value, now) && whole.length < 20 ? undefined : whole;
}

export interface Shape {
  numeric: boolean;
  /** In CSS pixels. */
  width: number;
}

const least = 64;
const most = 320;
const padding = 26; // of a cell, and a hair
const headLetter = 7.25; // of the titles' own face

/** The width of a text in the table's font, in CSS pixels. */
export type WidthOf = (text: string) => number;

const within = (width: number): number => Math.min(Math.max(Math.ceil(width) + padding, least), most);

/** The shape of each column, by its title and a sample of its values. */
export function shapesOf(columns: string[], sample: Cell[][], now: number, widthOf: WidthOf): Shape[] {
  return columns.map((column, i) => {
    let width = (column.length + 2) * headLetter; // with the mark of the order
    let numbers = 0;
    let texts = 0;
    for (const row of sample) {
      const value = row[i] ?? null;
      if (typeof value === "number") ++numbers;
      else if (value !== null && value !== "") ++texts;
      width = Math.max(width, widthOf(cellText(column, value, now)));
    }
    if (column === "state") width = Math.max(width, widthOf("stopped early") + 14); // with its mark
    return { numeric: numbers > 0 && texts === 0, width: within(width) };
  });
}

/** The shapes with room for other texts too. */
export function widened(shapes: Shape[], rows: string[][], widthOf: WidthOf): Shape[] {
  return shapes.map((shape, i) => {
    const widest = rows.reduce((longest, row) => Math.max(longest, widthOf(row[i] ?? "")), 0);
    return { ...shape, width: Math.max(shape.width, within(widest)) };
  });
}

/** The shapes in a table so wide that the pinned columns leave more than half of it to the others. */
export function capped(shapes: Shape[], pinned: number, width: number): Shape[] {
  const fair = (0.45 * width) / pinned;
  return shapes.map((shape, i) =>
    i < pinned ? { ...shape, width: Math.max(least, Math.min(shape.width, fair)) } : shape,
  );
}

/** The pinned columns first, each in the order of `columns`. */
export function arranged(columns: string[], pinned: string[]): string[] {
  const first = columns.filter((name) => pinned.includes(name));
  return [...first, ...columns.filter((name) => !pinned.includes(name))];
}

/** `name` put before `before`, or at the end. */
export function moved(columns: string[], name: string, before: string | null): string[] {
  if (name === before) return columns;
  const rest = columns.filter((column) => column !== name);
  const place = before === null ? -1 : rest.indexOf(before);
  return place < 0 ? [...rest, name] : [...rest.slice(0, place), name, ...rest.slice(place)];
}
