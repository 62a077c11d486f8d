// selection.ts: which trials of a sweep are picked: a condition a column, the same for all charts, the table and the address.
import type { Json } from "../api";

/** Columns beside the parameters. */
export const metricColumn = "@metric";
export const trialColumn = "@trial";

/** Numbers within any of some ranges, or any of some values. */
export type Condition = { ranges: [low: number, high: number][] } | { values: string[] };
export type Conditions = { [column: string]: Condition };

/** What a selection looks at. */
export interface Pickable {
  number: number;
  value: number | string | null;
  parameters: { [name: string]: Json };
}

function valueAt(trial: Pickable, column: string): Json | undefined {
  if (column === metricColumn) return trial.value;
  if (column === trialColumn) return trial.number;
  return trial.parameters[column];
}

function meets(value: Json | undefined, condition: Condition): boolean {
  if ("values" in condition) return value !== undefined && condition.values.includes(textOf(value));
  return typeof value === "number" && condition.ranges.some(([low, high]) => low <= value && value <= high);
}

/** A value of a parameter as figures name it: lists without their brackets. */
export function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The numbers of the trials that meet all conditions; null where there are none to meet. */
export function picked(trials: Pickable[], conditions: Conditions): Set<number> | null {
  const columns = Object.entries(conditions);
  if (columns.length === 0) return null;
  const kept = trials.filter((trial) =>
    columns.every(([column, condition]) => meets(valueAt(trial, column), condition)),
  );
  return new Set(kept.map((trial) => trial.number));
}

/** The conditions with one exchanged, or taken away. */
export function withCondition(conditions: Conditions, column: string, condition: Condition | null): Conditions {
  const { [column]: _, ...others } = conditions;
  if (!condition) return others;
  const empty = "values" in condition ? condition.values.length === 0 : condition.ranges.length === 0;
  return empty ? others : { ...others, [column]: condition };
}

/** For the address: "learning_rate:0.001~0.01;optimizer:adam|nadam". */
export function conditionsText(conditions: Conditions): string {
  const piece = (text: string): string => encodeURIComponent(text).replaceAll("~", "%7E");
  return Object.entries(conditions)
    .map(([column, condition]) => {
      const parts =
        "values" in condition
          ? condition.values.map((value) => piece(value))
          : condition.ranges.map(([low, high]) => `${low}~${high}`);
      return `${piece(column)}:${parts.join("|")}`;
    })
    .join(";");
}

/** What conditionsText wrote; what cannot be read is left out. */
export function conditionsOf(text: string): Conditions {
  const conditions: Conditions = {};
  for (const entry of text.split(";")) {
    const at = entry.indexOf(":");
    if (at < 1) continue;
    try {
      const column = decodeURIComponent(entry.slice(0, at));
      const parts = entry
        .slice(at + 1)
        .split("|")
        .filter(Boolean);
      const ranges = parts.filter((part) => part.includes("~")).map((part) => part.split("~").map(Number));
      if (ranges.length > 0) {
        const whole = ranges.filter(
          (range): range is [number, number] => range.length === 2 && !range.some(Number.isNaN),
        );
        if (whole.length > 0) conditions[column] = { ranges: whole };
      } else if (parts.length > 0) {
        conditions[column] = { values: parts.map(decodeURIComponent) };
      }
    } catch {
      // An address that somebody cut short.
    }
  }
  return conditions;
}
