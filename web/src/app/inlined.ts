// inlined.ts: a report's data as the server would answer with them.
import type { Cell, RunsTable } from "./api";
import { ApiError } from "./error";

/** Numbers before texts before what is missing, whichever the direction; as the store sorts. */
export function inOrder(a: Cell, b: Cell, descending: boolean): number {
  const rank = (cell: Cell): number => (cell === null ? 2 : typeof cell === "string" ? 1 : 0);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (a === b || a === null || b === null) return 0;
  return (a < b ? -1 : 1) * (descending ? -1 : 1);
}

/** Part of the one table of runs that a report has. */
function runsFrom(table: RunsTable, query: URLSearchParams): RunsTable {
  if (query.get("where")) throw new ApiError("a report cannot filter", "open its workspace with `atelier ui`");
  const columns = query.get("columns")?.split(",") ?? table.columns;
  const places = columns.map((name) => table.columns.indexOf(name));
  const sort = table.columns.indexOf(query.get("sort") || "created");
  const descending = query.get("descending") === "true";
  const rows = [...table.rows];
  if (sort >= 0) rows.sort((a, b) => inOrder(a[sort] ?? null, b[sort] ?? null, descending));
  const offset = Number(query.get("offset") ?? 0);
  const part = rows.slice(offset, offset + Number(query.get("limit") ?? 1000));
  return { columns, total: rows.length, rows: part.map((row) => places.map((place) => row[place] ?? null)) };
}

/** The answer at a path. The data have one per path; of the runs, the whole table at "/api/runs". */
export function answerFrom(data: Record<string, unknown>, path: string): unknown {
  if (Object.hasOwn(data, path)) return data[path];
  const [plain = "", query = ""] = path.split("?");
  if (plain === "/api/runs" && Object.hasOwn(data, plain)) {
    return runsFrom(data[plain] as RunsTable, new URLSearchParams(query));
  }
  throw new ApiError("this report does not have that", "open its workspace with `atelier ui`", path, 404);
}
