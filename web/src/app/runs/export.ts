// export.ts: what the table shows, as a file.
import { api, type Cell } from "../api";
import { csv, download, jsonRows } from "../files";
import { telling, type Group, type Summary } from "./groups";
import { leading, mostWhole } from "./rows.svelte";
import type { ViewState } from "./state";

function ofSummary(summary: Summary): { value: Cell; half: Cell } {
  if (summary.kind === "same") return { value: summary.value, half: null };
  if (summary.kind === "mean") return { value: summary.mean.mean, half: summary.mean.half };
  return { value: null, half: null };
}

/** The groups as a table: by which settings they differ, then a column for what they share or their mean, one for half of its 95 % interval, and how many. */
export function groupTable(columns: string[], groups: Group[], keys: string[]): { columns: string[]; rows: Cell[][] } {
  const measured = columns.map((_, i) => groups.some(({ summaries }) => summaries[leading + i]?.kind === "mean"));
  const differing = telling(groups).filter((i) => !columns.includes(keys[i]!));
  return {
    columns: [
      "runs",
      ...differing.map((i) => keys[i]!),
      ...columns.flatMap((name, i) => (measured[i] ? [name, `${name} ±`] : [name])),
    ],
    rows: groups.map(({ key, summaries, rows }) => [
      rows.length,
      ...differing.map((i) => key[i] ?? null),
      ...columns.flatMap((_, i) => {
        const { value, half } = ofSummary(summaries[leading + i]!);
        return measured[i] ? [value, half] : [value];
      }),
    ]),
  };
}

/** Saves all rows that the filter meets, in the order and with the columns of the table. */
export async function saveRows(
  kind: "csv" | "json",
  view: ViewState,
  columns: string[],
  groups: Group[] | null,
  keys: string[],
): Promise<void> {
  const { where, sort, descending } = view;
  const query = { where, sort, descending: sort ? descending : true, columns, limit: mostWhole };
  const table = groups ? groupTable(columns, groups, keys) : await api.runs(query);
  if (kind === "csv") download("runs.csv", csv(table.columns, table.rows), "text/csv");
  else download("runs.json", jsonRows(table.columns, table.rows), "application/json");
}
