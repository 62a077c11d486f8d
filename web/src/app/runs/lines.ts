// lines.ts: the lines of the runs table: runs, and groups with their runs under them.
import type { Cell } from "../api";
import { groupsOf, inOrder, orderOf, telling, type Group } from "./groups";
import { leading } from "./rows.svelte";

export type Line =
  { kind: "run"; row: Cell[]; inside: boolean } | { kind: "group"; group: Group; label: string; open: boolean };

export const idOf = (row: Cell[]): string => String(row[0]);

/** The ids of a line's runs. */
export function idsOf(line: Line | undefined): string[] {
  if (!line) return [];
  return line.kind === "run" ? [idOf(line.row)] : line.group.rows.map(idOf);
}

/** What a group is by. Names of columns as they are asked for; `shown` are those that the table has anyway. */
export interface Grouping {
  keys: string[];
  columns: string[];
  shown: number;
  sort: string;
  descending: boolean;
}

/** The groups of rows whose columns are `leading` ones, then `columns`; in the order of the sorted column's mean. */
export function groupedRows(rows: Cell[][], { keys, columns, sort, descending }: Grouping): Group[] {
  const places = keys.map((key) => leading + columns.indexOf(key));
  const groups = groupsOf(rows, places, leading + columns.length);
  const at = columns.indexOf(sort);
  if (!sort || at < 0) return groups;
  const value = (group: Group): Cell => orderOf(group.summaries[leading + at]!);
  return groups.sort((a, b) => inOrder(value(a), value(b), descending));
}

/** Groups as lines, those that are open with their runs. */
export function linesOf(groups: Group[], { keys, columns, shown }: Grouping, open: string[]): Line[] {
  const plain = (name: string): string => name.replace(/^config\./, "");
  const visible = new Set(columns.slice(0, shown).map(plain));
  const differing = telling(groups);
  // What the columns show is not said again; with a single key, that is what the group is called.
  const said = keys.length === 1 ? [0] : differing.filter((i) => !visible.has(plain(keys[i]!)));
  return groups.flatMap((group): Line[] => {
    const values = said.map((i) => {
      const value = group.key[i] ?? null;
      const text = value === null || value === "" ? "none" : String(value);
      return keys.length === 1 ? text : `${plain(keys[i]!)} ${text}`;
    });
    const isOpen = open.includes(group.mark);
    const head: Line = { kind: "group", group, label: values.join(", "), open: isOpen };
    return isOpen ? [head, ...group.rows.map((row): Line => ({ kind: "run", row, inside: true }))] : [head];
  });
}
