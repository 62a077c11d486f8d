// groups.ts: runs put together by what they share, with the mean of what they measured.
import type { Cell } from "../api";
import { meanOf, type Mean } from "./interval";

/** What a column says of a group. */
export type Summary =
  { kind: "none" } | { kind: "same"; value: Cell } | { kind: "mean"; mean: Mean } | { kind: "several"; count: number };

export interface Group {
  /** Short, and the same for the same group whatever else is there. */
  mark: string;
  /** The values by which it is one, as the keys are. */
  key: Cell[];
  rows: Cell[][];
  /** A column each. */
  summaries: Summary[];
}

/** FNV-1a, 32 bits: marks of groups in the address. */
function markOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; ++i) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(36);
}

function summaryOf(values: Cell[]): Summary {
  const known = values.filter((value): value is string | number => value !== null && value !== "");
  if (known.length === 0) return { kind: "none" };
  const distinct = new Set(known);
  if (distinct.size === 1 && known.length === values.length) return { kind: "same", value: known[0]! };
  if (known.every((value) => typeof value === "number")) return { kind: "mean", mean: meanOf(known as number[]) };
  return { kind: "several", count: distinct.size };
}

/** Groups in the order of their first rows. `keys` are places of columns. */
export function groupsOf(rows: Cell[][], keys: number[], columns: number): Group[] {
  const found = new Map<string, Group>();
  for (const row of rows) {
    const key = keys.map((place) => row[place] ?? null);
    const text = JSON.stringify(key);
    let group = found.get(text);
    if (!group) found.set(text, (group = { mark: markOf(text), key, rows: [], summaries: [] }));
    group.rows.push(row);
  }
  for (const group of found.values()) {
    for (let i = 0; i < columns; ++i) group.summaries.push(summaryOf(group.rows.map((row) => row[i] ?? null)));
  }
  return [...found.values()];
}

/** Numbers before texts before what is missing, whichever the direction; as the store sorts. */
export function inOrder(a: Cell, b: Cell, descending: boolean): number {
  const rank = (cell: Cell): number => (cell === null ? 2 : typeof cell === "string" ? 1 : 0);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (a === b || a === null || b === null) return 0;
  return (a < b ? -1 : 1) * (descending ? -1 : 1);
}

/** What a group is ordered by in a column: its mean or its one value. */
export function orderOf(summary: Summary): Cell {
  if (summary.kind === "same") return summary.value;
  return summary.kind === "mean" ? summary.mean.mean : null;
}

/** The places of the keys in which the groups differ. */
export function telling(groups: Group[]): number[] {
  const first = groups[0]?.key ?? [];
  return first.map((_, i) => i).filter((i) => groups.some(({ key }) => key[i] !== first[i]));
}
